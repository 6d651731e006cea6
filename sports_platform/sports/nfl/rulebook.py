"""Rules of the NFL that changed by season, as the engine needs them.

Belongs here: the rule book as plain data, from 2009 on. Rules that never changed are native/src/nfl/course.h.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

_Rule = TypeVar("_Rule")


class Overtime(IntEnum):
    """Who wins in overtime; order of OvertimeRule in native/src/nfl/state.h."""

    SUDDEN_DEATH = 0
    FIELD_GOAL_ANSWERED = 1
    BOTH_POSSESS = 2


@dataclass(frozen=True, slots=True)
class SeasonRules:
    """Rules of a game. Spots are yards to the goal line that the receivers attack."""

    overtime: Overtime
    overtime_seconds: int
    kickoff_touchback: int
    try_from: int  # where the ball is snapped for a kicked try
    out_of_bounds_yards: int  # from where it was kicked a kick-off out of bounds is the receivers' ball


def season_rules(season: int, *, playoff: bool) -> SeasonRules:
    """The rules of a season's regular or playoff games."""
    since, rule = (_PLAYOFF_OVERTIME, _PLAYOFF_SECONDS) if playoff else (_OVERTIME, _SECONDS)
    return SeasonRules(
        _newest(since, season),
        _newest(rule, season),
        _newest(_KICKOFF_TOUCHBACK, season),
        _newest(_TRY, season),
        _newest(_OUT_OF_BOUNDS, season),
    )


# First season -> rule. Rule 16: the playoffs answered field goals two seasons before the regular season did (league
# meetings of March 2010 and 2012); both sides have the ball since 2022 and 2025.
_OVERTIME = {0: Overtime.SUDDEN_DEATH, 2012: Overtime.FIELD_GOAL_ANSWERED, 2025: Overtime.BOTH_POSSESS}
_PLAYOFF_OVERTIME = {0: Overtime.SUDDEN_DEATH, 2010: Overtime.FIELD_GOAL_ANSWERED, 2022: Overtime.BOTH_POSSESS}
# Rule 16, section 1: periods of 15 minutes; of 10 in regular seasons since 2017.
_SECONDS = {0: 900, 2017: 600}
_PLAYOFF_SECONDS = {0: 900}
# Rule 11, section 6, touchbacks of kick-offs: the 20, since 2016 the 25; since the new kick-off of 2024 the 30, then
# the 35.
_KICKOFF_TOUCHBACK = {0: 80, 2016: 75, 2024: 70, 2025: 65}

# Rule 11, section 3: kicked tries from the 15 since 2015.
_TRY = {0: 2, 2015: 15}
# Rule 6, section 2: the receivers' 40, as before, when the kick-off moved from the 30 to the 35 in 2011.
_OUT_OF_BOUNDS = {0: 30, 2011: 25}


def _newest(by_season: Mapping[int, _Rule], season: int) -> _Rule:
    return by_season[max(since for since in by_season if since <= season)]
