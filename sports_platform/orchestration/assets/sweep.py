"""Trials of the play model's hyper-parameters: a partition a trial, of the week that the run is configured with."""

from typing import Any

import dagster as dg
from pydantic import Field

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.config import training_config
from sports_platform.models.sweep import open_sweep, run_trial
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key, trial_key


class SweepConfig(dg.Config):
    """What the trials of a sweep share."""

    week: str = Field(description="The week that the trials are as of, such as 2015_wk12.")
    base: dict[str, Any] = Field(default={}, description="Fields of TrainConfig that differ from the settings'.")


def sweep_assets(domain: SportDomain, partitions: dg.StaticPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The trials."""
    key = trial_key(domain)
    features = stage_key(domain, "features", domain.model.feature_table)
    events = stage_key(domain, "lake", domain.model.event_table)
    # The graph cannot know the configured week: of all weeks, those before it are read.
    weeks = dg.AllPartitionMapping()
    spec = asset_spec(
        key,
        "A training with proposed hyper-parameters, scored on the weeks that stop it and never on those of the gate.",
        kinds=("pytorch", "mlflow", "optuna"),
        deps=[dg.AssetDep(read, partition_mapping=weeks) for read in (features, events)],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def train_trial(
        context: dg.AssetExecutionContext, config: SweepConfig, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        sweep = open_sweep(settings, domain, Week.parse(config.week), training_config(settings, config.base))
        return dg.MaterializeResult(metadata=metadata.trial(sweep, run_trial(sweep, context.partition_key)))

    return [train_trial]
