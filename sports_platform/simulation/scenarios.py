"""Scenarios: the simulated week as a versioned artefact, kept as .npy, Parquet and JSON with checksums.

Belongs here: the record and its storage, written whole or not at all. Legend: G games, S scenarios,
P players and defences.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sports_platform.core.errors import ArtefactError, MissingDataError
from sports_platform.core.lineage import Lineage
from sports_platform.simulation.native import TOOK_NO_PART

_POINTS, _SCORES, _PLAYERS, _CARD, _SUMS = "points.npy", "team_scores.npy", "players.parquet", "card.json", "SHA256SUMS"
_STATS = "team_stats.npy"

UNITS_PER_POINT = 50  # of `points_PS`

Int16 = npt.NDArray[np.int16]
F32 = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scenarios:
    """S outcomes of a week. `points_PS` are contest points in units of 0.02, none where `absent_PS` says that a player
    takes no part; sides are (away, home).
    """

    week: str
    model_version: str
    seed: int
    game_ids: tuple[str, ...]
    players: pa.Table  # player_id, team, game_id, position of every row of points_PS
    points_PS: Int16
    team_scores_G2S: Int16
    team_stats: dict[str, Int16]  # name -> [G, 2, S]
    lineage: Lineage
    metrics: dict[str, float] = field(default_factory=dict)  # how the engine got there
    absent_PS: Flags | None = None  # None: everybody always plays

    def points_of_those_who_play(self) -> F32:
        """Points [P, S] in units, NaN where a player takes no part."""
        points_PS = self.points_PS.astype(np.float32)
        if self.absent_PS is not None:
            points_PS[self.absent_PS] = np.nan
        return points_PS

    def save(self, folder: Path) -> Path:
        """Store in `folder`, replacing what was there in one step; returns it."""
        fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        np.save(fresh / _POINTS, self._marked())
        np.save(fresh / _SCORES, self.team_scores_G2S)
        np.save(fresh / _STATS, np.stack(list(self.team_stats.values())))
        pq.write_table(self.players, fresh / _PLAYERS, compression="zstd")
        (fresh / _CARD).write_text(json.dumps(self._card(), indent=2))
        self.lineage.write(fresh)
        (fresh / _SUMS).write_text(_sums(fresh))
        _swap(fresh, folder)
        return folder

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The scenarios in `folder`; raises MissingDataError without them, ArtefactError when damaged."""
        if not (folder / _SUMS).exists():
            raise MissingDataError(
                found=f"no scenarios in {folder}", needed="a simulated week", remedy="simulate the week first"
            )
        _verify(folder)
        card = json.loads((folder / _CARD).read_text())
        stats = np.load(folder / _STATS, allow_pickle=False)
        points_PS, absent_PS = unmarked(np.load(folder / _POINTS, allow_pickle=False))
        return cls(
            week=card["week"],
            model_version=card["model_version"],
            seed=card["seed"],
            game_ids=tuple(card["game_ids"]),
            players=pq.read_table(folder / _PLAYERS),
            points_PS=points_PS,
            team_scores_G2S=np.load(folder / _SCORES, allow_pickle=False),
            team_stats=dict(zip(card["team_stats"], stats, strict=True)),
            lineage=Lineage.read(folder),
            metrics=card["metrics"],
            absent_PS=absent_PS,
        )

    def _marked(self) -> Int16:
        return self.points_PS if self.absent_PS is None else np.where(self.absent_PS, TOOK_NO_PART, self.points_PS)

    def _card(self) -> dict[str, object]:
        return {
            "week": self.week,
            "model_version": self.model_version,
            "seed": self.seed,
            "game_ids": self.game_ids,
            "team_stats": list(self.team_stats),
            "scenarios": self.points_PS.shape[1],
            "metrics": self.metrics,
        }


def unmarked(points_PS: Int16) -> tuple[Int16, Flags | None]:
    """Points as the engine marks them [P, S]: nought where they are TOOK_NO_PART, and where that is."""
    absent_PS = points_PS == TOOK_NO_PART
    return (np.where(absent_PS, 0, points_PS), absent_PS) if absent_PS.any() else (points_PS, None)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sums(folder: Path) -> str:
    return "".join(f"{_digest(path)}  {path.name}\n" for path in sorted(folder.iterdir()))


def _verify(folder: Path) -> None:
    for line in (folder / _SUMS).read_text().splitlines():
        digest, name = line.split("  ", 1)
        if not (folder / name).exists() or _digest(folder / name) != digest:
            raise ArtefactError(
                found=f"{folder / name} is missing or differs from its checksum",
                needed="the scenarios as they were written",
                remedy="simulate the week again",
            )


def _swap(fresh: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
