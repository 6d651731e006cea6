"""Models: train as of a week, judge against the champion, and move the pointer only on a pass.

Promotion is an asset of its own: a blocking check blocks only inside its own run, and the pointer must not
move in any other run either.
"""

from collections.abc import Callable, Iterator

import dagster as dg

from sports_platform.core.domain import ModelPlan, SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.artefacts import DRIVE_MODEL, MODEL_NAME, ModelVersion, week_version
from sports_platform.models.drives import train_drives
from sports_platform.models.gate import gate, stored_verdict
from sports_platform.models.registry import promote
from sports_platform.models.train import train_week
from sports_platform.orchestration import metadata
from sports_platform.orchestration.keys import asset_spec, op_name, stage_key
from sports_platform.orchestration.partitions import WeekPartitions, earlier_weeks, week_of
from sports_platform.simulation.backtest import backtest

GATE_CHECK = "passes_gate"

Train = Callable[[Settings, SportDomain, Week], ModelVersion]


def models_assets(domain: SportDomain, partitions: WeekPartitions) -> list[dg.AssetsDefinition]:
    """Training of both models, and gate and promotion of the play model: nothing is played with the drive model."""
    play = _training(
        domain, partitions, MODEL_NAME, domain.model, train_week,
        "The multi-head play model trained on every week before this one.",
    )  # fmt: skip
    drive = _training(
        domain, partitions, DRIVE_MODEL, domain.drive_model, train_drives,
        "The drive model trained on every week before this one: outcome, points, plays and time of a possession.",
    )  # fmt: skip
    return [play, _gate(domain, partitions), _promotion(domain, partitions), drive]


def _training(
    domain: SportDomain, partitions: WeekPartitions, name: str, plan: ModelPlan, train: Train, description: str
) -> dg.AssetsDefinition:
    key = stage_key(domain, "models", name)
    reads = stage_key(domain, "features", plan.feature_table), stage_key(domain, "lake", plan.event_table)
    before = earlier_weeks(partitions)
    spec = asset_spec(
        key,
        description,
        kinds=("pytorch", "mlflow"),
        deps=[dg.AssetDep(read, partition_mapping=before) for read in reads],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def train_model(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        version = train(settings, domain, week_of(context))
        return dg.MaterializeResult(metadata=metadata.artefact(version.path))

    return train_model


def _gate(domain: SportDomain, partitions: WeekPartitions) -> dg.AssetsDefinition:
    key = stage_key(domain, "models", "gate")
    context = stage_key(domain, "features", domain.simulation.context_table)
    events = stage_key(domain, "lake", domain.model.event_table)
    before = earlier_weeks(partitions)
    spec = asset_spec(
        key,
        "The verdict on the week's model, its plays and its simulated games, against its limits and the champion; "
        "asset check `passes_gate` mirrors it.",
        kinds=("python",),
        deps=[
            stage_key(domain, "models", "play_model"),
            *(dg.AssetDep(read, partition_mapping=before) for read in (context, events)),
        ],
        partitions=partitions,
    )
    check = dg.AssetCheckSpec(GATE_CHECK, asset=key, description="Losses, calibration and simulated games hold.")

    @dg.multi_asset(name=op_name(key), specs=[spec], check_specs=[check])
    def judge_model(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> Iterator[dg.MaterializeResult[None]]:
        candidate = week_version(settings, week_of(context))
        verdict = gate(settings, domain, candidate, backtest(settings, domain, candidate))
        table = metadata.verdict(verdict)
        result = dg.AssetCheckResult(check_name=GATE_CHECK, passed=verdict.passed, metadata=table)
        yield dg.MaterializeResult(metadata=table, check_results=[result])

    return judge_model


def _promotion(domain: SportDomain, partitions: WeekPartitions) -> dg.AssetsDefinition:
    key = stage_key(domain, "models", "promotion")
    spec = asset_spec(
        key,
        "Moves the `current` pointer and MLflow's alias `champion` when the gate passed; else leaves both.",
        kinds=("mlflow",),
        deps=[stage_key(domain, "models", "gate")],
        partitions=partitions,
    )

    @dg.multi_asset(name=op_name(key), specs=[spec])
    def promote_model(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult[None]:
        version = week_version(settings, week_of(context))
        verdict = stored_verdict(version)
        serves = promote(settings, domain, version, verdict)
        return dg.MaterializeResult(metadata={"model_version": version.name, "serves": serves, "why": verdict.summary})

    return promote_model
