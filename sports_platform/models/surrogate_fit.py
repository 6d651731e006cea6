"""Fitting a surrogate to simulated metrics, and what it errs by.

Belongs here: the loop and the errors. Which selections are simulated, and how, is the caller's business.
On the CPU the same arrays, config and seed give the same weights, bit for bit.

Legend: N selections, P players, S scenarios, Q quantile levels, M metrics (Q + 3), F shape features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, field_validator

from sports_platform.core.seeds import derive_seed
from sports_platform.models.fit import repeatable
from sports_platform.models.surrogate import Surrogate, metric_names

_Float32 = npt.NDArray[np.float32]
_BATCH = 512  # selections at a time: with twice as many the intermediate results leave the cache


class SurrogateConfig(BaseModel):
    """How a surrogate is built and trained. Hashed into its lineage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    levels: tuple[float, ...] = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
    widths: tuple[PositiveInt, ...] = Field(default=(64, 64), min_length=1)
    epochs: PositiveInt = 30
    batch_size: PositiveInt = 256
    learning_rate: PositiveFloat = 2e-3
    weight_decay: float = 1e-3
    threads: PositiveInt = 1  # see models.fit: the weights depend on it

    @field_validator("levels")
    @classmethod
    def _rising(cls, levels: tuple[float, ...]) -> tuple[float, ...]:
        if not levels or sorted(set(levels)) != list(levels) or not 0 < levels[0] <= levels[-1] < 1:
            raise ValueError("levels must rise and lie between 0 and 1")
        return levels


@dataclass(frozen=True)
class SimulatedMetrics:
    """Selections and what the simulation says of them, in the order of `metric_names`.

    `errors_NM` are the Monte-Carlo standard errors of the values at that number of scenarios.
    """

    selected_NP: _Float32
    values_NM: _Float32
    errors_NM: _Float32

    def __len__(self) -> int:
        return len(self.selected_NP)

    def take(self, rows: npt.NDArray[np.bool_]) -> "SimulatedMetrics":
        """Those where `rows` is true."""
        return SimulatedMetrics(self.selected_NP[rows], self.values_NM[rows], self.errors_NM[rows])

    def __add__(self, other: "SimulatedMetrics") -> "SimulatedMetrics":
        pairs = zip(self.arrays(), other.arrays(), strict=True)
        return SimulatedMetrics(*(np.concatenate(pair) for pair in pairs))

    def arrays(self) -> tuple[_Float32, _Float32, _Float32]:
        """The three arrays."""
        return self.selected_NP, self.values_NM, self.errors_NM

    def standardised(self) -> _Float32:
        """(value - mean) / sd of quantiles and tail mean [N, Q + 1]."""
        shape: _Float32 = (self.values_NM[:, 2:] - self.values_NM[:, :1]) / self.values_NM[:, 1:2]
        return shape


class MetricError(BaseModel):
    """A metric's error in points over selections that were not trained on, beside what it can be compared with.

    `standard_error` is that of the simulation's own value, `gaussian` the root mean square error of a normal
    distribution with the same mean and deviation. `r2` is of the metric; `shape_r2` of what remains of it when
    mean and deviation are known: (value - mean) / sd, of whose variance the simulation's noise is a part.
    """

    model_config = ConfigDict(frozen=True)

    metric: str
    mean_absolute: float
    root_mean_square: float
    bias: float
    r2: float
    standard_error: float
    shape_r2: float | None = None
    gaussian: float | None = None


class SurrogateEpoch(BaseModel):
    """A point of the learning curve: mean squared error of the standardised values, in units of their variance."""

    model_config = ConfigDict(frozen=True)

    epoch: int
    training: float
    validation: float


@dataclass(frozen=True)
class FittedSurrogate:
    """The network best on validation and how training went."""

    surrogate: Surrogate
    curve: list[SurrogateEpoch]


def fit_surrogate(
    points_PS: npt.NDArray[np.floating],
    training: SimulatedMetrics,
    validation: SimulatedMetrics,
    config: SurrogateConfig,
    *,
    seed: int,
) -> FittedSurrogate:
    """A surrogate with the moments of `points_PS` (in points), its network trained on `training`."""
    with repeatable(derive_seed(seed, "surrogate", "fit"), config.threads, deterministic=True):
        surrogate = Surrogate(len(points_PS), config.levels, config.widths)
        surrogate.set_moments(points_PS)
        features_NF, held_out_NF = _features(surrogate, training), _features(surrogate, validation)
        surrogate.standardise.fit(features_NF)
        shape, held_out = torch.from_numpy(training.standardised()), torch.from_numpy(validation.standardised())
        _start_at(surrogate, shape)
        curve = _loop(surrogate, (features_NF, shape), (held_out_NF, held_out), config)
    return FittedSurrogate(surrogate.eval(), curve)


