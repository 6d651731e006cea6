"""The next snap of every lane as it is drawn: the call, who gets the ball, what becomes of it, yards and seconds.

As `oracle.snaps`, which says what the draws of a snap are for. What a snap comes to is `plays`. N: lanes, E: those of
a kind of play.
"""

from dataclasses import dataclass

import numpy as np

from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.forms import FORMS
from sports_platform_tests.simulation.lockstep.distributions import Distributions
from sports_platform_tests.simulation.lockstep.endings import (
    ENDINGS,
    FOUL,
    PASS,
    RESULT_TABLES,
    RESULTS,
    RUN,
    TIME_GROUPS,
    YARD_GROUPS,
)
from sports_platform_tests.simulation.lockstep.lanes import Ints, Lanes, Mask
from sports_platform_tests.simulation.lockstep.philox import Events
from sports_platform_tests.simulation.lockstep.tables import Tables, within
from sports_platform_tests.simulation.lockstep.usage import Usage
from sports_platform_tests.simulation.oracle.distributions import DRAW_BITS, TYPES_STRIDE, places
from sports_platform_tests.simulation.oracle.snaps import LAST_PART, PARTS_BITS, SINGLE_YARDS
from sports_platform_tests.simulation.oracle.tables import DRAWS, HALF_SECONDS

