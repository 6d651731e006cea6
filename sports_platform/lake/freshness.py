"""Freshness of silver, week by week: has the newest finished week arrived, with all that bronze has of it?

Belongs here: reading stored weeks back to judge them. A time since the last write would say nothing: a
back-fill of an old week would reset it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.table import Table

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.lake import catalog, quality
from sports_platform.streams.schemas import arrow_schema

# A game's rows are known five hours after it starts (the sports' convention for results).
_RESULTS_AFTER = timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Freshness:
    """The finding for the newest finished `week`."""

    week: str
    fresh: bool
    detail: str


def newest_week_freshness(
    settings: Settings, domain: SportDomain, spec: TableSpec, *, now: datetime | None = None
) -> Freshness:
    """Whether silver holds the newest week whose games are over, made from all of its bronze rows.

    Weeks and starts come from the bronze schedules: silver may be what is late. Raises MissingDataError
    where a table does not exist.
    """
    week = _newest_finished(settings, domain, now or datetime.now(UTC))
    if week is None:
        return Freshness("", True, "no week in bronze is over yet")
    bronze = catalog.load_table(settings, f"{domain.name}.bronze_{spec.name}")
    arrived = _records(bronze, week, None)
    seen = _bronze_snapshot(catalog.load_table(settings, f"{domain.name}.{spec.name}"), bronze.name()[-1], week)
    if seen is None:
        return Freshness(week, arrived == 0, f"silver was never written; bronze holds {arrived} records")
    used = _records(bronze, week, seen)
    return Freshness(week, used == arrived, f"silver was made from {used} of {arrived} bronze records")


def stored_checks(
    settings: Settings, domain: SportDomain, spec: TableSpec, weeks: Sequence[Week]
) -> list[quality.Check]:
    """The quality checks of each week on the rows that silver holds now."""
    table = catalog.load_table(settings, f"{domain.name}.{spec.name}")
    rows = table.scan(catalog.weeks_filter(list(map(str, weeks)))).to_arrow().cast(arrow_schema(spec))
    return [check for week in weeks for check in quality.check(spec, week, _of_week(rows, week))]


def _of_week(rows: pa.Table, week: Week) -> pa.Table:
    return rows.filter(pc.equal(rows.column(WEEK_COLUMN), str(week)))


def _newest_finished(settings: Settings, domain: SportDomain, now: datetime) -> str | None:
    schedules = catalog.load_table(settings, f"{domain.name}.bronze_schedules")
    rows = pl.DataFrame(schedules.scan(selected_fields=(WEEK_COLUMN, "kickoff")).to_arrow()).drop_nulls()
    last = rows.group_by(WEEK_COLUMN).agg(pl.col("kickoff").max())
    finished = last.filter(pl.col("kickoff") + _RESULTS_AFTER < now)[WEEK_COLUMN].to_list()
    return max(finished, key=Week.parse, default=None)


def _bronze_snapshot(silver: Table, bronze_name: str, week: str) -> int | None:
    """The bronze snapshot from which `week` was last written; None when it never was."""
    for snapshot in reversed(silver.snapshots()):
        properties = catalog.summary(snapshot)
        if week in json.loads(properties.get("sports.weeks", "[]")):
            inputs: dict[str, int] = json.loads(properties["sports.inputs"])
            return next(found for table, found in inputs.items() if table.endswith(f".{bronze_name}"))
    return None


def _records(bronze: Table, week: str, snapshot_id: int | None) -> int:
    scan = bronze.scan(catalog.weeks_filter([week]), selected_fields=("_offset",), snapshot_id=snapshot_id)
    return int(scan.to_arrow().num_rows)
