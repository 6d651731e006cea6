"""A side's pace: how many seconds more or less than expected it takes from snap to snap of a game while the clock runs.

Who is slow to the line leaves fewer plays to both sides. Belongs here: measuring how far paces of played games stray,
and the numbers the engine draws a scenario's from. What it does with them is native/src/nfl/usage.h.
Legend: N rows, C classes of seconds, L levels.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sports_platform.core.domain import HeadLabels
from sports_platform.sports.nfl.moments import F32, F64, I64, seen, spread
from sports_platform.sports.nfl.outcomes import TIME_CAP, TIME_LOWS
from sports_platform.sports.nfl.tendencies import normal_levels, team_games

RUNNING = 19  # seconds: plays that take as many run into the next one, kRunningClock in native/src/nfl/usage.h
_MOST = 8  # kMostPace
# The network knows the games it was fitted to: those of the season after stray as much further, by models as of week 1
# of 2013 (1.26 s -> 2.05) and 2015 (1.29 -> 1.68).
UNSEEN = 1.4


def fit_pace(
    output_NW: F32, labels: Mapping[str, HeadLabels], features_NF: F32, names: Sequence[str], game_N: I64
) -> float:
    """Standard deviation in seconds of what a side adds to plays that run into the next, in games not fitted to."""
    chances_NC, class_N, live_N = seen("time", output_NW, labels)
    edges = np.array([*TIME_LOWS, TIME_CAP])
    lows, middles = edges[:-1], (edges[:-1] + edges[1:] - 1) / 2
    # Seconds that the end of a half cut short say nothing of pace.
    rows_N = live_N & (labels["time"].low == labels["time"].high) & (lows[class_N] >= RUNNING)
    running_NC = chances_NC[rows_N][:, lows >= RUNNING]
    running_NC /= running_NC.sum(axis=1, keepdims=True)
    seconds = middles[lows >= RUNNING]
    expected_N = running_NC @ seconds
    variance_N = running_NC @ seconds**2 - expected_N**2
    team_N = team_games(features_NF[rows_N], names, game_N[rows_N])
    return UNSEEN * spread(middles[class_N[rows_N]] - expected_N, variance_N, np.ones(rows_N.sum()), team_N)


def paces(deviation: float) -> F64:
    """Paces [L] in whole seconds, with this standard deviation."""
    return normal_levels(deviation, _MOST)
