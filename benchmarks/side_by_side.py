"""The same games by the engine, by numpy in lockstep and by the oracle: what each of them puts out, and how fast.

Belongs here: playing games in these three ways. Which games, and how the ways are compared, is `oracle`.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import EngineInput
from sports_platform.core.errors import EngineError
from sports_platform.simulation.native import Engine, Infer, Outputs
from sports_platform_tests.simulation.lockstep.game import Lockstep
from sports_platform_tests.simulation.oracle.distributions import Distributions
from sports_platform_tests.simulation.oracle.game import Oracle
from sports_platform_tests.simulation.oracle.results import Results, differing
from sports_platform_tests.simulation.oracle.tables import Tables
from sports_platform_tests.simulation.scripted import open_engine


@dataclass(frozen=True, slots=True)
class Played:
    """What games of some scenarios came to, and the CPU seconds it took."""

    outputs: Outputs
    plays: int
    seconds: float

    @property
    def rate(self) -> float:
        """Plays a CPU second."""
        return self.plays / self.seconds


@dataclass(frozen=True, slots=True)
class Games:
    """Games whose buckets the engine has all met."""

    tables: Tables
    engine: Engine
    lockstep: Lockstep
    oracle: Oracle
    seed: int
    scenarios: int
    seen: Counter[str] = field(default_factory=Counter)  # by the oracle

    @property
    def fixtures(self) -> int:
        """Games of a scenario."""
        return len(self.tables.fixtures)

    def by_engine(self) -> Played:
        """All scenarios, by one thread and the best instruction set."""
        start = time.process_time()
        outputs, report = self.engine.run(_nothing_missing, seed=self.seed, scenarios=self.scenarios, player_stats=True)
        return Played(outputs, report.plays, time.process_time() - start)

    def by_lockstep(self) -> Played:
        """All scenarios; tables that it has not read yet are asked of the engine meanwhile."""
        start = time.process_time()
        outputs, plays = self.lockstep.run(seed=self.seed, scenarios=self.scenarios)
        return Played(outputs, plays, time.process_time() - start)

    def by_oracle(self, scenarios: int) -> Played:
        """The first scenarios; the same is said of tables. A game that leaves the engine's states stays empty."""
        results, plays, seconds = Results(self.tables, scenarios), 0, 0.0
        for game in range(self.fixtures):
            for scenario in range(scenarios):
                start = time.process_time()
                try:
                    end = self.oracle.play(game, seed=self.seed, scenario=scenario)
                except EngineError as error:
                    print(f"fixture {game}, scenario {scenario}: {error}")
                else:
                    results.put(game, scenario, end)
                    self.seen.update(end.seen)
                    plays += end.seen["snaps"]
                seconds += time.process_time() - start
        return Played(results.outputs, plays, seconds)

    def differing(self, ours: Played, theirs: Played) -> npt.NDArray[np.bool_]:
        """Which games [G, S] differ in any number, of as many scenarios as the first has."""
        scenarios = ours.outputs.scores_G2S.shape[-1]
        stats_PKS = theirs.outputs.player_stats_PKS
        assert stats_PKS is not None
        first = Outputs(
            theirs.outputs.points_PS[..., :scenarios],
            theirs.outputs.scores_G2S[..., :scenarios],
            theirs.outputs.team_stats_G2TS[..., :scenarios],
            stats_PKS[..., :scenarios],
        )
        return differing(self.tables, ours.outputs, first)


@contextmanager
def games(inputs: EngineInput, infer: Infer, *, seed: int, scenarios: int) -> Iterator[Games]:
    """Games of these inputs, played once by the engine."""
    tables = Tables.read(inputs.tables)
    with open_engine(inputs) as engine:
        engine.run(infer, seed=seed, scenarios=scenarios)
        read = engine.bucket_tables
        yield Games(tables, engine, Lockstep(tables, read), Oracle(tables, Distributions(read)), seed, scenarios)


def _nothing_missing(buckets: object, out: object) -> None:
    raise AssertionError("another run of the same games met a bucket that the first did not")
