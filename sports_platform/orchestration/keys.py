"""How an asset is called and labelled: `<sport>/<stage>/<name>`, a group and an owner a stage.

Belongs here: keys and the one way to describe an asset. What an asset does is in `assets/<stage>.py`.
"""

from collections.abc import Iterable

import dagster as dg

from sports_platform.core.domain import SportDomain

OWNERS = {
    "streams": "team:data",
    "lake": "team:data",
    "features": "team:modelling",
    "models": "team:modelling",
    "simulation": "team:simulation",
    "portfolio": "team:portfolio",
    "report": "team:portfolio",
}
STAGES = tuple(OWNERS)


def stage_key(domain: SportDomain, stage: str, name: str) -> dg.AssetKey:
    """The key `<sport>/<stage>/<name>`."""
    return dg.AssetKey([domain.name, stage, name])


def bronze_key(domain: SportDomain, table: str) -> dg.AssetKey:
    """The key of a bronze table: all of its topic's records, not partitioned."""
    return stage_key(domain, "lake", f"bronze_{table}")


def trial_key(domain: SportDomain) -> dg.AssetKey:
    """The key of a sweep's trials: the one asset whose partitions are no weeks, so that it is on no week's road."""
    return stage_key(domain, "models", "play_model_trial")


def asset_spec(
    key: dg.AssetKey,
    description: str,
    *,
    kinds: Iterable[str],
    deps: Iterable[dg.AssetKey | dg.AssetDep] = (),
    partitions: dg.PartitionsDefinition[str] | None = None,
    schema: dg.TableSchema | None = None,
    version: str = "1",
) -> dg.AssetSpec:
    """An asset's face in the graph; its group and owner follow from the stage in its key."""
    stage = key.path[1]
    return dg.AssetSpec(
        key,
        description=description,
        deps=list(deps),
        group_name=stage,
        owners=[OWNERS[stage]],
        kinds=set(kinds),
        code_version=version,
        partitions_def=partitions,
        metadata={"dagster/column_schema": schema} if schema else {},
    )


def op_name(key: dg.AssetKey) -> str:
    """The name of the step that makes the asset."""
    return "__".join(key.path)
