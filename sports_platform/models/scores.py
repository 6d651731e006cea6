"""Scores of stored probabilities: log loss of ranges, CRPS, PIT, Brier and calibration with its noise floor.

Belongs here: numpy formulas over arrays. What is compared with what is `evaluate.py`.
Legend: N rows, n rows to which a head applies, W output columns, C classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from sports_platform.core.domain import Head, HeadLabels

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

_BINS = 20
_FLOOR_DRAWS = 200
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Scored:
    """A head's distributions in the rows to which it applies, and what was seen there."""

    rows_n: I64
    p_nC: F64
    low_n: I64
    high_n: I64
    bound_n: I64 | None = None  # first class that censoring would hide

    @property
    def exact_n(self) -> npt.NDArray[np.bool_]:
        """Rows whose outcome is known, not only bounded."""
        exact: npt.NDArray[np.bool_] = self.low_n == self.high_n
        return exact

    @property
    def ranked_n(self) -> npt.NDArray[np.bool_]:
        """Rows with a ranked probability score: all where bounds are known, else those whose outcome is."""
        return self.exact_n if self.bound_n is None else np.ones(len(self.low_n), bool)

    def exact(self) -> "Scored":
        """The rows whose outcome is known."""
        kept = self.exact_n
        return Scored(self.rows_n[kept], self.p_nC[kept], self.low_n[kept], self.high_n[kept])


def select(output_NW: npt.NDArray[np.float32], head: Head, columns: slice, labels: HeadLabels) -> Scored:
    """The head's distribution of each row's own group."""
    rows = np.flatnonzero(labels.group >= 0)
    block = output_NW[rows, columns].reshape(len(rows), head.groups, head.classes)
    chosen = block[np.arange(len(rows)), labels.group[rows]].astype(np.float64)
    bound = None if labels.bound is None else labels.bound[rows]
    return Scored(rows, chosen, labels.low[rows], labels.high[rows], bound)


def log_losses(scored: Scored) -> F64:
    """Minus log of the probability given to the range seen [n]."""
    edges = np.concatenate([np.zeros((len(scored.p_nC), 1)), scored.p_nC.cumsum(axis=1)], axis=1)
    row = np.arange(len(edges))
    # Exact outcomes read their own cell: a difference of cumulative sums would lose small ones.
    exact = scored.p_nC[row, scored.low_n]
    ranged = edges[row, scored.high_n + 1] - edges[row, scored.low_n]
    losses: F64 = -np.log(np.maximum(np.where(scored.exact_n, exact, ranged), _TINY))
    return losses


def crps(scored: Scored, head: Head) -> float:
    """Mean of `crps_rows`."""
    return float(crps_rows(scored, head).mean())


def crps_rows(scored: Scored, head: Head) -> F64:
    """Continuous ranked probability score of each row of `ranked_n`, in the unit of the head's edges.

    The distribution function is linear within a bin; labels are bins, so an outcome counts as its bin's middle. Bins
    that censoring would hide in a row are left out of it, whatever was seen: the score is that of the lesser of outcome
    and bound, and proper (threshold-weighted: Gneiting and Ranjan 2011).
    """
    rows = scored.ranked_n
    cdf = scored.p_nC[rows].cumsum(axis=1)
    below, above = cdf - scored.p_nC[rows], cdf
    middle = (below + above) / 2
    outcome = scored.low_n[rows, None]
    classes = np.arange(head.classes)
    own_bin = (_mean_square(below, middle) + _mean_square(1 - middle, 1 - above)) / 2
    other = np.where(classes < outcome, _mean_square(below, above), _mean_square(1 - below, 1 - above))
    height = np.where(classes == outcome, own_bin, other)
    if scored.bound_n is not None:
        height = np.where(classes < scored.bound_n[rows, None], height, 0.0)
    values: F64 = (height * np.diff(np.asarray(head.edges))).sum(axis=1)
    return values


def _mean_square(start: F64, end: F64) -> F64:
    """Mean of the square of a line from `start` to `end`."""
    return (start**2 + start * end + end**2) / 3


def pit(scored: Scored, seed: int) -> F64:
    """Randomised probability integral transform of the exact rows; uniform when calibrated."""
    rows = scored.exact_n
    p_nC, low = scored.p_nC[rows], scored.low_n[rows]
    row = np.arange(len(low))
    own = p_nC[row, low]
    uniform = np.random.default_rng(seed).random(len(low))
    values: F64 = p_nC.cumsum(axis=1)[row, low] - own * uniform
    return values


