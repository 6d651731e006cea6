"""The engine against the oracle that plays the same games in plain Python: equality of every output, and speed.

    python benchmarks/oracle.py [--games 10000] [--seed 1]

Games of six contests (three rules of overtime, regular season and playoffs, two sites) with invented football, in which
what is rare happens often; a fifth is little but overtime. Speed is plays a CPU second of one thread; the engine's is
that of a second run, which finds every distribution in the cache. Exits with 1 if any game differs in any number.
"""

import argparse
import math
import platform
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from invented import football

from sports_platform.core.errors import EngineError
from sports_platform.core.lineage import git_commit
from sports_platform.simulation.native import Engine
from sports_platform_tests.simulation.oracle.distributions import Distributions
from sports_platform_tests.simulation.oracle.game import Oracle
from sports_platform_tests.simulation.oracle.rare import CONTESTS, overtime_alone, rare_input
from sports_platform_tests.simulation.oracle.results import Results, differing
from sports_platform_tests.simulation.oracle.tables import Tables
from sports_platform_tests.simulation.scripted import open_engine

_FIXTURES = 2
_SHARE_OF_OVERTIME = 5  # one game in so many
_PROGRESS = 500  # games


@dataclass
class Totals:
    """What was played so far; seconds are CPU seconds."""

    games: int = 0
    differing: int = 0
    plays: int = 0
    engine_seconds: float = 0.0
    oracle_plays: int = 0
    oracle_seconds: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    print(f"{platform.processor() or platform.machine()}, commit {git_commit()}, {vars(options)}")
    scenarios = math.ceil(options.games / len(CONTESTS) / _FIXTURES)
    overtime = scenarios // _SHARE_OF_OVERTIME
    totals = Totals()
    for number, (season, game_type, scoring) in enumerate(CONTESTS):
        for share, infer in ((scenarios - overtime, football), (overtime, overtime_alone(football))):
            if share:
                inputs = rare_input(_FIXTURES, season=season, game_type=game_type, seed=number, scoring=scoring)
                tables = Tables.read(inputs.tables)
                with open_engine(inputs) as engine:
                    engine.run(infer, seed=options.seed, scenarios=share)
                    _compare(engine, tables, options.seed, share, totals)
        print(f"{season} {game_type}: {totals.games} games so far, {totals.differing} differ", flush=True)
    _report(totals)
    return 1 if totals.differing else 0


def _compare(engine: Engine, tables: Tables, seed: int, scenarios: int, totals: Totals) -> None:
    """Plays the games of an engine whose cache is warm both ways."""
    start = time.process_time()
    theirs, report = engine.run(_nothing_missing, seed=seed, scenarios=scenarios, player_stats=True)
    totals.engine_seconds += time.process_time() - start
    totals.plays += report.plays
    oracle, results = Oracle(tables, Distributions(engine.bucket_tables)), Results(tables, scenarios)
    for game in range(_FIXTURES):
        for scenario in range(scenarios):
            start = time.process_time()
            try:
                end = oracle.play(game, seed=seed, scenario=scenario)
            except EngineError as error:  # a state that no game of the engine passed through: the results stay empty
                print(f"fixture {game}, scenario {scenario}: {error}")
            else:
                results.put(game, scenario, end)
                totals.oracle_plays += end.seen["snaps"]
                totals.seen += end.seen
            totals.oracle_seconds += time.process_time() - start
            totals.games += 1
            if totals.games % _PROGRESS == 0:
                print(f"  {totals.games} games", file=sys.stderr, flush=True)
    different = differing(tables, results.outputs, theirs)
    totals.differing += int(different.sum())
    for game, scenario in np.argwhere(different)[:5]:
        print(f"fixture {game}, scenario {scenario} differs")


def _nothing_missing(buckets: object, out: object) -> None:
    raise AssertionError("the second run of the same games met a bucket that the first did not")


def _report(totals: Totals) -> None:
    engine = totals.plays / totals.engine_seconds
    oracle = totals.oracle_plays / totals.oracle_seconds
    print(f"rare: {', '.join(f'{count} {name}' for name, count in sorted(totals.seen.items()) if name != 'snaps')}")
    print(
        f"{totals.games} games, {totals.plays} plays by the engine, {totals.oracle_plays} by the oracle, "
        f"{totals.differing} games differ\n"
        f"plays a CPU second: engine {engine:,.0f}, oracle {oracle:,.0f}, ratio {engine / oracle:.0f}"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--games", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
