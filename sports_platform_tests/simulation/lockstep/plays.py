"""What the snaps of all lanes come to: yards and who is credited with them, scores, turnovers, kicks and fouls.

As `oracle.snaps`; how a snap ends was drawn in `snaps`. N: lanes, E: those that something happens to.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sports_platform_tests.simulation.lockstep.clock import seconds_played
from sports_platform_tests.simulation.lockstep.counts import (
    DEFENCE_PLACES,
    OF_A_PLAYER,
    PLAYER_PLACES,
    SNAPS,
    TEAM_PLACES,
    Counts,
)
from sports_platform_tests.simulation.lockstep.credits import Credits
from sports_platform_tests.simulation.lockstep.distributions import Distributions
from sports_platform_tests.simulation.lockstep.endings import PASS, RUN, Ending, marked
from sports_platform_tests.simulation.lockstep.kicks import Kicks
from sports_platform_tests.simulation.lockstep.lanes import GOES_ON, Ints, Lanes, Mask
from sports_platform_tests.simulation.lockstep.rules import Rules
from sports_platform_tests.simulation.lockstep.snaps import Drawn
from sports_platform_tests.simulation.lockstep.tables import Tables, happens, pick, pick_from
from sports_platform_tests.simulation.lockstep.usage import Usage
from sports_platform_tests.simulation.oracle.rules import SPOT_FOUL, TOUCHBACK
from sports_platform_tests.simulation.oracle.snaps import END_ZONE, HOLD, LAST_SPOT
from sports_platform_tests.simulation.oracle.tables import draws_below

_CARRIES: Mask = marked(Ending.CAUGHT, Ending.CARRIED, Ending.CATCH_LOST, Ending.CARRY_LOST)
_SACKS: Mask = marked(Ending.SACKED, Ending.SACK_LOST)
_LOST: Mask = marked(Ending.CATCH_LOST, Ending.CARRY_LOST, Ending.SACK_LOST)


@dataclass(frozen=True, slots=True)
class Game:
    """What all snaps of a game's lanes are played with."""

    lanes: Lanes
    counts: Counts
    rules: Rules
    kicks: Kicks
    credits: Credits
    tables: Tables
    distributions: Distributions
    usage: Usage


