"""A number of two models on the same resamples of games, and what their difference shows.

Belongs here: numbers with their resamples and the rule by which a family of pairs is judged. Every number is better
when smaller. What is compared is `versus.py`.
Legend: D resamples, G games, B bins of classes and probabilities, K bins of the PIT.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sports_platform.models.bootstrap import F64, together
from sports_platform.models.evaluate import HeadCalibration
from sports_platform.models.evidence import PIT_BINS, SimulatedGames
from sports_platform.models.verdict import Check, Standing


@dataclass(frozen=True, slots=True)
class Number:
    """A number and its resamples [D]."""

    value: float
    drawn_D: F64

    def distance(self, target: float = 0.0) -> "Number":
        """How far it is from a target."""
        return Number(abs(self.value - target), np.abs(self.drawn_D - target))


def weighted(numbers: Sequence[Number], weights: Sequence[float]) -> Number:
    """Sum of numbers times weights."""
    drawn_D = np.sum([number.drawn_D * weight for number, weight in zip(numbers, weights, strict=True)], axis=0)
    return Number(sum(number.value * weight for number, weight in zip(numbers, weights, strict=True)), drawn_D)


@dataclass(frozen=True, slots=True)
class Pair:
    """A number of the candidate and of the champion on the same resamples.

    The candidate fails when shown to be worse by more than `negligible`, or when not shown to be worse by less than
    `tolerance`. An `excuse` says why nothing is held against it whatever the comparison shows.
    """

    name: str
    own: Number
    other: Number
    negligible: float
    tolerance: float | None = None
    excuse: str = ""


def ratio(sums_G: Sequence[float], rows_G: Sequence[int], weights_DG: F64) -> Number:
    """Sum over rows."""
    sums, rows = np.asarray(sums_G, np.float64), np.asarray(rows_G, np.float64)
    drawn_D = (weights_DG @ sums) / np.maximum(weights_DG @ rows, 1)
    return Number(float(sums.sum() / max(rows.sum(), 1)), drawn_D)


def calibration_error(found: HeadCalibration, rows_G: Sequence[int], weights_DG: F64) -> Number:
    """A head's class-wise calibration error less a perfect model's mean."""
    deviations_DB = weights_DG @ np.asarray(found.deviations).T
    cells_D = np.maximum(weights_DG @ np.asarray(rows_G, np.float64), 1) * found.classes
    return Number(found.debiased, np.abs(deviations_DB).sum(axis=1) / cells_D - found.floor_mean)


def pit_cdf(games: SimulatedGames, weights_DG: F64) -> F64:
    """Distribution function of the players' PIT at the inner edges of its bins [D, K]."""
    counts_DK = (weights_DG @ np.asarray(games.pit_by_game, np.float64)).cumsum(axis=1)
    cdf: F64 = counts_DK[:, :-1] / np.maximum(counts_DK[:, -1:], 1)
    return cdf


def pit_gap(games: SimulatedGames, weights_DG: F64) -> Number:
    """Root mean square distance of the distribution function of the players' PIT from a uniform one's."""
    once = np.ones((1, len(games.game_ids)))
    return Number(float(_gap(pit_cdf(games, once))[0]), _gap(pit_cdf(games, weights_DG)))


def _gap(cdf_DK: F64) -> F64:
    uniform_K = np.arange(1, PIT_BINS) / PIT_BINS
    gap: F64 = np.sqrt(((cdf_DK - uniform_K) ** 2).mean(axis=1))
    return gap


def checks(pairs: Sequence[Pair], games: int, error: float) -> list[Check]:
    """A family of pairs judged together: an equal candidate is shown to be worse in any with probability `error`."""
    values_M = np.array([pair.own.value - pair.other.value for pair in pairs])
    drawn_DM = np.stack([pair.own.drawn_D - pair.other.drawn_D for pair in pairs], axis=1)
    bounds = together(values_M, drawn_DM, games, error)
    reach_M = np.quantile(drawn_DM, 0.95, axis=0)
    columns = (values_M, bounds.low_M, bounds.high_M, reach_M)
    return [_check(pair, *map(float, found)) for pair, *found in zip(pairs, *columns, strict=True)]


def _check(pair: Pair, value: float, low: float, high: float, reach: float) -> Check:
    standing: Standing = "worse" if low > pair.negligible else "better" if high < 0 else "equal"
    passed = standing != "worse"
    reason = f"{pair.name}: the interval must not lie above {pair.negligible:.5f}"
    if pair.tolerance is not None:
        passed = passed and reach <= pair.tolerance
        reason += f", nor the upper end of its own 90 % interval, {reach:+.5f}, above {pair.tolerance:.5f}"
    if pair.excuse:
        passed, reason = True, f"{reason}; {pair.excuse}"
    name = f"{pair.name}, less the champion's"
    return Check(name=name, passed=passed, value=value, low=low, high=high, reason=reason, standing=standing)
