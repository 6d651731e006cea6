"""Speed and memory of the simulation engine on a slate: cold and warm, by instruction set and by threads.

    python benchmarks/engine.py [--games 13] [--scenarios 10000] [--repeats 7] [--billion] [--cuda]

Then the physical limits, each of the same plays and in turns with them: their random numbers alone, their reads of
tables alone (at the places where they read, asked for a stage ahead as the engine does), and the whole engine with a
single state a side and down, so that tables lie in the first level of the cache. Outputs are not written meanwhile.

Distributions are invented ones of plausible football (`invented`), so that no trained model is needed; the time of the
callback is reported apart, and a cold slate whose callback asks a network, with `--cuda` on a CUDA device, too. Plays
are scrimmage steps. Figures are medians of the repeats with their range; levels and
threads take turns within a repeat, so that a busy machine is as busy for all of them. `--billion` goes on with new
seeds until a billion plays are played and reports the memory before and after.
"""

import argparse
import platform
import resource
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
from inference import Untrained
from invented import few_states, football, one_answer

from sports_platform.core.domain import Wait
from sports_platform.core.errors import EngineError
from sports_platform.core.lineage import git_commit
from sports_platform.simulation.inference import BucketInference
from sports_platform.simulation.native import Engine, EngineReport, Infer, Level
from sports_platform.sports.nfl import DOMAIN
from sports_platform_tests.simulation.scripted import engine_input, open_engine

_MEGA = 1e6
_BILLION = 1_000_000_000
_REPEATS = 5  # of a block of scenarios, a measurement of the limits


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    print(f"{_processor()}, commit {git_commit()}, {vars(options)}")
    with open_engine(engine_input(options.games)) as engine:
        _cold(engine, options)  # before the levels are tried, which ask for a little
        _warm(engine, options, list(_levels(engine)))
        _limits(engine, options)
        if options.billion:
            _billion(engine, options)


def _cold(engine: Engine, options: argparse.Namespace) -> None:
    noted: list[npt.NDArray[np.float32]] = []
    outputs, report = engine.run(_noting(noted), seed=0, scenarios=options.scenarios, threads=2)
    results = outputs.points_PS.nbytes + outputs.scores_G2S.nbytes + outputs.team_stats_G2TS.nbytes
    print(f"cold, 2 threads: {report.plays / _MEGA:.2f} M plays in {report.seconds:.2f} s, "
          f"{report.callback_seconds:.2f} s of it in {report.callbacks} callbacks")  # fmt: skip
    print(f"hit rate {report.hit_rate:.4f}, {report.records} buckets, {report.exact} distributions of their own")
    print(f"memory: tables {report.table_bytes / _MEGA:.0f} MB, results {results / _MEGA:.0f} MB")
    with open_engine(engine_input(options.games)) as other:
        network = _network(options.games, noted, "cuda" if options.cuda else "cpu")
        _, report = other.run(network, seed=0, scenarios=options.scenarios, threads=2)
    print(f"the same with a network: {report.seconds:.2f} s, {report.callback_seconds:.2f} s of it in callbacks")


def _noting(noted: list[npt.NDArray[np.float32]]) -> Infer:
    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        football(buckets, out)
        noted.append(out.copy())

    return infer


def _network(games: int, noted: Sequence[npt.NDArray[np.float32]], device: str) -> Infer:
    """A play network of the real size is asked, but the answers of an earlier run are given."""
    model, generator = Untrained(members=2, threads=2, device=device), np.random.default_rng(0)
    context = generator.random((games, 2, len(model.context_names)), np.float32)
    network, given = BucketInference(DOMAIN.simulation, model, context), iter(noted)
    said = np.empty((2, max(map(len, noted)), noted[0].shape[1]), np.float32)  # of the two batches in flight
    number = count()

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> Wait:
        wait, answer = network(buckets, said[next(number) % 2, : len(out)]), next(given)

        def finish() -> None:
            wait()
            out[:] = answer

        return finish

    return infer


def _warm(engine: Engine, options: argparse.Namespace, levels: Sequence[Level]) -> None:
    runs: dict[str, list[EngineReport]] = {}
    rates: dict[str, list[float]] = {}
    for seed in range(options.repeats):
        engine.run(football, seed=seed, scenarios=options.scenarios)  # asks for what no run before has met
        settings = [(level.name, level, 1) for level in levels] + [("2 threads", Level.BEST, 2)]
        for name, level, threads in settings:
            start = time.process_time()
            _, report = engine.run(football, seed=seed, scenarios=options.scenarios, threads=threads, level=level)
            rates.setdefault(name, []).append(report.plays / (time.process_time() - start) / _MEGA)
            runs.setdefault(name, []).append(report)
    for name, found in rates.items():
        seconds = median(report.seconds for report in runs[name])
        spread = f"{min(found):.1f}-{max(found):.1f}"
        print(f"warm, {name}: {median(found):.1f} M plays/CPU s ({spread}), slate {seconds:.2f} s")
    fastest = median(report.seconds for report in runs[levels[-1].name])
    print(f"2 threads over 1: {fastest / median(report.seconds for report in runs['2 threads']):.2f}x")


def _limits(engine: Engine, options: argparse.Namespace) -> None:
    settings = {"seed": 0, "scenarios": options.scenarios}
    with open_engine(few_states(engine_input(options.games))) as small:
        small.run(one_answer, **settings)
        found, resident = [], []
        for _ in range(options.repeats):
            found += [engine.measure(game, repeats=_REPEATS, **settings) for game in range(options.games)]
            resident += [small.measure(game, repeats=_REPEATS, **settings) for game in range(options.games)]
    speeds = {
        "the engine": [part.plays / part.play_seconds for part in found],
        "random numbers only": [part.plays / part.random_seconds for part in found],
        "table reads only": [part.plays / part.read_seconds for part in found],
        "tables in the first level": [part.plays / part.play_seconds for part in resident],
    }
    own = median(speeds["the engine"])
    for name, values in speeds.items():
        speed = median(values)
        print(f"limit, {name}: {speed / _MEGA:.1f} M plays/CPU s, of which the engine is {own / speed:.0%}")


def _billion(engine: Engine, options: argparse.Namespace) -> None:
    plays, seed, before = 0, options.repeats, _resident()
    start = time.perf_counter()
    while plays < _BILLION:
        _, report = engine.run(football, seed=seed, scenarios=options.scenarios, threads=2)
        plays, seed = plays + report.plays, seed + 1
        print(f"\r{plays / _MEGA:.0f} M plays, {_resident():.0f} MB resident", end="", flush=True)
    print(f"\n{plays / _MEGA:.0f} M plays in {time.perf_counter() - start:.0f} s; resident {before:.0f} MB before, "
          f"{_resident():.0f} MB after, tables {report.table_bytes / _MEGA:.0f} MB")  # fmt: skip


def _levels(engine: Engine) -> Iterator[Level]:
    """Those this processor has, the fastest last; whatever they need of the network is asked for meanwhile."""
    for level in (Level.REFERENCE, Level.PORTABLE, Level.AVX2, Level.AVX512):
        try:
            engine.run(football, seed=0, scenarios=1, level=level)
        except EngineError as error:
            print(f"{level.name}: {error.found}")
        else:
            yield level


def _resident() -> float:
    """Megabytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / _MEGA


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("games", 13), ("scenarios", 10_000), ("repeats", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name in ("billion", "cuda"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
