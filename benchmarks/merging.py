"""Which cells of buckets.yaml share their distributions: found from real snaps and a network, stored for the engine.

    python benchmarks/merging.py --data FOLDER --version 2015_wk01-... --seasons 2009 2014 [--buckets 4000]
        [--sides 4] [--out sports_platform/sports/nfl/merged_cells.npz]

A cell counts by how often the snaps of the seasons fall to it; what the network says of it, before some sides of the
last season, is a point (`likeness`). Neighbours (`lattice`) are joined where that changes least of what games draw
(`ward`), until so many buckets of a side are left; a bucket has the distributions of one of its cells. No result of a
game is looked at. Legend: C cells, B buckets, D dimensions, J expected values, K axes, M sides, F features.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from buckets import draws, expected, fallen, states_of
from lattice import edges
from likeness import Floats, axes, roots, side_by_side
from ward import Ints, merge

from sports_platform.cli.options import domain_of
from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.lake.catalog import current_snapshot
from sports_platform.models.artefacts import model_dir, open_version
from sports_platform.models.dataset import PlayData, read_season
from sports_platform.models.predictor import PlayPredictor
from sports_platform.ops.evaluation_home import evaluation_settings
from sports_platform.sports.nfl.buckets import MERGED_FILE, Buckets
from sports_platform.sports.nfl.state import STATE_NAMES

Weights = npt.NDArray[np.float64]

_PASS = 16_384  # cells asked about at a time
_SAMPLE = 40_000  # cells by which axes are found
_NEAREST = 8  # cells of a group of which one is asked about
_UNMET = 0.02  # snaps that every cell counts for besides those that fell to it
_DECISIVE_SECONDS, _DECISIVE = 300, 3.0  # the end of a game decides it: its snaps count so many times
_SIDE_SNAPS = 65.0  # of a game


@dataclass(frozen=True)
class Cells:
    """All cells of the nodes, and the snaps that fell to each."""

    buckets: Buckets
    snaps_C: Weights


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    domain = domain_of("nfl")
    settings = evaluation_settings(Settings.load(), domain, options.data)
    predictor = PlayPredictor.load(open_version(model_dir(settings) / "versions" / options.version), domain)
    buckets = Buckets.unmerged()
    snaps_C, last = np.zeros(len(buckets.cells)), None
    for season in range(options.seasons[0], options.seasons[1] + 1):
        last = _season(settings, domain, season, predictor)
        snaps_C += _fallen(buckets, last)
        print(f"{season}: {np.count_nonzero(snaps_C)} of {len(snaps_C)} cells met so far", flush=True)
    assert last is not None
    cells = Cells(buckets, snaps_C)
    points, stats_CJ = _answers(predictor, cells, _sides(predictor, last, options.sides))
    weight_C = (snaps_C + _UNMET) * np.where(_decisive(buckets), _DECISIVE, 1.0)
    group_C = merge(points, weight_C, edges(buckets), options.buckets)
    bucket_C, cell_B = _usual_first(group_C, weight_C, _representatives(points, stats_CJ, weight_C, group_C))
    _report(points, cells, bucket_C, cell_B)
    snaps_B = np.bincount(bucket_C, snaps_C) / snaps_C.sum() * _SIDE_SNAPS
    np.savez_compressed(
        options.out,
        nodes=np.array(buckets.spec.digest),
        bucket_C=bucket_C.astype(np.uint16),
        cell_B=cell_B.astype(np.int32),
        snaps_B=snaps_B.astype(np.float32),
    )


def _season(settings: Settings, domain: SportDomain, season: int, predictor: PlayPredictor) -> PlayData:
    snapshot = current_snapshot(settings, f"{domain.name}.{domain.model.feature_table}")
    return read_season(settings, domain, season, snapshot_id=snapshot, feature_names=predictor.feature_names)


def _fallen(buckets: Buckets, plays: PlayData) -> Weights:
    """How many of a season's snaps fall to each cell, in the mean over draws of nodes."""
    states, _ = states_of(plays)
    found = [buckets.numbers(fallen(buckets, states, draw_NA)) for draw_NA in draws(len(states))]
    return np.bincount(np.concatenate(found), minlength=len(buckets.cells)) / len(found)


def _sides(predictor: PlayPredictor, plays: PlayData, count: int) -> Floats:
    """Context features [M, F] of snaps that lie evenly over the season."""
    rows = np.linspace(0, len(plays.features_NF) - 1, count).astype(int)
    return plays.features_NF[np.ix_(rows, [plays.feature_names.index(name) for name in predictor.context_names])]


