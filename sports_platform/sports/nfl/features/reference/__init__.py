"""The features again, in polars and for small data: what the Spark SQL must agree with, row for row.

Belongs here: the same figures by another way, from the meanings in the YAML schemas. It goes week by week, takes what
was known before the cut-off, aggregates and divides; nothing is kept from one week to the next and nothing is read from
a lake. The platform itself builds with Spark (`features.job`).
"""

from collections.abc import Mapping, Sequence

import polars as pl

from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.sports.nfl.features import NflFeatures
from sports_platform.sports.nfl.features.reference.context import context_rows, week_figures
from sports_platform.sports.nfl.features.reference.drives import drive_rows
from sports_platform.sports.nfl.features.reference.involved import player_rows
from sports_platform.sports.nfl.features.reference.known import known_at, with_all_tables
from sports_platform.sports.nfl.features.reference.plays import play_rows

_TYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "int": pl.Int32(),
    "float": pl.Float32(),
    "timestamp": pl.Datetime("us", "UTC"),
}


def reference_features(silver: Mapping[str, pl.DataFrame], weeks: Sequence[Week]) -> dict[str, pl.DataFrame]:
    """Feature table -> rows of the weeks in key order, from all versions of all silver rows (a missing table is empty).

    A float may differ from Spark's in the last bit where a logarithm was taken, and only there.
    """
    tables = with_all_tables(silver)
    of_weeks = [_week(tables, week) for week in weeks]
    return {table: pl.concat([of_week[table] for of_week in of_weeks]) for table in of_weeks[0]}


def _week(tables: Mapping[str, pl.DataFrame], week: Week) -> dict[str, pl.DataFrame]:
    known = known_at(tables, week)
    figures = week_figures(known)
    context = _output("game_context", context_rows(known, figures))
    plays, players = (tables[name].filter(pl.col(WEEK_COLUMN) == str(week)) for name in ("plays", "players"))
    snaps = _output("play_features", play_rows(plays, players, context))
    return {
        "game_context": context,
        "play_features": snaps,
        "play_players": _output("play_players", player_rows(plays, snaps, context, known, figures)),
        "drive_features": _output("drive_features", drive_rows(plays, snaps)),
    }


def _output(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The schema's columns in order and type, its defaults where nothing is known, in the order of the keys."""
    spec = load_spec(NflFeatures().schema_file(table))
    columns = [
        pl.col(column.name).fill_null(column.default).cast(_TYPES[column.type])
        if column.default is not None
        else pl.col(column.name).cast(_TYPES[column.type])
        for column in spec.columns
    ]
    return rows.select(columns).sort(spec.names("key"))
