"""Lake: all topics into bronze by one Spark stream job, then silver by week.

Bronze has no partitions here: it is exactly its topic. Its metadata names the weeks it touched, from which
`sensors.py` requests silver.
"""

from collections.abc import Iterator

import dagster as dg
from dagster_pyspark import PySparkResource

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.tables import TableSpec
from sports_platform.lake.bronze import ingest
from sports_platform.lake.silver import write_weeks
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, bronze_key, op_name, stage_key
from sports_platform.orchestration.partitions import SINGLE_RUN, WeekPartitions, weeks_of
from sports_platform.orchestration.schemas import table_schema


def lake_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """Bronze of all tables, and silver of each."""
    silver = [_silver(domain, table, partitions) for table in domain.tables.values()]
    return [_bronze(domain), *silver]


def _bronze(domain: SportDomain) -> dg.AssetsDefinition:
    tables = {bronze_key(domain, table.name): table for table in domain.tables.values()}
    specs = [_bronze_spec(domain, key, table) for key, table in tables.items()]

    @dg.multi_asset(name=f"{domain.name}__lake__bronze", specs=specs, can_subset=True)
    def ingest_topics(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], pyspark: PySparkResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        selected = {key: tables[key] for key in tables if key in context.selected_asset_keys}
        reports = ingest(settings, domain, pyspark.spark_session, list(selected.values()))
        for key, table in selected.items():
            yield dg.MaterializeResult(asset_key=key, metadata=metadata.bronze(reports[table.name]))

    return ingest_topics


def _bronze_spec(domain: SportDomain, key: dg.AssetKey, table: TableSpec) -> dg.AssetSpec:
    published = dg.AssetDep(stage_key(domain, "streams", table.name), partition_mapping=dg.AllPartitionMapping())
    return asset_spec(
        key,
        f"Every record of `{table.topic(domain.name)}` once, with topic, partition, offset and writer schema; "
        "rejects carry their reason and go to the dead-letter topic.",
        kinds=("spark", "iceberg"),
        deps=[published],
        schema=table_schema(table),
        version=str(table.version),
    )


def _silver(domain: SportDomain, table: TableSpec, partitions: WeekPartitions) -> dg.AssetsDefinition:
    key = stage_key(domain, "lake", table.name)
    spec = asset_spec(
        key,
        f"{table.meaning[0].upper()}{table.meaning[1:]}. Checked before the commit; a week is overwritten whole.",
        kinds=("polars", "iceberg"),
        deps=[bronze_key(domain, table.name)],
        partitions=partitions,
        schema=table_schema(table),
        version=str(table.version),
    )

    @dg.multi_asset(name=op_name(key), specs=[spec], backfill_policy=SINGLE_RUN)
    def write_silver(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        report = write_weeks(settings, domain, table, weeks_of(context))
        return dg.MaterializeResult(metadata=metadata.silver(report))

    return write_silver
