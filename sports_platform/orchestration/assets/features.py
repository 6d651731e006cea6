"""Features: the sport's feature tables by one Spark job, and the newest vectors to the online store."""

from collections.abc import Iterator

import dagster as dg
from dagster_pyspark import PySparkResource

from sports_platform.core.domain import FeaturePlan, SportDomain
from sports_platform.core.settings import Settings
from sports_platform.features.job import build
from sports_platform.features.online import push_latest
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import SINGLE_RUN, WeekPartitions, week_of, weeks_of
from sports_platform.orchestration.schemas import feature_schema


def features_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """The feature tables and the online store."""
    return [_tables(domain, partitions), _online(domain, partitions)]


def _tables(domain: SportDomain, partitions: WeekPartitions) -> dg.AssetsDefinition:
    plan = domain.features
    tables = {stage_key(domain, "features", name): name for name in (*plan.summaries, *plan.tables)}
    # Earlier weeks are read too, as of each week's cut-off; drawn is what should trigger a rebuild.
    silver = [stage_key(domain, "lake", name) for name in domain.tables]
    counted = [stage_key(domain, "lake", name) for name in plan.summarised]
    specs = [
        asset_spec(
            key,
            _description(plan, name),
            kinds=("spark", "iceberg"),
            deps=counted if name in plan.summaries else silver,
            partitions=partitions,
            schema=feature_schema(plan.schema_file(name)),
            version=plan.version,
        )
        for key, name in tables.items()
    ]

    # One step: the tables read the summaries of weeks before, which it brings up to date wherever silver has changed.
    @dg.multi_asset(name=f"{domain.name}__features__tables", specs=specs, backfill_policy=SINGLE_RUN)
    def build_features(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings], pyspark: PySparkResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        report = build(settings, domain, pyspark.spark_session, weeks_of(context))
        for key, name in tables.items():
            yield dg.MaterializeResult(asset_key=key, metadata=metadata.features(report, name))

    return build_features


def _description(plan: FeaturePlan, name: str) -> str:
    if name in plan.summaries:
        return f"`{name}`: games counted once, version {plan.version}; rates of later weeks are made from these rows."
    return f"Feature table `{name}`, version {plan.version}, as of each week's cut-off."


def _online(domain: SportDomain, partitions: WeekPartitions) -> dg.AssetsDefinition:
    key = stage_key(domain, "features", "online")
    spec = asset_spec(
        key,
        "The week's vectors of teams and players in Redis, for readers that need one at once.",
        kinds=("redis",),
        deps=[stage_key(domain, "features", name) for name in domain.features.tables],
        partitions=partitions,
        version=domain.features.version,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def push_online(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        vectors = push_latest(settings, domain, week_of(context))
        return dg.MaterializeResult(metadata={"dagster/row_count": vectors})

    return push_online
