"""Everything that becomes known at or after a moment, deleted, shuffled, altered, corrected or added to."""

from datetime import datetime, timedelta
from typing import Literal, get_args

import numpy as np
import polars as pl

from sports_platform.core.weeks import Week
from sports_platform.sports.nfl.tables import TABLES
from sports_platform_tests.features.rough import Frames

Change = Literal["keep", "delete", "shuffle", "alter", "correct", "add"]
CHANGES: tuple[Change, ...] = get_args(Change)

# What says when and where a row belongs. Only `kickoff` could be another, but the first of all versions is the cut-off.
_STATED = ("week_key", "known_time", "event_time", "season", "week", "game_id", "kickoff", "play_index", "qtr")
# Scrimmage snaps must stay complete, or the build refuses the week: left alone, or given a value where they get none.
_NEVER_NULL = ("down", "ydstogo", "yardline_100", "score_differential", "half_seconds_remaining")
_FILLED: dict[str, int | str] = {"yards_gained": 0, "field_goal_result": "missed", "td_team": "ARI"}


def cutoff_of(silver: Frames, week: Week) -> datetime:
    found = silver["schedules"].filter(week_key=str(week))["kickoff"].min()
    assert isinstance(found, datetime)
    return found


def changed_after(silver: Frames, cutoff: datetime, changes: dict[str, Change], seed: int) -> Frames:
    """The silver with the rows of each table known at or after the cut-off changed, the others as they were."""
    rng = np.random.default_rng(seed)
    late = pl.col("known_time") >= cutoff
    return {
        name: pl.concat([rows.filter(~late), _changed(name, rows, rows.filter(late), changes[name], cutoff, rng)])
        for name, rows in silver.items()
    }


def _changed(
    name: str, rows: pl.DataFrame, late: pl.DataFrame, change: Change, cutoff: datetime, rng: np.random.Generator
) -> pl.DataFrame:
    if change == "delete":
        return late.clear()
    if change == "shuffle":
        return _shuffled(name, late, rng)
    if change == "alter":
        return _altered(name, late, rng)
    if change == "correct":
        return pl.concat([late, _known_later(_altered(name, rows, rng), cutoff, rng)])
    if change == "add":
        return pl.concat([late, _known_later(_renamed(name, rows), cutoff, rng)])
    return late


def _free(name: str, rows: pl.DataFrame) -> list[str]:
    """Columns of which a row may have any value that another row has."""
    fixed = {*_STATED, *TABLES[name].key, *_NEVER_NULL}
    return [column for column in rows.columns if column not in fixed]


def _shuffled(name: str, rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    orders = {column: rng.permutation(rows.height) for column in _free(name, rows)}
    swapped = rows.with_columns(pl.col(column).gather(order) for column, order in orders.items())
    return swapped.with_columns(pl.col(column).fill_null(value) for column, value in _FILLED.items() if column in rows)


def _altered(name: str, rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Numbers three more, flags the other way, texts and ids of some other row, and a kick-off put off."""
    swapped = _shuffled(name, rows, rng)
    columns = TABLES[name].columns
    flags = [column.name for column in columns if column.unit == "0/1"]
    numbers = [
        column.name
        for column in columns
        if column.type in ("int", "double") and column.name in _free(name, rows) and column.name not in flags
    ]
    moved = [pl.col("kickoff") + timedelta(hours=7)] if "kickoff" in rows.columns else []
    return swapped.with_columns(
        *(pl.col(number) + 3 for number in numbers), *((1 - pl.col(flag)).alias(flag) for flag in flags), *moved
    )


def _known_later(rows: pl.DataFrame, cutoff: datetime, rng: np.random.Generator) -> pl.DataFrame:
    """A third of the rows as new versions, the first known at the very moment of the cut-off."""
    some = rows.filter(pl.Series(rng.random(rows.height) < 0.3)).unique(subset=_version_of(rows), maintain_order=True)
    minutes = pl.Series(rng.integers(0, 60 * 24 * 400, some.height)) * (pl.int_range(some.height) > 0)
    return some.with_columns(known_time=(pl.lit(cutoff) + pl.duration(minutes=minutes)).cast(rows.schema["known_time"]))


def _version_of(rows: pl.DataFrame) -> list[str]:
    spec = next(spec for spec in TABLES.values() if {*spec.column_names} <= {*rows.columns})
    return list(spec.key)


def _renamed(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows nobody has seen: later plays of the games, other players and prices, another fixture of the week."""
    match name:
        case "plays":
            return rows.with_columns(pl.col("play_id") + 50_000, pl.col("play_index") + 1000)
        case "players":
            return rows.with_columns(pl.col("gsis_id") + "-new")
        case "slates":
            return rows.with_columns(pl.col("player_name") + " new", gsis_id=pl.col("gsis_id") + "-new", salary=50_000)
        case _:
            return rows.with_columns(pl.col("game_id") + "_new")
