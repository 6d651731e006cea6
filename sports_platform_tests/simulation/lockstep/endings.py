"""What a snap may end with, and tables by play type and ending that say where its distributions stand.

Belongs here: look-ups that are the same for every game. T: play types, R: results.
"""

from collections.abc import Sequence

import numpy as np

from sports_platform.sports.nfl import outcomes
from sports_platform_tests.simulation.lockstep.lanes import Ints, Mask
from sports_platform_tests.simulation.oracle.distributions import places
from sports_platform_tests.simulation.oracle.snaps import RUN_RESULTS

PASS, RUN, SACK, SCRAMBLE, PUNT, FIELD_GOAL, KNEEL, SPIKE, FOUL = range(len(outcomes.PLAY_TYPES))

RESULTS = places()["pass_result"][1]
"""The most results that a play has; as many slots have their tables."""


class Ending:
    """What becomes of a snap before yards are counted: up to SPIKED the ball is down, the next four are turnovers.

    Plain numbers, which arrays are compared with faster than with members of an enumeration.
    """

    CAUGHT, CARRIED, SACKED, INCOMPLETE, KNEELED, SPIKED = range(6)
    CATCH_LOST, CARRY_LOST, SACK_LOST, INTERCEPTED = range(6, 10)
    PUNTED, FIELD_GOAL_MADE, FIELD_GOAL_MISSED, FOULED = range(10, 14)


# By result; the last stands for all results after it, too.
_ENDINGS = {
    "pass": (Ending.CAUGHT, Ending.INCOMPLETE, Ending.INTERCEPTED, Ending.CATCH_LOST),
    "run": (Ending.CARRIED, Ending.CARRY_LOST),
    "sack": (Ending.SACKED, Ending.SACK_LOST),
    "scramble": (Ending.CARRIED, Ending.CARRY_LOST),
    "punt": (Ending.PUNTED,),
    "field_goal": (Ending.FIELD_GOAL_MISSED, Ending.FIELD_GOAL_MADE),
    "qb_kneel": (Ending.KNEELED,),
    "qb_spike": (Ending.SPIKED,),
    "no_play": (Ending.FOULED,),
}
_TIMES = {
    Ending.CAUGHT: "complete",
    Ending.CARRIED: "run",
    Ending.SACKED: "sack",
    Ending.INCOMPLETE: "incomplete",
    Ending.KNEELED: "qb_kneel",
    Ending.SPIKED: "incomplete",
    Ending.CATCH_LOST: "complete",
    Ending.CARRY_LOST: "run",
    Ending.SACK_LOST: "sack",
    Ending.INTERCEPTED: "incomplete",
    Ending.PUNTED: "punt",
    Ending.FIELD_GOAL_MADE: "field_goal",
    Ending.FIELD_GOAL_MISSED: "field_goal",
    Ending.FOULED: "no_play",
}
_FIRST_YARDS = {"pass": f"complete_{outcomes.DEPTHS[0]}", "run": f"run_{outcomes.RUN_FORMATIONS[0]}"}
_RESULT_KINDS = {"pass": "pass_result", "field_goal": "field_goal", "no_play": "penalty"}


def marked(*endings: int) -> Mask:
    """A table by ending that says whether it is one of these."""
    return np.isin(np.arange(len(_TIMES)), endings)


def _padded(endings: Sequence[int]) -> list[int]:
    return [*endings, *[endings[-1]] * (RESULTS - len(endings))]


def _result_table(play_type: str) -> int:
    start, size = places()[_RESULT_KINDS.get(play_type, "run_result")]
    return start + size * RUN_RESULTS.get(play_type, 0)


def _yard_group(play_type: str) -> int:
    name = _FIRST_YARDS.get(play_type, play_type)
    return outcomes.YARD_GROUPS.index(name if name in outcomes.YARD_GROUPS else "punt_net")


ENDINGS: Ints = np.array([_padded(_ENDINGS[name]) for name in outcomes.PLAY_TYPES]).ravel()
"""By play type and result, rows one after another."""
RESULT_TABLES: Ints = np.array([_result_table(name) for name in outcomes.PLAY_TYPES])
"""Where a play type's results begin among a bucket's; passes have one a depth, fouls a formation. Kicks have any."""
YARD_GROUPS: Ints = np.array([_yard_group(name) for name in outcomes.PLAY_TYPES])
"""A play type's first group of yards; passes have one a depth, runs one a formation. Plays without yards have any."""
TIME_GROUPS: Ints = np.array([outcomes.TIME_GROUPS.index(_TIMES[ending]) for ending in range(len(_TIMES))])
"""By ending."""
