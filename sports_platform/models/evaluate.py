"""A model's scores on held-out plays, kept by game so that two models can be compared game by game.

Belongs here: what is measured. Formulas are in `scores.py`; the decision is in `promote.py`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from sports_platform.core.domain import Head, ModelPlan
from sports_platform.core.errors import DataQualityError
from sports_platform.core.seeds import derive_seed
from sports_platform.models import scores
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices


class HeadScore(BaseModel):
    """One head; sums are nats by game, in the order of `Evaluation.game_ids`."""

    model_config = ConfigDict(frozen=True)

    rows_by_game: tuple[int, ...]
    loss_by_game: tuple[float, ...]
    baseline_by_game: tuple[float, ...]
    crps: float | None = None  # of heads whose classes are bins of a number, in its unit
    baseline_crps: float | None = None

    @property
    def log_loss(self) -> float:
        """Nats a row to which the head applies."""
        return sum(self.loss_by_game) / max(sum(self.rows_by_game), 1)

    @property
    def baseline_log_loss(self) -> float:
        """The same of the class frequencies of the training rows."""
        return sum(self.baseline_by_game) / max(sum(self.rows_by_game), 1)


class Calibration(BaseModel):
    """The calibrated head's accuracy and calibration; `ece` is class-wise, over 20 bins, plug-in."""

    model_config = ConfigDict(frozen=True)

    accuracy: float
    brier: float
    ece: float
    ece_floor_mean: float
    ece_floor_p95: float


class Evaluation(BaseModel):
    """A model version's scores on one set of held-out plays."""

    model_config = ConfigDict(frozen=True)

    version: str
    week: str
    weeks: tuple[str, ...]
    game_ids: tuple[str, ...]
    plays_by_game: tuple[int, ...]
    heads: dict[str, HeadScore]
    calibration: Calibration

    @property
    def total_by_game(self) -> tuple[float, ...]:
        """Nats by game of everything seen of its plays."""
        sums = np.sum([head.loss_by_game for head in self.heads.values()], axis=0)
        return tuple(float(value) for value in sums)

    @property
    def total_loss(self) -> float:
        """Nats a play, all heads together."""
        return sum(self.total_by_game) / sum(self.plays_by_game)


def evaluate(
    output_NW: npt.NDArray[np.float32],
    baseline_W: npt.NDArray[np.float32],
    data: PlayData,
    plan: ModelPlan,
    *,
    version: str,
    week: str,
) -> Evaluation:
    """Score probabilities [N, W] of the rows of `data`, beside the class frequencies [W]."""
    slices = head_slices(plan.heads)
    baseline_NW = np.broadcast_to(baseline_W, output_NW.shape)
    results = {}
    for head in plan.heads:
        labels = data.labels[head.name]
        scored = scores.select(output_NW, head, slices[head.name], labels)
        baseline = scores.select(baseline_NW, head, slices[head.name], labels)
        results[head.name] = _head_score(scored, baseline, head, data)
    return Evaluation(
        version=version,
        week=week,
        weeks=tuple(data.weeks),
        game_ids=data.game_ids,
        plays_by_game=_ints(np.bincount(data.game_index_N, minlength=len(data.game_ids))),
        heads=results,
        calibration=_calibration(output_NW, data, plan, seed=derive_seed(0, "calibration floor", week)),
    )


def _head_score(scored: scores.Scored, baseline: scores.Scored, head: Head, data: PlayData) -> HeadScore:
    games = data.game_index_N[scored.rows_n]
    count = len(data.game_ids)

    def by_game(values_n: scores.F64) -> tuple[float, ...]:
        return tuple(float(value) for value in np.bincount(games, weights=values_n, minlength=count))

    numeric = bool(head.edges) and bool(scored.exact_n.any())
    return HeadScore(
        rows_by_game=_ints(np.bincount(games, minlength=count)),
        loss_by_game=by_game(scores.log_losses(scored)),
        baseline_by_game=by_game(scores.log_losses(baseline)),
        crps=scores.crps(scored, head) if numeric else None,
        baseline_crps=scores.crps(baseline, head) if numeric else None,
    )


def _calibration(output_NW: npt.NDArray[np.float32], data: PlayData, plan: ModelPlan, *, seed: int) -> Calibration:
    head = next(head for head in plan.heads if head.name == plan.calibrated_head)
    scored = scores.select(output_NW, head, head_slices(plan.heads)[head.name], data.labels[head.name])
    if not len(scored.rows_n):
        raise DataQualityError(
            found=f"no validation row with a label of head {head.name!r} in weeks {', '.join(data.weeks)}",
            needed="plays to judge the model on",
            remedy="materialize the plays and features of these weeks",
        )
    error = scores.calibration_error(scored, seed)
    return Calibration(
        accuracy=scores.accuracy(scored, plan.accuracy_classes),
        brier=scores.brier(scored),
        ece=error.error,
        ece_floor_mean=error.floor_mean,
        ece_floor_p95=error.floor_p95,
    )


def _ints(values: Sequence[int] | npt.NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
