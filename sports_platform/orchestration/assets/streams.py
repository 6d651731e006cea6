"""Streams: publish a week of each table to its topic. The topic is the log of record; publishing again appends."""

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.tables import TableSpec
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import SINGLE_RUN, WeekPartitions, weeks_of
from sports_platform.orchestration.schemas import table_schema
from sports_platform.streams.publish import publish
from sports_platform.streams.sources.opening import open_source


def streams_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """One publisher a table."""
    return [_publisher(domain, table, partitions) for table in domain.tables.values()]


def _publisher(domain: SportDomain, table: TableSpec, partitions: WeekPartitions) -> dg.AssetsDefinition:
    key = stage_key(domain, "streams", table.name)
    spec = asset_spec(
        key,
        f"Records of topic `{table.topic(domain.name)}`: {table.meaning}.",
        kinds=("kafka", "avro"),
        partitions=partitions,
        schema=table_schema(table),
        version=str(table.version),
    )

    @dg.multi_asset(name=op_name(key), specs=[spec], backfill_policy=SINGLE_RUN)
    def publish_weeks(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        source = open_source(settings, domain)
        report = publish(settings, domain, source, table, weeks_of(context))
        return dg.MaterializeResult(
            metadata={
                "topic": report.topic,
                "source": source.name,
                "dagster/row_count": report.records,
                "offsets": metadata.offsets(report.offsets),
            }
        )

    return publish_weeks
