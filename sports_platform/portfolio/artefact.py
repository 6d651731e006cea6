"""The portfolio as an object and as a folder of files.

Belongs here: storing, loading and scoring a finished portfolio. How it came about is `build`.
"""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa

from sports_platform.core.contest import ContestRules
from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.portfolio.exports import write_upload
from sports_platform.portfolio.lineup import Lineup, SlatePlayer
from sports_platform.portfolio.slate import Slate, Unmatched

_UPLOAD, _UNMATCHED = "upload.csv", "unmatched.csv"


@dataclass(frozen=True)
class Portfolio:
    """Chosen lineups in the order of choice, stored in `folder`.

    `metrics`: a row per lineup: `lineup, salary, mean, sd, p10, p50, p90, p99` in points, `actual` when known.
    `exposures`: `player_id, name, position, team, salary, lineups, share, mean` of everybody used.
    `site_ids`: whether upload.csv carries the site's ids; without them a person has to complete it.
    """

    week: Week
    folder: Path
    slots: tuple[str, ...]
    lineups: tuple[Lineup, ...]
    metrics: pl.DataFrame
    exposures: pl.DataFrame
    unmatched: tuple[Unmatched, ...]
    lineage: Lineage

    @property
    def upload_csv(self) -> Path:
        """The file for the contest site."""
        return self.folder / _UPLOAD

    @property
    def site_ids(self) -> bool:
        """Whether every cell of the upload file carries the site's id."""
        return all(player.site_player_id is not None for lineup in self.lineups for player in lineup.players)

    @property
    def note(self) -> str:
        """One sentence on what a person still has to do."""
        if self.site_ids:
            return f"{self.upload_csv.name} is ready to upload"
        return f"{self.upload_csv.name} holds names only: the price file had no site ids, which the site requires"

    def with_actual(self, points: Sequence[float]) -> "Portfolio":
        """The same portfolio with each lineup's real points among its metrics."""
        return replace(self, metrics=self.metrics.with_columns(pl.Series("actual", points, dtype=pl.Float64)))

    def save(self, rules: ContestRules, slate: Slate) -> None:
        """Write the folder; an older portfolio stays in place until the new one is complete and checked."""
        draft = self.folder.with_name(f".{self.folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        _lineup_rows(self.lineups, self.slots).write_parquet(draft / "lineups.parquet")
        self.metrics.write_parquet(draft / "metrics.parquet")
        self.exposures.write_parquet(draft / "exposures.parquet")
        _write_unmatched(draft / _UNMATCHED, self.unmatched)
        write_upload(draft / _UPLOAD, rules, slate.players, self.lineups)
        self.lineage.write(draft)
        old = self.folder.with_name(f".{self.folder.name}.old")
        if self.folder.exists():
            self.folder.rename(old)
        draft.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path) -> "Portfolio":
        """The portfolio stored in `folder`; raises MissingDataError."""
        if not (folder / "lineage.json").exists():
            raise MissingDataError(
                found=f"no portfolio in {folder}",
                needed="a stored portfolio",
                remedy="materialize the week's portfolio",
            )
        rows = pl.read_parquet(folder / "lineups.parquet").sort("lineup", "slot_number")
        groups = rows.partition_by("lineup", maintain_order=True)
        lineage = Lineage.read(folder)
        return cls(
            week=Week.parse(lineage.week),
            folder=folder,
            slots=tuple(groups[0]["slot"]),
            lineups=tuple(_lineup(group) for group in groups),
            metrics=pl.read_parquet(folder / "metrics.parquet"),
            exposures=pl.read_parquet(folder / "exposures.parquet"),
            unmatched=_read_unmatched(folder / _UNMATCHED),
            lineage=lineage,
        )


def portfolio_folder(settings: Settings, sport: str, week: Week) -> Path:
    """Where a week's portfolio is stored."""
    return settings.stage_dir("portfolio", sport) / str(week)


def actual_lineup_points(portfolio: Portfolio, points: pa.Table) -> list[float]:
    """What each lineup really scored, from `game_id, player_id, points`; a player without a row scored 0."""
    scored = {(row["game_id"], row["player_id"]): row["points"] for row in points.to_pylist()}
    return [
        round(sum(scored.get((player.game_id, player.player_id), 0.0) for player in lineup.players), 2)
        for lineup in portfolio.lineups
    ]


def _lineup_rows(lineups: Sequence[Lineup], slots: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"lineup": number, "slot_number": place, "slot": slot, **player.model_dump()}
            for number, lineup in enumerate(lineups, start=1)
            for place, (slot, player) in enumerate(zip(slots, lineup.players, strict=True))
        ],
        schema_overrides={"site_player_id": pl.String},
    )


def _lineup(rows: pl.DataFrame) -> Lineup:
    return Lineup(
        tuple(SlatePlayer.model_validate(row) for row in rows.drop("lineup", "slot_number", "slot").to_dicts())
    )


def _write_unmatched(path: Path, unmatched: Sequence[Unmatched]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "position", "team", "salary", "reason"])
        writer.writerows([row.name, row.position, row.team, row.salary, row.reason] for row in unmatched)


def _read_unmatched(path: Path) -> tuple[Unmatched, ...]:
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            Unmatched(
                row["name"], row["position"], row["team"], int(row["salary"]) if row["salary"] else None, row["reason"]
            )
            for row in csv.DictReader(file)
        )