@dataclass(frozen=True)
class Plays:
    """The plays of one snap of every lane."""

    game: Game
    drawn: Drawn

    def play(self) -> None:
        """Plays the snaps and lets their time pass; kick-offs that follow are not played yet."""
        lanes = self.game.lanes
        lanes.drive_ending[:] = GOES_ON
        lanes.untimed_down[:] = False
        self.game.counts.add(lanes.seat, lanes.offence, SNAPS + self.drawn.play_type_N)
        self._credit_yards()
        self._credit_catches()
        scored_E = self._downs()
        returned_E = np.concatenate([self._turnovers(), self._punts(), self._missed_field_goals()])
        self._field_goals()
        self._fouls_before_plays()
        self._touchdowns(scored_E, returned_E)
        self.game.rules.time_passes(np.arange(lanes.seat.size), self._seconds())

    def _seconds(self) -> Ints:
        game = self.game
        return seconds_played(game.lanes, self.drawn, game.tables, game.kicks.events.numbers)

    # What was drawn

    def _ended(self, ending: int) -> Ints:
        return np.flatnonzero(self.drawn.ending_N == ending)

    @cached_property
    def _turned_over(self) -> Mask:
        """Whether the ball is lost [N]."""
        return (self.drawn.ending_N >= Ending.CATCH_LOST) & (self.drawn.ending_N <= Ending.INTERCEPTED)

    @cached_property
    def _fouled_after(self) -> Mask:
        """Whether a foul follows [N], unless the ball is dead in an end zone."""
        foul = self.game.tables.rates.foul_after_play
        return (self.drawn.ending_N <= Ending.INCOMPLETE) & happens(self.drawn.draws_8N[6], foul)

    @cached_property
    def _second_block(self) -> Ints:
        """Draws [8, N] of the second block where plays may need them, and without meaning elsewhere."""
        drawn, rates = self.drawn, self.game.tables.rates
        blocked_N = (drawn.ending_N == Ending.PUNTED) & happens(drawn.draws_8N[6], rates.punt_blocked)
        missed_N = drawn.ending_N == Ending.FIELD_GOAL_MISSED
        at_E = np.flatnonzero(self._turned_over | self._fouled_after | blocked_N | missed_N)
        second_8N = np.zeros_like(drawn.draws_8N)
        numbers = self.game.kicks.events.numbers
        second_8N[:, at_E] = numbers.draws(self.game.lanes.seat[at_E], drawn.number_N[at_E], block=1)
        return second_8N

    @cached_property
    def _gain(self) -> Ints:
        """Yards [N] the ball is moved by catches, runs, sacks and kneels."""
        drawn = self.drawn
        gain_N: Ints = np.where(_CARRIES.take(drawn.ending_N), drawn.yards_N, 0)
        self._cut_by_the_goal_line(gain_N)
        gain_N += np.where(_SACKS.take(drawn.ending_N), np.minimum(drawn.yards_N, 0), 0)
        gain_N -= drawn.ending_N == Ending.KNEELED
        return gain_N

    def _cut_by_the_goal_line(self, gain_N: Ints) -> None:
        """A class that begins short of the bucket's goal line ends short of it, but for the last."""
        at_E = np.flatnonzero(gain_N >= self.game.lanes.yardline)
        lows, gain_E, line_E = self.game.tables.yard_lows, gain_N[at_E], self.drawn.line_N[at_E]
        low_E = lows[lows.searchsorted(gain_E, side="right") - 1]
        cut_E = (low_E != lows[-1]) & (low_E < line_E) & (gain_E >= line_E)
        low_E, line_E = low_E[cut_E], line_E[cut_E]
        gain_N[at_E[cut_E]] = low_E + (gain_E[cut_E] - line_E) % (line_E - low_E)

    # Who is credited

    @cached_property
    def _carrier(self) -> Ints:
        """Who runs with the ball [N], at first or when he caught it."""
        drawn, lanes = self.drawn, self.game.lanes
        return self.game.credits.carrier(drawn.quarterback_gone_N, lanes.offence, drawn.play_type_N, drawn.target_N)

    def _quarterback(self, at_E: Ints) -> Ints:
        return self.game.credits.quarterback(self.drawn.quarterback_gone_N[at_E], self.game.lanes.offence[at_E])

    def _credit(self, at_E: Ints, player_E: Ints, name: str, amount_E: Ints | int = 1) -> None:
        lanes = self.game.lanes
        place_E = PLAYER_PLACES[name] + OF_A_PLAYER * player_E
        self.game.counts.add(lanes.seat[at_E], lanes.offence[at_E], place_E, amount_E)

    def _count_for_defence(self, at_E: Ints, name: str) -> None:
        lanes = self.game.lanes
        self.game.counts.add(lanes.seat[at_E], 1 - lanes.offence[at_E], DEFENCE_PLACES[name])

    @cached_property
    def _gained(self) -> Ints:
        """Yards [N] that count: to the goal line, or short of it when the ball is lost."""
        return np.minimum(self._gain, self.game.lanes.yardline - _LOST.take(self.drawn.ending_N))

    def _credit_yards(self) -> None:
        """Of who has the ball last; on plays that do not move it they are none, and those of sacks are nobody's."""
        lanes, drawn = self.game.lanes, self.drawn
        yards_N = np.where(_SACKS.take(drawn.ending_N), 0, self._gained)
        statistic_N = np.where(
            drawn.play_type_N == PASS, PLAYER_PLACES["receiving_yards"], PLAYER_PLACES["rushing_yards"]
        )
        self.game.counts.add(lanes.seat, lanes.offence, statistic_N + OF_A_PLAYER * self._carrier, yards_N)

    def _credit_catches(self) -> None:
        drawn = self.drawn
        at_E = np.flatnonzero((drawn.ending_N == Ending.CAUGHT) | (drawn.ending_N == Ending.CATCH_LOST))
        self._credit(at_E, self._carrier[at_E], "receptions")
        self._credit(at_E, self._quarterback(at_E), "passing_yards", self._gained[at_E])

    # Plays from scrimmage

    def _downs(self) -> Ints:
        """Plays after which the side has the ball, unless it is dead in an end zone: the lanes with touchdowns."""
        drawn, rules = self.drawn, self.game.rules
        at_E = np.flatnonzero(drawn.ending_N <= Ending.SPIKED)
        spot_E = self.game.lanes.yardline[at_E] - self._gain[at_E]
        scored_E, foul_E = spot_E <= 0, self._fouled_after[at_E]
        safety_E = (spot_E >= 100) & (drawn.ending_N[at_E] != Ending.KNEELED)  # the engine gives none for kneels
        on_field_E = ~(scored_E | safety_E)
        used_E, foul_E = on_field_E & ~foul_E, on_field_E & foul_E
        rules.use_down(at_E[used_E], spot_E[used_E])
        self._fouls_after_plays(at_E[foul_E], spot_E[foul_E])
        rules.safety(at_E[safety_E])
        return at_E[scored_E]

    def _fouls_after_plays(self, at_E: Ints, spot_E: Ints) -> None:
        foul_E = pick(self.game.tables.values.foul_after_play_net, self._second_block[3, at_E])
        self.game.rules.foul(at_E, spot_E, foul_E, foul_E > 0)

    def _fouls_before_plays(self) -> None:
        """Fouls that wipe out the down."""
        rules, tables, at_E = self.game.rules, self.game.tables, self._ended(Ending.FOULED)
        result_E, spot_E = self.drawn.result_N[at_E], self.game.lanes.yardline[at_E]
        yards_E, first_down_E = tables.penalty_yards.take(result_E), tables.penalty_first_down.take(result_E)
        offset_E, far_E = yards_E == 0, yards_E >= SPOT_FOUL
        rules.extend_period(at_E[offset_E])
        rules.spot_foul(at_E[far_E], spot_E[far_E] - yards_E[far_E])
        walked_E = ~(offset_E | far_E)
        rules.foul(at_E[walked_E], spot_E[walked_E], yards_E[walked_E], first_down_E[walked_E])

    # Touchdowns

    def _touchdowns(self, scored_E: Ints, returned_E: Ints) -> None:
        """Those of the sides with the ball and those of the others, and the tries that follow."""
        lanes, rules = self.game.lanes, self.game.rules
        self._credit_touchdowns(scored_E)
        own_E = rules.touchdown(scored_E)
        by_kick_E = self.drawn.ending_N[returned_E] >= Ending.PUNTED
        others_E = rules.touchdown_of_defence(returned_E, by_kick_E)
        side_E = np.concatenate([lanes.offence[own_E], 1 - lanes.offence[others_E]])
        good_E, draws_8E = self.game.kicks.tries(np.concatenate([own_E, others_E]), side_E)
        own_good_E = good_E[: own_E.size]
        self._credit_two_points(own_E[own_good_E], draws_8E[:, : own_E.size][:, own_good_E])

    def _credit_touchdowns(self, at_E: Ints) -> None:
        passed_E = self.drawn.play_type_N[at_E] == PASS
        pass_E, run_E = at_E[passed_E], at_E[~passed_E]
        self._credit(pass_E, self._quarterback(pass_E), "passing_touchdowns")
        self._credit(pass_E, self._carrier[pass_E], "receiving_touchdowns")
        self._credit(run_E, self._carrier[run_E], "rushing_touchdowns")

    def _credit_two_points(self, at_E: Ints, draws_8E: Ints) -> None:
        """Who would be thrown to or run on the scoring snap; runs are from under center."""
        passed_E = happens(draws_8E[2], self.game.tables.rates.two_point_pass)
        distributions, usage, drawn = self.game.distributions, self.game.usage, self.drawn
        for play_type, who_E in ((PASS, passed_E), (RUN, ~passed_E)):
            scored_E, draw_E = at_E[who_E], draws_8E[3, who_E]
            start_E, column_E = drawn.start_N[scored_E], drawn.column_N[scored_E]
            if play_type == PASS:
                self._credit(scored_E, self._quarterback(scored_E), "two_point_conversions")
                slot_E = distributions.receiver(start_E, draw_E, usage.receivers(column_E))
            else:
                slot_E = distributions.rusher(start_E, draw_E, usage.rushers(column_E), 0)
            gone_E, side_E = drawn.quarterback_gone_N[scored_E], self.game.lanes.offence[scored_E]
            scorer_E = self.game.credits.carrier(gone_E, side_E, play_type, slot_E)
            self._credit(scored_E, scorer_E, "two_point_conversions")

    # Turnovers and kicks: each returns the lanes where the other side returns the ball for a touchdown

    def _turnovers(self) -> Ints:
        drawn, rates, values = self.drawn, self.game.tables.rates, self.game.tables.values
        at_E = np.flatnonzero(self._turned_over)
        thrown_E = drawn.ending_N[at_E] == Ending.INTERCEPTED
        intercepted_E = at_E[thrown_E]
        self._credit(intercepted_E, self._quarterback(intercepted_E), "interceptions_thrown")
        self._count_for_defence(intercepted_E, "dst_interceptions")
        self._fumbles(at_E[~thrown_E])
        scored, where, *_ = self._second_block[:, at_E]
        touchdown_E = np.where(thrown_E, draws_below(rates.interception_touchdown), draws_below(rates.fumble_touchdown))
        spot_E = self.game.lanes.yardline[at_E] - self._gained[at_E]
        for kind_E, nets in ((thrown_E, values.interception_net), (~thrown_E, values.fumble_net)):
            spot_E[kind_E] -= pick_from(spot_E[kind_E] - LAST_SPOT, nets, where[kind_E])
        scored_E: Mask = scored < touchdown_E
        self.game.rules.hand_over(at_E[~scored_E], spot_E[~scored_E], "turnover")
        return at_E[scored_E]

    def _fumbles(self, at_E: Ints) -> None:
        lanes = self.game.lanes
        self.game.counts.add(lanes.seat[at_E], lanes.offence[at_E], TEAM_PLACES["fumbles_lost"])
        self._credit(at_E, self._carrier[at_E], "fumbles_lost")
        self._count_for_defence(at_E, "dst_fumble_recoveries")

    def _punts(self) -> Ints:
        """One draw says whether a punt is blocked, else muffed, else returned for a touchdown."""
        rates, at_E = self.game.tables.rates, self._ended(Ending.PUNTED)
        event_E = self.drawn.draws_8N[6, at_E]
        caught = (1 - rates.punt_blocked) * (1 - rates.punt_muffed)
        blocked_E = happens(event_E, rates.punt_blocked)
        early_E = happens(event_E, 1 - caught)
        returned_E = ~early_E & happens(event_E, 1 - caught * (1 - rates.punt_touchdown))
        net_N = np.where(self.drawn.ending_N == Ending.PUNTED, self.drawn.yards_N, 0)
        self._cut_by_the_goal_line(net_N)
        spot_E = self.game.lanes.yardline[at_E] - net_N[at_E]
        muffed_E = early_E & ~blocked_E & (spot_E > 0)
        received_E = ~(blocked_E | muffed_E | returned_E)
        self.game.rules.hand_over(at_E[received_E], spot_E[received_E], "punt")
        self._muffed_punts(at_E[muffed_E], spot_E[muffed_E])
        return np.concatenate([at_E[returned_E], self._blocked_punts(at_E[blocked_E])])

    def _blocked_punts(self, at_E: Ints) -> Ints:
        rates, values, rules = self.game.tables.rates, self.game.tables.values, self.game.rules
        scored, where, *_ = self._second_block[:, at_E]
        self._count_for_defence(at_E, "dst_blocked_kicks")
        spot_E = self.game.lanes.yardline[at_E] - pick(values.punt_blocked_net, where)
        scored_E = happens(scored, rates.punt_blocked_touchdown)
        safety_E = ~scored_E & (spot_E >= 100)
        held_E = ~(scored_E | safety_E)
        rules.safety(at_E[safety_E])
        rules.hand_over(at_E[held_E], spot_E[held_E], "punt")
        return at_E[scored_E]

    def _muffed_punts(self, at_E: Ints, spot_E: Ints) -> None:
        """The kicking side recovers and keeps the ball in a new drive."""
        lanes, counts = self.game.lanes, self.game.counts
        seat_E, side_E = lanes.seat[at_E], lanes.offence[at_E]
        self.game.rules.end_drive(at_E, "punt")
        counts.add(seat_E, 1 - side_E, TEAM_PLACES["fumbles_lost"])
        counts.add(seat_E, side_E, DEFENCE_PLACES["dst_fumble_recoveries"])
        self.game.rules.muffed(at_E, spot_E)

    def _field_goals(self) -> None:
        at_E = self._ended(Ending.FIELD_GOAL_MADE)
        self.game.rules.field_goal(at_E, self.game.lanes.yardline[at_E] + HOLD + END_ZONE)

    def _missed_field_goals(self) -> Ints:
        rates, at_E = self.game.tables.rates, self._ended(Ending.FIELD_GOAL_MISSED)
        scored, _, block, *_ = self._second_block[:, at_E]
        blocked_E = happens(block, rates.field_goal_blocked)
        scored_E = blocked_E & happens(scored, rates.field_goal_blocked_touchdown)
        self._count_for_defence(at_E[blocked_E], "dst_blocked_kicks")
        spot_E = np.maximum(self.game.lanes.yardline[at_E] + HOLD, 100 - TOUCHBACK)
        self.game.rules.hand_over(at_E[~scored_E], spot_E[~scored_E], "missed_field_goal")
        return at_E[scored_E]
