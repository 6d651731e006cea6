"""Speed of the simulation engine: plays a second, hit rate and callbacks, cold and warm.

    python benchmarks/engine.py [--games 13] [--scenarios 2000] [--threads 1] [--repeats 5]

Invented distributions of plausible football, so that no trained model is needed: the callback's time is
reported apart. Figures are medians of the repeats. "Engine" leaves the callback's time out; plays a CPU second
also stand on a busy machine (all threads, warm: no callback).
"""

import argparse
import platform
import time
from collections.abc import Sequence
from statistics import median

from sports_platform.core.lineage import git_commit
from sports_platform.simulation.native import EngineReport
from sports_platform_tests.simulation.scripted import engine_input, football, open_engine


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    inputs = engine_input(options.games)
    cold: list[tuple[EngineReport, float]] = []
    warm: list[tuple[EngineReport, float]] = []
    for seed in range(options.repeats):
        with open_engine(inputs) as engine:
            for reports in (cold, warm):
                start = time.process_time()
                _, report = engine.run(football, seed=seed, scenarios=options.scenarios, threads=options.threads)
                reports.append((report, time.process_time() - start))
    print(f"{platform.processor() or platform.machine()}, commit {git_commit()}, {vars(options)}")
    for name, reports in (("cold", cold), ("warm", warm)):
        print(f"{name}: {_line(reports)}")


def _line(runs: Sequence[tuple[EngineReport, float]]) -> str:
    reports = [report for report, _ in runs]

    def middle(values: Sequence[float]) -> float:
        return float(median(values))

    engine = middle([r.plays / (r.seconds - r.callback_seconds) / 1e6 for r in reports])
    cpu = middle([report.plays / seconds / 1e6 for report, seconds in runs])
    return (
        f"{middle([r.plays for r in reports]) / 1e6:.2f} M plays in {middle([r.seconds for r in reports]):.2f} s, "
        f"engine {engine:.2f} M plays/s, {cpu:.2f} M plays/CPU s, "
        f"hit rate {middle([r.hit_rate for r in reports]):.4f}, "
        f"{middle([r.callbacks for r in reports]):.0f} callbacks, {middle([r.records for r in reports]):.0f} records"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("games", 13), ("scenarios", 2000), ("threads", 1), ("repeats", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
