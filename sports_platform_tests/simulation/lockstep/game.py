"""Whole games of many scenarios in lockstep, from the toss to the end: a snap of every lane at a time, with numpy.

The engine's design in plain numpy, a structure of arrays, and the oracle's rules: what a good array program makes of
the same games, for comparisons of results and speed. A block of scenarios begins together and ends with its last game.
"""

from collections.abc import Sequence

from sports_platform.simulation.native import Outputs
from sports_platform_tests.simulation.lockstep.counts import Counts
from sports_platform_tests.simulation.lockstep.credits import Credits
from sports_platform_tests.simulation.lockstep.distributions import Distributions
from sports_platform_tests.simulation.lockstep.kicks import Kicks
from sports_platform_tests.simulation.lockstep.lanes import Lanes
from sports_platform_tests.simulation.lockstep.philox import Events, Numbers
from sports_platform_tests.simulation.lockstep.plays import Game, Plays
from sports_platform_tests.simulation.lockstep.results import Results
from sports_platform_tests.simulation.lockstep.rules import Rules
from sports_platform_tests.simulation.lockstep.snaps import Snaps
from sports_platform_tests.simulation.lockstep.tables import Tables
from sports_platform_tests.simulation.lockstep.usage import Usage
from sports_platform_tests.simulation.oracle import tables as oracle
from sports_platform_tests.simulation.oracle.distributions import Read
from sports_platform_tests.simulation.oracle.tables import Fixture

LANES = 16_384
"""Lanes that are played together: with few of them most time goes into calls of numpy's, not into its loops."""


class Lockstep:
    """Plays games of an EngineInput whose buckets the engine has met; what it read of them it keeps."""

    def __init__(self, tables: oracle.Tables, read: Read) -> None:
        self._fixtures: Sequence[Fixture] = tables.fixtures
        self._named = tables
        self._tables = Tables.of(tables)
        self._distributions = [
            Distributions(read, game, self._tables.nodes.buckets) for game in range(len(tables.fixtures))
        ]

    def run(self, *, seed: int, scenarios: int, lanes: int = LANES) -> tuple[Outputs, int]:
        """The results of every game and how many plays there were; EngineError where the engine never was."""
        results, plays = Results(self._named, scenarios), 0
        for game in range(len(self._fixtures)):
            for first in range(0, scenarios, lanes):
                counts = Counts(min(lanes, scenarios - first))
                plays += self._play(game, Numbers(seed, self._fixtures[game].key, first), counts)
                results.put(game, first, counts)
        return results.outputs, plays

    def _play(self, game: int, numbers: Numbers, counts: Counts) -> int:
        """Plays a block of scenarios, whose statistics go to `counts`."""
        fixture, lanes = self._fixtures[game], Lanes.before_the_game(counts.seats)
        events = Events(lanes, numbers)
        rules = Rules(lanes, counts, fixture, events.toss)
        kicks = Kicks(lanes, counts, rules, events, self._tables, fixture.kickoff_touchback)
        usage = Usage.of(fixture, self._tables, numbers, counts.seats)
        counts.absent = [usage.absent(side, number) for number, side in enumerate(fixture.sides)]
        distributions = self._distributions[game]
        snaps = Snaps(lanes, events, self._tables, distributions, usage)
        played = Game(lanes, counts, rules, kicks, Credits.of(fixture), self._tables, distributions, usage)
        rules.open(lanes.seat, events.toss(lanes.seat))
        kicks.kick_off_while_due()
        plays = 0
        while lanes.seat.size:
            Plays(played, snaps.next()).play()
            kicks.kick_off_while_due()
            plays += lanes.seat.size
            lanes.leave()
        return plays
