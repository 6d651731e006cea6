"""A model's scores on held-out plays, kept by game so that two models can be compared game by game.

Belongs here: what is measured. Formulas are in `scores.py`; the decision is in `promote.py`.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, model_validator

from sports_platform.core.domain import Head, ModelPlan
from sports_platform.core.errors import DataQualityError
from sports_platform.core.seeds import derive_seed
from sports_platform.models import scores
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices


class HeadCalibration(BaseModel):
    """Class-wise calibration error of a head's exact rows, over 20 bins, beside what a perfect model would show there.

    `deviations` holds a row a class and bin that is not empty: seen less predicted count by game.
    """

    model_config = ConfigDict(frozen=True)

    classes: int
    ece: float
    floor_mean: float
    floor_p95: float
    deviations: tuple[tuple[float, ...], ...]

    @property
    def debiased(self) -> float:
        """The error less what chance alone gives a perfect model: about 0 for one."""
        return self.ece - self.floor_mean


class HeadScore(BaseModel):
    """One head; sums by game, in the order of `Evaluation.game_ids`. Losses are nats, of the range seen."""

    model_config = ConfigDict(frozen=True)

    rows_by_game: tuple[int, ...]
    loss_by_game: tuple[float, ...]
    baseline_by_game: tuple[float, ...]
    exact_by_game: tuple[int, ...]  # rows whose outcome is known: those of Brier score and calibration
    brier_by_game: tuple[float, ...]
    crps_by_game: tuple[float, ...] | None = None  # of heads whose classes are bins of a number, in its unit
    ranked_by_game: tuple[int, ...] = ()  # rows of the CRPS
    baseline_crps: float | None = None
    calibration: HeadCalibration | None = None  # None without a row whose outcome is known

    @model_validator(mode="after")
    def _ranked_rows_known(self) -> Self:
        if len(self.ranked_by_game) != len(self.crps_by_game or ()):
            raise ValueError("CRPS without its rows, as releases scored it that left censored rows out")
        return self

    @property
    def rows(self) -> int:
        """Rows to which the head applies."""
        return sum(self.rows_by_game)

    @property
    def log_loss(self) -> float:
        """Nats a row to which the head applies."""
        return sum(self.loss_by_game) / max(self.rows, 1)

    @property
    def baseline_log_loss(self) -> float:
        """The same of the class frequencies of the training rows."""
        return sum(self.baseline_by_game) / max(self.rows, 1)

    @property
    def brier(self) -> float:
        """Mean Brier score."""
        return sum(self.brier_by_game) / max(sum(self.exact_by_game), 1)

    @property
    def crps(self) -> float | None:
        """Mean continuous ranked probability score."""
        return None if self.crps_by_game is None else sum(self.crps_by_game) / max(sum(self.ranked_by_game), 1)


class Evaluation(BaseModel):
    """A model version's scores on one set of held-out plays."""

    model_config = ConfigDict(frozen=True)

    version: str
    week: str
    weeks: tuple[str, ...]
    game_ids: tuple[str, ...]
    plays_by_game: tuple[int, ...]
    heads: dict[str, HeadScore]
    accuracy: float  # of the calibrated head's merged classes

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
        seed = derive_seed(0, "calibration floor", week, head.name)
        results[head.name] = _head_score(scored, baseline, head, data, seed)
    return Evaluation(
        version=version,
        week=week,
        weeks=tuple(data.weeks),
        game_ids=data.game_ids,
        plays_by_game=_ints(np.bincount(data.game_index_N, minlength=len(data.game_ids))),
        heads=results,
        accuracy=_accuracy(output_NW, data, plan),
    )


def _head_score(scored: scores.Scored, baseline: scores.Scored, head: Head, data: PlayData, seed: int) -> HeadScore:
    games = data.game_index_N[scored.rows_n]
    exact, exact_games = scored.exact(), games[scored.exact_n]
    ranked_games = games[scored.ranked_n]
    numeric = bool(head.edges) and bool(len(ranked_games))

    def by_game(values_n: scores.F64, games_n: scores.I64) -> tuple[float, ...]:
        sums = np.bincount(games_n, weights=values_n, minlength=len(data.game_ids))
        return tuple(float(value) for value in sums)

    return HeadScore(
        rows_by_game=_counts(games, data),
        loss_by_game=by_game(scores.log_losses(scored), games),
        baseline_by_game=by_game(scores.log_losses(baseline), games),
        exact_by_game=_counts(exact_games, data),
        brier_by_game=by_game(scores.brier_rows(exact), exact_games),
        crps_by_game=by_game(scores.crps_rows(scored, head), ranked_games) if numeric else None,
        ranked_by_game=_counts(ranked_games, data) if numeric else (),
        baseline_crps=scores.crps(baseline, head) if numeric else None,
        calibration=_calibration(exact, exact_games, len(data.game_ids), seed) if len(exact_games) else None,
    )


def _calibration(exact: scores.Scored, games_n: scores.I64, games: int, seed: int) -> HeadCalibration:
    error = scores.calibration_error(exact, seed)
    # Four decimals of a count: ten times smaller files, and nothing that a bin of one play would notice.
    deviations_BG = scores.deviations(exact, games_n, games).round(4)
    return HeadCalibration(
        classes=exact.p_nC.shape[1],
        ece=error.error,
        floor_mean=error.floor_mean,
        floor_p95=error.floor_p95,
        deviations=tuple(tuple(float(value) for value in row) for row in deviations_BG),
    )


def _accuracy(output_NW: npt.NDArray[np.float32], data: PlayData, plan: ModelPlan) -> float:
    head = next(head for head in plan.heads if head.name == plan.calibrated_head)
    scored = scores.select(output_NW, head, head_slices(plan.heads)[head.name], data.labels[head.name])
    if not len(scored.rows_n):
        raise DataQualityError(
            found=f"no validation row with a label of head {head.name!r} in weeks {', '.join(data.weeks)}",
            needed="plays to judge the model on",
            remedy="materialize the plays and features of these weeks",
        )
    return scores.accuracy(scored, plan.accuracy_classes)


def _counts(games_n: scores.I64, data: PlayData) -> tuple[int, ...]:
    return _ints(np.bincount(games_n, minlength=len(data.game_ids)))


def _ints(values: npt.NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
