"""Silver: of every key and known time the version published last, checked, by week.

Belongs here: bronze to silver with pyiceberg and polars, as one overwrite of the weeks' partitions.
Reading silver as of a moment is in `asof`.
"""

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from pyiceberg.table import Table

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import git_commit
from sports_platform.core.settings import Settings
from sports_platform.core.tables import KNOWN_TIME, WEEK_COLUMN, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.lake import catalog, quality
from sports_platform.streams.schemas import arrow_schema

_ORIGIN = ("_topic", "_partition", "_offset")


@dataclass(frozen=True, slots=True)
class SilverReport:
    """What one write did: rows by week key; `offsets` partition -> first and last offset that is in the rows."""

    table: str
    snapshot_id: int
    bronze_snapshot_id: int
    rows: dict[str, int]
    offsets: dict[str, tuple[int, int]]


def write_weeks(settings: Settings, domain: SportDomain, spec: TableSpec, weeks: Sequence[Week]) -> SilverReport:
    """Replace the weeks' partitions by bronze's newest versions, all or none.

    Raises MissingDataError for a week bronze does not hold, unless the table's volume allows none, and
    DataQualityError for a failed check; then nothing is committed.
    """
    source = f"{domain.name}.bronze_{spec.name}"
    bronze_snapshot = catalog.current_snapshot(settings, source)
    newest = _newest(catalog.load_table(settings, source), bronze_snapshot, spec, weeks)
    counts = _counts(newest, weeks)
    _require_all(domain, spec, counts)
    rows = newest.drop(_ORIGIN).to_arrow().cast(arrow_schema(spec))
    _check(spec, rows, counts)
    identifier = f"{domain.name}.{spec.name}"
    table = catalog.ensure_table(catalog.open_catalog(settings), identifier, spec.all_columns, version=spec.version)
    offsets = _offsets(newest)
    properties = _properties(source, bronze_snapshot, spec.topic(domain.name), offsets, list(counts))
    snapshot_id = _overwrite(table, rows, properties)
    return SilverReport(identifier, snapshot_id, bronze_snapshot, counts, offsets)


def _newest(bronze: Table, snapshot_id: int, spec: TableSpec, weeks: Sequence[Week]) -> pl.DataFrame:
    """Rows in the order week, key, known time, so that the same content is the same file."""
    fields = tuple(column.name for column in spec.all_columns) + _ORIGIN
    # Rejected rows have no week, so the week filter leaves them out.
    scan = bronze.scan(catalog.weeks_filter(list(map(str, weeks))), selected_fields=fields, snapshot_id=snapshot_id)
    version = [*spec.key, KNOWN_TIME]
    # A key always hashes to the same partition of its topic: offsets of one version can be compared.
    published = pl.DataFrame(scan.to_arrow()).sort(WEEK_COLUMN, *version, "_topic", "_offset")
    return published.unique(version, keep="last", maintain_order=True).select(fields)


def _counts(newest: pl.DataFrame, weeks: Sequence[Week]) -> dict[str, int]:
    """Week key -> rows, 0 for a week without any, in order of time."""
    found = dict(newest.group_by(WEEK_COLUMN).len().iter_rows())
    return {str(week): found.get(str(week), 0) for week in sorted(set(weeks))}


def _require_all(domain: SportDomain, spec: TableSpec, counts: dict[str, int]) -> None:
    missing = [week for week, count in counts.items() if not count]
    if missing and spec.rows_a_week[0] > 0:
        raise MissingDataError(
            found=f"no rows of {spec.name} in bronze for {', '.join(missing)}",
            needed=f"these weeks on the topic {spec.topic(domain.name)}, ingested",
            remedy=f"publish {domain.name} {spec.name} for {missing[0]}..{missing[-1]}, then run the bronze ingestion",
        )


def _check(spec: TableSpec, rows: pa.Table, counts: dict[str, int]) -> None:
    start = 0
    for week, count in counts.items():
        quality.require(spec, Week.parse(week), rows.slice(start, count))
        start += count


def _offsets(newest: pl.DataFrame) -> dict[str, tuple[int, int]]:
    ranges = newest.group_by("_partition").agg(
        pl.col("_offset").min().alias("low"), pl.col("_offset").max().alias("high")
    )
    return {str(partition): (low, high) for partition, low, high in ranges.sort("_partition").iter_rows()}


def _properties(
    source: str, bronze_snapshot: int, topic: str, offsets: dict[str, tuple[int, int]], weeks: list[str]
) -> dict[str, str]:
    return {
        "sports.step": "lake/silver",
        "sports.git-commit": git_commit(),
        "sports.inputs": json.dumps({source: bronze_snapshot}),
        "sports.offsets": json.dumps({topic: offsets}),
        "sports.weeks": json.dumps(weeks),
    }


def _overwrite(table: Table, rows: pa.Table, properties: dict[str, str]) -> int:
    with warnings.catch_warnings():
        # A week written for the first time has no files to replace; pyiceberg warns of that.
        warnings.filterwarnings("ignore", message="Delete operation did not match any records")
        if rows.num_rows:
            table.dynamic_partition_overwrite(rows, snapshot_properties=properties)
        else:
            # An overwrite without rows commits nothing; readers need a snapshot that says these weeks are empty.
            table.append(rows, snapshot_properties=properties)
    return catalog.newest_snapshot(table)
