"""Report: one self-contained page a week."""

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.ops.report import write_report
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import WeekPartitions, week_of


def report_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """The week's page."""
    key = stage_key(domain, "report", "week")
    spec = asset_spec(
        key,
        "Calibration, simulated against actual points, exposures and lineups on one page.",
        kinds=("html",),
        deps=[stage_key(domain, "portfolio", "lineups"), stage_key(domain, "models", "gate")],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def write_page(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        page = write_report(settings, domain, week_of(context))
        return dg.MaterializeResult(metadata={"report": dg.MetadataValue.url(page.as_uri())})

    return [write_page]
