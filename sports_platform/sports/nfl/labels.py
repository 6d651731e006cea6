"""Label columns of `play_features` to what each head saw: which distribution, which class or range.

Labels of drives are made by the same three functions (`drive_model`). Legend: N rows, -1 not applicable.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import HeadLabels
from sports_platform.sports.nfl.outcomes import (
    PASS_RESULTS,
    PENALTIES,
    PLAY_TYPES,
    RUN_FORMATIONS,
    SPOT_FOUL,
    TIME_CAP,
    TIME_LOWS,
    YARD_GROUPS,
    YARD_LOWS,
)

if TYPE_CHECKING:
    from sports_platform.core.domain import np_i64

_PASS, _RUN = PLAY_TYPES.index("pass"), PLAY_TYPES.index("run")
_QUARTER, _WARNING = 900, 120
# First value of label_yards_group of each kind of gain; completions (0-2) come first.
_RUN_GAIN, _AFTER_RUN = 3, 4


def play_labels(columns: "Mapping[str, np_i64]") -> dict[str, HeadLabels]:
    """Head name -> labels, from the label columns [N] (-1: not applicable), clock and yard line before the snap."""
    kind, target, depth = columns["label_play_type"], columns["label_target"], columns["label_depth"]
    formation = columns["label_formation"]
    is_pass, is_run = kind == _PASS, kind == _RUN
    return {
        "formation": one_group(formation),
        "play_type": exact(formation, kind),
        "target_pass": one_group(np.where(is_pass, target, -1)),
        "target_run": exact(formation % len(RUN_FORMATIONS), np.where(is_run, target, -1)),
        "depth": exact(np.where(is_pass, target, -1), depth),
        "result_pass": exact(np.where(is_pass, depth, -1), columns["label_result"]),
        "result_run": exact(columns["label_result_group"], columns["label_result"]),
        "field_goal": one_group(columns["label_field_goal"]),
        "penalty": exact(formation % len(RUN_FORMATIONS), _penalties(columns)),
        "yards": _yards(columns),
        "time": _seconds(columns),
    }


def one_group(classes: "np_i64") -> HeadLabels:
    """Labels of a head with one distribution: classes [N]."""
    return exact(np.zeros_like(classes), classes)


def exact(group: "np_i64", classes: "np_i64") -> HeadLabels:
    """Labels known to the class: classes [N] of the distributions group [N]."""
    return HeadLabels(group=np.where(classes >= 0, group, -1), low=classes, high=classes)


def bins(values: "np_i64", lows: tuple[int, ...]) -> "np_i64":
    """Bin of each value [N]; values below the first bin or above the last count to it."""
    found: np_i64 = np.clip(np.searchsorted(np.asarray(lows), values, side="right") - 1, 0, len(lows) - 1)
    return found


def _penalties(columns: "Mapping[str, np_i64]") -> "np_i64":
    """Class of the foul [N]; the engine takes a foul of fewer yards than a spot foul no farther than half the distance.

    From within the 20 a pass interfered with in the end zone comes to the one.
    """
    spot = PENALTIES.index((SPOT_FOUL, True))
    at_spot = columns["label_penalty_at_spot"] == 1
    classes: np_i64 = np.where(at_spot, np.maximum(columns["label_penalty"], spot), columns["label_penalty"])
    return classes


def _yards(columns: "Mapping[str, np_i64]") -> HeadLabels:
    """Yards to bins; a play stopped by the goal line would have gained its yards or more.

    A touchdown lies in the bins that begin at the line or past it: a bin that begins short of it holds the plays that
    ended short (`GoalLine`; `Snap::gained` in native/src/nfl/snap.h). The last bin has none after it and holds both.
    """
    yards, last = columns["label_yards"], len(YARD_LOWS) - 1
    censored = columns["label_yards_censored"] == 1
    low = np.where(censored, _past(yards), bins(yards, YARD_LOWS))
    group = _yard_groups(columns)
    line = np.where(group == YARD_GROUPS.index("punt_net"), last + 1, _past(columns["yardline_100"]))
    bound = np.where(censored, low, line)
    return HeadLabels(group=group, low=low, high=np.where(censored, last, low), bound=bound)


def _ends_drive(columns: "Mapping[str, np_i64]") -> npt.NDArray[np.bool_]:
    """Whether a pass, run or sack scored, lost the ball or failed on fourth down [N]."""
    result, is_pass = columns["label_result"], columns["label_play_type"] == _PASS
    lost = np.where(is_pass, result >= PASS_RESULTS.index("interception"), result > 0)
    short = (columns["down_4"] == 1) & (columns["label_yards"] < columns["ydstogo"])
    ends: npt.NDArray[np.bool_] = (columns["label_yards_censored"] == 1) | lost | ((result >= 0) & short)
    return ends


def _past(line: "np_i64") -> "np_i64":
    """The first bin that begins at lines [N] or past them, or the last."""
    found: np_i64 = np.minimum(np.searchsorted(np.asarray(YARD_LOWS), line, side="left"), len(YARD_LOWS) - 1)
    return found


def _yard_groups(columns: "Mapping[str, np_i64]") -> "np_i64":
    """Completions by depth (unknown: -1), runs by formation, then scramble, sack and punt."""
    gain, first_run = columns["label_yards_group"], YARD_GROUPS.index("run_under")
    run = first_run + columns["label_formation"] % len(RUN_FORMATIONS)
    later = gain - _AFTER_RUN + first_run + len(RUN_FORMATIONS)
    moved = np.where(gain < _RUN_GAIN, columns["label_depth"], np.where(gain == _RUN_GAIN, run, later))
    groups: np_i64 = np.where(gain >= 0, moved, -1)
    return groups


def _seconds(columns: "Mapping[str, np_i64]") -> HeadLabels:
    """Seconds to bins. Where a quarter or half ended or the two-minute warning came the clock was stopped: the play
    would have taken so long or longer. The engine's rules stop it again (`Course::stop` in native/src/nfl/course.h).
    Those of plays that end a drive are counted (`special`).
    """
    clock, seconds = columns["half_seconds_remaining"], columns["label_seconds"]
    regulation = columns["is_overtime"] == 0
    # The last play of a half has no play after it to tell its seconds; a wrong clock, which has none either, is rare.
    ran_out = regulation & (seconds < 0) & (clock <= TIME_CAP)
    low = np.where(ran_out, clock, seconds)
    quarter = regulation & (clock > _QUARTER) & (clock - low <= _QUARTER)
    stopped = ran_out | quarter | ((clock > _WARNING) & (clock - low <= _WARNING))
    found = bins(low, TIME_LOWS)
    group = np.where((low >= 0) & ~_ends_drive(columns), columns["label_time_group"], -1)
    last = len(TIME_LOWS) - 1
    stops = np.where(clock > _WARNING, clock - _WARNING, np.where(regulation, clock, TIME_CAP))
    left = np.where(regulation & (clock > _QUARTER), clock - _QUARTER, stops)
    bound = np.where(left < TIME_CAP, bins(left, TIME_LOWS), last + 1)
    return HeadLabels(group, found, np.where(stopped, last, found), np.minimum(bound, np.where(stopped, found, bound)))
