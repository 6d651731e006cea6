"""What buckets change of a snap: the network asked about a season's real ones, and about those they fall to.

    python benchmarks/buckets.py --data FOLDER --version 2014_wk01-... --season 2014 [--nodes FILE ...]

No game is played, and it tells where nodes are missing: by to go, clock, margin; with cells merged to buckets and
without. Files are other `buckets.yaml` to compare, unmerged. Timeouts are the nodes' usual ones
on both sides. What is expected of a snap by buckets is a mean over 16 draws of its nodes that are spread evenly along
each axis. `cells` is the root mean square of the differences of means over cells of clock and margin, `fourth downs`
over single fourth downs.
Legend: N snaps, W output columns, C cells, A axes, D draws.
"""

import argparse
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sports_platform.cli.options import domain_of
from sports_platform.core.settings import Settings
from sports_platform.lake.catalog import current_snapshot
from sports_platform.models.artefacts import model_dir, open_version
from sports_platform.models.dataset import PlayData, read_season
from sports_platform.models.heads import head_slices
from sports_platform.models.predictor import PlayPredictor
from sports_platform.ops.evaluation_home import evaluation_settings
from sports_platform.sports.nfl.buckets import GOAL, PLACE_PARTS, Buckets
from sports_platform.sports.nfl.outcomes import (
    DEPTHS,
    HEADS,
    PASS_RESULTS,
    PLAY_TYPES,
    TIME_CAP,
    TIME_GROUPS,
    TIME_LOWS,
    YARD_CAP,
    YARD_GROUPS,
    YARD_LOWS,
)
from sports_platform.sports.nfl.special import MAX_MARGIN
from sports_platform.sports.nfl.state import STATE_NAMES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DOWN, _TO_GO, _YARDLINE, _MOMENT, _MARGIN = range(5)
_DRAWN_AXES = 4
_HALF_MOMENTS = 1801
_CLOCKS, _MARGINS = (26, 61, 121, 201, 301, 601, 901, 1301), (-16, -8, -3, 0, 1, 4, 9, 17)
_SLICES = head_slices(HEADS)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    domain = domain_of("nfl")
    settings = evaluation_settings(Settings.load(), domain, options.data)
    predictor = PlayPredictor.load(open_version(model_dir(settings) / "versions" / options.version), domain)
    snapshot = current_snapshot(settings, f"{domain.name}.{domain.model.feature_table}")
    plays = read_season(settings, domain, options.season, snapshot_id=snapshot, feature_names=predictor.feature_names)
    states, rows = states_of(plays)
    asked = plays.features_NF[rows]
    exact = expected(_answers(predictor, asked, Buckets.load().exact_features(states)))
    print(f"{len(states)} snaps of {options.season}, version {options.version}")
    kinds = {"buckets": Buckets.load(), "cells": Buckets.unmerged()}
    for name, buckets in (kinds | {str(path): Buckets.unmerged(path) for path in options.nodes}).items():
        met = [buckets.asked(fallen(buckets, states, draw_NA)) for draw_NA in draws(len(states))]
        found = _mean([expected(_answers(predictor, asked, buckets.features(cells))) for cells in met])
        print(f"\n{name}: {len(np.unique(np.concatenate(met), axis=0))} met\n")
        _print(exact, found, states)


def states_of(plays: PlayData) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """(down, to go, yard line, half * 1801 + clock, margin) [N, 5] of the snaps; which these are."""

    def of(name: str) -> Ints:
        return plays.features_NF[:, plays.feature_names.index(name)].astype(np.int64)

    down = sum(number * of(f"down_{number}") for number in range(1, 5))
    half = of("qtr_3") + of("qtr_4") + 2 * of("is_overtime")
    moment = half * _HALF_MOMENTS + of("half_seconds_remaining")
    states = np.stack([down, of("ydstogo"), of("yardline_100"), moment, of("score_differential")], axis=1)
    rows = (states[:, _TO_GO] > 0) & (states[:, _YARDLINE] % 100 > 0)
    return states[rows].astype(np.int32), rows


def draws(snaps: int) -> Ints:
    """Draws of nodes [D, N, A]: of each snap and axis every sixteenth once, in an order of its own."""
    generator = np.random.default_rng(0)
    ordered = np.broadcast_to(np.arange(PLACE_PARTS)[:, None, None], (PLACE_PARTS, snaps, _DRAWN_AXES))
    return generator.permuted(ordered, axis=0)


