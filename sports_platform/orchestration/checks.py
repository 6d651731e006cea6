"""Asset checks of silver: quality of what is stored (blocking) and freshness of the newest week.

Belongs here: which checks exist and how their findings look. What is checked is decided in `lake`; the write
itself already refuses bad rows, so a failing quality check means that something else changed the table.
"""

import warnings

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.tables import TableSpec
from sports_platform.lake.freshness import newest_week_freshness, stored_checks
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import stage_key
from sports_platform.orchestration.partitions import WeekPartitions, weeks_of

QUALITY_CHECK = "quality"
FRESHNESS_CHECK = "newest_week_is_fresh"


def silver_checks(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetChecksDefinition]:
    """Quality and freshness of each silver table."""
    tables = domain.tables.values()
    with warnings.catch_warnings():
        # Checks by partition are a preview in the Dagster that is locked.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        quality = [_quality(domain, table, partitions) for table in tables]
    return quality + [_freshness(domain, table) for table in tables]


def _quality(domain: SportDomain, table: TableSpec, partitions: WeekPartitions) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=stage_key(domain, "lake", table.name),
        name=QUALITY_CHECK,
        description="Keys, types, ranges and volume of the stored weeks hold what the TableSpec promises.",
        blocking=True,
        partitions_def=partitions,
    )
    def quality(context: dg.AssetCheckExecutionContext, settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
        failed = [found for found in stored_checks(settings, domain, table, weeks_of(context)) if not found.passed]
        return dg.AssetCheckResult(passed=not failed, metadata=metadata.failed_checks(failed))

    return quality


def _freshness(domain: SportDomain, table: TableSpec) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=stage_key(domain, "lake", table.name),
        name=FRESHNESS_CHECK,
        description="The newest week whose games are over is in silver and holds all that bronze has of it. "
        "A back-fill of an old week cannot turn this green.",
    )
    def freshness(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
        finding = newest_week_freshness(settings, domain, table)
        return dg.AssetCheckResult(
            passed=finding.fresh,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"week": finding.week, "detail": finding.detail},
        )

    return freshness
