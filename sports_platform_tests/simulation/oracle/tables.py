"""What the engine is told when it is opened, read back from the named tables of an EngineInput as plain Python.

Belongs here: reading. Names and order are those that `sports_platform.sports.nfl.simulation` documents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.clock_stops import REACHES
from sports_platform.sports.nfl.rulebook import Overtime
from sports_platform.sports.nfl.special import EQUAL_PARTS, MAX_MARGIN
from sports_platform.sports.nfl.within import PARTS

Named = Mapping[str, npt.NDArray[np.float64]]

DRAWS = 1 << 16  # a draw is a whole number below this
HALF_SECONDS = 1800
SIDES = 2
ANYBODY_ELSE = 16  # the player of a side whom the tables do not name; among rows of results this is the defence
USAGE_SLOTS = outcomes.RECEIVER_SLOTS + 1 + outcomes.RUSHER_SLOTS + 1  # receivers' first; each kind ends with others
LEVELS = 256  # of a weight of usage and of a call tilt, each equally likely
_DOWNS = 4
_FARTHEST = 99  # yards to go that a table has a place for


def draws_below(probability: float) -> int:
    """How many of the 2^16 draws say yes, to the nearest draw."""
    return int(probability * DRAWS + 0.5)


@dataclass(frozen=True, slots=True)
class Rates:
    """Probabilities of what is rare, in the order of the table special_rates."""

    kickoff_touchdown: float
    kickoff_lost: float
    onside_attempt: float
    onside_recovered: float
    extra_point: float
    two_point: float
    two_point_pass: float
    interception_touchdown: float
    fumble_touchdown: float
    punt_blocked: float
    punt_blocked_touchdown: float
    punt_touchdown: float
    punt_muffed: float
    field_goal_blocked: float
    field_goal_blocked_touchdown: float
    foul_after_play: float


@dataclass(frozen=True, slots=True)
class Values:
    """Whole numbers of which each of the 64 is as likely as any other; spots are yards to the goal line."""

    kickoff_start: list[int]
    kickoff_seconds: list[int]
    free_kick_start: list[int]
    interception_net: list[int]
    fumble_net: list[int]
    punt_blocked_net: list[int]
    foul_after_play_net: list[int]
    touchdown_seconds: list[int]
    turnover_seconds: list[int]
    downs_seconds: list[int]
    last_seconds: list[int]


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where values of the state lie among the nodes of their axes, in sixteenths of the way from one to the next."""

    clock: list[list[int]]  # [half, seconds left]
    margin: list[list[int]]  # [clock node, margin + 60]
    spots: list[int]  # [clock node]
    distance: list[list[list[int]]]  # [spots, down - 1, yards]
    yardline: list[list[list[int]]]
    distances: list[list[int]]  # number of nodes [spots, down - 1]
    yardlines: list[list[int]]
    starts: list[list[int]]  # the first cell [clock node, down - 1]
    buckets: list[int]  # of the cells
    lines: list[int]  # the yard line of the state that a bucket of a side is asked about
    to_go: list[int]  # and its yards to a first down, 0 where that is the goal line

    def bucket(
        self, draw: int, *, side: int, half: int, clock: int, margin: int, down: int, distance: int, yardline: int
    ) -> int:
        """The number of a state's bucket among those of a game; four bits of the draw choose a node of each axis."""
        clock_node = (self.clock[half][clock] + (draw >> 12)) // 16
        spots = self.spots[clock_node]
        if distance == yardline:  # goal to go
            distance = _FARTHEST
        margin_node = (self.margin[clock_node][margin_place(margin)] + (draw >> 8) % 16) // 16
        distance_node = (self.distance[spots][down - 1][distance] + (draw >> 4) % 16) // 16
        yardline_node = (self.yardline[spots][down - 1][yardline] + draw % 16) // 16
        within = margin_node * self.distances[spots][down - 1] + distance_node
        within = within * self.yardlines[spots][down - 1] + yardline_node
        bucket = self.buckets[self.starts[clock_node][down - 1] + within]
        return side * len(self.lines) + bucket


@dataclass(frozen=True, slots=True)
class Side:
    """The players of a side as places among its statistics; `rows` are their rows of results, -1 for none."""

    receivers: list[int]
    rushers: list[int]
    quarterback: int
    rows: list[int]
    usage: list[list[int]]  # [slot, level], weights