def predict(surrogate: Surrogate, selected_NP: _Float32) -> _Float32:
    """Metrics [N, M] of selections in the order of `metric_names`."""
    with torch.inference_mode():
        parts = [surrogate(batch).columns() for batch in torch.split(torch.from_numpy(selected_NP), _BATCH)]
    return torch.cat(parts).numpy()


def errors(surrogate: Surrogate, truth: SimulatedMetrics) -> list[MetricError]:
    """The error of every metric against the simulation's values."""
    predicted_NM = predict(surrogate, truth.selected_NP).astype(np.float64)
    names = metric_names(surrogate.levels)
    return [_error(name, column, predicted_NM, truth, surrogate.levels) for column, name in enumerate(names)]


def _features(surrogate: Surrogate, metrics: SimulatedMetrics) -> torch.Tensor:
    with torch.inference_mode():
        parts = [surrogate.features(batch) for batch in torch.split(torch.from_numpy(metrics.selected_NP), _BATCH)]
    return torch.cat(parts).clone()


def _start_at(surrogate: Surrogate, shape: torch.Tensor) -> None:
    """Let the untrained network answer with the mean shape, whose steps softplus must return."""
    mean = shape.double().mean(dim=0)
    steps = mean.diff().clamp(min=1e-3)
    with torch.no_grad():
        surrogate.output.weight.mul_(0.1)
        surrogate.output.bias.copy_(torch.cat([mean[:1], steps.expm1().log()]))


def _loop(
    surrogate: Surrogate,
    training: tuple[torch.Tensor, torch.Tensor],
    validation: tuple[torch.Tensor, torch.Tensor],
    config: SurrogateConfig,
) -> list[SurrogateEpoch]:
    (features, shape), (held_out_features, held_out_shape) = training, validation
    scale = shape.std(dim=0)
    optimizer = torch.optim.AdamW(surrogate.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    steps = config.epochs * -(-len(shape) // config.batch_size)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    curve: list[SurrogateEpoch] = []
    kept: dict[str, torch.Tensor] = {}
    for epoch in range(config.epochs):
        summed = 0.0
        for rows in torch.split(torch.randperm(len(shape)), config.batch_size):
            loss = _loss(surrogate, features[rows], shape[rows], scale)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
            summed += loss.item() * len(rows)
        with torch.inference_mode():
            held_out = _loss(surrogate, held_out_features, held_out_shape, scale).item()
        if not curve or held_out < min(point.validation for point in curve):
            kept = {name: value.detach().clone() for name, value in surrogate.state_dict().items()}
        curve.append(SurrogateEpoch(epoch=epoch, training=summed / len(shape), validation=held_out))
    surrogate.load_state_dict(kept)
    return curve


def _loss(surrogate: Surrogate, features: torch.Tensor, shape: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    return ((surrogate.standardised(features) - shape) / scale).square().mean()


def _error(
    name: str,
    column: int,
    predicted_NM: npt.NDArray[np.float64],
    truth: SimulatedMetrics,
    levels: Sequence[float],
) -> MetricError:
    values_NM = truth.values_NM.astype(np.float64)
    missed_N = predicted_NM[:, column] - values_NM[:, column]
    found = MetricError(
        metric=name,
        mean_absolute=float(np.abs(missed_N).mean()),
        root_mean_square=float(np.sqrt((missed_N**2).mean())),
        bias=float(missed_N.mean()),
        r2=_r2(missed_N, values_NM[:, column]),
        standard_error=float(np.sqrt((truth.errors_NM[:, column].astype(np.float64) ** 2).mean())),
    )
    if column < 2:
        return found
    mean_N, sd_N = values_NM[:, 0], values_NM[:, 1]
    gaussian_N = mean_N + sd_N * _gaussian(levels)[column - 2] - values_NM[:, column]
    shape_N = (values_NM[:, column] - mean_N) / sd_N
    return found.model_copy(
        update={"gaussian": float(np.sqrt((gaussian_N**2).mean())), "shape_r2": _r2(missed_N / sd_N, shape_N)}
    )


def _r2(missed_N: npt.NDArray[np.float64], values_N: npt.NDArray[np.float64]) -> float:
    return float(1.0 - (missed_N**2).mean() / values_N.var())


def _gaussian(levels: Sequence[float]) -> list[float]:
    """A standard normal's quantiles, then its mean above the highest."""
    normal = NormalDist()
    quantiles = [normal.inv_cdf(level) for level in levels]
    return [*quantiles, normal.pdf(quantiles[-1]) / (1 - levels[-1])]
