"""The engine's named tables as arrays: those of `oracle.tables`, to be looked up for many lanes at once.

Belongs here: look-ups that need nothing but the tables. N: lanes.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from sports_platform.sports.nfl.special import EQUAL_PARTS, MAX_MARGIN
from sports_platform.sports.nfl.within import PARTS
from sports_platform_tests.simulation.lockstep.lanes import Ints, Lanes, Mask
from sports_platform_tests.simulation.oracle import tables as oracle
from sports_platform_tests.simulation.oracle.distributions import DRAW_BITS
from sports_platform_tests.simulation.oracle.tables import HALF_SECONDS, SIDES, draws_below

_DOWNS, _YARDS, _MARGINS = 4, 100, 2 * MAX_MARGIN + 1


def happens(draw_N: Ints, probability: float) -> Mask:
    """Whether draws are among the share of all draws that says yes."""
    return draw_N < draws_below(probability)


def pick(values: Ints, draw_N: Ints) -> Ints:
    """Of 64 equally likely values one a draw."""
    return values.take(draw_N * EQUAL_PARTS >> DRAW_BITS)


def pick_from(least_N: Ints, values: Ints, draw_N: Ints) -> Ints:
    """Of the values that are at least so much one a draw; that itself if none is."""
    fits_NV = values >= least_N[:, None]
    count_N = fits_NV.sum(axis=1)
    place_N = (fits_NV.cumsum(axis=1) > (draw_N * count_N >> DRAW_BITS)[:, None]).argmax(axis=1)
    return np.where(count_N > 0, values.take(place_N), least_N)


def margin_place(margin_N: Ints) -> Ints:
    """Where margins stand in a table by margin."""
    return np.minimum(np.maximum(margin_N, -MAX_MARGIN), MAX_MARGIN) + MAX_MARGIN


def within(values: Ints, place_N: Ints, part_N: Ints) -> Ints:
    """Yards or seconds of a bin, whose place counts the bins of the groups before its own."""
    return values.take(place_N * PARTS + part_N)


@dataclass(frozen=True, slots=True)
class Values:
    """As `oracle.tables.Values`."""

    kickoff_start: Ints
    kickoff_seconds: Ints
    free_kick_start: Ints
    interception_net: Ints
    fumble_net: Ints
    punt_blocked_net: Ints
    foul_after_play_net: Ints
    touchdown_seconds: Ints
    turnover_seconds: Ints
    downs_seconds: Ints
    last_seconds: Ints


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where values of the state lie among the nodes of their axes: tables one row after another."""

    clock: Ints
    margin: Ints
    spots: Ints
    distance: Ints
    yardline: Ints
    distances: Ints
    yardlines: Ints
    starts: Ints
    cell_buckets: Ints
    lines: Ints
    to_go: Ints

    @classmethod
    def of(cls, nodes: oracle.Nodes) -> Self:
        """From those of an oracle."""
        return cls(
            np.ravel(nodes.clock),
            np.ravel(nodes.margin),
            np.array(nodes.spots),
            np.ravel(nodes.distance),
            np.ravel(nodes.yardline),
            np.ravel(nodes.distances),
            np.ravel(nodes.yardlines),
            np.ravel(nodes.starts),
            np.array(nodes.buckets),
            np.array(nodes.lines),
            np.array(nodes.to_go),
        )

    @property
    def buckets(self) -> int:
        """How many buckets a game has."""
        return SIDES * self.lines.size

    def bucket(self, lanes: Lanes, draws_8N: Ints) -> tuple[Ints, Ints, Ints]:
        """The buckets of the lanes, whose next snaps have these draws; yard lines and yards to go of their states."""
        draw_N = draws_8N[6] + draws_8N[7]
        margin_N = np.where(lanes.offence == 1, lanes.lead, -lanes.lead)
        clock_N = _node(self.clock.take(lanes.half * (HALF_SECONDS + 1) + lanes.clock), draw_N >> 12)
        number_N = _node(self.margin.take(clock_N * _MARGINS + margin_place(margin_N)), draw_N >> 8)
        down_N = lanes.down - 1
        row_N = self.spots.take(clock_N) * _DOWNS + down_N
        to_go_N = np.where(lanes.line_to_gain > 0, lanes.yardline - lanes.line_to_gain, _YARDS - 1)  # or goal to go
        distance_N = _node(self.distance.take(row_N * _YARDS + to_go_N), draw_N >> 4)
        number_N = number_N * self.distances.take(row_N) + distance_N
        yardline_N = _node(self.yardline.take(row_N * _YARDS + lanes.yardline), draw_N)
        number_N = number_N * self.yardlines.take(row_N) + yardline_N
        bucket_N = self.cell_buckets.take(self.starts.take(clock_N * _DOWNS + down_N) + number_N)
        return lanes.offence * self.lines.size + bucket_N, self.lines.take(bucket_N), self.to_go.take(bucket_N)


def _node(place_N: Ints, draw_N: Ints) -> Ints:
    """Of the nodes on both sides of a value the one that the lowest four bits of a draw choose."""
    return (place_N + (draw_N & 15)) >> 4


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything but the distributions of the buckets."""

    nodes: Nodes
    rates: oracle.Rates
    values: Values
    try_draws: Ints  # below which a try is for two: [fourth quarter or overtime, margin + 60], rows one after another
    yards: Ints  # [group, bin, 32 equally likely values], the same
    seconds: Ints
    yard_lows: Ints
    penalty_yards: Ints
    penalty_first_down: Mask
    call_tilts: Ints
    forms: Ints  # [form, level]
    long_gains: Ints  # of a group of yards
    quarterback_leaves: Ints
    paces: Ints
    stop_draws: Ints  # below which the clock is stopped: [first half or later, reach], rows one after another

    @classmethod
    def of(cls, tables: oracle.Tables) -> Self:
        """From those of an oracle."""
        penalty_yards, first_down = np.array(tables.penalties).T
        return cls(
            Nodes.of(tables.nodes),
            tables.rates,
            Values(**{field.name: np.array(getattr(tables.values, field.name)) for field in fields(Values)}),
            np.array([draws_below(share) for row in tables.two_point_try for share in row]),
            np.ravel(tables.yards),
            np.ravel(tables.seconds),
            np.array(tables.yard_lows),
            penalty_yards,
            first_down != 0,
            np.array(tables.call_tilts),
            np.array(tables.forms),
            np.array(tables.long_gains),
            np.array(tables.quarterback_leaves),
            np.array(tables.paces),
            np.array([draws_below(share) for row in tables.clock_stops for share in row]),
        )

    def goes_for_two(self, draw_N: Ints, *, late_N: Mask, lead_N: Ints) -> Mask:
        """Whether tries are for two."""
        return draw_N < self.try_draws.take(late_N * _MARGINS + margin_place(lead_N))
