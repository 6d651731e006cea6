"""Semantic buckets of a game state: reading buckets.yaml, look-up arrays for the engine, features of nodes.

A cell is a node of every axis; a state between nodes falls to either by chance, the nearer the likelier. A bucket is
cells whose distributions are close, merged: they have those of one of them.
Belongs here: from states to nodes and back. Which nodes there are, and why, stands in buckets.yaml; which cells are
merged, in merged_cells.npz, which `benchmarks/merging.py` finds.
Legend: C cells, B buckets of a side, both in the engine's order; N any cells.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from sports_platform.core.errors import SchemaError
from sports_platform.sports.nfl.special import MAX_MARGIN
from sports_platform.sports.nfl.state import state_features

Ints = npt.NDArray[np.integer]

PLACE_PARTS = 16  # of the way between two nodes
GOAL = 99  # yards to go by which a goal to go is looked up: those of its node are the yard line's

_DOWNS = (1, 2, 3, 4)
_HALF_SECONDS = 1800
_QUARTER_SECONDS = 900
_BY_NUMBER = [3, 0, 4, 1, 2]  # a descriptor's parts in the order in which cells are numbered
_MOST = (1 << 7, 1 << 3, 1 << 7, 1 << 7, 1 << 7)  # more than there are of each of these
_FILE = Path(__file__).with_name("buckets.yaml")
MERGED_FILE = Path(__file__).with_name("merged_cells.npz")


def _one_way(nodes: tuple[int, ...]) -> tuple[int, ...]:
    steps = np.sign(np.diff(nodes))
    if not nodes or (steps != steps[:1]).any() or not steps.all():
        raise ValueError("nodes need to rise or to fall throughout")
    return nodes


Nodes = Annotated[tuple[int, ...], AfterValidator(_one_way)]


def places(nodes: Nodes, values: Ints) -> npt.NDArray[np.int64]:
    """Where values lie among nodes, in PLACE_PARTS of the way from one to the next; those beyond an end lie at it."""
    rising = 1 if nodes[0] <= nodes[-1] else -1
    place = np.interp(values * rising, np.array(nodes) * rising, np.arange(len(nodes)))
    return np.rint(place * PLACE_PARTS).astype(np.int64)


class Spots(BaseModel):
    """Nodes of the yards to a first down and to the goal line, by down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    distance: dict[int, Nodes]
    yardline: dict[int, Nodes]

    @model_validator(mode="after")
    def _every_down(self) -> Self:
        if list(self.distance) != list(_DOWNS) or list(self.yardline) != list(_DOWNS):
            raise ValueError("distance and yardline need nodes for the downs 1, 2, 3, 4")
        return self


class Moment(BaseModel):
    """A node of the clock, and what goes with it: nodes of margin and spot, and timeouts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: int
    margin: str
    spots: str
    # Of the team with the ball and of the other, when the former trails, is level, leads.
    timeouts: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


class BucketSpec(BaseModel):
    """buckets.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    spots: dict[str, Spots]
    margin: dict[str, Nodes]
    clock: dict[str, tuple[Moment, ...]]  # by half

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        for half in self.clock:
            _one_way(self.seconds(half))
        unknown = {
            name
            for moment in self.moments()
            for name, known in ((moment.margin, self.margin), (moment.spots, self.spots))
            if name not in known
        }
        if unknown:
            raise ValueError(f"no nodes are named {', '.join(sorted(unknown))}")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of the nodes."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def moments(self) -> list[Moment]:
        """Nodes of the clock, half by half."""
        return [moment for half in self.clock.values() for moment in half]

    def seconds(self, half: str) -> Nodes:
        """Those of a half."""
        return tuple(moment.seconds for moment in self.clock[half])


