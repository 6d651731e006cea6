"""The neighbours of cells: those one node apart on one axis of buckets.yaml.

Belongs here: the graph along which `merging` joins cells. Legend: C cells, E edges.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sports_platform.sports.nfl.buckets import Buckets, Moment, Nodes

Ints = npt.NDArray[np.int64]

_DOWN, _DISTANCE, _YARDLINE, _CLOCK, _MARGIN = range(5)
_DOWNS = (1, 2, 3, 4)
_GOAL_LINE = 25


def edges(buckets: Buckets) -> Ints:
    """Pairs of cells [E, 2]; near the goal line, where a gain scores or not by a yard, of one yard line only."""
    pairs = np.concatenate([*_along_axes(buckets), *_along_clock(buckets)])
    found = np.unique(np.sort(pairs, axis=1), axis=0)
    one, other = buckets.yards(buckets.cells)[1][found.T]
    return found[(one == other) | (np.minimum(one, other) > _GOAL_LINE)]


def _along_axes(buckets: Buckets) -> Iterator[Ints]:
    """Within a node of the clock and a down."""
    cells = buckets.cells
    place = cells[:, _CLOCK] * 8 + cells[:, _DOWN]
    for axis in (_DISTANCE, _YARDLINE, _MARGIN):
        last = np.zeros(place.max() + 1, np.int64)
        np.maximum.at(last, place, cells[:, axis])
        one = np.flatnonzero(cells[:, axis] < last[place])
        other = cells[one].copy()
        other[:, axis] += 1
        yield np.stack([one, buckets.numbers(other)], axis=1)


def _along_clock(buckets: Buckets) -> Iterator[Ints]:
    """From each node of the clock to those beside it, whose other nodes may differ: to the nearest."""
    cells, first = buckets.cells, 0
    for moments in buckets.spec.clock.values():
        for number, moment in enumerate(moments):
            one = np.flatnonzero(cells[:, _CLOCK] == first + number)
            for beside in {number - 1, number + 1} & set(range(len(moments))):
                other = _moved(buckets, cells[one], moment, moments[beside])
                other[:, _CLOCK] = first + beside
                yield np.stack([one, buckets.numbers(other)], axis=1)
        first += len(moments)


def _moved(buckets: Buckets, cells: npt.NDArray[np.int32], moment: Moment, beside: Moment) -> npt.NDArray[np.int32]:
    spec, moved = buckets.spec, cells.copy()
    moved[:, _MARGIN] = _nearest(spec.margin[moment.margin], spec.margin[beside.margin])[cells[:, _MARGIN]]
    here, there = spec.spots[moment.spots], spec.spots[beside.spots]
    for down in _DOWNS:
        rows = cells[:, _DOWN] == down
        for axis, ours, theirs in (
            (_DISTANCE, here.distance, there.distance),
            (_YARDLINE, here.yardline, there.yardline),
        ):
            moved[rows, axis] = _nearest(ours[down], theirs[down])[cells[rows, axis]]
    return moved


def _nearest(ours: Nodes, theirs: Nodes) -> Ints:
    """For each of our nodes the place of the nearest of theirs."""
    return np.abs(np.subtract.outer(np.array(ours), np.array(theirs))).argmin(axis=1)