def fallen(buckets: Buckets, states: npt.NDArray[np.int32], draw_NA: Ints) -> npt.NDArray[np.int32]:
    """The cells [N, 5] that states fall to by these draws."""
    tables = {name: table.astype(np.int32) for name, table in buckets.tables().items()}
    distance_draw, yardline_draw, clock_draw, margin_draw = draw_NA.T
    clock = (tables["clock_places"][states[:, _MOMENT]] + clock_draw) // PLACE_PARTS
    margin = np.clip(states[:, _MARGIN], -MAX_MARGIN, MAX_MARGIN) + MAX_MARGIN
    to_go = np.where(states[:, _TO_GO] < states[:, _YARDLINE], states[:, _TO_GO], GOAL)
    row = tables["spot_nodes"][clock] * 4 + states[:, _DOWN] - 1
    nodes = (
        states[:, _DOWN],
        (tables["distance_places"][row, to_go] + distance_draw) // PLACE_PARTS,
        (tables["yardline_places"][row, states[:, _YARDLINE]] + yardline_draw) // PLACE_PARTS,
        clock,
        (tables["margin_places"][clock, margin] + margin_draw) // PLACE_PARTS,
    )
    return np.stack(nodes, axis=1).astype(np.int32)


def _mean(expected: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    return {name: np.mean([each[name] for each in expected], axis=0) for name in expected[0]}


def _answers(
    predictor: PlayPredictor, asked_NF: npt.NDArray[np.float32], states: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Probabilities [N, W] of the snaps with other state features."""
    features = asked_NF.copy()
    for place, name in enumerate(STATE_NAMES):
        features[:, predictor.feature_names.index(name)] = states[:, place]
    return predictor.probabilities(features)


def expected(output_NW: npt.NDArray[np.float32]) -> dict[str, Floats]:
    """What is expected of each snap: chances of calls and of results of a pass, its yards but of punts, its seconds."""
    parts = {head.name: output_NW[:, _SLICES[head.name]].reshape(-1, head.groups, head.classes) for head in HEADS}
    calls = np.einsum("nf,nfc->nc", parts["formation"][:, 0], parts["play_type"])
    depths = np.einsum("nt,ntd->nd", parts["target_pass"][:, 0], parts["depth"])
    results = np.einsum("nd,ndr->nr", depths, parts["result_pass"])
    found = {name: calls[:, place].astype(float) for place, name in enumerate(PLAY_TYPES)}
    found |= {f"pass {name}": results[:, place].astype(float) for place, name in enumerate(PASS_RESULTS)}
    caught = depths[:, :, None] * parts["result_pass"]
    yards = _yards(found, caught[:, :, PASS_RESULTS.index("complete")], parts["yards"])
    return found | {"yards": yards, "seconds": _seconds(found, parts["time"])}


def _yards(chances: Mapping[str, Floats], caught_ND: npt.NDArray[np.float32], yards: npt.NDArray[np.float32]) -> Floats:
    """Runs count as from under center and the shotgun alike."""
    middles = [(low + high - 1) / 2 for low, high in pairwise((*YARD_LOWS, YARD_CAP))]
    of_group = dict(zip(YARD_GROUPS, (yards @ np.array(middles)).T, strict=True))
    caught = sum(caught_ND[:, place] * of_group[f"complete_{depth}"] for place, depth in enumerate(DEPTHS))
    runs = chances["run"] * (of_group["run_under"] + of_group["run_shotgun"]) / 2
    return chances["pass"] * caught + runs + sum(chances[name] * of_group[name] for name in ("scramble", "sack"))


def _seconds(chances: Mapping[str, Floats], time: npt.NDArray[np.float32]) -> Floats:
    middles = [(low + high - 1) / 2 for low, high in pairwise((*TIME_LOWS, TIME_CAP))]
    of_group = dict(zip(TIME_GROUPS, (time @ np.array(middles)).T, strict=True))
    like = {"scramble": "run", "qb_spike": "incomplete"}
    total = sum(chances[name] * of_group[like.get(name, name)] for name in PLAY_TYPES if name != "pass")
    caught = chances["pass complete"]
    return total + chances["pass"] * (caught * of_group["complete"] + (1 - caught) * of_group["incomplete"])


def _print(exact: Mapping[str, Floats], found: Mapping[str, Floats], states: npt.NDArray[np.int32]) -> None:
    cells = np.digitize(states[:, _MOMENT] % _HALF_MOMENTS, _CLOCKS) * 3 + states[:, _MOMENT] // _HALF_MOMENTS
    cells = cells * (len(_MARGINS) + 1) + np.digitize(states[:, _MARGIN], _MARGINS)
    fourth = states[:, _DOWN] == 4
    print("| | of the snap | of its buckets | % | cells | fourth downs |\n|---|---|---|---|---|---|")
    for name, seen in exact.items():
        off = found[name] - seen
        single = np.sqrt((off[fourth] ** 2).mean())
        print(
            f"| {name} | {seen.mean():.4f} | {found[name].mean():.4f} | {100 * off.mean() / seen.mean():+.2f} "
            f"| {_spread(off, cells):.4f} | {single:.4f} |"
        )


def _spread(off: Floats, cells: Ints) -> float:
    _, place, count = np.unique(cells, return_inverse=True, return_counts=True)
    mean_C = np.bincount(place, off) / count
    return float(np.sqrt(np.average(mean_C**2, weights=count)))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--season", type=int, required=True)
    parser.add_argument("--nodes", type=Path, nargs="*", default=[])
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
