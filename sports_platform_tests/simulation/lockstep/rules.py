"""The rules of the game for many lanes at once: downs, spots, possession, scores, the clock, periods and overtime.

The rules are those of `oracle.rules`, under the same names, and said there. Nothing is drawn here. Every method plays
the lanes `at_E`, of which other arrays hold a value each. E: lanes that something happens to.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sports_platform.sports.nfl.rulebook import Overtime
from sports_platform_tests.simulation.lockstep.counts import DEFENCE_PLACES, ENDINGS, TEAM_PLACES, Counts
from sports_platform_tests.simulation.lockstep.lanes import (
    ANSWER,
    FIRST_HALF,
    GOES_ON,
    NEXT_SCORE,
    NOBODY,
    OPENING,
    OVERTIME,
    SECOND_HALF,
    Ints,
    Lanes,
    Mask,
)
from sports_platform_tests.simulation.oracle.rules import (
    FIELD_GOAL,
    LIVE_SECONDS,
    SAFETY,
    TOUCHBACK,
    TOUCHDOWN,
    TWO_MINUTES,
)
from sports_platform_tests.simulation.oracle.tables import HALF_SECONDS, Fixture

_QUARTER_SECONDS = HALF_SECONDS // 2
_DOWNS = 4
_SERIES_YARDS = 10


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules applied to the lanes of one game. `toss` says which side receives first in overtime."""

    lanes: Lanes
    counts: Counts
    fixture: Fixture
    toss: Callable[[Ints], Ints]

    # Spots and downs

    def give(self, at_E: Ints, side_E: Ints, spot_E: Ints) -> None:
        """First down of a side at a spot."""
        spot_E = _on_field(spot_E)
        self.lanes.offence[at_E] = side_E
        self.lanes.yardline[at_E] = spot_E
        self._new_series(at_E, spot_E)

    def hand_over(self, at_E: Ints, spot_E: Ints, ending: str) -> None:
        """The other side's ball at a spot, counted from this side's target."""
        self.end_drive(at_E, ending)
        self.give(at_E, 1 - self.lanes.offence[at_E], np.where(spot_E <= 0, TOUCHBACK, 100 - spot_E))

    def use_down(self, at_E: Ints, spot_E: Ints) -> None:
        """The same side's ball at a spot, on the next down or a new series."""
        lanes = self.lanes
        won_E = self._put_down(at_E, spot_E, new_series_E=False)
        same_E = at_E[~won_E]
        down_E = lanes.down[same_E] + 1
        lanes.down[same_E] = down_E
        failed_E = same_E[down_E > _DOWNS]
        self.hand_over(failed_E, lanes.yardline[failed_E], "downs")

    def foul(self, at_E: Ints, spot_E: Ints, yards_E: Ints, new_series_E: Mask) -> None:
        """Fouls marked off from a spot; the down is played again, but for a new series."""
        self.extend_period(at_E[yards_E > 0])
        spot_E = spot_E - yards_E.clip(-((100 - spot_E) // 2), (spot_E + 1) // 2)
        self._put_down(at_E, spot_E, new_series_E)

    def spot_foul(self, at_E: Ints, spot_E: Ints) -> None:
        """Long fouls of the defence: first downs where they happened."""
        self.extend_period(at_E)
        self._put_down(at_E, spot_E, new_series_E=True)

    def extend_period(self, at_E: Ints) -> None:
        """The period does not end with this snap."""
        self.lanes.untimed_down[at_E] = True

    def end_drive(self, at_E: Ints, ending: str) -> None:
        """Counts the drives of the sides with the ball."""
        self.counts.add(self.lanes.seat[at_E], self.lanes.offence[at_E], ENDINGS[ending])
        self.lanes.drive_ending[at_E] = ENDINGS[ending]

    def _put_down(self, at_E: Ints, spot_E: Ints, new_series_E: Mask | bool) -> Mask:
        """The same side's ball at a spot; says which series begin anew, by a rule or as they were won."""
        lanes, spot_E = self.lanes, _on_field(spot_E)
        begins_E = (spot_E <= lanes.line_to_gain[at_E]) | new_series_E
        lanes.yardline[at_E] = spot_E
        first_E = at_E[begins_E]
        self.counts.add(lanes.seat[first_E], lanes.offence[first_E], TEAM_PLACES["first_downs"])
        self._new_series(first_E, spot_E[begins_E])
        return begins_E

    def _new_series(self, at_E: Ints, spot_E: Ints) -> None:
        self.lanes.down[at_E] = 1
        self.lanes.line_to_gain[at_E] = np.maximum(spot_E - _SERIES_YARDS, 0)

    # Scores

    def touchdown(self, at_E: Ints) -> Ints:
        """Touchdowns of the sides with the ball; the lanes in which a try follows."""
        side_E = self.lanes.offence[at_E]
        self.end_drive(at_E, "touchdown")
        self.counts.add(self.lanes.seat[at_E], side_E, TEAM_PLACES["first_downs"])
        return self._six_points(at_E, side_E, np.ones(at_E.size, np.bool_))

    def touchdown_of_defence(self, at_E: Ints, charged_E: Mask) -> Ints:
        """Those of the sides without the ball; the lanes in which a try follows."""
        self.end_drive(at_E, "opponent_touchdown")
        return self.touchdown_of_return(at_E, 1 - self.lanes.offence[at_E], charged_E)

    def touchdown_of_return(self, at_E: Ints, side_E: Ints, charged_E: Mask) -> Ints:
        """Those that belong to no drive; the lanes in which a try follows."""
        self.counts.add(self.lanes.seat[at_E], side_E, DEFENCE_PLACES["dst_touchdowns"])
        return self._six_points(at_E, side_E, charged_E)

    def field_goal(self, at_E: Ints, yards_E: Ints) -> None:
        """Field goals of so many yards."""
        seat_E, side_E = self.lanes.seat[at_E], self.lanes.offence[at_E]
        self.end_drive(at_E, "field_goal")
        distance_E = np.where(
            yards_E < 40,
            TEAM_PLACES["field_goals_under_40"],
            np.where(yards_E < 50, TEAM_PLACES["field_goals_40_to_49"], TEAM_PLACES["field_goals_from_50"]),
        )
        self.counts.add(seat_E, side_E, TEAM_PLACES["field_goals_made"])
        self.counts.add(seat_E, side_E, distance_E)
        self.points(at_E, side_E, FIELD_GOAL)
        self.lanes.kick_to[at_E] = 1 - side_E

    def safety(self, at_E: Ints) -> None:
        """Two points for the defence and a free kick to it."""
        winner_E = 1 - self.lanes.offence[at_E]
        self.end_drive(at_E, "safety")
        self.counts.add(self.lanes.seat[at_E], winner_E, DEFENCE_PLACES["dst_safeties"])
        self._score(at_E, winner_E, SAFETY)
        self.lanes.kick_to[at_E] = winner_E
        self.lanes.free_kick[at_E] = True

    def extra_point(self, at_E: Ints, side_E: Ints) -> None:
        """Kicked tries that are good."""
        self.counts.add(self.lanes.seat[at_E], side_E, TEAM_PLACES["extra_points"])
        self.points(at_E, side_E, 1)

    def points(self, at_E: Ints, side_E: Ints, points: int) -> None:
        """Points that the other side's defence is charged with."""
        self._score(at_E, side_E, points)
        self.counts.add(self.lanes.seat[at_E], 1 - side_E, DEFENCE_PLACES["dst_points_charged"], points)

    def _score(self, at_E: Ints, side_E: Ints, points: int) -> None:
        self.counts.add(self.lanes.seat[at_E], side_E, TEAM_PLACES["points"], points)
        self.lanes.lead[at_E] += np.where(side_E == 1, points, -points)

    def _six_points(self, at_E: Ints, side_E: Ints, charged_E: Mask) -> Ints:
        self.points(at_E[charged_E], side_E[charged_E], TOUCHDOWN)
        self._score(at_E[~charged_E], side_E[~charged_E], TOUCHDOWN)
        self.counts.add(self.lanes.seat[at_E], side_E, TEAM_PLACES["touchdowns"])
        self.lanes.kick_to[at_E] = 1 - side_E
        return at_E[self._try_follows(at_E, side_E)]

    def _try_follows(self, at_E: Ints, side_E: Ints) -> Mask:
        lanes = self.lanes
        before_overtime_E: Mask = lanes.half[at_E] != OVERTIME
        if self.fixture.overtime is not Overtime.BOTH_POSSESS:
            return before_overtime_E
        answers_E: Mask = side_E != lanes.opening[at_E]
        stage_E: Ints = lanes.stage[at_E]
        opened_E: Mask = (stage_E == OPENING) & ~answers_E
        answered_E: Mask = (stage_E == ANSWER) & answers_E & (lanes.lead_of(at_E, side_E) <= 0)
        return before_overtime_E | opened_E | answered_E

    # Clock and periods

    def open(self, at_E: Ints, receiver_E: Ints) -> None:
        """The games begin with a kick-off to the receivers."""
        self.lanes.opening[at_E] = receiver_E
        self._start(at_E, FIRST_HALF, receiver_E)

    def time_passes(self, at_E: Ints, seconds_E: Ints) -> None:
        """Ends snaps or kick-offs that took so many seconds: games may be won, periods over."""
        lanes = self.lanes
        half_E, clock_E = lanes.half[at_E], lanes.clock[at_E]
        overtime_E = half_E == OVERTIME
        clock_E = np.maximum(clock_E - seconds_E, _stop(overtime_E, clock_E))
        lanes.clock[at_E] = clock_E
        ends_E = (clock_E == 0) & ~lanes.untimed_down[at_E]
        if overtime_E.any():
            won_E = overtime_E.copy()
            won_E[overtime_E] = self._overtime_is_won(at_E[overtime_E])
            self._end_game(at_E[won_E])
            ends_E &= ~won_E
        if ends_E.any():
            self._end_period(at_E[ends_E])

    def muffed(self, at_E: Ints, spot_E: Ints) -> None:
        """The offence recovers its own punt, which the receivers touched."""
        lanes = self.lanes
        lanes.stage[at_E[lanes.stage[at_E] == OPENING]] = NEXT_SCORE
        self.give(at_E, lanes.offence[at_E], spot_E)

    def _start(self, at_E: Ints, half: int, receiver_E: Ints) -> None:
        lanes = self.lanes
        lanes.half[at_E] = half
        lanes.clock[at_E] = self.fixture.overtime_seconds if half == OVERTIME else HALF_SECONDS
        lanes.kick_to[at_E] = receiver_E
        lanes.free_kick[at_E] = False

    def _end_period(self, at_E: Ints) -> None:
        lanes = self.lanes
        level_E = lanes.lead[at_E] == 0
        if self.fixture.playoff:
            undecided_E = level_E | (lanes.stage[at_E] == ANSWER)
            further_E = (lanes.half[at_E] == OVERTIME) & undecided_E
            lanes.clock[at_E[further_E]] = self.fixture.overtime_seconds
            at_E, level_E = at_E[~further_E], level_E[~further_E]
        self._end_open_drive(at_E)
        half_E = lanes.half[at_E]
        first_E, second_E = half_E == FIRST_HALF, half_E == SECOND_HALF
        begins_E = at_E[first_E]
        self._start(begins_E, SECOND_HALF, 1 - lanes.opening[begins_E])
        self._start_overtime(at_E[second_E & level_E])
        self._end_game(at_E[~first_E & ~(second_E & level_E)])

    def _start_overtime(self, at_E: Ints) -> None:
        if not at_E.size:
            return
        receiver_E = self.toss(at_E)
        self.lanes.opening[at_E] = receiver_E
        self.lanes.stage[at_E] = NEXT_SCORE if self.fixture.overtime is Overtime.SUDDEN_DEATH else OPENING
        self._start(at_E, OVERTIME, receiver_E)

    def _end_game(self, at_E: Ints) -> None:
        self._end_open_drive(at_E)
        self.lanes.over[at_E] = True

    def _end_open_drive(self, at_E: Ints) -> None:
        self.end_drive(at_E[self.lanes.drive_ending[at_E] == GOES_ON], "end_of_half")

    def _overtime_is_won(self, at_E: Ints) -> Mask:
        """By the stage: the opening possession, the answer, or the next score."""
        lanes = self.lanes
        opening_E, stage_E = lanes.opening[at_E], lanes.stage[at_E]
        lead_E = lanes.lead_of(at_E, opening_E)
        kick_E = lanes.kick_to[at_E] != NOBODY
        opener_has_ball_E = ~kick_E & (lanes.offence[at_E] == opening_E)
        other_has_ball_E = ~kick_E & (lanes.offence[at_E] != opening_E)
        opens_E, answers_E = stage_E == OPENING, stage_E == ANSWER
        ahead_E, level_E = lead_E > 0, lead_E == 0
        lanes.stage[at_E[opens_E & ahead_E]] = ANSWER
        lanes.stage[at_E[level_E & (answers_E | (opens_E & other_has_ball_E))]] = NEXT_SCORE
        if self.fixture.overtime is Overtime.BOTH_POSSESS:
            at_once_E = np.zeros(at_E.size, np.bool_)
        else:
            at_once_E = lead_E != FIELD_GOAL
        won_ahead_E = np.where(opens_E, at_once_E, ~answers_E | kick_E | opener_has_ball_E)
        return (lead_E < 0) | (ahead_E & won_ahead_E)


def _on_field(spot_E: Ints) -> Ints:
    """No nearer than a yard to either goal line. (`clip` takes longer to begin.)"""
    return np.minimum(np.maximum(spot_E, 1), 99)


def _stop(overtime_E: Mask, clock_E: Ints) -> Ints:
    """Where clocks stop in any case."""
    warned_E = np.where(clock_E > TWO_MINUTES, np.minimum(TWO_MINUTES, clock_E - LIVE_SECONDS), 0)
    return np.where(~overtime_E & (clock_E > _QUARTER_SECONDS), _QUARTER_SECONDS, warned_E)
