"""Between snaps, for many lanes at once: tries and kick-offs, as they are drawn.

As `oracle.kicks`, which says what the draws of an event are for. What follows from them is `rules`. E: lanes that
something happens to.
"""

from dataclasses import dataclass

import numpy as np

from sports_platform.sports.nfl.special import TOUCHBACK
from sports_platform_tests.simulation.lockstep.counts import DEFENCE_PLACES, TEAM_PLACES, Counts
from sports_platform_tests.simulation.lockstep.lanes import NOBODY, OVERTIME, SECOND_HALF, Ints, Lanes, Mask
from sports_platform_tests.simulation.lockstep.philox import Events
from sports_platform_tests.simulation.lockstep.rules import Rules
from sports_platform_tests.simulation.lockstep.tables import Tables, happens, pick
from sports_platform_tests.simulation.oracle.kicks import ONSIDE_SECONDS, ONSIDE_SPOT
from sports_platform_tests.simulation.oracle.tables import HALF_SECONDS


@dataclass(frozen=True, slots=True)
class Kicks:
    """Draws what happens between the snaps of one game."""

    lanes: Lanes
    counts: Counts
    rules: Rules
    events: Events
    tables: Tables
    kickoff_touchback: int

    def kick_off_while_due(self) -> None:
        """Plays kick-offs until a side has the ball, or nobody any more."""
        lanes = self.lanes
        (at_E,) = np.nonzero((lanes.kick_to != NOBODY) & ~lanes.over)
        while at_E.size:
            self.rules.time_passes(at_E, self._kick_off(at_E))
            at_E = at_E[(lanes.kick_to[at_E] != NOBODY) & ~lanes.over[at_E]]

    def tries(self, at_E: Ints, side_E: Ints) -> tuple[Mask, Ints]:
        """Tries after touchdowns: whether one for two was good, and the draws [8, E]."""
        rates, lanes = self.tables.rates, self.lanes
        draws_8E = self.events.next_draws(at_E)
        half_E = lanes.half[at_E]
        late_E = (half_E == OVERTIME) | ((half_E == SECOND_HALF) & (lanes.clock[at_E] <= HALF_SECONDS // 2))
        lead_E = lanes.lead_of(at_E, side_E)
        for_two_E = self.tables.goes_for_two(draws_8E[0], late_N=late_E, lead_N=lead_E)
        kicked_E = ~for_two_E & happens(draws_8E[1], rates.extra_point)
        made_E = for_two_E & happens(draws_8E[1], rates.two_point)
        self.rules.extra_point(at_E[kicked_E], side_E[kicked_E])
        self.rules.points(at_E[made_E], side_E[made_E], 2)
        return made_E, draws_8E

    def _kick_off(self, at_E: Ints) -> Ints:
        """Plays the kick-offs that are due and returns their seconds."""
        lanes, rates = self.lanes, self.tables.rates
        receiver_E, free_E = lanes.kick_to[at_E], lanes.free_kick[at_E]
        lanes.kick_to[at_E] = NOBODY
        lanes.free_kick[at_E] = False
        draws_8E = self.events.next_draws(at_E)
        onside_E = ~free_E & self._onside_pays(at_E, 1 - receiver_E) & happens(draws_8E[0], rates.onside_attempt)
        if not onside_E.any():
            return self._deep_kick(at_E, receiver_E, free_E, draws_8E)
        seconds_E = np.zeros(at_E.size, np.int64)
        self._onside_kick(at_E[onside_E], receiver_E[onside_E], draws_8E[1, onside_E])
        deep_E = ~onside_E
        seconds_E[deep_E] = self._deep_kick(at_E[deep_E], receiver_E[deep_E], free_E[deep_E], draws_8E[:, deep_E])
        return seconds_E

    def _onside_pays(self, at_E: Ints, kicker_E: Ints) -> Mask:
        lanes = self.lanes
        late_E: Mask = (lanes.half[at_E] == SECOND_HALF) & (lanes.clock[at_E] <= ONSIDE_SECONDS)
        return late_E & (lanes.lead_of(at_E, kicker_E) < 0)

    def _onside_kick(self, at_E: Ints, receiver_E: Ints, draw_E: Ints) -> None:
        recovered_E = happens(draw_E, self.tables.rates.onside_recovered)
        side_E = np.where(recovered_E, 1 - receiver_E, receiver_E)
        self.rules.give(at_E, side_E, np.where(recovered_E, 100 - ONSIDE_SPOT, ONSIDE_SPOT))

    def _deep_kick(self, at_E: Ints, receiver_E: Ints, free_E: Mask, draws_8E: Ints) -> Ints:
        """The seconds of the returns; a kick nobody returns takes none."""
        rates, values = self.tables.rates, self.tables.values
        spot_E = np.where(free_E, pick(values.free_kick_start, draws_8E[3]), pick(values.kickoff_start, draws_8E[3]))
        scored_E = happens(draws_8E[2], rates.kickoff_touchdown)
        touchback_E = ~scored_E & (spot_E == TOUCHBACK)
        lost_E = ~scored_E & ~touchback_E & happens(draws_8E[4], rates.kickoff_lost)
        self._lost_kick_offs(at_E[lost_E], receiver_E[lost_E])
        spot_E = np.where(touchback_E, self.kickoff_touchback, np.where(lost_E, 100 - spot_E, spot_E))
        self.rules.give(at_E, np.where(lost_E, 1 - receiver_E, receiver_E), spot_E)
        self._returned(at_E[scored_E], receiver_E[scored_E])
        return np.where(touchback_E, 0, pick(values.kickoff_seconds, draws_8E[5]))

    def _returned(self, at_E: Ints, side_E: Ints) -> None:
        """Touchdowns of kick-off returns."""
        if at_E.size:
            tries_E = self.rules.touchdown_of_return(at_E, side_E, np.ones(at_E.size, np.bool_))
            self.tries(tries_E, self.lanes.offence[tries_E])

    def _lost_kick_offs(self, at_E: Ints, receiver_E: Ints) -> None:
        seat_E = self.lanes.seat[at_E]
        self.counts.add(seat_E, receiver_E, TEAM_PLACES["fumbles_lost"])
        self.counts.add(seat_E, 1 - receiver_E, DEFENCE_PLACES["dst_fumble_recoveries"])
