"""The feature job: a sport's SQL over silver as of each week's cut-off, into its feature tables.

Belongs here: pinning silver snapshots, giving the SQL its views, and one commit a table. The SQL and the
schemas are the sport's; creating tables is `tables`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame, SparkSession, functions

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import DataQualityError, MissingDataError
from sports_platform.core.lineage import git_commit
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.features.spec import FeatureSpec, load_spec
from sports_platform.features.tables import ensure_feature_table
from sports_platform.lake import catalog
from sports_platform.lake.asof import NEXT_KNOWN_TIME, version_intervals_sql
from sports_platform.lake.cutoffs import week_cutoffs

_SPARK_TYPES = {"string": "string", "int": "int", "long": "bigint", "double": "double", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class FeatureReport:
    """What one build did: snapshots written by feature table, silver snapshots read, rows by table and week key."""

    snapshots: dict[str, int]
    inputs: dict[str, int]
    rows: dict[str, dict[str, int]]


def build(settings: Settings, domain: SportDomain, spark: SparkSession, weeks: Sequence[Week]) -> FeatureReport:
    """Compute the weeks' features and replace their partitions, one snapshot a table.

    A week whose games are still to come has context but no plays; a table without a single row is not written.
    Raises MissingDataError for a week without fixtures, DataQualityError for a missing value and SchemaError for
    a table that newer code wrote; then nothing is committed.
    """
    cutoffs = _cutoffs(settings, domain, weeks)
    inputs = _silver_snapshots(settings, domain)
    specs = [load_spec(domain.features.schema_file(table)) for table in domain.features.tables]
    for spec in specs:
        ensure_feature_table(settings, spark, spec, domain.name)
    with _views(spark) as views:
        _create_sources(views, domain, cutoffs, inputs)
        frames = {spec.table: _compute(views, domain, spec.table) for spec in specs}
        rows = {spec.table: _checked_counts(frames[spec.table], spec, cutoffs) for spec in specs}
        _require_rows(rows[specs[0].table], specs[0].table)
        written = [spec for spec in specs if any(rows[spec.table].values())]
        snapshots = {spec.table: _write(settings, domain, spec, frames[spec.table], inputs) for spec in written}
    return FeatureReport(snapshots, inputs, rows)


class _Views:
    """Temporary views of one build; a view is computed once however often the SQL reads it."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.names: list[str] = []

    def create(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self.names.append(name)

    def drop(self) -> None:
        for name in self.names:
            self.spark.catalog.dropTempView(name)


@contextmanager
def _views(spark: SparkSession) -> Iterator[_Views]:
    views = _Views(spark)
    try:
        yield views
    finally:
        views.drop()


def _create_sources(
    views: _Views, domain: SportDomain, cutoffs: Mapping[Week, datetime], inputs: Mapping[str, int]
) -> None:
    """The view `weeks` and one of each silver table, cut to the seasons the features look back on."""
    spark = views.spark
    views.create("weeks", spark.sql(_weeks_sql(cutoffs)))
    first = Week(min(cutoffs).season - domain.features.history_seasons, 0)
    for name, spec in domain.tables.items():
        rows = spark.sql(_silver_sql(spec, domain.name, inputs.get(f"{domain.name}.{name}")))
        views.create(name, rows.where(rows[WEEK_COLUMN].between(str(first), str(max(cutoffs)))))


def _compute(views: _Views, domain: SportDomain, table: str) -> DataFrame:
    for view, sql in domain.features.statements(table):
        if view not in views.names:
            # A checkpoint rather than a cache: Spark 4.1 cannot inline the WITH of a cached view that is read twice.
            views.create(view, views.spark.sql(sql).localCheckpoint())
    return views.spark.table(table)


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


def _silver_sql(spec: TableSpec, sport: str, snapshot_id: int | None) -> str:
    if snapshot_id is not None:
        return version_intervals_sql(spec, sport, snapshot_id)
    types = {column.name: _SPARK_TYPES.get(column.type, "timestamp") for column in spec.all_columns}
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in types.items())
    return f"SELECT {empty}, CAST(NULL AS timestamp) AS {NEXT_KNOWN_TIME} WHERE false"


def _checked_counts(frame: DataFrame, spec: FeatureSpec, cutoffs: Mapping[Week, datetime]) -> dict[str, int]:
    """Rows of each week; raises DataQualityError when a column that is never null is."""
    required = [name for name in spec.required if name != WEEK_COLUMN]
    nulls = [functions.count_if(functions.col(name).isNull()).alias(name) for name in required]
    found = {
        row[WEEK_COLUMN]: row
        for row in frame.groupBy(WEEK_COLUMN).agg(functions.count("*").alias("rows"), *nulls).collect()
    }
    faults = [f"{week} {name} ({row[name]})" for week, row in found.items() for name in required if row[name]]
    if faults:
        raise DataQualityError(
            found=f"{spec.table} with missing values: {', '.join(sorted(faults)[:20])}",
            needed="a value in every column but ids of empty slots",
            remedy="look for plays in silver that lack what the column is computed from",
        )
    return {str(week): int(found[str(week)]["rows"]) if str(week) in found else 0 for week in cutoffs}


def _require_rows(counts: Mapping[str, int], table: str) -> None:
    """Every week has fixtures known at its cut-off, so the first table, which describes them, has rows."""
    empty = [week for week, count in counts.items() if not count]
    if empty:
        raise MissingDataError(
            found=f"no fixtures of {', '.join(empty)} known before the first kick-off, so no rows of {table}",
            needed="fixtures published before the games",
            remedy="check known_time of the week's schedule rows",
        )


def _write(
    settings: Settings, domain: SportDomain, spec: FeatureSpec, frame: DataFrame, inputs: Mapping[str, int]
) -> int:
    """Replace the partitions of the frame's weeks by its rows in key order; the snapshot made."""
    properties = {
        "step": f"features/{spec.table}",
        "git-commit": git_commit(),
        "inputs": json.dumps(inputs),
        "feature-version": str(spec.version),
    }
    ordered = frame.repartition(2, WEEK_COLUMN).sortWithinPartitions(*spec.names("key"))
    writer = ordered.writeTo(f"{catalog.NAME}.{domain.name}.{spec.table}")
    writer = writer.option("use-table-distribution-and-ordering", "false")
    for key, value in properties.items():
        writer = writer.option(f"snapshot-property.sports.{key}", value)
    writer.overwritePartitions()
    return catalog.current_snapshot(settings, f"{domain.name}.{spec.table}")