def _answers(predictor: PlayPredictor, cells: Cells, sides_MF: Floats) -> tuple[Floats, Floats]:
    """What the network says of every cell before these sides, on the axes on which it varies most; what it expects."""
    ask = predictor.situated(sides_MF)
    columns = [STATE_NAMES.index(name) for name in predictor.state_names]
    sample, all_C = np.argsort(-cells.snaps_C)[:_SAMPLE], np.arange(len(cells.snaps_C))

    def outputs(chosen: Ints, side: int) -> Iterator[Floats]:
        for part in (chosen[start : start + _PASS] for start in range(0, len(chosen), _PASS)):
            out = np.empty((len(part), predictor.width), np.float32)
            states = cells.buckets.features(cells.buckets.cells[part])[:, columns]
            ask(states, np.arange(len(part)), np.full(len(part), side), out)()
            yield out

    points, stats = [], []
    for side in range(len(sides_MF)):
        axes_DK = axes(np.concatenate([roots(out) for out in outputs(sample, side)]), cells.snaps_C[sample])
        both = [(roots(out) @ axes_DK, np.stack([*expected(out).values()], axis=1)) for out in outputs(all_C, side)]
        points.append(np.concatenate([point for point, _ in both]))
        stats.append(np.concatenate([stat for _, stat in both]))
        print(f"side {side + 1} of {len(sides_MF)} asked about", flush=True)
    return side_by_side(points), np.mean(stats, axis=0)


def _decisive(buckets: Buckets) -> npt.NDArray[np.bool_]:
    half, seconds = buckets.clock_values()
    clock_C = buckets.cells[:, 3]
    decisive: npt.NDArray[np.bool_] = (half[clock_C] > 0) & (seconds[clock_C] <= _DECISIVE_SECONDS)
    return decisive


def _representatives(points: Floats, stats_CJ: Floats, weight_C: Weights, group_C: Ints) -> Ints:
    """The cell whose distributions a group has: of those nearest to its mean the one by which, with the groups before
    it, what is expected of snaps stays as it is. The nearest is a usual one, by which what is rare would become rarer.
    """
    size_B, mean_BD = _means(points, weight_C, group_C)
    _, expected_BJ = _means(stats_CJ, weight_C, group_C)
    usual_J = np.average(stats_CJ, axis=0, weights=weight_C)
    order = np.lexsort((np.square(points - mean_BD[group_C]).sum(axis=1), group_C))
    nearest = [members[:_NEAREST] for members in np.split(order, np.flatnonzero(np.diff(group_C[order])) + 1)]
    carried, chosen_B = np.zeros(len(usual_J)), np.zeros(len(size_B), np.int64)
    for group in sorted(range(len(size_B)), key=lambda number: nearest[number][0]):
        off = carried + size_B[group] * (stats_CJ[nearest[group]] - expected_BJ[group]) / usual_J
        best = np.square(off).sum(axis=1).argmin()
        carried, chosen_B[group] = off[best], nearest[group][best]
    return chosen_B


def _means(values: Floats, weight_C: Weights, group_C: Ints) -> tuple[Weights, Weights]:
    """Weight and weighted mean of each group."""
    size_B = np.bincount(group_C, weight_C)
    mean_BD = np.zeros((len(size_B), values.shape[1]))
    np.add.at(mean_BD, group_C, values * (weight_C / size_B[group_C])[:, None])
    return size_B, mean_BD


def _usual_first(group_C: Ints, weight_C: Weights, chosen_B: Ints) -> tuple[Ints, Ints]:
    """The groups numbered by how much they hold."""
    by_size = np.argsort(-np.bincount(group_C, weight_C), kind="stable")
    rank_B = np.argsort(by_size)
    return rank_B[group_C], chosen_B[by_size]


def _report(points: Floats, cells: Cells, bucket_C: Ints, cell_B: Ints) -> None:
    share_C = cells.snaps_C / cells.snaps_C.sum()
    off_C = np.square(points - points[cell_B[bucket_C]]).sum(axis=1) / 2
    print(f"{len(bucket_C)} cells, {np.count_nonzero(share_C)} of them met, in {len(cell_B)} buckets")
    print(f"squared Hellinger distance of a snap's cell to its bucket, calls four times: {share_C @ off_C:.4f}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--seasons", type=int, nargs=2, required=True)
    parser.add_argument("--buckets", type=int, default=4000)
    parser.add_argument("--sides", type=int, default=4)
    parser.add_argument("--out", type=Path, default=MERGED_FILE)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
