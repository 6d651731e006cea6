"""What the simulation says of lineups: their metrics with Monte-Carlo standard errors, from the scenario matrix.

Belongs here: summing, sorting and reading off. Which lineups, and what is learned from them, is `surrogate`.

Legend: N selections, P players, S scenarios, K roster slots, Q quantile levels, M metrics (Q + 3).
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from sports_platform.models.surrogate_fit import SimulatedMetrics
from sports_platform.portfolio import select
from sports_platform.portfolio.projections import UNITS_PER_POINT

Float32 = npt.NDArray[np.float32]
_Units = npt.NDArray[np.int32 | np.float32]
_Float64 = npt.NDArray[np.float64]
# Of weights in parts of 64 every sum of units is a whole number, and far below 2^24: float32 holds it exactly, and the
# order in which a BLAS adds, which its number of threads decides, leaves no trace in what is learned.
_PARTS = np.float32(64)
_CHUNK = 500  # selections at a time: 20 MB of sums for 10,000 scenarios


def lineup_metrics(
    points_PS: npt.NDArray[np.int16], players_NK: npt.NDArray[np.intp], levels: Sequence[float]
) -> SimulatedMetrics:
    """Metrics of lineups given as player indices, from exact sums of units."""
    selected_NP = np.zeros((len(players_NK), len(points_PS)), dtype=np.float32)
    np.put_along_axis(selected_NP, players_NK, 1.0, axis=1)
    return _metrics(selected_NP, levels, lambda rows: select.score(points_PS, players_NK[rows]))


def mixture_metrics(
    points_PS: npt.NDArray[np.int16], selected_NP: Float32, levels: Sequence[float]
) -> SimulatedMetrics:
    """Metrics of selections with any weights; of those that `mixed` makes they are exact."""
    units_PS = points_PS.astype(np.float32)

    def sums(rows: slice) -> Float32:
        parts_NS = (selected_NP[rows] * _PARTS) @ units_PS
        return (parts_NS / _PARTS).astype(np.float32, copy=False)

    return _metrics(selected_NP, levels, sums)


def mixed(selected_NP: Float32, rows: int, largest: int, generator: np.random.Generator) -> Float32:
    """Weighted means of two to `largest` of the selections, in whole parts of 64, all proportions alike probable."""
    weights = generator.exponential(size=(rows, largest))
    sizes = generator.integers(2, largest + 1, size=(rows, 1))
    weights = np.where(np.arange(largest) < sizes, weights, 0.0)
    parts = np.floor(_PARTS * weights / weights.sum(axis=1, keepdims=True))
    parts[:, 0] += _PARTS - parts.sum(axis=1)
    picks = generator.integers(len(selected_NP), size=(rows, largest))
    blends: Float32 = np.einsum("rl,rlp->rp", parts / _PARTS, selected_NP[picks]).astype(np.float32)
    return blends


def _metrics(
    selected_NP: Float32,
    levels: Sequence[float],
    units_of: Callable[[slice], _Units],
) -> SimulatedMetrics:
    blocks = [slice(start, start + _CHUNK) for start in range(0, len(selected_NP), _CHUNK)]
    pairs = [_described(units_of(rows), levels) for rows in blocks]
    values_NM, errors_NM = (np.concatenate(part) / UNITS_PER_POINT for part in zip(*pairs, strict=True))
    return SimulatedMetrics(selected_NP, values_NM.astype(np.float32), errors_NM.astype(np.float32))


def _described(units_NS: _Units, levels: Sequence[float]) -> tuple[_Float64, _Float64]:
    """Values and standard errors [N, M] in units."""
    ordered_NS = np.sort(units_NS, axis=1)
    centre, tail = _centre(units_NS), _tail(ordered_NS, levels[-1])
    quantiles = [_quantile(ordered_NS, level) for level in levels]
    noise = [_quantile_error(ordered_NS, level) for level in levels]
    values = np.column_stack([*centre[0], *quantiles, tail[0]])
    return values, np.column_stack([*centre[1], *noise, tail[1]])


def _centre(units_NS: _Units) -> tuple[tuple[_Float64, _Float64], tuple[_Float64, _Float64]]:
    """Mean and deviation, and their standard errors."""
    scenarios = units_NS.shape[1]
    mean_N = units_NS.mean(axis=1, dtype=np.float64)
    squared_NS = (units_NS - mean_N[:, None]) ** 2
    variance_N = squared_NS.mean(axis=1)
    sd_N = np.sqrt(variance_N)
    spread_N = np.sqrt(np.maximum((squared_NS**2).mean(axis=1) - variance_N**2, 0.0) / scenarios)
    return (mean_N, sd_N), (sd_N / np.sqrt(scenarios), spread_N / (2 * sd_N))


def _quantile(ordered_NS: _Units, level: float) -> _Float64:
    """As `numpy.quantile`, from rows already in order."""
    place = level * (ordered_NS.shape[1] - 1)
    low = int(place)
    high = min(low + 1, ordered_NS.shape[1] - 1)
    share = place - low
    quantile: _Float64 = ordered_NS[:, low] * (1.0 - share) + ordered_NS[:, high] * share
    return quantile.astype(np.float64)


def _quantile_error(ordered_NS: _Units, level: float) -> _Float64:
    """Half the distance between the quantiles one standard error of the level below and above (Woodruff)."""
    step = np.sqrt(level * (1.0 - level) / ordered_NS.shape[1])
    low, high = max(level - step, 0.0), min(level + step, 1.0)
    return (_quantile(ordered_NS, high) - _quantile(ordered_NS, low)) / 2.0


def _tail(ordered_NS: _Units, level: float) -> tuple[_Float64, _Float64]:
    """Mean of the scenarios above the level, and its standard error: that of a mean, and that of where it begins."""
    count = max(1, round(ordered_NS.shape[1] * (1.0 - level)))
    tail_NT = ordered_NS[:, -count:]
    mean_N = tail_NT.mean(axis=1, dtype=np.float64)
    begins_N = mean_N - _quantile(ordered_NS, level)
    return mean_N, np.sqrt((tail_NT.var(axis=1, dtype=np.float64) + level * begins_N**2) / count)
