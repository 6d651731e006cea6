"""The feature job: a sport's SQL over silver as of each week's cut-off, into its feature tables.

Belongs here: pinning silver snapshots, which weeks of which table the SQL sees, and one commit a table. The SQL and the
schemas are the sport's; counting games once is `summaries`, creating tables is `tables`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import SparkSession

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.features.summaries import Summaries, find_summaries, read_summaries, recount
from sports_platform.features.tables import ensure_feature_table
from sports_platform.features.views import Views, temporary_views
from sports_platform.features.writes import checked_counts, write_weeks
from sports_platform.lake import catalog
from sports_platform.lake.cutoffs import week_cutoffs


@dataclass(frozen=True, slots=True)
class FeatureReport:
    """What one build did: snapshots written by table, silver snapshots read, rows by table and week key.

    Summaries are among the tables, with the weeks that had to be counted.
    """

    snapshots: dict[str, int]
    inputs: dict[str, int]
    rows: dict[str, dict[str, int]]


def build(settings: Settings, domain: SportDomain, spark: SparkSession, weeks: Sequence[Week]) -> FeatureReport:
    """Compute the weeks' features and replace their partitions, one snapshot a table.

    Summaries of the games the weeks look back on are brought up to date first. A week whose games are still to come has
    context but no plays; a table without a single row is not written. Raises MissingDataError for a week without
    fixtures, DataQualityError for a missing value and SchemaError for a table that newer code wrote; then no feature is
    committed.
    """
    cutoffs = _cutoffs(settings, domain, weeks)
    inputs = _silver_snapshots(settings, domain)
    plan = domain.features
    specs = [load_spec(plan.schema_file(table)) for table in plan.tables]
    for spec in (*specs, *(load_spec(plan.schema_file(table)) for table in plan.summaries)):
        ensure_feature_table(settings, spark, spec, domain.name)
    first, last = Week(min(cutoffs).season - plan.history_seasons, 0), max(cutoffs)
    games = find_summaries(settings, domain, inputs, first, last)
    with temporary_views(spark) as views:
        _create_sources(views, domain, cutoffs, inputs, games)
        snapshots, rows = recount(settings, domain, views, games, inputs)
        read_summaries(settings, domain, views, games.wanted)
        frames = {spec.table: views.compute(plan, spec.table) for spec in specs}
        rows |= {spec.table: checked_counts(frames[spec.table], spec, map(str, cutoffs)) for spec in specs}
        _require_rows(rows[specs[0].table], specs[0].table)
        written = [spec for spec in specs if any(rows[spec.table].values())]
        snapshots |= {spec.table: write_weeks(settings, domain, spec, frames[spec.table], inputs) for spec in written}
    return FeatureReport(snapshots, inputs, rows)


def _create_sources(
    views: Views, domain: SportDomain, cutoffs: Mapping[Week, datetime], inputs: Mapping[str, int], games: Summaries
) -> None:
    """The view `weeks` and one of each silver table: of plays the weeks' own and those to be counted."""
    views.create("weeks", views.spark.sql(_weeks_sql(cutoffs)))
    first = Week(min(cutoffs).season - domain.features.history_seasons, 0)
    looked_back_on = f"{WEEK_COLUMN} BETWEEN '{first}' AND '{max(cutoffs)}'"
    played = catalog.weeks_filter(sorted({*map(str, cutoffs), *games.stale}))
    for name, spec in domain.tables.items():
        condition = played if name == domain.features.summarised[0] else looked_back_on
        views.create_silver(domain.name, spec, inputs.get(f"{domain.name}.{name}"), condition)


def _cutoffs(settings: Settings, domain: SportDomain, weeks: Sequence[Week]) -> dict[Week, datetime]:
    known = week_cutoffs(settings, domain)
    missing = [str(week) for week in weeks if week not in known]
    if missing or not weeks:
        raise MissingDataError(
            found=f"no fixtures of {', '.join(missing) or 'no week at all'}",
            needed=f"weeks with games in {domain.name}.schedules ({min(known)} to {max(known)})",
            remedy="choose one of these weeks, or publish and ingest the schedule first",
        )
    return {week: known[week] for week in sorted(set(weeks))}


def _silver_snapshots(settings: Settings, domain: SportDomain) -> dict[str, int]:
    """Newest snapshot of each silver table that has one; a table never ingested is read as empty."""
    lake = catalog.open_catalog(settings)
    names = [f"{domain.name}.{name}" for name in domain.tables]
    found = {name: lake.load_table(name).current_snapshot() for name in names if lake.table_exists(name)}
    return {name: snapshot.snapshot_id for name, snapshot in found.items() if snapshot is not None}


def _weeks_sql(cutoffs: Mapping[Week, datetime]) -> str:
    rows = ", ".join(
        f"('{week}', {week.season}, {week.number}, TIMESTAMP '{cutoff.isoformat()}')"
        for week, cutoff in cutoffs.items()
    )
    return f"SELECT * FROM VALUES {rows} AS weeks (week_key, season, week, cutoff)"


def _require_rows(counts: Mapping[str, int], table: str) -> None:
    """Every week has fixtures known at its cut-off, so the first table, which describes them, has rows."""
    empty = [week for week, count in counts.items() if not count]
    if empty:
        raise MissingDataError(
            found=f"no fixtures of {', '.join(empty)} known before the first kick-off, so no rows of {table}",
            needed="fixtures published before the games",
            remedy="check known_time of the week's schedule rows",
        )
