"""A game as it stands, and what has been counted so far. No rules here."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from sports_platform_tests.simulation.oracle.tables import HALF_SECONDS


class Half(IntEnum):
    """Parts of a game with a clock of their own; a period of overtime is one."""

    FIRST = 0
    SECOND = 1
    OVERTIME = 2


class Stage(Enum):
    """How far overtime is: the side that received first has not yet had its chance, the other one answers a score, or
    the next score wins."""

    OPENING = "opening possession"
    ANSWER = "answer"
    NEXT_SCORE = "next score"


def _counters() -> tuple[Counter[str], Counter[str]]:
    return Counter(), Counter()


@dataclass(slots=True)
class State:
    """Sides are 0 (away) and 1 (home); spots are yards to the goal line that the side with the ball attacks."""

    half: Half = Half.FIRST
    clock: int = HALF_SECONDS
    offence: int = 0
    down: int = 1
    yardline: int = 50
    line_to_gain: int = 40
    kick_to: int | None = None  # the side that waits for a kick-off
    free_kick: bool = False  # and that one follows a safety
    opening: int = 0  # the side that received the first kick-off of the game, of overtime once that is played
    stage: Stage = Stage.OPENING
    over: bool = False
    numbers: int = 0  # how many numbers of the random source have been used
    # Of the last snap:
    drive_ending: str | None = None  # of the side that had the ball; None while its drive goes on
    untimed_down: bool = False  # the period does not end with this snap
    # Before the first:
    absent: tuple[frozenset[int], ...] = (frozenset(), frozenset())  # players of each side who take no part

    score: list[int] = field(default_factory=lambda: [0, 0])
    charged: list[int] = field(default_factory=lambda: [0, 0])  # points that each side's defence has allowed
    team: tuple[Counter[str], Counter[str]] = field(default_factory=_counters)
    defence: tuple[Counter[str], Counter[str]] = field(default_factory=_counters)
    players: Counter[tuple[int, int, str]] = field(default_factory=Counter)  # by side, place of the player, name
    seen: Counter[str] = field(default_factory=Counter)  # rare things, for tests that want them to have happened

    @property
    def to_go(self) -> int:
        """Yards to a first down or the goal line."""
        return self.yardline - self.line_to_gain

    @property
    def late(self) -> bool:
        """Whether this is the fourth quarter or overtime."""
        return self.half is Half.OVERTIME or (self.half is Half.SECOND and self.clock <= HALF_SECONDS // 2)

    def lead(self, side: int) -> int:
        """Points a side is ahead by."""
        return self.score[side] - self.score[1 - side]
