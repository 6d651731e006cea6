"""MLflow: a run for each training and each trial, a registered version, the aliases challenger and champion.

Belongs here: everything that speaks to MLflow, and promotion, which moves alias and pointer together.
The pointer file decides what serves and moves last, so that a failure before it changes nothing;
repeating the promotion sets the alias right.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime

# MLflow reads these while it is imported: the platform calls nobody, and making a database is no news.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import ArtefactError, MissingDataError
from sports_platform.core.lineage import Lineage, config_hash
from sports_platform.core.settings import Settings
from sports_platform.models.artefacts import MODEL_NAME, Metrics, ModelVersion, model_dir, open_version
from sports_platform.models.curve import Epoch
from sports_platform.models.fit import TrainConfig
from sports_platform.models.pointer import Promotion, champion, history, locked, replace_history, serving
from sports_platform.models.promote import Verdict
from sports_platform.models.trial import Trial

__all__ = ["ModelVersion", "champion", "log_trial", "log_version", "promote", "rollback"]

CHAMPION, CHALLENGER = "champion", "challenger"


def log_version(settings: Settings, domain: SportDomain, version: ModelVersion, model: str = MODEL_NAME) -> str:
    """Log a run with everything about the version and register it as challenger; returns MLflow's version number.

    A version that is registered already only becomes the challenger again.
    """
    client, name = _client(settings), _registered_name(domain, model)
    number = _number(client, name, version.name)
    if number is None:
        experiment = _experiment(client, settings, f"{domain.name}/{model}")
        number = _register(client, name, version, _log_run(client, experiment, version))
    client.set_registered_model_alias(name, CHALLENGER, number)
    return number


def log_trial(settings: Settings, lineage: Lineage, trial: Trial, config: TrainConfig, curve: Sequence[Epoch]) -> str:
    """Log a trial as a child of its study's run; returns its run id. One process at a time: the caller holds a lock.

    Unless it failed, the runs of earlier trials of the same name get the tag `replaced_by`. No model is registered.
    """
    client = _client(settings)
    experiment = _experiment(client, settings, f"{lineage.sport}/{MODEL_NAME}_sweep")
    parent = _study_run(client, experiment, lineage)
    earlier = client.search_runs([experiment], _named(trial.name) + f" and tags.`{MLFLOW_PARENT_RUN_ID}` = '{parent}'")
    tags = {MLFLOW_PARENT_RUN_ID: parent, "state": trial.state, **_lineage_tags(lineage)}
    tags |= {"config_hash": config_hash(config.model_dump())}
    run_id = str(client.create_run(experiment, run_name=trial.name, tags=tags).info.run_id)
    metrics = _curve_metrics("", curve, _now())
    if trial.state == "complete":
        metrics.append(Metric("objective", trial.objective, _now(), trial.best_epoch))
    client.log_batch(run_id, metrics=metrics, params=_params(config, lineage))
    client.set_terminated(run_id, "FAILED" if trial.state == "failed" else "FINISHED")
    for run in earlier if trial.state != "failed" else ():
        client.set_tag(run.info.run_id, "replaced_by", run_id)
    return run_id


def promote(settings: Settings, domain: SportDomain, version: ModelVersion, verdict: Verdict) -> bool:
    """Let a version serve its week and later ones if its verdict passed; returns whether it now serves its week."""
    if verdict.candidate != version.name:
        raise ArtefactError(
            found=f"a verdict on {verdict.candidate}",
            needed=f"a verdict on {version.name}",
            remedy="run the gate on the version to be promoted",
        )
    if not verdict.passed:
        return False
    with locked(settings):
        promotions = history(settings)
        current = serving(promotions, version.week)
        if current is None or current.sha256 != version.sha256:
            promotions.append(_promotion(settings, version))
        _move_alias(settings, domain, serving(promotions))
        replace_history(settings, promotions)
    return True


def rollback(settings: Settings, domain: SportDomain) -> ModelVersion | None:
    """Undo the last promotion; returns the version that serves the newest week now, None when none is left."""
    with locked(settings):
        promotions = history(settings)
        if not promotions:
            raise MissingDataError(
                found="no promotion in force",
                needed="at least one to undo",
                remedy="train a week and let the gate promote it",
            )
        rest = promotions[:-1]
        now = serving(rest)
        _move_alias(settings, domain, now)
        replace_history(settings, rest)
    return None if now is None else open_version(model_dir(settings) / "versions" / now.version)


def _client(settings: Settings) -> MlflowClient:
    settings.home.mkdir(parents=True, exist_ok=True)
    return MlflowClient(tracking_uri=f"sqlite:///{settings.home / 'mlflow.db'}")


def _registered_name(domain: SportDomain, model: str = MODEL_NAME) -> str:
    return f"{domain.name}_{model}"


def _number(client: MlflowClient, name: str, version: str) -> str | None:
    found = client.search_model_versions(f"name='{name}' and tag.version='{version}'")
    return str(found[0].version) if found else None


def _log_run(client: MlflowClient, experiment: str, version: ModelVersion) -> tuple[str, str]:
    """Run id and the address of its copy of the artefacts."""
    card, metrics, lineage = version.card(), version.metrics(), version.lineage()
    run = client.create_run(experiment, run_name=version.name)
    run_id = run.info.run_id
    tags = {
        "version": version.name,
        "feature_version": card.feature_version,
        **_lineage_tags(lineage),
    }
    client.log_batch(
        run_id,
        metrics=_metrics(metrics),
        params=_params(card.config, lineage),
        tags=[RunTag(key, text) for key, text in tags.items()],
    )
    client.log_artifacts(run_id, str(version.path), "version")
    client.set_terminated(run_id)
    return run_id, f"{run.info.artifact_uri}/version"


def _study_run(client: MlflowClient, experiment: str, lineage: Lineage) -> str:
    """The run above all trials of a study, made with its first. It ends at once: a study is never done."""
    study = lineage.inputs["study"]
    found = client.search_runs([experiment], _named(study))
    if found:
        return str(found[0].info.run_id)
    run = client.create_run(experiment, run_name=study, tags=_lineage_tags(lineage))
    client.set_terminated(run.info.run_id)
    return str(run.info.run_id)


def _named(run: str) -> str:
    return f"attributes.run_name = '{run}'"


def _lineage_tags(lineage: Lineage) -> dict[str, str]:
    return {
        "week": lineage.week,
        "config_hash": lineage.config_hash,
        "git_commit": lineage.git_commit,
        **{f"snapshot.{table}": str(snapshot) for table, snapshot in lineage.snapshots.items()},
        **{f"input.{name}": text for name, text in lineage.inputs.items()},
    }


def _params(config: TrainConfig, lineage: Lineage) -> list[Param]:
    return [Param(key, str(value)) for key, value in (config.model_dump() | {"seed": lineage.seed}).items()]


def _now() -> int:
    """In milliseconds, as MLflow counts."""
    return int(datetime.now(UTC).timestamp() * 1000)


def _curve_metrics(prefix: str, curve: Sequence[Epoch], now: int) -> list[Metric]:
    return [
        Metric(f"{prefix}{key}", value, now, point.epoch)
        for point in curve
        for key, value in [
            ("training_loss", point.training),
            ("validation_loss", point.validation),
            *((f"validation_loss.{head}", loss) for head, loss in point.heads.items()),
        ]
    ]


def _metrics(metrics: Metrics) -> list[Metric]:
    now = _now()
    curves = [
        metric
        for member, curve in enumerate(metrics.curves)
        for metric in _curve_metrics(f"member_{member}.", curve, now)
    ]
    final = {f"log_loss.{name}": head.log_loss for name, head in metrics.evaluation.heads.items()}
    final |= {f"log_loss_climatology.{name}": h.baseline_log_loss for name, h in metrics.evaluation.heads.items()}
    final |= {f"crps.{name}": h.crps for name, h in metrics.evaluation.heads.items() if h.crps is not None}
    final |= {f"brier.{name}": head.brier for name, head in metrics.evaluation.heads.items()}
    found = {name: head.calibration for name, head in metrics.evaluation.heads.items() if head.calibration is not None}
    final |= {f"debiased_ece.{name}": calibration.debiased for name, calibration in found.items()}
    final |= {"accuracy": metrics.evaluation.accuracy, "total_loss": metrics.evaluation.total_loss}
    return curves + [Metric(key, value, now, 0) for key, value in final.items()]


def _experiment(client: MlflowClient, settings: Settings, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    return client.create_experiment(name, artifact_location=settings.stage_dir("mlartifacts").as_uri())


def _register(client: MlflowClient, name: str, version: ModelVersion, run: tuple[str, str]) -> str:
    run_id, source = run
    if not client.search_registered_models(f"name='{name}'"):
        client.create_registered_model(name)
    tags = {"version": version.name, "week": str(version.week), "sha256": version.sha256}
    return str(client.create_model_version(name, source=source, run_id=run_id, tags=tags).version)


def _move_alias(settings: Settings, domain: SportDomain, entry: Promotion | None) -> None:
    client, name = _client(settings), _registered_name(domain)
    if entry is None:
        client.delete_registered_model_alias(name, CHAMPION)
        return
    number = _number(client, name, entry.version)
    if number is None:
        raise MissingDataError(
            found=f"no MLflow version of {entry.version} in {settings.home / 'mlflow.db'}",
            needed="a registered version for the alias champion",
            remedy="train the week again, which registers it",
        )
    client.set_registered_model_alias(name, CHAMPION, number)


def _promotion(settings: Settings, version: ModelVersion) -> Promotion:
    verdict = version.path / "verdict.json"
    return Promotion(
        version=version.name,
        week=str(version.week),
        sha256=version.sha256,
        promoted_at=datetime.now(UTC),
        verdict=str(verdict.relative_to(model_dir(settings))),
    )
