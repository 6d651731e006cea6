"""DraftKings classic for the NFL: roster and main slate; scoring constants of DraftKings and FanDuel.

Belongs here: the contest's published rules as plain data. Points of real plays are counted in
`boxscore`, points of simulated plays by the engine from the same constants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sports_platform.core.contest import ContestRules, Slot, StackRule

_EASTERN = ZoneInfo("America/New_York")
_SUNDAY = 6
_AFTERNOON = time(13, 0)


def _slot(*positions: str, name: str = "") -> Slot:
    return Slot(name=name or positions[0], positions=frozenset(positions))


DRAFTKINGS_CLASSIC = ContestRules(
    name="draftkings_classic",
    slots=(
        _slot("QB"),
        *(_slot("RB", "FB", name="RB"),) * 2,
        *(_slot("WR"),) * 3,
        _slot("TE"),
        _slot("RB", "FB", "WR", "TE", name="FLEX"),
        _slot("DST"),
    ),
    salary_cap=50_000,
    min_games=2,
    max_from_team=8,
    stack=StackRule(anchor="QB", partners=frozenset({"WR", "TE"}), at_least=1),
)

# Points in units of 0.02, in which every score of both sites is a whole number.
UNITS_PER_POINT = 50


@dataclass(frozen=True, slots=True)
class Scoring:
    """A site's units by statistic; the least points allowed of each band and the units it is worth to a defence."""

    units: Mapping[str, int]
    points_allowed: tuple[tuple[int, int], ...]

    @property
    def scores_kickers(self) -> bool:
        """Whether kickers are players of the site."""
        return self.units["extra_point"] != 0


# Team statistics of kicking -> unit of the kicker. The context names no kicker: in simulated games he is his team's.
KICKING_STATS = {
    "field_goals_under_40": "field_goal_under_40",
    "field_goals_40_to_49": "field_goal_40_to_49",
    "field_goals_from_50": "field_goal_from_50",
    "extra_points": "extra_point",
}
SCORING_UNITS = {
    "passing_yard": 2,
    "passing_touchdown": 200,
    "interception_thrown": -50,
    "bonus_300_passing": 150,
    "rushing_yard": 5,
    "receiving_yard": 5,
    "reception": 50,
    "touchdown": 300,
    "bonus_100_rushing": 150,
    "bonus_100_receiving": 150,
    "two_point_conversion": 100,
    "fumble_lost": -50,
    "dst_sack": 50,
    "dst_interception": 100,
    "dst_fumble_recovery": 100,
    "dst_touchdown": 300,
    "dst_safety": 100,
    "dst_blocked_kick": 100,
    "dst_two_point_return": 100,
    **dict.fromkeys(KICKING_STATS.values(), 0),
}
POINTS_ALLOWED_UNITS = ((0, 500), (1, 350), (7, 200), (14, 50), (21, 0), (28, -50), (35, -200))
DRAFTKINGS_SCORING = Scoring(SCORING_UNITS, POINTS_ALLOWED_UNITS)
# FanDuel's, with kickers, who were in its line-ups until 2018: half a point a reception, no bonus for yards.
FANDUEL_SCORING = Scoring(
    SCORING_UNITS
    | {
        "reception": 25,
        "fumble_lost": -100,
        "bonus_300_passing": 0,
        "bonus_100_rushing": 0,
        "bonus_100_receiving": 0,
        "field_goal_under_40": 150,
        "field_goal_40_to_49": 200,
        "field_goal_from_50": 250,
        "extra_point": 50,
    },
    POINTS_ALLOWED_UNITS,
)


def main_slate(kickoffs: Mapping[str, datetime]) -> list[str]:
    """Games from Sunday 13:00 US/Eastern through Monday, by kick-off; `kickoffs` are UTC."""
    eastern = {game: kickoff.astimezone(_EASTERN) for game, kickoff in kickoffs.items()}
    return sorted((game for game, kickoff in eastern.items() if _on_main_slate(kickoff)), key=lambda g: (eastern[g], g))


def _on_main_slate(kickoff: datetime) -> bool:
    if kickoff.weekday() == _SUNDAY:
        return kickoff.time() >= _AFTERNOON
    return kickoff.weekday() == 0
