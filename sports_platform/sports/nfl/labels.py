"""Label columns of `play_features` to what each head saw: which distribution, which class or range."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sports_platform.core.domain import HeadLabels
from sports_platform.sports.nfl.outcomes import PLAY_TYPES, TIME_LOWS, YARD_LOWS

if TYPE_CHECKING:
    from sports_platform.core.domain import np_i64

_PASS, _RUN = PLAY_TYPES.index("pass"), PLAY_TYPES.index("run")


def play_labels(columns: "Mapping[str, np_i64]") -> dict[str, HeadLabels]:
    """Head name -> labels, from the label columns [N] (-1: not applicable)."""
    kind, target, result = columns["label_play_type"], columns["label_target"], columns["label_result"]
    is_pass, is_run = kind == _PASS, kind == _RUN
    return {
        "play_type": _one_group(kind),
        "target_pass": _one_group(np.where(is_pass, target, -1)),
        "target_run": _one_group(np.where(is_run, target, -1)),
        "result_pass": _exact(np.where(is_pass, columns["label_group"], -1), result),
        "result_run": _exact(columns["label_result_group"], result),
        "field_goal": _one_group(columns["label_field_goal"]),
        "penalty": _one_group(columns["label_penalty"]),
        "yards": _yards(columns),
        "time": _seconds(columns),
    }


def _one_group(classes: "np_i64") -> HeadLabels:
    return HeadLabels(group=np.where(classes >= 0, 0, -1), low=classes, high=classes)


def _exact(group: "np_i64", classes: "np_i64") -> HeadLabels:
    group = np.where(classes >= 0, group, -1)
    return HeadLabels(group=group, low=classes, high=classes)


def _yards(columns: "Mapping[str, np_i64]") -> HeadLabels:
    """Yards to bins; a play stopped by the goal line would have gained its yards or more."""
    low = _bins(columns["label_yards"], YARD_LOWS)
    censored = columns["label_yards_censored"] == 1
    return HeadLabels(group=columns["label_yards_group"], low=low, high=np.where(censored, len(YARD_LOWS) - 1, low))


def _seconds(columns: "Mapping[str, np_i64]") -> HeadLabels:
    seconds = columns["label_seconds"]
    return _exact(np.where(seconds >= 0, columns["label_time_group"], -1), _bins(seconds, TIME_LOWS))


def _bins(values: "np_i64", lows: tuple[int, ...]) -> "np_i64":
    """Bin of each value; values below the first bin or above the last count to it."""
    bins: np_i64 = np.clip(np.searchsorted(np.asarray(lows), values, side="right") - 1, 0, len(lows) - 1)
    return bins
