"""Surrogate: a fast, differentiable stand-in for the simulated metrics of the week's lineups."""

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import WeekPartitions, week_of
from sports_platform.portfolio.surrogate import train_surrogate
from sports_platform.simulation.runner import scenarios_dir
from sports_platform.simulation.scenarios import Scenarios

_COLUMNS = ("metric", "root_mean_square", "standard_error", "gaussian", "r2")


def surrogate_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """The surrogate of a week's slate."""
    key = stage_key(domain, "portfolio", "surrogate")
    spec = asset_spec(
        key,
        "A network from any selection of the slate's players to mean, deviation and quantiles of their simulated sum.",
        kinds=("pytorch",),
        deps=[stage_key(domain, "simulation", "scenarios"), stage_key(domain, "lake", "slates")],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def fit_metrics(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        week = week_of(context)
        stored = train_surrogate(settings, domain, week, Scenarios.load(scenarios_dir(settings, domain, week)))
        errors = [[error.model_dump()[name] for name in _COLUMNS] for error in stored.metrics.errors["lineups"]]
        table = {"errors": metadata.markdown_table(_COLUMNS, errors)}
        return dg.MaterializeResult(metadata={**metadata.artefact(stored.path), **table})

    return [fit_metrics]
