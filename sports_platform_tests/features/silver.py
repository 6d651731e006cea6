"""Silver without Kafka: event rows of a source, straight into the lake."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from sports_platform.core.domain import RawSource, SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import ensure_table, open_catalog

Silver = Mapping[str, pa.Table]


def silver_rows(domain: SportDomain, source: RawSource, weeks: Sequence[Week]) -> dict[str, pa.Table]:
    """Rows of every silver table of the weeks."""
    return {
        name: pa.concat_tables(domain.events.events(source, spec, week) for week in weeks)
        for name, spec in domain.tables.items()
    }


def write_silver(settings: Settings, domain: SportDomain, silver: Silver) -> None:
    """Append the rows; a table that is left out is never made."""
    for name, rows in silver.items():
        spec = domain.tables[name]
        table = ensure_table(open_catalog(settings), f"{domain.name}.{name}", spec.all_columns, version=spec.version)
        table.append(rows.select([column.name for column in spec.all_columns]).cast(table.schema().as_arrow()))
