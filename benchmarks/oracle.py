"""The engine against two others that play the same games: equality of every output, and speed.

    python benchmarks/oracle.py [--games 10000] [--scenarios 10000] [--repeats 7] [--seed 1]

The oracle is plain Python, a game at a time; the lockstep is numpy, all scenarios of a game side by side. First,
equality: games of six contests (three rules of overtime, regular season and playoffs, two sites) with invented
football, in which what is rare happens often; a fifth is little but overtime. Then speed, in plays a CPU second of one
thread, of such games and of usual ones: two fixtures of many scenarios by engine and lockstep, in turns and repeatedly,
and of a hundredth as many by the oracle, once. All three find their tables read and every distribution known. The
engine plays by the best instruction set. Exits with 1 if any game differs in any number.
"""

import argparse
import math
import platform
import sys
from collections import Counter
from collections.abc import Sequence
from statistics import median

import numpy as np
from invented import football
from side_by_side import Games, Played, games

from sports_platform.core.lineage import git_commit
from sports_platform_tests.simulation.oracle.rare import CONTESTS, overtime_alone, rare_input
from sports_platform_tests.simulation.scripted import engine_input

_FIXTURES = 2
_SHARE_OF_OVERTIME = 5  # one game in so many
_SHARE_OF_ORACLE = 100  # one scenario in so many, where speed is measured
_MEGA = 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    print(f"{platform.processor() or platform.machine()}, commit {git_commit()}, {vars(options)}")
    differing = _equality(options.games, options.seed) + _speed(options.scenarios, options.repeats, options.seed)
    return 1 if differing else 0


def _equality(wanted: int, seed: int) -> int:
    """Plays the games of all contests in all three ways and returns how many differ."""
    scenarios = math.ceil(wanted / len(CONTESTS) / _FIXTURES)
    overtime = scenarios // _SHARE_OF_OVERTIME
    played, plays, differing, seen = 0, 0, 0, Counter[str]()
    for number, (season, game_type, scoring) in enumerate(CONTESTS):
        for share, infer in ((scenarios - overtime, football), (overtime, overtime_alone(football))):
            if share:
                inputs = rare_input(_FIXTURES, season=season, game_type=game_type, seed=number, scoring=scoring)
                with games(inputs, infer, seed=seed, scenarios=share) as contest:
                    engine = contest.by_engine()
                    differing += _differing(contest, "lockstep", contest.by_lockstep(), engine)
                    differing += _differing(contest, "oracle", contest.by_oracle(share), engine)
                played, plays, seen = played + _FIXTURES * share, plays + engine.plays, seen + contest.seen
        print(f"{season} {game_type}: {played} games so far, {differing} differ", flush=True)
    print(f"rare: {', '.join(f'{count} {name}' for name, count in sorted(seen.items()) if name != 'snaps')}")
    print(f"{played} games, {plays} plays by the engine and {seen['snaps']} by the oracle, {differing} games differ")
    return differing


def _differing(contest: Games, name: str, ours: Played, engine: Played) -> int:
    """How many games are not those of the engine."""
    different = contest.differing(ours, engine)
    for fixture, scenario in np.argwhere(different)[:5]:
        print(f"{name}: fixture {fixture}, scenario {scenario} differs")
    return int(different.sum())


def _speed(scenarios: int, repeats: int, seed: int) -> int:
    """Prints the speed of all three and returns how many games differ."""
    print("| games | by | scenarios of each | plays | M plays a CPU second | engine is x times as fast | differ |")
    print("|---|---|---|---|---|---|---|")
    season, game_type, scoring = CONTESTS[-1]
    rare = rare_input(_FIXTURES, season=season, game_type=game_type, scoring=scoring)
    differing = 0
    for name, inputs in (("usual", engine_input(_FIXTURES)), ("rare", rare)):
        with games(inputs, football, seed=seed, scenarios=scenarios) as played:
            differing += _speed_of(name, played, repeats)
    return differing


def _speed_of(name: str, played: Games, repeats: int) -> int:
    few = math.ceil(played.scenarios / _SHARE_OF_ORACLE)
    played.by_lockstep(), played.by_oracle(few)  # read their tables
    turns = [(played.by_engine(), played.by_lockstep()) for _ in range(repeats)]
    engine, lockstep = ([turn[place] for turn in turns] for place in range(2))
    ways = {"engine": engine, "lockstep": lockstep, "oracle": [played.by_oracle(few)]}
    differing = {way: _differing(played, way, runs[-1], engine[-1]) for way, runs in ways.items()}
    engine_rate = median(run.rate for run in engine)
    for way, runs in ways.items():
        rates = [run.rate / _MEGA for run in runs]
        ratio = engine_rate / median(rates) / _MEGA
        print(
            f"| {name} | {way} | {few if way == 'oracle' else played.scenarios:,} | {runs[-1].plays:,} "
            f"| {median(rates):.3f} ({min(rates):.3f}-{max(rates):.3f}) | {ratio:.1f} | {differing[way]} |",
            flush=True,
        )
    return sum(differing.values())


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("games", 10_000), ("scenarios", 10_000), ("repeats", 7), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
