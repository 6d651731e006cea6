"""The drive model of a week, trained beside the play model. No gate: nothing is played with it."""

import dagster as dg

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.models.artefacts import DRIVE_MODEL
from sports_platform.models.drives import train_drives
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import WeekPartitions, earlier_weeks, week_of


def drive_model_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """Training of the drive model."""
    key = stage_key(domain, "models", DRIVE_MODEL)
    features = stage_key(domain, "features", domain.drive_model.feature_table)
    events = stage_key(domain, "lake", domain.drive_model.event_table)
    before = earlier_weeks(partitions)
    spec = asset_spec(
        key,
        "The drive model trained on every week before this one: outcome, points, plays and time of a possession.",
        kinds=("pytorch", "mlflow"),
        deps=[dg.AssetDep(read, partition_mapping=before) for read in (features, events)],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def train_drive_model(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        version = train_drives(settings, domain, week_of(context))
        return dg.MaterializeResult(metadata=metadata.artefact(version.path))

    return [train_drive_model]