@dataclass(frozen=True)
class Buckets:
    """The nodes with the clock's halves strung together; descriptors are (down, distance, yardline, clock, margin)."""

    spec: BucketSpec
    bucket_C: Ints  # of each cell
    cell_B: Ints  # whose distributions a bucket has
    snaps_B: npt.NDArray[np.floating]  # of a game, that are expected to fall to it

    @classmethod
    def load(cls, nodes: Path = _FILE, merged: Path = MERGED_FILE) -> Self:
        """From the nodes of a YAML file and the buckets that their cells are merged to."""
        spec = BucketSpec.model_validate(yaml.safe_load(nodes.read_text()))
        with np.load(merged) as arrays:
            if arrays["nodes"].item() != spec.digest:
                raise SchemaError(
                    found=f"{merged.name}, whose cells are of other nodes than those of {nodes.name}",
                    needed="buckets merged from the cells of these nodes",
                    remedy="merge them anew: python benchmarks/merging.py",
                )
            return cls(spec, arrays["bucket_C"], arrays["cell_B"], arrays["snaps_B"])

    @classmethod
    def unmerged(cls, nodes: Path = _FILE) -> Self:
        """Every cell of a YAML file's nodes as a bucket of its own."""
        spec = BucketSpec.model_validate(yaml.safe_load(nodes.read_text()))
        none = np.empty(0, np.int64)
        own = np.arange(len(cls(spec, none, none, np.empty(0)).cells))
        return cls(spec, own, own, np.zeros(len(own)))

    @cached_property
    def cells(self) -> npt.NDArray[np.int32]:
        """Descriptors of all cells [C, 5]."""
        distances, yardlines, margins, spots = self._distances(), self._yardlines(), self._margins(), self._spots()
        blocks = []
        for clock, down in product(range(len(spots)), _DOWNS):
            row = spots[clock] * len(_DOWNS) + down - 1
            shape = len(margins[clock]), len(distances[row]), len(yardlines[row])
            margin, distance, yardline = np.indices(shape, np.int32).reshape(len(shape), -1)
            blocks.append(
                np.stack([np.full_like(margin, down), distance, yardline, np.full_like(margin, clock), margin], axis=1)
            )
        return np.concatenate(blocks)

    def numbers(self, cells: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """The numbers of cells [N, 5]."""
        found: npt.NDArray[np.int64] = np.searchsorted(_keys(self.cells), _keys(cells)).astype(np.int64)
        return found

    def asked(self, cells: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """The cells whose distributions these have [N, 5]."""
        return self.cells[self.cell_B[self.bucket_C[self.numbers(cells)]]]

    def tables(self) -> dict[str, npt.NDArray[np.float64]]:
        """How many nodes axes have, cells and buckets, spots of each node of the clock, where values lie among nodes.

        The distance of a bucket's state is nought for a goal to go.

        Yards to go and yard lines 0-99 by spots and down, seconds 0-1800 by half, margins -60..60 by node of the clock.
        """
        yards, margins = np.arange(100), np.arange(-MAX_MARGIN, MAX_MARGIN + 1)
        halves, first = [], 0
        for half in self.spec.clock:
            nodes = self.spec.seconds(half)
            halves.append(places(nodes, np.arange(_HALF_SECONDS + 1)) + first * PLACE_PARTS)
            first += len(nodes)
        distances, yardlines, of_margin = self._distances(), self._yardlines(), self._margins()
        to_go, lines = self.yards(self.cells[self.cell_B])
        arrays = {
            "distance_counts": _counts(distances),
            "yardline_counts": _counts(yardlines),
            "margin_counts": _counts(of_margin),
            "cell_buckets": self.bucket_C,
            "bucket_cells": self.cell_B,
            "bucket_snaps": self.snaps_B,
            "bucket_lines": lines,
            "bucket_distances": np.where(to_go < lines, to_go, 0),
            "spot_nodes": self._spots(),
            "distance_places": np.stack([places(nodes, yards) for nodes in distances]),
            "yardline_places": np.stack([places(nodes, yards) for nodes in yardlines]),
            "clock_places": np.concatenate(halves),
            "margin_places": np.stack([places(nodes, margins) for nodes in of_margin]),
        }
        return {name: array.astype(np.float64) for name, array in arrays.items()}

    def features(self, buckets: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """State features of descriptors [N, 5] at their nodes' values."""
        down, _, _, clock, margin = buckets.T
        half, seconds = self.clock_values()
        margins = _values(self._margins())[clock, margin]
        distances, yards = self.yards(buckets)
        return self._features(down, distances, yards, half[clock], seconds[clock], margins, clock)

    def yards(self, buckets: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Yards to a first down and to the goal line of descriptors [N, 5]."""
        down, distance, yardline, clock = buckets[:, :4].T
        row = self._spots()[clock] * len(_DOWNS) + down - 1
        return _values(self._distances())[row, distance], _values(self._yardlines())[row, yardline]

    def exact_features(self, states: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """State features of states [N, 5] as they are: (down, yards to go, yard line, half * 1801 + clock, margin)."""
        down, distance, yards, moment, margins = states.astype(np.int64).T
        half, seconds = np.divmod(moment, _HALF_SECONDS + 1)
        clock = (self.tables()["clock_places"].astype(np.int64)[moment] + PLACE_PARTS // 2) // PLACE_PARTS
        return self._features(down, distance, yards, half, seconds, margins, clock)

    def _features(
        self, down: Ints, distance: Ints, yards: Ints, half: Ints, seconds: Ints, margins: Ints, clock: Ints
    ) -> npt.NDArray[np.float32]:
        overtime, first_half = half == 2, half == 0
        early = seconds > _QUARTER_SECONDS
        timeouts = np.array([moment.timeouts for moment in self.spec.moments()])
        timeouts_N2 = timeouts[clock, 1 + np.sign(margins)]
        quarter = np.where(overtime, 5, np.where(first_half, 2, 4) - early)
        return state_features(
            down=down,
            # At most the goal line: no snap has farther to go for a first down than for a touchdown.
            ydstogo=np.minimum(distance, yards),
            yardline_100=yards,
            qtr=quarter,
            half_seconds_remaining=seconds,
            game_seconds_remaining=seconds + _HALF_SECONDS * first_half,
            score_differential=margins,
            posteam_timeouts_remaining=timeouts_N2[:, 0],
            defteam_timeouts_remaining=timeouts_N2[:, 1],
        )

    def _spots(self) -> npt.NDArray[np.int64]:
        """The place of the spots that go with each node of the clock."""
        names = list(self.spec.spots)
        return np.array([names.index(moment.spots) for moment in self.spec.moments()])

    def _distances(self) -> list[Nodes]:
        return [nodes for spots in self.spec.spots.values() for nodes in spots.distance.values()]

    def _yardlines(self) -> list[Nodes]:
        return [nodes for spots in self.spec.spots.values() for nodes in spots.yardline.values()]

    def _margins(self) -> list[Nodes]:
        return [self.spec.margin[moment.margin] for moment in self.spec.moments()]

    def clock_values(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Half and seconds of every node of the clock."""
        pairs = [(half, seconds) for half, name in enumerate(self.spec.clock) for seconds in self.spec.seconds(name)]
        halves, seconds = np.array(pairs).T
        return halves, seconds


def _keys(cells: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Numbers that rise with the engine's."""
    keys: npt.NDArray[np.int64] = np.array(np.ravel_multi_index(tuple(cells[:, _BY_NUMBER].T), _MOST))
    return keys


def _counts(axes: Sequence[Nodes]) -> npt.NDArray[np.int64]:
    return np.array([len(nodes) for nodes in axes])


def _values(axes: Sequence[Nodes]) -> npt.NDArray[np.int64]:
    """Values of nodes, a row for each axis; the shorter are filled up with zeros."""
    values = np.zeros((len(axes), _counts(axes).max()), np.int64)
    for row, nodes in zip(values, axes, strict=True):
        row[: len(nodes)] = nodes
    return values
