"""The distributions the engine draws from against those the network gave: exact where they must be, near where not."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from sports_platform.core.errors import EngineError
from sports_platform.sports.nfl import outcomes
from sports_platform_tests.simulation.scripted import PLAN, engine_input, football, open_engine

Floats = npt.NDArray[np.float64]

# kTolerance and kMostTolerance of native/src/nfl/books.h: squared Hellinger distances.
TOLERANCE, MOST_TOLERANCE = 0.002, 0.05
SHARE = 1 / 1024  # of a slot, to which alias tables are rounded
# Bytes of the tables of targets and depths are coarser: so far apart, in square roots, by their rounding alone.
COARSE = 0.01
# Outcomes of each kind of table in the engine's order, and its bits.
TABLES = (
    ("pass_targets", 1, 5),
    ("target_run", 2, 2),
    ("result_pass", 5, 4),
    ("result_run", 3, 4),
    ("field_goal", 1, 4),
    ("penalty", 2, 4),
    ("yards", 10, 5),
    ("time", 8, 4),
)


def decoded(entries: npt.NDArray[np.uint16]) -> Floats:
    """Probabilities [slots] of an alias table's outcomes."""
    own, other = entries >> 6, entries & 63
    shares = np.zeros(len(entries))
    np.add.at(shares, np.arange(len(entries)), own)
    np.add.at(shares, other, 1024 - own.astype(np.int64))
    return shares * SHARE / len(entries)


def decoded_targets(entries: npt.NDArray[np.uint16], name: str) -> Floats:
    """Probabilities of the runners, or of receivers and depths together, of a table of bytes."""
    table = np.frombuffer(entries.astype("<u2").tobytes(), np.uint8).astype(np.float64)
    count = (outcomes.RECEIVER_SLOTS if name == "pass_targets" else outcomes.RUSHER_SLOTS) + 1
    # Every four stand in the order first, third, second, fourth.
    parts = table[: len(table) // 4 * 4].reshape(-1, 4)[:, [0, 2, 1, 3]].ravel()[:count]
    shares = parts / parts.sum()
    if name != "pass_targets":
        return shares
    limits = table[12 : 12 + 4 * count].reshape(count, 4) / 255
    depths = np.diff(limits, axis=1, prepend=0.0, append=1.0)
    joint: Floats = (shares[:, None] * depths).ravel()
    return joint


def heads_of(row: npt.NDArray[np.float32]) -> dict[str, Floats]:
    """The network's output row by head, [groups, classes]."""
    parts, start = {}, 0
    for head in outcomes.HEADS:
        parts[head.name] = row[start : start + head.width].astype(np.float64).reshape(head.groups, head.classes)
        start += head.width
    return parts


def pairs(entries: npt.NDArray[np.uint16], row: npt.NDArray[np.float32]) -> Iterator[tuple[str, float, Floats, Floats]]:
    """Of every table its name, how likely a snap draws from it, what the engine draws from, what the network gave."""
    heads = heads_of(row)
    given_types = (heads["formation"].T * heads["play_type"]).reshape(2, 2, -1).sum(axis=0)  # with a huddle or without
    yield "types", 1.0, decoded(entries[:32]).reshape(2, 16)[:, :9].ravel(), given_types.ravel()
    likely = likelihoods(heads, given_types)
    heads["pass_targets"] = (heads["target_pass"].T * heads["depth"]).reshape(1, -1)
    start = 32
    for name, groups, bits in TABLES:
        for group in range(groups):
            given, table = heads[name][group], entries[start : start + (1 << bits)]
            drawn = decoded_targets(table, name) if "target" in name else decoded(table)[: len(given)]
            yield name, likely[name][group], drawn, given
            start += 1 << bits


def likelihoods(heads: dict[str, Floats], types: Floats) -> dict[str, list[float]]:
    """How likely a snap draws from each group of a head; `types`: [under center or shotgun, play type]."""
    share = dict(zip(outcomes.PLAY_TYPES, types.sum(axis=0), strict=True))
    under, shotgun = types[:, outcomes.PLAY_TYPES.index("run")]
    fouls = types[:, outcomes.PLAY_TYPES.index("no_play")]
    thrown = share["pass"] * (heads["target_pass"] @ heads["depth"])[0]
    caught = thrown * heads["result_pass"][
        :, [outcomes.PASS_RESULTS.index(name) for name in ("complete", "fumble_lost")]
    ].sum(axis=1)
    ends = [share["sack"], share["punt"], share["field_goal"], share["qb_kneel"], share["no_play"]]
    return {
        "pass_targets": [share["pass"]],
        "target_run": [under, shotgun],
        "result_pass": thrown.tolist(),
        "result_run": [share["run"], share["scramble"], share["sack"]],
        "field_goal": [share["field_goal"]],
        "penalty": fouls.tolist(),
        "yards": [*caught, under, shotgun, share["scramble"], share["sack"], share["punt"]],
        "time": [caught.sum(), (thrown - caught).sum() + share["qb_spike"], share["run"] + share["scramble"], *ends],
    }


def mostly_football(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
    """Scripted football, and in one state of some forty distributions like no other."""
    football(buckets, out)
    for place, bucket in enumerate(buckets):
        if bucket.sum() % 41 == 0:
            random = np.random.default_rng(bucket.astype(np.uint64))
            parts = [random.dirichlet(np.ones(head.classes), head.groups).ravel() for head in outcomes.HEADS]
            out[place] = np.concatenate(parts)


def test_play_types_are_exact_and_all_else_is_near() -> None:
    rows: dict[tuple[int, ...], npt.NDArray[np.float32]] = {}

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        mostly_football(buckets, out)
        rows.update({tuple(bucket): row.copy() for bucket, row in zip(buckets.tolist(), out, strict=True)})

    with open_engine(engine_input(1)) as engine:
        _, report = engine.run(infer, seed=1, scenarios=50)
        near = 0
        for bucket, row in list(rows.items())[::11]:
            for name, likely, drawn, given in pairs(engine.bucket_tables(0, number(bucket)), row):
                distance = ((np.sqrt(drawn) - np.sqrt(given)) ** 2).sum() / 2
                rounding = np.abs(np.cumsum(drawn) - np.cumsum(given)).max()
                if name == "types":
                    assert rounding <= SHARE / 32
                else:
                    allowed = min(TOLERANCE / max(likely, 1e-9), MOST_TOLERANCE)
                    coarse = COARSE if "target" in name else 0.0
                    assert distance <= (np.sqrt(allowed) + coarse) ** 2 * 1.05 + 1e-5, (name, bucket)
                    near += rounding > SHARE
        assert near > 0  # else nothing was shared
        assert 0 < report.exact < report.records * 31


def test_a_bucket_no_game_has_met_has_no_tables() -> None:
    with open_engine(engine_input(1)) as engine, pytest.raises(EngineError, match="bucket 5 of game 0"):
        engine.bucket_tables(0, 5)


def number(bucket: tuple[int, ...]) -> int:
    """The engine's number of a bucket by its description (native/src/nfl/nodes.h)."""
    _, side, *cell = bucket
    buckets = PLAN.buckets
    return side * len(buckets.cell_B) + int(buckets.bucket_C[buckets.numbers(np.array([cell], np.int32))[0]])
