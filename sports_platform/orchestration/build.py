"""Assembly: everything Dagster is told, from settings and a sport. Tests build their own with overrides."""

import warnings

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.orchestration.assets.features import features_assets
from sports_platform.orchestration.assets.lake import lake_assets
from sports_platform.orchestration.assets.models import models_assets
from sports_platform.orchestration.assets.portfolio import portfolio_assets
from sports_platform.orchestration.assets.report import report_assets
from sports_platform.orchestration.assets.simulation import simulation_assets
from sports_platform.orchestration.assets.streams import streams_assets
from sports_platform.orchestration.assets.surrogate import surrogate_assets
from sports_platform.orchestration.assets.sweep import sweep_assets
from sports_platform.orchestration.checks import silver_checks
from sports_platform.orchestration.jobs import platform_jobs
from sports_platform.orchestration.partitions import trial_partitions, week_partitions
from sports_platform.orchestration.resources import platform_resources
from sports_platform.orchestration.sensors import platform_sensors
from sports_platform.sports.catalogue import sport

# Back-fill policies (beta) and partitioned checks (preview) are used on purpose, at a pinned version of Dagster; and
# job `week` runs one week, so that the policies of its assets differ does not matter.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
warnings.filterwarnings("ignore", message="Asset job week materializes assets with varying BackfillPolicies")

# In the data's way.
_ASSETS = (
    streams_assets,
    lake_assets,
    features_assets,
    models_assets,
    simulation_assets,
    surrogate_assets,
    portfolio_assets,
    report_assets,
)


def build_definitions(settings: Settings, *, domain: SportDomain | None = None) -> dg.Definitions:
    """The code location. One process a run, so that a run pays for one Spark session."""
    domain = domain or sport("nfl")
    partitions = week_partitions(settings, domain)
    road = dg.Definitions(
        assets=[
            *(asset for build in _ASSETS for asset in build(domain, partitions)),
            *sweep_assets(domain, trial_partitions(settings)),
        ],
        asset_checks=silver_checks(domain, partitions),
        sensors=platform_sensors(domain, partitions),
        resources=platform_resources(settings),
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(road, platform_jobs(domain))
