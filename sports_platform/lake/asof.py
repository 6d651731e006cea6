"""Reading silver as of a moment: of each key the newest version known before it.

Belongs here: the one definition of "known before", for pyiceberg readers and for Spark. Cut-offs of
weeks are in `cutoffs`; what becomes of the rows is the features' business.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import pyarrow as pa

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import SettingsError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import KNOWN_TIME, TableSpec
from sports_platform.lake import catalog

NEXT_KNOWN_TIME = "next_known_time"


def read_as_of(
    settings: Settings,
    domain: SportDomain,
    spec: TableSpec,
    *,
    cutoff: datetime,
    weeks: Sequence[str] | None = None,
    snapshot_id: int | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Newest version of each key with `known_time < cutoff`, ordered by key; all columns unless named.

    `weeks` are week keys; `snapshot_id` pins a silver snapshot. Raises MissingDataError without the table.
    """
    wanted = [column.name for column in spec.all_columns] if columns is None else list(columns)
    table = catalog.load_table(settings, f"{domain.name}.{spec.name}")
    fetched = tuple(dict.fromkeys((*spec.key, KNOWN_TIME, *wanted)))
    scan = table.scan(_known_before(cutoff, weeks), selected_fields=fetched, snapshot_id=snapshot_id)
    return newest_versions(scan.to_arrow(), spec).select(wanted)


def newest_versions(rows: pa.Table, spec: TableSpec) -> pa.Table:
    """The latest known row of each key, ordered by key."""
    frame = pl.DataFrame(rows).sort(*spec.key, KNOWN_TIME).unique(list(spec.key), keep="last", maintain_order=True)
    return frame.to_arrow().cast(rows.schema)


def version_intervals_sql(spec: TableSpec, sport: str, snapshot_id: int, weeks: str = "true") -> str:
    """Spark SQL of every version of every key with the time the next one was known, in the weeks of a condition.

    All versions of a key lie in one week, for silver replaces whole weeks: other weeks' files are never opened.
    Columns: `spec.all_columns`, then `next_known_time` (null for the newest). A row is the one to use at a
    cut-off when `known_time < cutoff AND (next_known_time IS NULL OR next_known_time >= cutoff)`.
    """
    names = ", ".join(column.name for column in spec.all_columns)
    following = f"LEAD({KNOWN_TIME}) OVER (PARTITION BY {', '.join(spec.key)} ORDER BY {KNOWN_TIME})"
    source = f"{catalog.NAME}.{sport}.{spec.name} VERSION AS OF {snapshot_id} WHERE {weeks}"
    return f"SELECT {names}, {following} AS {NEXT_KNOWN_TIME} FROM {source}"


def _known_before(cutoff: datetime, weeks: Sequence[str] | None) -> str:
    if cutoff.tzinfo is None:
        raise SettingsError(
            found=f"cut-off {cutoff} without a time zone", needed="a moment in UTC", remedy="pass an aware datetime"
        )
    known = f"{KNOWN_TIME} < '{cutoff.isoformat()}'"
    return known if weeks is None else f"{known} and {catalog.weeks_filter(weeks)}"
