"""Intervals resampled by game: plays of a game share its surprises, so games are drawn and not plays.

Legend: D resamples, G games.
"""

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
