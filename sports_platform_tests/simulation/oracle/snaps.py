"""One snap: what is drawn for it, and what it comes to by the kind of play.

Draws of a snap's first block, in order: formation and play type; target, or the runner; result, or which foul; bin of
the yards; bin of the seconds; what lies within the bins, yards by the upper five bits and seconds by the next five, and
by the last six whether the call stands; whether something befalls the play (a foul after it, or a punt's fate); depth.
The draws of the seconds and of what befalls the play also make, added, the draw of the call that replaces one that does
not stand; those of what befalls the play and of the depth the one that chooses the state's nodes. Whether the result of
a pass stands the last six bits of the sum of yards and seconds say; another one is drawn by the sum of target and what
befalls the play. Whether the yards of a catch or run stand the last six of the sum of call and depth say; others are
drawn by the sum of result and what lies within the bins. Of the second block, after turnovers and kicks: touchdown,
place where the return ends, block; the yards of the foul after the play; seconds of a play after which the clock stops,
and whether it is stopped at the end of a half.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sports_platform.sports.nfl import outcomes
from sports_platform_tests.simulation.oracle.clock import clock_runs
from sports_platform_tests.simulation.oracle.distributions import Bucket
from sports_platform_tests.simulation.oracle.kicks import Kicks, happens, pick, pick_from
from sports_platform_tests.simulation.oracle.philox import Draws
from sports_platform_tests.simulation.oracle.rules import SPOT_FOUL, TOUCHBACK, Down
from sports_platform_tests.simulation.oracle.state import State
from sports_platform_tests.simulation.oracle.tables import DRAWS, Side, Tables, draws_below
from sports_platform_tests.simulation.oracle.usage import Usage

HOLD = 8  # yards behind the line from where field goals are kicked
END_ZONE = 10
SINGLE_YARDS = 12  # up to which every gain is a class
LAST_SPOT = 99  # yards from the goal line: a yard before the own one
_MADE = 1  # of the outcomes of a field goal
RUN_RESULTS = {"run": 0, "scramble": 1, "sack": 2}  # tables of what becomes of the ball
PARTS_BITS = 5
LAST_PART = (1 << PARTS_BITS) - 1
FROM_SCRIMMAGE = ("pass", "run", "scramble", "sack")
TRIED = {
    "pass": ("scrimmage_plays", "pass_attempts"),
    "qb_spike": ("scrimmage_plays", "pass_attempts"),
    "run": ("scrimmage_plays", "rush_attempts"),
    "scramble": ("scrimmage_plays", "rush_attempts"),
    "qb_kneel": ("scrimmage_plays", "rush_attempts"),
    "sack": ("scrimmage_plays", "sacks"),
    "punt": ("punts",),
    "field_goal": ("field_goal_attempts",),
    "no_play": (),
}
_TIME_GROUPS = {"qb_spike": "incomplete", "scramble": "run"}  # and of passes by their result; others by their name


@dataclass(frozen=True, slots=True)
class Asked:
    """Of the state that a bucket is asked about: yards to the goal line and to a first down, 0 for a goal to go."""

    line: int
    to_go: int


@dataclass(slots=True)
class Snap:
    """One snap of a game before it is played."""

    kicks: Kicks
    bucket: Bucket
    asked: Asked
    number: int
    draws: Draws

    @property
    def _state(self) -> State:
        return self.kicks.state

    @property
    def _tables(self) -> Tables:
        return self.kicks.tables

    @property
    def _players(self) -> Side:
        return self.kicks.fixture.sides[self._state.offence]

    @property
    def _usage(self) -> Usage:
        return self.kicks.usage[self._state.offence]

    @property
    def _team(self) -> Counter[str]:
        return self._state.team[self._state.offence]

    @property
    def _defence(self) -> Counter[str]:
        return self._state.defence[1 - self._state.offence]

    def play(self) -> None:
        """Plays the snap and lets its time pass; kick-offs that follow are not played yet."""
        self._state.drive_ending, self._state.untimed_down = None, False
        usage = self._usage  # of who has the ball before the play
        shotgun, play_type = self._call()
        for name in TRIED[play_type]:
            self._team[name] += 1
        group = _TIME_GROUPS.get(play_type, play_type)
        if play_type == "pass":
            group = self._pass()
        elif play_type == "run":
            under_or_shotgun = int(shotgun)
            slot = self.bucket.rusher(self.draws[1], self._usage.rushers, under_or_shotgun)
            self._run(play_type, self._players.rushers[slot], f"run_{outcomes.RUN_FORMATIONS[under_or_shotgun]}")
        elif play_type == "scramble":
            self._run(play_type, self._players.quarterback, "scramble")
        elif play_type == "no_play":
            self._foul_before_play(int(shotgun))
        else:
            self._plays()[play_type]()
        seconds = usage.seconds(self._within("seconds", outcomes.TIME_GROUPS.index(group)))
        if play_type in FROM_SCRIMMAGE:
            seconds = clock_runs(self.kicks, seconds, self._second_block)
        self.kicks.rules.time_passes(seconds)

    def _plays(self) -> Mapping[str, Callable[[], None]]:
        return {
            "sack": self._sack,
            "punt": self._punt,
            "field_goal": self._field_goal,
            "qb_kneel": self._kneel,
            "qb_spike": self._spike,
        }

    # What is drawn

    def _call(self) -> tuple[bool, str]:
        """Whether it is the shotgun, and the play type: the first call if it stands, else a second one."""
        first = self.bucket.play(self.draws[0])
        if self._usage.stands(first[1], self.draws[5]):
            return first
        self._state.seen["second call"] += 1
        return self.bucket.play((self.draws[6] + self.draws[4]) % DRAWS)

    def _within(self, kind: str, group: int) -> int:
        """The yards or seconds of a group: a bin, then one of the values counted within it."""
        parts = self.draws[5]
        if kind == "yards":
            place = self._class_of_yards(group)
            return self._tables.yards[group][place][parts >> (16 - PARTS_BITS)]
        place = self.bucket.draw("seconds", self.draws[4], group)
        return self._tables.seconds[group][place][parts >> (16 - 2 * PARTS_BITS) & LAST_PART]

    def _class_of_yards(self, group: int) -> int:
        """The first one drawn if it stands; a long gain goes with a good day of catches or runs."""
        first = self.bucket.draw("yards", self.draws[3], group)
        kind, _, _ = outcomes.YARD_GROUPS[group].partition("_")
        form = {"complete": "catch", "run": "run"}.get(kind)
        long = first >= self._tables.long_gains[group]
        if form is None or self._usage.goes_with(form, self.draws[0] + self.draws[7], well=long):
            return first
        self._state.seen["second yards"] += 1
        return self.bucket.draw("yards", (self.draws[2] + self.draws[5]) % DRAWS, group)

    def _result_of_pass(self, depth: int) -> str:
        """The first one drawn if it stands; a catch goes with a good day."""
        first = outcomes.PASS_RESULTS[self.bucket.draw("pass_result", self.draws[2], depth)]
        caught = first in ("complete", "fumble_lost")
        if self._usage.goes_with("complete", self.draws[3] + self.draws[4], well=caught):
            return first
        self._state.seen["second result"] += 1
        return outcomes.PASS_RESULTS[self.bucket.draw("pass_result", (self.draws[1] + self.draws[6]) % DRAWS, depth)]

    def _yards(self, group: str) -> int:
        return self._within("yards", outcomes.YARD_GROUPS.index(group))

    def _advance(self, group: str) -> int:
        """Yards of a catch, run or punt. A class begun short of the bucket's line ends short of it, but the last."""
        yards, lows, line = self._to_own_line(group, self._yards(group)), self._tables.yard_lows, self.asked.line
        low = max((low for low in lows if low <= yards), default=yards)
        if low == lows[-1] or yards < max(self._state.yardline, line) or low >= line:
            return yards
        self._state.seen["class cut by the goal line"] += 1
        return low + (yards - line) % (line - low)

    def _to_own_line(self, group: str, yards: int) -> int:
        """A gain close to the bucket's line to gain is as close to the state's.

        The yards from a yard short of the nearer line to the farther one change places in a ring, if each is a class of
        its own and none scores.
        """
        own, asked = self._state.to_go, self.asked.to_go
        first, last = min(own, asked) - 1, max(own, asked)
        if group == "punt_net" or asked == 0 or not first <= yards <= last or last > SINGLE_YARDS:
            return yards
        if last >= self._state.yardline or own == asked:
            return yards
        self._state.seen["moved to its own line to gain"] += 1
        return first + (yards - first + own - asked) % (last - first + 1)

    def _second_block(self) -> Draws:
        return self.kicks.numbers.draws(self.number, block=1)

    # Plays from scrimmage

    def _pass(self) -> str:
        """Plays a pass and returns the group of its time."""
        target = self.bucket.receiver(self.draws[1], self._usage.receivers)
        depth = self.bucket.depth(self.draws[7], target)
        result = self._result_of_pass(depth)
        if result == "incomplete":
            self._down(0)
        elif result == "interception":
            self._interception()
        else:
            self._catch(
                self._players.receivers[target], f"complete_{outcomes.DEPTHS[depth]}", lost=result != "complete"
            )
            return "complete"
        return "incomplete"

    def _catch(self, receiver: int, group: str, *, lost: bool) -> None:
        yards = self._advance(group)
        gained = self._gained(yards, lost=lost)
        passer = self._players.quarterback
        self._team["completions"] += 1
        self._team["pass_yards"] += gained
        self._credit(passer, "passing_yards", gained)
        self._credit(receiver, "receptions", 1)
        self._credit(receiver, "receiving_yards", gained)
        if lost:
            return self._fumble(receiver, gained)
        if yards >= self._state.yardline:
            self._team["passing_touchdowns"] += 1
            self._credit(passer, "passing_touchdowns", 1)
            self._credit(receiver, "receiving_touchdowns", 1)
        return self._down(yards)

    def _run(self, play_type: str, runner: int, group: str) -> None:
        lost = self._ball_is_lost(play_type)
        yards = self._advance(group)
        gained = self._gained(yards, lost=lost)
        self._team["rush_yards"] += gained
        self._credit(runner, "rushing_yards", gained)
        if lost:
            return self._fumble(runner, gained)
        if yards >= self._state.yardline:
            self._team["rushing_touchdowns"] += 1
            self._credit(runner, "rushing_touchdowns", 1)
        return self._down(yards)

    def _sack(self) -> None:
        lost = self._ball_is_lost("sack")
        yards = min(0, self._yards("sack"))
        self._defence["dst_sacks"] += 1
        if lost:
            self._fumble(self._players.quarterback, yards)
        else:
            self._down(yards)

    def _kneel(self) -> None:
        """A yard back for the quarterback. The engine gives no safety for it."""
        self._team["rush_yards"] -= 1
        self._credit(self._players.quarterback, "rushing_yards", -1)
        self.kicks.rules.put_down(self._state.yardline + 1, Down.USED)

    def _spike(self) -> None:
        self.kicks.rules.put_down(self._state.yardline, Down.USED)

    def _ball_is_lost(self, play_type: str) -> bool:
        return self.bucket.draw("run_result", self.draws[2], RUN_RESULTS[play_type]) == 1

    def _gained(self, yards: int, *, lost: bool) -> int:
        """Yards that count: to the goal line, or short of it when the ball is lost."""
        return min(yards, self._state.yardline - (1 if lost else 0))

    def _credit(self, player: int, name: str, amount: int) -> None:
        self.kicks.credit(self._state.offence, player, name, amount)

    def _down(self, yards: int) -> None:
        """The ball is dead `yards` farther on: in an end zone, or on the field, where a foul may be added."""
        rules, tables = self.kicks.rules, self._tables
        spot = self._state.yardline - yards
        if spot <= 0:
            self._touchdown()
        elif spot >= 100:
            self._state.seen["safety"] += 1
            rules.safety()
        elif happens(self.draws[6], tables.rates.foul_after_play):
            foul = pick(tables.values.foul_after_play_net, self._second_block()[3])
            self._state.seen["foul after play"] += 1
            rules.foul(spot, foul, Down.NEW if foul > 0 else Down.AGAIN)
        else:
            rules.put_down(spot, Down.USED)

    def _touchdown(self) -> None:
        if self.kicks.rules.touchdown():
            self.kicks.try_after_touchdown(self._state.offence, self.bucket)

    def _foul_before_play(self, under_or_shotgun: int) -> None:
        """A foul that wipes out the down."""
        rules, spot = self.kicks.rules, self._state.yardline
        yards, first_down = self._tables.penalties[self.bucket.draw("penalty", self.draws[2], under_or_shotgun)]
        if yards == 0:
            rules.offsetting_fouls()
        elif yards >= SPOT_FOUL:
            rules.spot_foul(spot - yards)
        else:
            rules.foul(spot, yards, Down.NEW if first_down else Down.AGAIN)

    # Turnovers

    def _interception(self) -> None:
        self._team["interceptions"] += 1
        self._credit(self._players.quarterback, "interceptions_thrown", 1)
        self._defence["dst_interceptions"] += 1
        rates, values = self._tables.rates, self._tables.values
        self._returned(self._state.yardline, rates.interception_touchdown, values.interception_net)

    def _fumble(self, player: int, gained: int) -> None:
        self._team["fumbles_lost"] += 1
        self._credit(player, "fumbles_lost", 1)
        self._defence["dst_fumble_recoveries"] += 1
        rates, values = self._tables.rates, self._tables.values
        self._returned(self._state.yardline - gained, rates.fumble_touchdown, values.fumble_net)

    def _returned(self, spot: int, touchdown: float, net: list[int]) -> None:
        """The defence returns the ball to the end zone or to where `net` says."""
        scored, where, *_ = self._second_block()
        if happens(scored, touchdown):
            self._state.seen["turnover returned for a touchdown"] += 1
            self._touchdown_of_defence(charged=False)
        else:
            self.kicks.rules.hand_over(spot - pick_from(spot - LAST_SPOT, net, where), "turnover")

    def _touchdown_of_defence(self, *, charged: bool) -> None:
        side = 1 - self._state.offence
        if self.kicks.rules.touchdown_of_defence(charged=charged):
            self.kicks.try_after_touchdown(side, None)

    # Kicks

    def _punt(self) -> None:
        """One draw says whether it is blocked, else muffed, else returned for a touchdown."""
        rates, event = self._tables.rates, self.draws[6]
        caught = (1 - rates.punt_blocked) * (1 - rates.punt_muffed)
        blocked, muffed = draws_below(rates.punt_blocked), draws_below(1 - caught)
        returned = draws_below(1 - caught * (1 - rates.punt_touchdown))
        if event < blocked:
            return self._blocked_punt()
        spot = self._state.yardline - self._advance("punt_net")
        if event < muffed and spot > 0:
            return self._muffed_punt(spot)
        if muffed <= event < returned:
            self._state.seen["punt returned for a touchdown"] += 1
            return self._touchdown_of_defence(charged=True)
        return self.kicks.rules.hand_over(spot, "punt")

    def _blocked_punt(self) -> None:
        rates, values = self._tables.rates, self._tables.values
        scored, where, *_ = self._second_block()
        spot = self._state.yardline - pick(values.punt_blocked_net, where)
        self._defence["dst_blocked_kicks"] += 1
        self._state.seen["blocked punt"] += 1
        if happens(scored, rates.punt_blocked_touchdown):
            self._state.seen["blocked punt returned for a touchdown"] += 1
            self._touchdown_of_defence(charged=True)
        elif spot >= 100:
            self._state.seen["blocked punt out of the end zone"] += 1
            self.kicks.rules.safety()
        else:
            self.kicks.rules.hand_over(spot, "punt")

    def _muffed_punt(self, spot: int) -> None:
        """The kicking side recovers and keeps the ball in a new drive."""
        state = self._state
        state.seen["muffed punt"] += 1
        self.kicks.rules.end_drive("punt")
        state.team[1 - state.offence]["fumbles_lost"] += 1
        state.defence[state.offence]["dst_fumble_recoveries"] += 1
        self.kicks.rules.muffed(spot)

    def _field_goal(self) -> None:
        spot = self._state.yardline + HOLD
        if self.bucket.draw("field_goal", self.draws[2]) == _MADE:
            return self.kicks.rules.field_goal(spot + END_ZONE)
        scored, _, block, *_ = self._second_block()
        if happens(block, self._tables.rates.field_goal_blocked):
            self._defence["dst_blocked_kicks"] += 1
            self._state.seen["blocked field goal"] += 1
            if happens(scored, self._tables.rates.field_goal_blocked_touchdown):
                self._state.seen["blocked field goal returned for a touchdown"] += 1
                return self._touchdown_of_defence(charged=True)
        # The other side's ball where it was kicked from, at worst on its 20 (11-4-2).
        return self.kicks.rules.hand_over(max(spot, 100 - TOUCHBACK), "missed_field_goal")