def accuracy(scored: Scored, merged_classes: Sequence[int]) -> float:
    """Share of rows whose merged class was the most probable; classes merged to -1 count on neither side."""
    p_nC, seen_n = _merged(scored, merged_classes)
    return float((p_nC.argmax(axis=1) == seen_n).mean())


def auc(scored: Scored, merged_classes: Sequence[int]) -> float:
    """Area under the ROC curve of each merged class against the rest, averaged over the classes seen."""
    p_nC, seen_n = _merged(scored, merged_classes)
    # Given that the row shows a merged class at all: what is left out must not order the rows.
    p_nC /= np.maximum(p_nC.sum(axis=1, keepdims=True), _TINY)
    return float(np.mean([roc_auc_score(seen_n == class_, p_nC[:, class_]) for class_ in np.unique(seen_n)]))


def _merged(scored: Scored, merged_classes: Sequence[int]) -> tuple[F64, I64]:
    """Probabilities and outcomes of merged classes, in the rows whose class is merged to one."""
    merged = np.asarray(merged_classes)
    counted = merged[scored.low_n] >= 0
    p_nC = np.zeros((int(counted.sum()), len(merged)))
    for class_, into in enumerate(merged):
        if into >= 0:
            p_nC[:, into] += scored.p_nC[counted, class_]
    return p_nC, merged[scored.low_n[counted]]


def brier(scored: Scored) -> float:
    """Mean of `brier_rows`."""
    return float(brier_rows(scored).mean())


def brier_rows(scored: Scored) -> F64:
    """Squared distance between distribution and outcome of each row, summed over classes; rows must be exact."""
    row = np.arange(len(scored.low_n))
    values: F64 = (scored.p_nC**2).sum(axis=1) - 2 * scored.p_nC[row, scored.low_n] + 1
    return values


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Class-wise expected calibration error and what a perfect model would show on these rows."""

    error: float
    floor_mean: float
    floor_p95: float


def calibration_error(scored: Scored, seed: int) -> CalibrationError:
    """Mean over classes of the binned |predicted - seen|, with its distribution under perfect calibration.

    The floor redraws every outcome from the model's own probabilities. Draws are independent, so
    games with a shared surprise make the true floor a little higher than this one.
    """
    rows, classes = scored.p_nC.shape
    bins = _bins(scored)
    expected = np.bincount(bins.ravel(), weights=scored.p_nC.ravel(), minlength=classes * _BINS)

    def error(outcome_n: I64) -> float:
        seen = np.bincount(bins[np.arange(rows), outcome_n], minlength=classes * _BINS)
        return float(np.abs(seen - expected).sum() / (rows * classes))

    cdf = scored.p_nC.cumsum(axis=1)
    generator = np.random.default_rng(seed)
    floor = [error(_draw(cdf, uniform_n)) for uniform_n in generator.random((_FLOOR_DRAWS, rows))]
    return CalibrationError(error(scored.low_n), float(np.mean(floor)), float(np.quantile(floor, 0.95)))


def deviations(scored: Scored, games_n: I64, games: int) -> F64:
    """Seen less predicted count of each class and bin that is not empty, by game [B, G]; rows must be exact.

    The sum over bins of the absolute sums over games, over rows and classes, is the calibration error.
    """
    rows, classes = scored.p_nC.shape
    filled, place = np.unique(_bins(scored), return_inverse=True)
    place = place.reshape(rows, classes) * games + games_n[:, None]
    size = len(filled) * games
    seen = np.bincount(place[np.arange(rows), scored.low_n], minlength=size)
    predicted = np.bincount(place.ravel(), weights=scored.p_nC.ravel(), minlength=size)
    found: F64 = np.subtract(seen, predicted, dtype=np.float64).reshape(-1, games)
    return found


def _bins(scored: Scored) -> I64:
    """The number of the class and bin that each probability falls in [n, C]."""
    classes = scored.p_nC.shape[1]
    places: I64 = np.minimum((scored.p_nC * _BINS).astype(np.int64), _BINS - 1) + np.arange(classes) * _BINS
    return places


def _draw(cdf_nC: F64, uniform_n: F64) -> I64:
    drawn: I64 = np.minimum((uniform_n[:, None] >= cdf_nC).sum(axis=1), cdf_nC.shape[1] - 1)
    return drawn
