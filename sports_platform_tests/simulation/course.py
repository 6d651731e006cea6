"""Single plays through the engine's rules: what was before, what happened, and the state it gives."""

from dataclasses import dataclass

import numpy as np

from sports_platform.core.settings import Settings
from sports_platform.simulation.replay import replay
from sports_platform.sports.nfl.fouls import FOUL_FIELDS
from sports_platform.sports.nfl.replay import PLAY_FIELDS, STATE_FIELDS, Ending, Event, Next
from sports_platform.sports.nfl.rulebook import season_rules

AWAY, HOME = 0, 1
AGAIN, COUNTED, NEW = range(3)  # what a foul does to the down
DURING, AFTER, BETWEEN_DOWNS = range(3)  # whether the play stands beside a foul


@dataclass(frozen=True)
class State:
    """What the engine makes of a play; `side` has the ball, receives the kick, or tries."""

    next: Next
    half: int
    side: int
    down: int
    to_go: int
    yardline: int
    score: tuple[int, int]


def play(event: Event, *, season: int = 2015, playoff: bool = False, **fields: int) -> dict[str, int]:
    """A record: first and ten of the away side at midfield with ten minutes left, nothing happened but `fields`."""
    rules = season_rules(season, playoff=playoff)
    usual = {
        "overtime": int(rules.overtime), "overtime_seconds": rules.overtime_seconds, "playoff": int(playoff),
        "kickoff_touchback": rules.kickoff_touchback, "out_of_bounds_yards": rules.out_of_bounds_yards,
        "half": 0, "clock": 600, "offence": AWAY, "down": 1, "to_go": 10, "yardline": 50, "event": int(event),
    }  # fmt: skip
    named = usual | fields
    yards = named.pop("yards", 0)
    whole = {"side": named["offence"], "spot": named["yardline"] - yards} | named
    return {"loose": whole["spot"]} | whole


def foul(spot: int, yards: int, down: int = AGAIN, *, at_spot: bool = False, after: int = DURING) -> dict[str, int]:
    """Fields of a play's only foul."""
    values = (spot, yards, down, int(at_spot), after)
    return {"fouls": 1} | {f"foul_0_{name}": value for name, value in zip(FOUL_FIELDS, values, strict=True)}


def states(*plays: dict[str, int]) -> list[State]:
    """The state after each play of one game, which begins with an opening that the home side receives."""
    opening = play(Event.OPENING, toss=HOME) | {name: plays[0][name] for name in PLAY_FIELDS[:5]}
    rows_NP = np.array([[row.get(name, 0) for name in PLAY_FIELDS] for row in (opening, *plays)], np.int32)
    after_NS = replay(Settings.load(), "nfl", rows_NP, len(STATE_FIELDS))
    return [State(Next(row[0]), *(int(v) for v in row[1:6]), (int(row[6]), int(row[7]))) for row in after_NS[1:]]


def after(*plays: dict[str, int]) -> State:
    """The state after the last of these plays."""
    return states(*plays)[-1]


def series(state: State) -> tuple[int, int, int, int]:
    """Who has the ball, the down, yards to go and the yard line."""
    return state.side, state.down, state.to_go, state.yardline


__all__ = ["AFTER", "AGAIN", "AWAY", "BETWEEN_DOWNS", "COUNTED", "DURING", "HOME", "NEW", "Ending", "Event", "Next"]
