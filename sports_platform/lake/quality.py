"""Checks of rows against their TableSpec: what a value may be, and what a week must hold.

Belongs here: pure functions over Arrow tables. Bronze rejects single records by `faults`, silver
refuses whole weeks by `check`; both ask the same spec.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sports_platform.core.errors import DataQualityError
from sports_platform.core.tables import KNOWN_TIME, WEEK_COLUMN, Column, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.streams.schemas import arrow_schema

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check of a week's rows."""

    name: str
    passed: bool
    detail: str


def check(spec: TableSpec, week: Week, rows: pa.Table) -> list[Check]:
    """Schema, values, keys and volume of the week's rows, in this order; later ones need the schema."""
    schema = _schema(spec, rows)
    if not schema.passed:
        return [schema]
    return [schema, _values(spec, rows), _week(week, rows), _keys(spec, rows), _volume(spec, week, rows)]


def require(spec: TableSpec, week: Week, rows: pa.Table) -> None:
    """Raise DataQualityError naming every failed check of the week."""
    failed = [outcome for outcome in check(spec, week, rows) if not outcome.passed]
    if failed:
        raise DataQualityError(
            found=f"{spec.name} of {week}: " + "; ".join(f"{outcome.name}: {outcome.detail}" for outcome in failed),
            needed="rows that keep the table's schema, ranges, keys and weekly volume",
            remedy="correct the source and publish the week again; nothing was written",
        )


def faults(spec: TableSpec, rows: pa.Table) -> Iterator[tuple[int, str]]:
    """(row number, reason) of every value that its column does not allow; `rows` has the spec's schema."""
    for column in spec.all_columns:
        values = rows.column(column.name)
        for mask, reason in _broken(column, values):
            # Asked first because indices_nonzero of pyarrow 25 crashes on an array without chunks.
            for row in pc.indices_nonzero(mask).to_pylist() if pc.any(mask).as_py() else ():
                yield row, f"{column.name} {reason}: {values[row].as_py()!r}"


def _broken(column: Column, values: pa.ChunkedArray) -> Iterator[tuple[pa.ChunkedArray, str]]:
    if not column.nullable and values.null_count:
        yield pc.is_null(values), "must not be null"
    # "not >=" rather than "<": a NaN is out of every range.
    if column.low is not None:
        yield pc.fill_null(pc.invert(pc.greater_equal(values, column.low)), False), f"below {column.low:g}"
    if column.high is not None:
        yield pc.fill_null(pc.invert(pc.less_equal(values, column.high)), False), f"above {column.high:g}"
    if column.allowed:
        known = pc.is_in(values, value_set=pa.array(column.allowed, values.type))
        yield pc.and_(pc.is_valid(values), pc.invert(known)), f"not one of {', '.join(column.allowed)}"


def _schema(spec: TableSpec, rows: pa.Table) -> Check:
    wanted = arrow_schema(spec)
    problems = [f"no column {name}" for name in wanted.names if name not in rows.column_names]
    problems += [
        f"{field.name} is {rows.schema.field(field.name).type}, not {field.type}"
        for field in wanted
        if field.name in rows.column_names and rows.schema.field(field.name).type != field.type
    ]
    return Check("schema", not problems, "; ".join(problems[:_SHOWN]) or f"{len(wanted)} columns")


def _values(spec: TableSpec, rows: pa.Table) -> Check:
    found = [f"row {row} {reason}" for row, reason in faults(spec, rows)]
    return Check("values", not found, "; ".join(found[:_SHOWN]) or "all in range")


def _week(week: Week, rows: pa.Table) -> Check:
    others = sorted({str(key) for key in rows.column(WEEK_COLUMN).unique().to_pylist()} - {str(week)})
    return Check("week", not others, f"rows of {', '.join(others[:_SHOWN])}" if others else str(week))


def _keys(spec: TableSpec, rows: pa.Table) -> Check:
    versions = rows.select([*spec.key, KNOWN_TIME])
    repeated = rows.num_rows - _distinct(versions)
    return Check("keys", not repeated, f"{repeated} repeated versions of {', '.join(spec.key)}")


def _volume(spec: TableSpec, week: Week, rows: pa.Table) -> Check:
    low, high = spec.rows_a_week
    count = _distinct(rows.select(list(spec.key)))
    return Check("volume", low <= count <= high, f"{count} keys in {week}, {low} to {high} expected")


def _distinct(rows: pa.Table) -> int:
    return int(rows.group_by(rows.column_names).aggregate([]).num_rows)