@dataclass(frozen=True, slots=True)
class Fixture:
    """A game and the rules of its season."""

    key: int
    playoff: bool
    overtime: Overtime
    overtime_seconds: int
    kickoff_touchback: int
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class Scoring:
    """Contest units of each statistic, in the order of the results' statistics."""

    player: list[int]
    bonus: list[int]  # of 300 yards passing, 100 rushing, 100 receiving
    defence: list[int]
    allowed: list[tuple[int, int]]  # least points a defence is charged with, units


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything but the distributions of the buckets."""

    rates: Rates
    values: Values
    two_point_try: list[list[float]]  # [fourth quarter or overtime, margin + 60]
    yards: list[list[list[int]]]  # [group, bin, 32 equally likely values]
    seconds: list[list[list[int]]]  # the same
    yard_lows: list[int]  # the least yards of each class
    penalties: list[list[int]]  # yards, whether the down starts anew
    call_tilts: list[int]  # [level], 64ths of the calls
    forms: list[list[int]]  # [form][level], 64ths
    long_gains: list[int]  # [group of yards], the least class of a long gain
    quarterback_leaves: list[int]  # [level], seconds of the game
    paces: list[int]  # [level], seconds
    clock_stops: list[list[float]]  # [first half or later][reach of a field goal]
    nodes: Nodes
    scoring: Scoring
    fixtures: tuple[Fixture, ...]
    entities: int

    @classmethod
    def read(cls, named: Named) -> Self:
        """The tables of an EngineInput."""
        heads = {head.name: head for head in outcomes.HEADS}
        return cls(
            Rates(*named["special_rates"].tolist()),
            Values(*(whole(named, field.name, EQUAL_PARTS) for field in fields(Values))),
            named["two_point_try"].reshape(2, 2 * MAX_MARGIN + 1).tolist(),
            whole(named, "yard_values", heads["yards"].groups, heads["yards"].classes, PARTS),
            whole(named, "time_values", heads["time"].groups, heads["time"].classes, PARTS),
            whole(named, "yard_lows", heads["yards"].classes),
            whole(named, "penalties", heads["penalty"].classes, 2),
            whole(named, "call_tilts", LEVELS),
            whole(named, "forms", -1, LEVELS),
            whole(named, "long_gains", heads["yards"].groups),
            whole(named, "quarterback_leaves", LEVELS),
            whole(named, "paces", LEVELS),
            named["clock_stops"].reshape(2, len(REACHES)).tolist(),
            _nodes(named),
            _scoring(named),
            tuple(_fixture(named, game) for game in range(named["game_keys"].size)),
            int(named["entities"].item()),
        )


def margin_place(margin: int) -> int:
    """Where a margin stands in a table by margin: larger leads are played as one of 60."""
    return max(-MAX_MARGIN, min(MAX_MARGIN, margin)) + MAX_MARGIN


def whole(named: Named, name: str, *shape: int) -> Any:
    """A table as nested lists of whole numbers of this shape."""
    return named[name].astype(np.int64).reshape(shape).tolist()


def _nodes(named: Named) -> Nodes:
    margins = whole(named, "margin_counts", -1)
    spots = whole(named, "spot_nodes", len(margins))
    distances, yardlines = (whole(named, f"{axis}_counts", -1, _DOWNS) for axis in ("distance", "yardline"))
    return Nodes(
        whole(named, "clock_places", 3, HALF_SECONDS + 1),
        whole(named, "margin_places", len(margins), 2 * MAX_MARGIN + 1),
        spots,
        whole(named, "distance_places", -1, _DOWNS, 100),
        whole(named, "yardline_places", -1, _DOWNS, 100),
        distances,
        yardlines,
        _starts(margins, spots, distances, yardlines),
        whole(named, "cell_buckets", -1),
        whole(named, "bucket_lines", -1),
        whole(named, "bucket_distances", -1),
    )


def _starts(
    margins: Sequence[int], spots: Sequence[int], distances: Sequence[list[int]], yardlines: Sequence[list[int]]
) -> list[list[int]]:
    """The first cell of each clock node and down, which has as many as its own nodes make."""
    starts: list[list[int]] = []
    total = 0
    for margin_count, place in zip(margins, spots, strict=True):
        starts.append([])
        for distance_count, yardline_count in zip(distances[place], yardlines[place], strict=True):
            starts[-1].append(total)
            total += margin_count * distance_count * yardline_count
    return starts


def _scoring(named: Named) -> Scoring:
    allowed = zip(whole(named, "allowed_from", -1), whole(named, "allowed_units", -1), strict=True)
    player, bonus, defence = (whole(named, f"{name}_units", -1) for name in ("player", "bonus", "defence"))
    return Scoring(player, bonus, defence, list(allowed))


def _fixture(named: Named, game: int) -> Fixture:
    def number(name: str) -> int:
        return int(named[name][game])

    return Fixture(
        number("game_keys"),
        bool(number("game_playoff")),
        Overtime(number("game_overtime_rule")),
        number("game_overtime_seconds"),
        number("game_kickoff_touchback"),
        (_side(named, SIDES * game), _side(named, SIDES * game + 1)),
    )


def _side(named: Named, side: int) -> Side:
    return Side(
        whole(named, "receivers", -1, outcomes.RECEIVER_SLOTS + 1)[side],
        whole(named, "rushers", -1, outcomes.RUSHER_SLOTS + 1)[side],
        whole(named, "quarterbacks", -1)[side],
        whole(named, "rows", -1, ANYBODY_ELSE + 1)[side],
        whole(named, "usage", -1, USAGE_SLOTS, LEVELS)[side],
    )
