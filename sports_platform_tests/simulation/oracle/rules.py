"""The rules of the game: downs, spots, possession, scores, the clock, periods and overtime. Nothing is drawn here.

Rule numbers are those of the NFL's rule book. Where the engine simplifies a rule the oracle does the same and says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sports_platform.sports.nfl.rulebook import Overtime
from sports_platform_tests.simulation.oracle.state import Half, Stage, State
from sports_platform_tests.simulation.oracle.tables import HALF_SECONDS, Fixture

TOUCHBACK = 80  # but for kick-offs
SPOT_FOUL = 20  # yards: longer fouls of the defence are marked where they happened
FIELD_GOAL, TOUCHDOWN, SAFETY = 3, 6, 2
TWO_MINUTES = 120
LIVE_SECONDS = 6  # from the snap until the ball is dead


class Down(Enum):
    """What a play or foul does to the count of downs."""

    AGAIN = "the same down again"
    USED = "the next down"
    NEW = "a new series"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules applied to one game. `toss` says which side receives first in overtime."""

    state: State
    fixture: Fixture
    toss: Callable[[], int]

    # Spots and downs (rules 7 and 8)

    def give(self, side: int, spot: int) -> None:
        """First down of `side` at `spot`, no nearer than a yard to either goal line."""
        self.state.offence = side
        self.state.yardline = max(1, min(99, spot))
        self._new_series()

    def hand_over(self, spot: int, ending: str) -> None:
        """The other side's ball at `spot`, counted from this side's target: past the goal line a touchback."""
        self.end_drive(ending)
        self.give(1 - self.state.offence, TOUCHBACK if spot <= 0 else 100 - spot)

    def put_down(self, spot: int, down: Down) -> None:
        """The same side's ball at `spot`; the line to gain stays where it is until the series is won."""
        state = self.state
        state.yardline = max(1, min(99, spot))
        if down is Down.NEW or state.yardline <= state.line_to_gain:
            state.team[state.offence]["first_downs"] += 1
            self._new_series()
        elif down is Down.USED:
            state.down += 1
            if state.down > 4:
                self.hand_over(state.yardline, "downs")

    def foul(self, spot: int, yards: int, down: Down) -> None:
        """A foul marked off from `spot`; `yards` are positive when the defence fouled.

        No foul moves the ball more than half the way to the goal line it is walked to (14-1). What is left of an odd
        yard is the gain of the side with the ball. A period does not end with a foul of the defence (4-8-2).
        """
        if yards > 0:
            self._extend_period()
            yards = min(yards, (spot + 1) // 2)
        else:
            yards = -min(-yards, (100 - spot) // 2)
        self.put_down(spot - yards, down)

    def spot_foul(self, spot: int) -> None:
        """A long foul of the defence: a first down where it happened, at the 1 if that was in the end zone."""
        self._extend_period()
        self.put_down(spot, Down.NEW)

    def offsetting_fouls(self) -> None:
        """Everything as before, and the period does not end with it."""
        self._extend_period()

    def _extend_period(self) -> None:
        self.state.untimed_down = True

    def _new_series(self) -> None:
        self.state.down = 1
        self.state.line_to_gain = max(0, self.state.yardline - 10)

    def end_drive(self, ending: str) -> None:
        """Counts the drive of the side with the ball."""
        counts = self.state.team[self.state.offence]
        counts["drives"] += 1
        counts[f"drives_{ending}"] += 1
        self.state.drive_ending = ending

    # Scores (rule 11)

    def touchdown(self) -> bool:
        """A touchdown of the side with the ball; says whether it is followed by a try."""
        state = self.state
        self.end_drive("touchdown")
        state.team[state.offence]["first_downs"] += 1
        return self._six_points(state.offence, charged=True)

    def touchdown_of_defence(self, *, charged: bool) -> bool:
        """One of the side without the ball, charged to a defence only after kicks; says whether a try follows."""
        self.end_drive("opponent_touchdown")
        return self.touchdown_of_return(1 - self.state.offence, charged=charged)

    def touchdown_of_return(self, side: int, *, charged: bool = True) -> bool:
        """One that belongs to no drive; says whether a try follows."""
        self.state.defence[side]["dst_touchdowns"] += 1
        return self._six_points(side, charged=charged)

    def field_goal(self, yards: int) -> None:
        """A field goal of that many yards."""
        state = self.state
        self.end_drive("field_goal")
        distance = "under_40" if yards < 40 else "40_to_49" if yards < 50 else "from_50"
        state.team[state.offence]["field_goals_made"] += 1
        state.team[state.offence][f"field_goals_{distance}"] += 1
        self._points(state.offence, FIELD_GOAL)
        state.kick_to = 1 - state.offence

    def safety(self) -> None:
        """Two points for the defence, which no defence is charged with, and a free kick to it (11-5)."""
        state = self.state
        winner = 1 - state.offence
        self.end_drive("safety")
        state.defence[winner]["dst_safeties"] += 1
        self._points(winner, SAFETY, charged=False)
        state.kick_to, state.free_kick = winner, True

    def extra_point(self, side: int) -> None:
        """A kicked try that is good."""
        self.state.team[side]["extra_points"] += 1
        self._points(side, 1)

    def two_points(self, side: int) -> None:
        """A try for two that is good."""
        self._points(side, 2)

    def _six_points(self, side: int, *, charged: bool) -> bool:
        self._points(side, TOUCHDOWN, charged=charged)
        self.state.team[side]["touchdowns"] += 1
        self.state.kick_to = 1 - side
        return self._try_follows(side)

    def _points(self, side: int, points: int, *, charged: bool = True) -> None:
        self.state.score[side] += points
        if charged:
            self.state.charged[1 - side] += points

    def _try_follows(self, side: int) -> bool:
        """No try after a touchdown that wins in overtime, which any does unless the other side is still to have the
        ball, or it only makes up for what the other side scored first (16-1-3)."""
        state = self.state
        if state.half is not Half.OVERTIME:
            return True
        if self.fixture.overtime is not Overtime.BOTH_POSSESS:
            return False
        answers = side != state.opening
        if state.stage is Stage.OPENING:
            return not answers
        return state.stage is Stage.ANSWER and answers and state.lead(side) <= 0

    # Clock and periods (rules 4 and 16)

    def open(self, receiver: int) -> None:
        """The game begins with a kick-off to `receiver`."""
        self.state.opening = receiver
        self._start(Half.FIRST, receiver)

    def time_passes(self, seconds: int) -> None:
        """Ends a snap or kick-off that took `seconds`: the game may be won, the period over."""
        state = self.state
        state.clock = max(state.clock - seconds, self._stop())
        if state.half is Half.OVERTIME and self._overtime_is_won():
            self._end_game()
        elif state.clock == 0 and state.untimed_down:
            state.seen["untimed down"] += 1
        elif state.clock == 0:
            self._end_period()

    def _stop(self) -> int:
        """The clock cannot run further: a quarter or half is over, or the two-minute warning stops it (4-3-2, 4-4)."""
        clock = self.state.clock
        if self.state.half is not Half.OVERTIME and clock > HALF_SECONDS // 2:
            return HALF_SECONDS // 2
        return min(TWO_MINUTES, clock - LIVE_SECONDS) if clock > TWO_MINUTES else 0

    def muffed(self, spot: int) -> None:
        """The offence recovers its own punt, which the receivers touched: that was their possession (16-1-3)."""
        if self.state.stage is Stage.OPENING:
            self.state.stage = Stage.NEXT_SCORE
        self.give(self.state.offence, spot)

    def _start(self, half: Half, receiver: int) -> None:
        state = self.state
        state.half = half
        state.clock = self.fixture.overtime_seconds if half is Half.OVERTIME else HALF_SECONDS
        state.kick_to, state.free_kick = receiver, False

    def _end_period(self) -> None:
        state = self.state
        level = state.score[0] == state.score[1]
        if state.half is Half.OVERTIME and self.fixture.playoff and (level or state.stage is Stage.ANSWER):
            # Like a new quarter: same ball, same spot; so does the other side's first possession (16-1-4).
            state.seen["further overtime"] += 1
            state.clock = self.fixture.overtime_seconds
            return
        self._end_open_drive()
        if state.half is Half.FIRST:
            self._start(Half.SECOND, 1 - state.opening)
        elif state.half is Half.SECOND and level:
            self._start_overtime()
        else:
            self._end_game()

    def _start_overtime(self) -> None:
        state = self.state
        state.opening = self.toss()
        sudden = self.fixture.overtime is Overtime.SUDDEN_DEATH
        state.stage = Stage.NEXT_SCORE if sudden else Stage.OPENING
        state.seen["overtime"] += 1
        self._start(Half.OVERTIME, state.opening)

    def _end_game(self) -> None:
        self._end_open_drive()
        self.state.over = True

    def _end_open_drive(self) -> None:
        if self.state.drive_ending is None:
            self.end_drive("end_of_half")

    def _overtime_is_won(self) -> bool:
        state = self.state
        lead = state.lead(state.opening)
        if state.stage is Stage.OPENING:
            return self._won_at_once(lead)
        if state.stage is Stage.ANSWER:
            return self._won_in_answer(lead)
        return lead != 0

    def _won_at_once(self, lead: int) -> bool:
        """While the side that received first has its chance: a score of the other one wins, its own unless that is to
        be answered. Once the other side has the ball at level scores, the next score wins.
        """
        state = self.state
        if lead > 0:
            state.stage = Stage.ANSWER
            state.seen["opening possession scores in overtime"] += 1
            return self.fixture.overtime is not Overtime.BOTH_POSSESS and lead != FIELD_GOAL
        if lead == 0 and self._has_ball(1 - state.opening):
            state.stage = Stage.NEXT_SCORE
        return lead < 0

    def _won_in_answer(self, lead: int) -> bool:
        """While the other side answers: it wins by more points, loses with the ball, and goes on when it is level.

        By the rule book the answer is over, too, when it ends in a safety, in a touchdown of the side that leads, or
        in one that does not catch up. The engine then plays the kick-off first, and goes on if the answering side has
        the ball after it.
        """
        state = self.state
        if lead == 0:
            state.stage = Stage.NEXT_SCORE
            state.seen["answer levels the score"] += 1
        elif lead > 0 and state.kick_to is not None:
            state.seen["kick-off after an answer that failed"] += 1
        return lead < 0 or (lead > 0 and (state.kick_to is not None or self._has_ball(state.opening)))

    def _has_ball(self, side: int) -> bool:
        return self.state.kick_to is None and self.state.offence == side
