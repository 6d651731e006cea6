"""Which cells of buckets.yaml share their distributions: found from real snaps and a network, stored for the engine.

    python benchmarks/merging.py --data FOLDER --version 2015_wk01-... --seasons 2009 2014 [--buckets 4000]
        [--sides 4] [--out sports_platform/sports/nfl/merged_cells.npz]

A cell counts by how often the snaps of the seasons fall to it; what the network says of it, before some sides of the
last season, is a point (`likeness`). Neighbours (`lattice`) are joined where that changes least of what games draw
(`ward`), until so many buckets of a side are left; a bucket has the distributions of its cell nearest to the mean. No
result of a game is looked at. Legend: C cells, B buckets, D dimensions, K axes, M sides, F features.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from buckets import draws, fallen, states_of
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

_PASS = 16_384  # cells asked about at a time
_SAMPLE = 40_000  # cells by which axes are found
_UNMET = 0.02  # snaps that every cell counts for besides those that fell to it
_DECISIVE_SECONDS, _DECISIVE = 300, 3.0  # the end of a game decides it: its snaps count so many times
_SIDE_SNAPS = 65.0  # of a game


@dataclass(frozen=True)
class Cells:
    """All cells of the nodes, and the snaps that fell to each."""

    buckets: Buckets
    snaps_C: npt.NDArray[np.float64]


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
    points = _points(predictor, cells, _sides(predictor, last, options.sides))
    weight_C = (snaps_C + _UNMET) * np.where(_decisive(buckets), _DECISIVE, 1.0)
    group_C = merge(points, weight_C, edges(buckets), options.buckets)
    bucket_C, cell_B = _buckets(points, weight_C, group_C)
    _report(points, cells, bucket_C, cell_B)
    snaps_B = np.bincount(bucket_C, snaps_C) / snaps_C.sum() * _SIDE_SNAPS
    np.savez_compressed(
        options.out,
        bucket_C=bucket_C.astype(np.uint16),
        cell_B=cell_B.astype(np.int32),
        snaps_B=snaps_B.astype(np.float32),
    )


def _season(settings: Settings, domain: SportDomain, season: int, predictor: PlayPredictor) -> PlayData:
    snapshot = current_snapshot(settings, f"{domain.name}.{domain.model.feature_table}")
    return read_season(settings, domain, season, snapshot_id=snapshot, feature_names=predictor.feature_names)


def _fallen(buckets: Buckets, plays: PlayData) -> npt.NDArray[np.float64]:
    """How many of a season's snaps fall to each cell, in the mean over draws of nodes."""
    states, _ = states_of(plays)
    found = [buckets.numbers(fallen(buckets, states, draw_NA)) for draw_NA in draws(len(states))]
    return np.bincount(np.concatenate(found), minlength=len(buckets.cells)) / len(found)


def _sides(predictor: PlayPredictor, plays: PlayData, count: int) -> Floats:
    """Context features [M, F] of snaps that lie evenly over the season."""
    rows = np.linspace(0, len(plays.features_NF) - 1, count).astype(int)
    return plays.features_NF[np.ix_(rows, [plays.feature_names.index(name) for name in predictor.context_names])]


def _points(predictor: PlayPredictor, cells: Cells, sides_MF: Floats) -> Floats:
    """What the network says of every cell before these sides, on the axes on which it varies most."""
    ask = predictor.situated(sides_MF)
    columns = [STATE_NAMES.index(name) for name in predictor.state_names]
    sample = np.argsort(-cells.snaps_C)[:_SAMPLE]

    def answers(chosen: Ints, side: int) -> Floats:
        out = np.empty((len(chosen), predictor.width), np.float32)
        states = cells.buckets.features(cells.buckets.cells[chosen])[:, columns]
        ask(states, np.arange(len(chosen)), np.full(len(chosen), side), out)()
        return roots(out)

    points = []
    for side in range(len(sides_MF)):
        usual = np.concatenate([answers(part, side) for part in _parts(sample)])
        axes_DK = axes(usual, cells.snaps_C[sample])
        points.append(np.concatenate([answers(part, side) @ axes_DK for part in _parts(np.arange(len(cells.snaps_C)))]))
        print(f"side {side + 1} of {len(sides_MF)} asked about", flush=True)
    return side_by_side(points)


def _parts(numbers: Ints) -> Iterator[Ints]:
    yield from (numbers[start : start + _PASS] for start in range(0, len(numbers), _PASS))


def _decisive(buckets: Buckets) -> npt.NDArray[np.bool_]:
    half, seconds = buckets.clock_values()
    clock_C = buckets.cells[:, 3]
    decisive: npt.NDArray[np.bool_] = (half[clock_C] > 0) & (seconds[clock_C] <= _DECISIVE_SECONDS)
    return decisive


def _buckets(points: Floats, weight_C: npt.NDArray[np.float64], group_C: Ints) -> tuple[Ints, Ints]:
    """The bucket of each cell and the cell asked about for each bucket; the usual buckets come first."""
    size_B = np.bincount(group_C, weight_C)
    rank_B = np.argsort(np.argsort(-size_B, kind="stable"))
    mean_BD = np.zeros((len(size_B), points.shape[1]))
    np.add.at(mean_BD, group_C, points * (weight_C / size_B[group_C])[:, None])
    off_C = np.square(points - mean_BD[group_C]).sum(axis=1)
    nearest_first = np.lexsort((off_C, rank_B[group_C]))
    bucket_C = rank_B[group_C]
    return bucket_C, nearest_first[np.unique(bucket_C[nearest_first], return_index=True)[1]]


def _report(points: Floats, cells: Cells, bucket_C: Ints, cell_B: Ints) -> None:
    share_C = cells.snaps_C / cells.snaps_C.sum()
    off_C = np.square(points - points[cell_B[bucket_C]]).sum(axis=1) / 2
    print(f"{len(bucket_C)} cells, {np.count_nonzero(share_C)} of them met, in {len(cell_B)} buckets")
    print(f"squared Hellinger distance of a snap's cell to its bucket: {share_C @ off_C:.4f}")


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