_YARDS, _YARD_BINS = places()["yards"]
_SECONDS, _TIME_BINS = places()["seconds"]
_COMPLETE = FORMS.index("complete")
_CAUGHT = [outcomes.PASS_RESULTS.index(result) for result in ("complete", "fumble_lost")]
_KINDS = {"complete": FORMS.index("catch"), "run": FORMS.index("run")}
_CARRIED = np.array([group not in ("sack", "punt_net") for group in outcomes.YARD_GROUPS])
_GAIN_FORMS = np.array([_KINDS.get(group.partition("_")[0], -1) for group in outcomes.YARD_GROUPS])  # -1: none


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn for the snap of each lane."""

    number_N: Ints  # of the event
    draws_8N: Ints
    start_N: Ints  # of the bucket's tables
    line_N: Ints  # the bucket's yards to the goal line
    column_N: Ints  # of the usage of the side with the ball
    play_type_N: Ints
    target_N: Ints  # the slot of who is thrown to or runs
    result_N: Ints
    ending_N: Ints
    yards_N: Ints
    seconds_N: Ints
    quarterback_gone_N: Mask


@dataclass(frozen=True, slots=True)
class Snaps:
    """Draws the snaps of one game's lanes."""

    lanes: Lanes
    events: Events
    tables: Tables
    distributions: Distributions
    usage: Usage

    def next(self) -> Drawn:
        """The snaps that the lanes have come to."""
        lanes, distributions = self.lanes, self.distributions
        number_N = lanes.numbers
        draws_8N = self.events.numbers.draws(lanes.seat, number_N)
        lanes.numbers = number_N + 1
        bucket_N, line_N, asked_N = self.tables.nodes.bucket(lanes, draws_8N)
        start_N = distributions.starts(bucket_N)
        column_N = lanes.offence * self.usage.seats + lanes.seat
        play_type_N, shotgun_N = self._call(start_N, column_N, draws_8N)
        target_N, variant_N = self._target(start_N, column_N, play_type_N, shotgun_N, draws_8N)

        part_N = np.where(play_type_N == PASS, variant_N, (play_type_N == FOUL) & shotgun_N)
        table_N = start_N + RESULT_TABLES.take(play_type_N) + part_N * RESULTS
        result_N = self._result(table_N, column_N, play_type_N, draws_8N)
        ending_N = ENDINGS.take(play_type_N * RESULTS + result_N)
        return Drawn(
            number_N,
            draws_8N,
            start_N,
            line_N,
            column_N,
            play_type_N,
            target_N,
            result_N,
            ending_N,
            self._yards(start_N, column_N, YARD_GROUPS.take(play_type_N) + variant_N, draws_8N, asked_N),
            self.usage.seconds(column_N, self._seconds(start_N, TIME_GROUPS.take(ending_N), draws_8N)),
            (lanes.half + 1) * HALF_SECONDS - lanes.clock >= self.usage.leaves_S.take(column_N),
        )

    def _call(self, start_N: Ints, column_N: Ints, draws_8N: Ints) -> tuple[Ints, Mask]:
        """Play types and whether it is the shotgun: the first call where it stands, else a second one."""
        call_N = self.distributions.play(start_N, draws_8N[0])
        stands_N = self.usage.stands(column_N, call_N & (TYPES_STRIDE - 1), draws_8N[5])
        (again_E,) = np.nonzero(~stands_N)
        draw_E = draws_8N[6, again_E] + draws_8N[4, again_E] & (DRAWS - 1)
        call_N[again_E] = self.distributions.play(start_N[again_E], draw_E)
        return call_N & (TYPES_STRIDE - 1), call_N >= TYPES_STRIDE

    def _target(
        self, start_N: Ints, column_N: Ints, play_type_N: Ints, shotgun_N: Mask, draws_8N: Ints
    ) -> tuple[Ints, Ints]:
        """Whom passes are thrown to and who runs; how deep, and from which formation."""
        target_N, variant_N = np.zeros((2, start_N.size), np.int64)
        (pass_E,) = np.nonzero(play_type_N == PASS)
        start_E = start_N[pass_E]
        target_E = self.distributions.receiver(start_E, draws_8N[1, pass_E], self.usage.receivers(column_N[pass_E]))
        target_N[pass_E] = target_E
        variant_N[pass_E] = self.distributions.depth(start_E, draws_8N[7, pass_E], target_E)
        (run_E,) = np.nonzero(play_type_N == RUN)
        shotgun_E = shotgun_N[run_E]
        target_N[run_E] = self.distributions.rusher(
            start_N[run_E], draws_8N[1, run_E], self.usage.rushers(column_N[run_E]), shotgun_E
        )
        variant_N[run_E] = shotgun_E
        return target_N, variant_N

    def _result(self, table_N: Ints, column_N: Ints, play_type_N: Ints, draws_8N: Ints) -> Ints:
        """What becomes of the ball; of a pass once more where that does not stand."""
        result_N = self.distributions.draw(table_N, RESULTS, draws_8N[2])
        stands_N = self.usage.goes_with(
            np.full_like(column_N, _COMPLETE), column_N, draws_8N[3] + draws_8N[4], well_N=np.isin(result_N, _CAUGHT)
        )
        (again_E,) = np.nonzero((play_type_N == PASS) & ~stands_N)
        draw_E = draws_8N[1, again_E] + draws_8N[6, again_E] & (DRAWS - 1)
        result_N[again_E] = self.distributions.draw(table_N[again_E], RESULTS, draw_E)
        return result_N

    def _yards(self, start_N: Ints, column_N: Ints, group_N: Ints, draws_8N: Ints, asked_N: Ints) -> Ints:
        place_N = group_N * _YARD_BINS
        table_N = start_N + _YARDS + place_N
        bin_N = self.distributions.draw(table_N, _YARD_BINS, draws_8N[3])
        long_N = bin_N >= self.tables.long_gains.take(group_N)
        form_N = _GAIN_FORMS.take(group_N)
        stands_N = self.usage.goes_with(form_N, column_N, draws_8N[0] + draws_8N[7], well_N=long_N)
        (again_E,) = np.nonzero((form_N >= 0) & ~stands_N)
        draw_E = draws_8N[2, again_E] + draws_8N[5, again_E] & (DRAWS - 1)
        bin_N[again_E] = self.distributions.draw(table_N[again_E], _YARD_BINS, draw_E)
        yards_N = within(self.tables.yards, place_N + bin_N, draws_8N[5] >> (DRAW_BITS - PARTS_BITS))
        return np.where(_CARRIED.take(group_N), self._to_own_line(yards_N, asked_N), yards_N)

    def _to_own_line(self, yards_N: Ints, asked_N: Ints) -> Ints:
        """As `oracle.snaps`: gains that end close to the bucket's line to gain are as close to the lane's own."""
        lanes = self.lanes
        own_N = lanes.yardline - lanes.line_to_gain  # a goal to go has no line before the goal's
        first_N, last_N = np.minimum(own_N, asked_N) - 1, np.maximum(own_N, asked_N)
        near_N = (yards_N >= first_N) & (yards_N <= last_N) & (asked_N > 0)
        near_N &= (last_N <= SINGLE_YARDS) & (last_N < lanes.yardline)
        turned_N = first_N + (yards_N - first_N + own_N - asked_N) % (last_N - first_N + 1)
        return np.where(near_N, turned_N, yards_N)

    def _seconds(self, start_N: Ints, group_N: Ints, draws_8N: Ints) -> Ints:
        place_N = group_N * _TIME_BINS
        bin_N = self.distributions.draw(start_N + _SECONDS + place_N, _TIME_BINS, draws_8N[4])
        part_N = draws_8N[5] >> (DRAW_BITS - 2 * PARTS_BITS) & LAST_PART
        return within(self.tables.seconds, place_N + bin_N, part_N)
