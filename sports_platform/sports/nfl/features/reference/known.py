"""What was known before a week's first kick-off, and the arithmetic all figures share.

Belongs here: picking versions, rounding, rates. What is counted is `games`; what becomes of it, `teams` and `players`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sports_platform.core.errors import MissingDataError
from sports_platform.core.tables import KNOWN_TIME, WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl.tables import TABLES

LOOK_BACK_SEASONS = 1
_TYPES: Mapping[str, pl.DataType] = {
    "string": pl.String(),
    "int": pl.Int32(),
    "double": pl.Float64(),
    "timestamp": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True)
class Known:
    """Of every silver row of the last seasons the newest version known before the week's first kick-off."""

    week: Week
    plays: pl.DataFrame
    players: pl.DataFrame
    schedules: pl.DataFrame
    lines: pl.DataFrame
    slates: pl.DataFrame

    # Every version of the players known by then: a play is counted by the positions known when its game was published.
    players_then: pl.DataFrame

    def of_week(self, table: pl.DataFrame) -> pl.DataFrame:
        """The week's own rows."""
        return table.filter(pl.col(WEEK_COLUMN) == str(self.week))


def with_all_tables(silver: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Every silver table, empty where it is not given."""
    empty = {
        name: pl.DataFrame(schema={column.name: _TYPES[column.type] for column in spec.all_columns})
        for name, spec in TABLES.items()
    }
    return {name: silver.get(name, rows) for name, rows in empty.items()}


def known_at(tables: Mapping[str, pl.DataFrame], week: Week) -> Known:
    """The state of knowledge at the week's cut-off; raises MissingDataError for a week without fixtures."""
    cutoff = _cutoff(tables["schedules"], week)
    recent = pl.col("season").is_between(week.season - LOOK_BACK_SEASONS, week.season)
    before = {name: rows.filter(recent, pl.col(KNOWN_TIME) < cutoff) for name, rows in tables.items()}
    newest = {name: newest_versions(rows, TABLES[name].key) for name, rows in before.items()}
    return Known(week, **newest, players_then=before["players"])


def newest_versions(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Of each key the version known last."""
    return rows.sort(KNOWN_TIME).unique(key, keep="last", maintain_order=True)


def rounded(value: pl.Expr) -> pl.Expr:
    """The nearest whole number; halves go away from zero."""
    return value.round(0, mode="half_away_from_zero").cast(pl.Int64)


def halving(unit: int, steps: pl.Expr, half_life: int) -> pl.Expr:
    """A weight of whole units that halves every `half_life` steps."""
    return rounded(unit * pl.lit(0.5).pow(steps / half_life))


def ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """A quotient; null where nothing is divided by."""
    return pl.when(below != 0).then(above / below)


def rates(pairs: Mapping[str, tuple[str, str]]) -> list[pl.Expr]:
    """Rate -> (column above, column below) as columns."""
    return [ratio(pl.col(above), pl.col(below)).alias(name) for name, (above, below) in pairs.items()]


def number_from_one(*within: str) -> pl.Expr:
    """Place of each row in its group, in the order of the rows."""
    return pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(*within)


def _cutoff(schedules: pl.DataFrame, week: Week) -> datetime:
    kickoff = schedules.filter(pl.col(WEEK_COLUMN) == str(week))["kickoff"].min()
    if not isinstance(kickoff, datetime):
        raise MissingDataError(
            found=f"no fixtures of {week}", needed="the week's schedule", remedy="give the week's schedules too"
        )
    return kickoff
