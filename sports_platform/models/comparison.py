"""A model beside its baselines on the same plays, head by head, with intervals resampled by game.

Belongs here: which scores are compared and what counts as better. Formulas are in `scores.py`, baselines in
`baselines.py` and `classifiers.py`. Log loss is of the range seen, CRPS of the outcome up to where it may be censored;
Brier score and calibration are of the rows whose outcome is known exactly, which favours a method that predicts the
outcome seen over one that predicts the uncensored one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sports_platform.core.domain import Head, ModelPlan
from sports_platform.core.seeds import derive_seed
from sports_platform.models import scores
from sports_platform.models.bootstrap import F64, game_weights, interval
from sports_platform.models.classifiers import F32
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices

_DRAWS = 2000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """Model less baseline, a row, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """Whether the whole interval favours the model."""
        return self.high < 0


@dataclass(frozen=True, slots=True)
class MethodScores:
    """One method's scores on a head; CRPS of ordered heads only, accuracy and AUC of the calibrated head only."""

    log_loss: float
    brier: float
    calibration: scores.CalibrationError
    crps: float | None
    accuracy: float | None
    auc: float | None


@dataclass(frozen=True, slots=True)
class HeadComparison:
    """Every method's scores on a head and the model's distance to each baseline."""

    head: str
    rows: int
    exact_rows: int
    model: MethodScores
    baselines: dict[str, MethodScores]
    log_loss: dict[str, Difference]
    crps: dict[str, Difference]

    @property
    def not_beaten(self) -> list[str]:
        """Baselines the model is not shown to beat, by log loss and by CRPS where there is one."""
        differences = [self.log_loss] + ([self.crps] if self.crps else [])
        return [name for name in self.baselines if not all(found[name].is_better for found in differences)]


def compare(
    model_NW: F32, baselines: Mapping[str, F32], data: PlayData, plan: ModelPlan, *, seed: int
) -> list[HeadComparison]:
    """Each head with rows in `data`, from outputs [N, W] of the model and of each baseline."""
    weights_DG = game_weights(len(data.game_ids), _DRAWS, seed)
    seen = [head for head in plan.heads if (data.labels[head.name].group >= 0).any()]
    return [_compare_head(model_NW, baselines, data, plan, head, weights_DG, seed) for head in seen]


def _compare_head(
    model_NW: F32, baselines: Mapping[str, F32], data: PlayData, plan: ModelPlan, head: Head, weights_DG: F64, seed: int
) -> HeadComparison:
    columns, labels = head_slices(plan.heads)[head.name], data.labels[head.name]
    model = scores.select(model_NW, head, columns, labels)
    others = {name: scores.select(output_NW, head, columns, labels) for name, output_NW in baselines.items()}
    seed = derive_seed(seed, "calibration floor", head.name)
    losses, exact = scores.log_losses(model), model.exact_n
    games = data.game_index_N[model.rows_n]
    distances: dict[str, Difference] = {}
    if head.edges and model.ranked_n.any():
        own = scores.crps_rows(model, head)
        distances = {
            name: _difference(own - scores.crps_rows(other, head), games[model.ranked_n], weights_DG)
            for name, other in others.items()
        }
    return HeadComparison(
        head=head.name,
        rows=len(model.rows_n),
        exact_rows=int(exact.sum()),
        model=_scores(model, head, plan, seed),
        baselines={name: _scores(other, head, plan, seed) for name, other in others.items()},
        log_loss={
            name: _difference(losses - scores.log_losses(other), games, weights_DG) for name, other in others.items()
        },
        crps=distances,
    )


def _scores(scored: scores.Scored, head: Head, plan: ModelPlan, seed: int) -> MethodScores:
    exact = scored.exact()
    judged = head.name == plan.calibrated_head
    return MethodScores(
        log_loss=float(scores.log_losses(scored).mean()),
        brier=scores.brier(exact),
        calibration=scores.calibration_error(exact, seed),
        crps=scores.crps(scored, head) if head.edges else None,
        accuracy=scores.accuracy(exact, plan.accuracy_classes) if judged else None,
        auc=scores.auc(exact, plan.accuracy_classes) if judged else None,
    )


def _difference(values_n: F64, games_n: scores.I64, weights_DG: F64) -> Difference:
    games = weights_DG.shape[1]
    sums_G = np.bincount(games_n, weights=values_n, minlength=games).astype(np.float64)
    rows_G = np.bincount(games_n, minlength=games).astype(np.int64)
    low, high = interval(sums_G, rows_G, weights_DG, _LEVEL)
    return Difference(float(values_n.mean()), low, high)
