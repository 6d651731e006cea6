"""What buckets cost: games played by buckets against the same games with the network asked before every snap.

    python benchmarks/quantisation.py --data FOLDER --version 2015_wk01-... [--weeks 2015_wk03,2015_wk04] [--games 20]
        [--scenarios 2000]

The version is one that `evaluate` or `fidelity` trained for that folder, whose home is used. Both runs have one seed
but part at once, so differences have the noise of two runs, which stands beside them. Legend: P players, G games,
T team statistics, S scenarios.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sports_platform.cli.options import domain_of
from sports_platform.core.domain import EngineInput, SportDomain, Wait
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.store import read_features
from sports_platform.lake.asof import read_as_of
from sports_platform.lake.catalog import current_snapshot
from sports_platform.lake.cutoffs import week_cutoff
from sports_platform.models.artefacts import ModelVersion, model_dir, open_version
from sports_platform.models.predictor import PlayPredictor
from sports_platform.ops.evaluation_home import evaluation_settings
from sports_platform.simulation.inference import BucketInference, context_matrix
from sports_platform.simulation.native import Engine, Infer, Outputs
from sports_platform.simulation.runner import auxiliary_tables
from sports_platform.simulation.scenarios import unmarked
from sports_platform.sports.nfl.buckets import Buckets
from sports_platform.sports.nfl.state import STATE_NAMES

Floats = npt.NDArray[np.float64]

_UNITS = 50  # of a contest point
_LEAST_POINTS = 4.0  # of players whose means are compared


@dataclass(frozen=True)
class Pair:
    """The same games by buckets and by states."""

    by_bucket: Outputs
    by_state: Outputs


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    domain = domain_of("nfl")
    settings = evaluation_settings(Settings.load(), domain, options.data)
    version = open_version(model_dir(settings) / "versions" / options.version)
    pairs, left = [], options.games
    for key in options.weeks.split(","):
        pair = _play(settings, domain, Week.parse(key), version, left, options.scenarios)
        left -= len(pair.by_bucket.scores_G2S)
        pairs.append(pair)
        if left == 0:
            break
    _players(pairs)
    _teams(pairs, domain.simulation.team_stats)


def _play(
    settings: Settings, domain: SportDomain, week: Week, version: ModelVersion, games: int, scenarios: int
) -> Pair:
    inputs, infer, exact = _prepared(settings, domain, week, version, games)
    with Engine(settings, domain.simulation.engine, domain.model.heads, inputs.tables) as engine:
        start = time.perf_counter()
        by_bucket, report = engine.run(infer, seed=1, scenarios=scenarios)
        print(f"{week}: {len(inputs.game_ids)} games by {report.records} buckets, {time.perf_counter() - start:.0f} s")
        start = time.perf_counter()
        by_state, report = engine.run(exact, seed=1, scenarios=scenarios, unquantised=True)
        print(f"{week}: {report.plays} snaps, the network asked before each, {time.perf_counter() - start:.0f} s")
    return Pair(by_bucket, by_state)


def _prepared(
    settings: Settings, domain: SportDomain, week: Week, version: ModelVersion, games: int
) -> tuple[EngineInput, Infer, Infer]:
    table = domain.simulation.context_table
    predictor = PlayPredictor.load(version, domain, threads=1)
    cutoff = week_cutoff(settings, domain, week)
    fixtures = read_as_of(settings, domain, domain.tables["schedules"], cutoff=cutoff, weeks=[str(week)])
    snapshot = current_snapshot(settings, f"{domain.name}.{table}")
    context = read_features(settings, domain, table, week=week, snapshot_id=snapshot, version=predictor.feature_version)
    inputs = domain.simulation.engine_input(fixtures.slice(0, games), context, auxiliary_tables(version), 1)
    matrix = context_matrix(context, inputs, predictor.context_names)
    situated, buckets = predictor.situated(matrix.reshape(-1, matrix.shape[2])), Buckets.load()
    columns = [STATE_NAMES.index(name) for name in predictor.state_names]

    def exact(states: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> Wait:
        distinct, place = np.unique(states[:, 2:], axis=0, return_inverse=True)
        sides = states[:, 0].astype(np.int64) * 2 + states[:, 1]
        return situated(buckets.exact_features(distinct)[:, columns], place.ravel().astype(np.int64), sides, out)

    return inputs, BucketInference(domain.simulation, predictor, matrix), exact


def _players(pairs: Sequence[Pair]) -> None:
    means, deviations, noise = [], [], []
    for pair in pairs:
        quantised, exact = (unmarked(run.points_PS)[0] / _UNITS for run in (pair.by_bucket, pair.by_state))
        seen = exact.mean(axis=1) >= _LEAST_POINTS
        means.append(quantised[seen].mean(axis=1) / exact[seen].mean(axis=1) - 1)
        deviations.append(quantised[seen].std(axis=1) / exact[seen].std(axis=1) - 1)
        noise.append(exact[seen].std(axis=1) / exact[seen].mean(axis=1) * np.sqrt(2 / exact.shape[1]))
    for name, parts in (("mean", means), ("standard deviation", deviations)):
        off = np.concatenate(parts)
        print(f"players' {name}: {len(off)} players, off by {100 * off.mean():+.2f} % in the mean, "
              f"{100 * np.sqrt((off**2).mean()):.2f} % root mean square")  # fmt: skip
    print(f"noise of a player's mean: {100 * np.sqrt((np.concatenate(noise) ** 2).mean()):.2f} %")


def _teams(pairs: Sequence[Pair], names: Sequence[str]) -> None:
    quantised, exact = (
        np.concatenate([getattr(pair, run).team_stats_G2TS for pair in pairs]) for run in ("by_bucket", "by_state")
    )
    for place, name in enumerate(names):
        ours, theirs = quantised[:, :, place].astype(np.float64), exact[:, :, place].astype(np.float64)
        noise = theirs.std() / theirs.mean() * np.sqrt(2 / theirs.size)
        print(f"{name:26} mean {theirs.mean():8.3f} {100 * (ours.mean() / theirs.mean() - 1):+6.2f} % "
              f"(noise {100 * noise:.2f}), sd {100 * (_spread(ours) / _spread(theirs) - 1):+6.2f} %")  # fmt: skip
    points = names.index("points")
    distances = [
        _distance(quantised[game, side, points], exact[game, side, points])
        for game in range(len(exact))
        for side in (0, 1)
    ]
    expected = 0.87 * np.sqrt(2 / exact.shape[-1])  # of two samples of one distribution
    print(f"KS distance of team points: mean {np.mean(distances):.4f}, largest {max(distances):.4f}; "
          f"about {expected:.4f} by chance")  # fmt: skip


def _spread(values: Floats) -> float:
    return float(values.std(axis=-1).mean())


def _distance(ours: npt.NDArray[np.int16], theirs: npt.NDArray[np.int16]) -> float:
    """Kolmogorov and Smirnov's distance of two samples."""
    most = int(max(ours.max(), theirs.max()))
    counts = [np.bincount(sample, minlength=most + 1) / len(sample) for sample in (ours, theirs)]
    return float(np.abs(np.cumsum(counts[0]) - np.cumsum(counts[1])).max())


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--weeks", default="2015_wk03,2015_wk04")
    parser.add_argument("--games", type=int, default=20)
    parser.add_argument("--scenarios", type=int, default=2000)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
