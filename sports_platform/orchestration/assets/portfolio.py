"""Portfolio: lineups of the week's slate, solved by several workers and chosen on the scenarios."""

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.ops.comparison import with_actual
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import WeekPartitions, week_of
from sports_platform.portfolio.build import build_portfolio
from sports_platform.simulation.runner import scenarios_dir
from sports_platform.simulation.scenarios import Scenarios


def portfolio_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """The lineups of a week."""
    key = stage_key(domain, "portfolio", "lineups")
    spec = asset_spec(
        key,
        f"{domain.contest.name} lineups with their simulated distribution, and the file to upload.",
        kinds=("redis", "python"),
        deps=[stage_key(domain, "simulation", "scenarios"), stage_key(domain, "lake", "slates")],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def choose_lineups(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        week = week_of(context)
        scenarios = Scenarios.load(scenarios_dir(settings, domain, week))
        chosen = build_portfolio(settings, domain, week, scenarios)
        return dg.MaterializeResult(metadata=metadata.portfolio(with_actual(settings, domain, chosen)))

    return [choose_lineups]
