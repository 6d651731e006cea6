"""Intervals resampled by game: plays of a game share its surprises, so games are drawn and not plays.

Belongs here: resampling, single intervals, and intervals that hold together for a family of numbers. What is resampled
is the caller's. Legend: D resamples, G games, M numbers of a family.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


def game_weights(games: int, draws: int, seed: int) -> F64:
    """How often each game is drawn in each resample [D, G]."""
    generator = np.random.default_rng(seed)
    weights: F64 = generator.multinomial(games, np.full(games, 1 / games), size=draws).astype(float)
    return weights


def interval(sums_G: F64, rows_G: npt.NDArray[np.int64], weights_DG: F64, level: float) -> tuple[float, float]:
    """Percentile interval of sum over rows, resampled by game; resamples without a row are left out."""
    rows_D = weights_DG @ rows_G
    ratios = (weights_DG @ sums_G)[rows_D > 0] / rows_D[rows_D > 0]
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Together:
    """Bounds of M numbers: none of the lower ends is above its truth, but for the error level; upper ends likewise."""

    low_M: F64
    high_M: F64


def together(values_M: F64, resampled_DM: F64, games: int, error: float) -> Together:
    """One-sided bounds that hold for all M numbers at once, from the largest studentised deviation of each resample.

    Each number is scaled by its own standard error, so none is tested more strictly than another, and what is
    correlated costs nothing (Westfall and Young 1993; Romano and Wolf 2005). The bootstrap knows no error of its own
    standard errors: the critical value is widened from normal to Student's t with a degree of freedom a game less one.
    """
    deviations = resampled_DM - resampled_DM.mean(axis=0)
    spread_M = resampled_DM.std(axis=0) * np.sqrt(games / max(games - 1, 1))
    moving = spread_M > 0
    if not moving.any():
        return Together(values_M.copy(), values_M.copy())
    scaled = deviations[:, moving] / spread_M[moving]
    above, below = (_student(float(np.quantile(tail.max(axis=1), 1 - error)), games) for tail in (scaled, -scaled))
    return Together(values_M - above * spread_M, values_M + below * spread_M)


def _student(normal: float, games: int) -> float:
    """The t quantile beside a normal one: the first two terms of Cornish and Fisher's expansion."""
    z, freedom = max(normal, NormalDist().inv_cdf(0.95)), max(games - 1, 1)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
