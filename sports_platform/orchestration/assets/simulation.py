"""Simulation: every game of the week, played out by the engine with the champion of the week."""

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import WeekPartitions, week_of
from sports_platform.simulation.runner import simulate_week


def simulation_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """The scenarios of a week."""
    key = stage_key(domain, "simulation", "scenarios")
    spec = asset_spec(
        key,
        "Contest points of every player and score of every team in each simulated scenario.",
        kinds=("cplusplus", "pytorch"),
        deps=[
            stage_key(domain, "models", "promotion"),
            *(stage_key(domain, "features", name) for name in domain.features.tables),
        ],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def play_games(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        scenarios = simulate_week(settings, domain, week_of(context))
        return dg.MaterializeResult(metadata=metadata.scenarios(scenarios))

    return [play_games]
