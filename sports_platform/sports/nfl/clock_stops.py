"""Who stops the clock at the end of a half: a side that wants a field goal keeps its timeouts for it.

The engine counts no timeouts, and the network, which is told how many are usual, does not know where a play ends. Of
those that should end a half within reach of a field goal more than half leave time for another one. Belongs here: how
many, as the engine's rules ask (`Field::stops_clock` in native/src/nfl/field.h). Legend: N rows, C classes.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sports_platform.core.domain import HeadLabels
from sports_platform.sports.nfl.moments import F32, F64, I64, Mask, seen
from sports_platform.sports.nfl.outcomes import PLAY_TYPES, TIME_CAP, TIME_LOWS, YARD_LOWS

REACHES = (37, 43)  # yards to the goal line after the play, within which field goals are near, and possible
MOST_BEHIND = 3  # points that a field goal makes up for, in the second half
_LATE = TIME_LOWS[-1]  # seconds: later a play of any class may end the half
# Plays from scrimmage that may leave the side the ball.
_LAST_PLAY = PLAY_TYPES.index("scramble")
# Shares of 2010-2013, by a model as of 2013 week 1, which count as so many plays that should have ended a half: in the
# first half, then later, by reach.
_LONG_RUN = np.array([[0.68, 0.47], [0.93, 0.33]])
_WEIGHT = 20.0


def fit_clock_stops(
    output_NW: F32, labels: Mapping[str, HeadLabels], features_NF: F32, names: Sequence[str]
) -> list[list[float]]:
    """Share of the plays that should end a half after which the clock stops before: [first half or later][reach]."""
    ended_N, expected_N, live_N = _ends_of_half(
        output_NW, labels, features_NF[:, names.index("half_seconds_remaining")]
    )
    first_N, reach_N, wants_N = _situations(labels, features_NF, names)
    shares: F64 = _LONG_RUN.copy()
    for half, rows_N in enumerate((first_N, ~first_N)):
        for reach in range(len(REACHES)):
            at = live_N & wants_N & rows_N & (reach_N == reach)
            expected = expected_N[at].sum()
            stopped = expected - ended_N[at].sum() + _WEIGHT * _LONG_RUN[half, reach]
            shares[half, reach] = np.clip(stopped / (expected + _WEIGHT), 0.0, 1.0)
    return [[float(share) for share in row] for row in shares]


def _ends_of_half(output_NW: F32, labels: Mapping[str, HeadLabels], clock_N: F32) -> tuple[Mask, F64, Mask]:
    """Whether the half ended with a play, how likely it was by the play's seconds, and which plays may tell [N]."""
    chances_NC, _, timed_N = seen("time", output_NW, labels)
    lows, highs = np.array(TIME_LOWS), np.array([*TIME_LOWS[1:], TIME_CAP + 1])
    past_NC = (highs - np.maximum(lows, clock_N[:, None])).clip(0) / (highs - lows)
    live_N = timed_N & (clock_N < _LATE) & (labels["play_type"].low <= _LAST_PLAY)
    return labels["time"].high > labels["time"].low, (chances_NC * past_NC).sum(axis=1), live_N


def _situations(labels: Mapping[str, HeadLabels], features_NF: F32, names: Sequence[str]) -> tuple[Mask, I64, Mask]:
    """Whether it is the first half, in which reach the ball is after the play, and whether a field goal helps [N]."""
    column = {name: features_NF[:, names.index(name)] for name in ("yardline_100", "qtr_1", "qtr_2", "qtr_3", "qtr_4")}
    first_N = column["qtr_1"] + column["qtr_2"] > 0
    lead_N = features_NF[:, names.index("score_differential")]
    helps_N = first_N | ((column["qtr_4"] > 0) & (lead_N <= 0) & (lead_N >= -MOST_BEHIND))
    yards = labels["yards"]
    gained_N = np.where(yards.group >= 0, np.array(YARD_LOWS)[np.maximum(yards.low, 0)], 0)
    reach_N = np.searchsorted(REACHES, column["yardline_100"] - gained_N, side="left")
    return first_N, reach_N, helps_N
