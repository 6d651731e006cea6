"""A whole game of one scenario, from the toss to the end.

This oracle is written from the rules of football and the documented uses of the random numbers, to be read rather than
to be fast: plain integers, one game at a time. It shares the engine's distributions (see `distributions`) and the named
tables, and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sports_platform_tests.simulation.oracle.distributions import Distributions
from sports_platform_tests.simulation.oracle.kicks import Kicks
from sports_platform_tests.simulation.oracle.philox import Draws, Numbers
from sports_platform_tests.simulation.oracle.rules import Rules
from sports_platform_tests.simulation.oracle.snaps import Asked, Snap
from sports_platform_tests.simulation.oracle.state import State
from sports_platform_tests.simulation.oracle.tables import DRAWS, Tables
from sports_platform_tests.simulation.oracle.usage import usage_of_sides


@dataclass(frozen=True, slots=True)
class Oracle:
    """Plays games of an EngineInput whose buckets the engine has met."""

    tables: Tables
    distributions: Distributions

    def play(self, game: int, *, seed: int, scenario: int) -> State:
        """The end of a game; EngineError where it comes to a state that the engine never was in."""
        return self._play(game, Numbers(seed, self.tables.fixtures[game].key, scenario))

    def _play(self, game: int, numbers: Numbers) -> State:
        state, fixture = State(), self.tables.fixtures[game]

        def toss() -> int:
            return kicks.toss()

        rules = Rules(state, fixture, toss)
        usage = usage_of_sides(fixture, self.tables, numbers)
        state.absent = tuple(of_side.absent(side) for of_side, side in zip(usage, fixture.sides, strict=True))
        state.seen["absences"] += sum(map(len, state.absent))
        kicks = Kicks(state, rules, self.tables, fixture, usage, numbers)
        rules.open(kicks.toss())
        kicks.kick_off_while_due()
        while not state.over:
            number, draws = state.numbers, kicks.next_draws()
            bucket, nodes = self.bucket(state, draws), self.tables.nodes
            asked = Asked(nodes.lines[bucket % len(nodes.lines)], nodes.to_go[bucket % len(nodes.lines)])
            Snap(kicks, self.distributions.bucket(game, bucket), asked, number, draws).play()
            kicks.kick_off_while_due()
            state.seen["snaps"] += 1
        return state

    def games(self, game: int, *, seed: int, scenarios: int) -> Iterator[State]:
        """The ends of a game's scenarios from the first on."""
        return (self.play(game, seed=seed, scenario=scenario) for scenario in range(scenarios))

    def bucket(self, state: State, draws: Draws) -> int:
        """The number of the state's bucket among those of its game, by the draws of its snap."""
        return self.tables.nodes.bucket(
            (draws[6] + draws[7]) % DRAWS,
            side=state.offence,
            half=state.half,
            clock=state.clock,
            margin=state.lead(state.offence),
            down=state.down,
            distance=state.to_go,
            yardline=state.yardline,
        )
