"""Between snaps: tosses, tries and kick-offs, as they are drawn. What follows from them is `rules`."""

from dataclasses import dataclass

from sports_platform.sports.nfl.special import EQUAL_PARTS, TOUCHBACK
from sports_platform_tests.simulation.oracle.distributions import Bucket
from sports_platform_tests.simulation.oracle.philox import Draws, Numbers
from sports_platform_tests.simulation.oracle.rules import Rules
from sports_platform_tests.simulation.oracle.state import Half, State
from sports_platform_tests.simulation.oracle.tables import (
    ANYBODY_ELSE,
    DRAWS,
    Fixture,
    Tables,
    draws_below,
    margin_place,
)
from sports_platform_tests.simulation.oracle.usage import Usage

ONSIDE_SPOT = 45  # yards the receivers have to go from where an onside kick is dead
ONSIDE_SECONDS = 300  # a side that trails tries onside kicks in the last five minutes


def happens(draw: int, probability: float) -> bool:
    """Whether a draw is among the share of all draws that says yes."""
    return draw < draws_below(probability)


def pick(values: list[int], draw: int) -> int:
    """One of 64 equally likely values."""
    return values[draw * EQUAL_PARTS // DRAWS]


def pick_from(least: int, values: list[int], draw: int) -> int:
    """One of the values that are at least so much, as likely as any other of them; that itself if none is."""
    fitting = [value for value in values if value >= least]
    return fitting[draw * len(fitting) // DRAWS] if fitting else least


@dataclass(frozen=True, slots=True)
class Kicks:
    """Draws what happens between the snaps of one game."""

    state: State
    rules: Rules
    tables: Tables
    fixture: Fixture
    usage: tuple[Usage, Usage]  # of the sides in this scenario
    numbers: Numbers

    def next_draws(self) -> Draws:
        """The draws of the game's next event: each toss, snap, try and kick-off has its own."""
        self.state.numbers += 1
        return self.numbers.draws(self.state.numbers - 1)

    def toss(self) -> int:
        """The side that receives."""
        return self.next_draws()[0] % 2

    def kick_off_while_due(self) -> None:
        """Plays kick-offs until a side has the ball, or nobody any more."""
        while self.state.kick_to is not None and not self.state.over:
            self.rules.time_passes(self._kick_off())

    def try_after_touchdown(self, side: int, snap: Bucket | None) -> None:
        """A try of `side`. `snap` are the distributions of the scoring snap, if `side` had the ball then."""
        rates, state = self.tables.rates, self.state
        go, good, by_pass, who = self.next_draws()[:4]
        if not happens(go, self.tables.two_point_try[state.late][margin_place(state.lead(side))]):
            if happens(good, rates.extra_point):
                self.rules.extra_point(side)
            return
        made = happens(good, rates.two_point)
        state.seen["two-point try" if made else "failed two-point try"] += 1
        if made:
            self.rules.two_points(side)
            if snap is not None:
                self._credit_two_points(side, snap, who, passed=happens(by_pass, rates.two_point_pass))

    def _credit_two_points(self, side: int, snap: Bucket, draw: int, *, passed: bool) -> None:
        """Who was thrown to or ran on the scoring snap stands in for who did on the try; runs from under center."""
        players, usage = self.fixture.sides[side], self.usage[side]
        if passed:
            scorers = [players.quarterback, players.receivers[snap.receiver(draw, usage.receivers)]]
        else:
            scorers = [players.rushers[snap.rusher(draw, usage.rushers, table=0)]]
        for player in scorers:
            self.credit(side, player, "two_point_conversions", 1)

    def credit(self, side: int, player: int, name: str, amount: int) -> None:
        """Adds to a player's statistics; those of a quarterback who is gone are anybody else's."""
        if player == self.fixture.sides[side].quarterback and self.usage[side].quarterback_is_gone(self.state):
            self.state.seen["quarterback gone"] += 1
            player = ANYBODY_ELSE
        self.state.players[side, player, name] += amount

    def _kick_off(self) -> int:
        """Plays the kick-off that is due and returns its seconds."""
        state = self.state
        receiver, free_kick = state.kick_to, state.free_kick
        assert receiver is not None
        state.kick_to, state.free_kick = None, False
        attempt, recovery, *draws = self.next_draws()
        rates = self.tables.rates
        if not free_kick and self._onside_pays(1 - receiver) and happens(attempt, rates.onside_attempt):
            self._onside_kick(receiver, recovered=happens(recovery, rates.onside_recovered))
            return 0
        return self._deep_kick(receiver, draws, free_kick=free_kick)

    def _onside_pays(self, kicker: int) -> bool:
        state = self.state
        return state.half is Half.SECOND and state.clock <= ONSIDE_SECONDS and state.lead(kicker) < 0

    def _onside_kick(self, receiver: int, *, recovered: bool) -> None:
        self.state.seen["onside kick recovered" if recovered else "onside kick lost"] += 1
        if recovered:
            self.rules.give(1 - receiver, 100 - ONSIDE_SPOT)
        else:
            self.rules.give(receiver, ONSIDE_SPOT)

    def _deep_kick(self, receiver: int, draws: list[int], *, free_kick: bool) -> int:
        """The seconds of the return; a kick nobody returns takes none."""
        state, rates, values = self.state, self.tables.rates, self.tables.values
        touchdown, where, lost, time = draws[:4]
        state.seen["free kick"] += free_kick
        if happens(touchdown, rates.kickoff_touchdown):
            state.seen["kick-off touchdown"] += 1
            state.offence = receiver
            if self.rules.touchdown_of_return(receiver):
                self.try_after_touchdown(receiver, None)
            return pick(values.kickoff_seconds, time)
        spot = pick(values.free_kick_start if free_kick else values.kickoff_start, where)
        if spot == TOUCHBACK:
            self.rules.give(receiver, self.fixture.kickoff_touchback)
            return 0
        if happens(lost, rates.kickoff_lost):
            self._lost_kick_off(receiver, spot)
        else:
            self.rules.give(receiver, spot)
        return pick(values.kickoff_seconds, time)

    def _lost_kick_off(self, receiver: int, spot: int) -> None:
        self.state.seen["lost kick-off"] += 1
        self.state.team[receiver]["fumbles_lost"] += 1
        self.state.defence[1 - receiver]["dst_fumble_recoveries"] += 1
        self.rules.give(1 - receiver, 100 - spot)
