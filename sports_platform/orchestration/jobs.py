"""Jobs: named selections for people and schedules. Back-fill by asset selection: jobs ignore back-fill policies."""

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.orchestration.checks import FRESHNESS_CHECK
from sports_platform.orchestration.keys import bronze_key, stage_key, trial_key


def bronze_selection(domain: SportDomain) -> dg.AssetSelection:
    """All bronze tables."""
    return dg.AssetSelection.assets(*(bronze_key(domain, name) for name in domain.tables))


def touched_selection(domain: SportDomain) -> dg.AssetSelection:
    """What follows when bronze touched a week: silver with its checks, and the feature tables."""
    silver = [stage_key(domain, "lake", name) for name in domain.tables]
    features = [stage_key(domain, "features", name) for name in (*domain.features.summaries, *domain.features.tables)]
    return dg.AssetSelection.assets(*silver, *features)


def platform_jobs(domain: SportDomain) -> dg.Definitions:
    """`ingest`, `week`, `sweep` and `freshness`, the last also every noon: it must run when nothing else does."""
    silver = [stage_key(domain, "lake", name) for name in domain.tables]
    freshness = dg.define_asset_job(
        "freshness",
        dg.AssetSelection.checks(*(dg.AssetCheckKey(key, FRESHNESS_CHECK) for key in silver)),
        description="Whether silver holds the newest finished week.",
    )
    trial = dg.AssetSelection.assets(trial_key(domain))
    jobs = [
        dg.define_asset_job("ingest", bronze_selection(domain), description="Everything new in Kafka into bronze."),
        dg.define_asset_job("week", dg.AssetSelection.all() - trial, description="The whole road for one week."),
        dg.define_asset_job("sweep", trial, description="Trials of the play model's hyper-parameters, a run each."),
        freshness,
    ]
    noon = dg.ScheduleDefinition(job=freshness, cron_schedule="0 12 * * *", execution_timezone="UTC")
    return dg.Definitions(jobs=jobs, schedules=[noon])
