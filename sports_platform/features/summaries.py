"""Summaries of single games: counted once from their week's silver, read by the features of all later weeks.

Belongs here: which weeks must be counted (again) and doing it. A row carries a digest of the silver files and the SQL
that it was made from; where either has changed, as after a late correction, its week is counted anew.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import DataQualityError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.features.views import Views
from sports_platform.features.writes import checked_counts, write_weeks
from sports_platform.lake import catalog

MADE_FROM = "made_from"


@dataclass(frozen=True, slots=True)
class Summaries:
    """The weeks that have games to count, week key -> digest, and those of them whose stored counts are others."""

    wanted: Mapping[str, str]
    stale: tuple[str, ...]


def find_summaries(
    settings: Settings, domain: SportDomain, inputs: Mapping[str, int], first: Week, last: Week
) -> Summaries:
    """What the stored summaries of the weeks from `first` to `last` lack, by these snapshots of silver."""
    wanted = _wanted(settings, domain, inputs, first, last)
    stored = [_stored(settings, domain, table) for table in domain.features.summaries] if wanted else []
    stale = [week for week, digest in wanted.items() if any(found.get(week) != {digest} for found in stored)]
    return Summaries(wanted, tuple(stale))


def recount(
    settings: Settings, domain: SportDomain, views: Views, summaries: Summaries, inputs: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Count the stale weeks from the silver in the views; snapshot and rows by week of each summary."""
    plan = domain.features
    rows: dict[str, dict[str, int]] = {table: {} for table in plan.summaries}
    snapshots: dict[str, int] = {}
    if not summaries.stale:
        return snapshots, rows
    due = ", ".join(f"('{week}', '{summaries.wanted[week]}')" for week in summaries.stale)
    values = f"SELECT * FROM VALUES {due} AS recount ({WEEK_COLUMN}, {MADE_FROM})"
    views.create("recount", views.spark.sql(values))
    for table in plan.summaries:
        spec = load_spec(plan.schema_file(table))
        frame = views.compute(plan, table)
        rows[table] = checked_counts(frame, spec, summaries.stale)
        snapshots[table] = write_weeks(settings, domain, spec, frame, inputs)
    return snapshots, rows


def read_summaries(settings: Settings, domain: SportDomain, views: Views, wanted: Mapping[str, str]) -> None:
    """Views of the summaries' rows of the weeks; raises DataQualityError where they were made from something else.

    Another build that reads newer silver may replace a week in between: mixing the two would be nobody's result.
    """
    for table in domain.features.summaries:
        found = _stored(settings, domain, table)
        other = [week for week, digest in wanted.items() if found.get(week) != {digest}]
        if other:
            raise DataQualityError(
                found=f"{domain.name}.{table} of {', '.join(other)} made from other silver than this build reads",
                needed="counts of the pinned silver",
                remedy="run the build again: another one, or an ingestion, was at work",
            )
        name = f"{catalog.NAME}.{domain.name}.{table}"
        condition = catalog.weeks_filter(list(wanted)) if wanted else "false"
        views.create(table, views.spark.sql(f"SELECT * FROM {name} WHERE {condition}"))


def _wanted(
    settings: Settings, domain: SportDomain, inputs: Mapping[str, int], first: Week, last: Week
) -> dict[str, str]:
    plan = domain.features
    sql = [plan.statements(table) for table in plan.summaries]
    names = [f"{domain.name}.{table}" for table in plan.summarised]
    files = [_files(settings, name, inputs.get(name), first, last) for name in names]
    return {week: _digest([sql, [of_table.get(week, []) for of_table in files]]) for week in files[0]}


def _files(
    settings: Settings, identifier: str, snapshot_id: int | None, first: Week, last: Week
) -> dict[str, list[str]]:
    if snapshot_id is None:
        return {}
    return catalog.files_by_week(catalog.load_table(settings, identifier), snapshot_id, str(first), str(last))


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _stored(settings: Settings, domain: SportDomain, table: str) -> dict[str, set[str]]:
    """Week key -> digests of the stored rows."""
    stored = catalog.load_table(settings, f"{domain.name}.{table}")
    rows = pl.DataFrame(stored.scan(selected_fields=(WEEK_COLUMN, MADE_FROM)).to_arrow()).unique()
    found: dict[str, set[str]] = {}
    for week, digest in rows.iter_rows():
        found.setdefault(week, set()).add(digest)
    return found
