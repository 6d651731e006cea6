"""Training a model as of a week: from a feature snapshot to a stored and registered version.

Belongs here: the order of the steps. The loop is `fit.py`, the files are `artefacts.py`, MLflow is `registry.py`.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import yaml
from safetensors.torch import save_file

from sports_platform.core.domain import SportDomain
from sports_platform.core.lineage import Lineage, config_hash, git_commit
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.lake.asof import read_as_of
from sports_platform.lake.catalog import current_snapshot
from sports_platform.lake.cutoffs import SCHEDULES, week_cutoff
from sports_platform.lake.tags import tag
from sports_platform.models import plots
from sports_platform.models.artefacts import (
    AUXILIARY,
    METRICS,
    MODEL,
    MODEL_NAME,
    WEIGHTS,
    HeadSpec,
    Metrics,
    ModelCard,
    ModelVersion,
    model_dir,
    publish,
    staged_name,
)
from sports_platform.models.baselines import climatology
from sports_platform.models.checkpoint import remove
from sports_platform.models.config import training_config
from sports_platform.models.dataset import PlayData, read_plays, split_by_week
from sports_platform.models.ensemble import FittedEnsemble, fit_ensemble
from sports_platform.models.evaluate import evaluate
from sports_platform.models.fit import TrainConfig
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.registry import log_version

# About a season: the games whose plays tell how they stray together.
RECENT_WEEKS = 21


def train_week(
    settings: Settings,
    domain: SportDomain,
    week: Week,
    config: TrainConfig | None = None,
    *,
    model: str = MODEL_NAME,
) -> ModelVersion:
    """Train on everything known before `week`; store, tag the snapshots read and register as challenger.

    What is trained is `domain.model`, with the settings' config unless one is given; `model` names its folder, its run
    and its registered versions.
    """
    config = config or training_config(settings)
    card = model_card(domain, week, config)
    lineage = Lineage(
        step=f"models/{model}",
        sport=domain.name,
        week=str(week),
        snapshots={table: current_snapshot(settings, table) for table in input_tables(domain)},
        seed=_seed(settings, domain, week, model),
        config_hash=config_hash(config.model_dump()),
        git_commit=git_commit(),
    )
    data, auxiliary = read_inputs(settings, domain, card, lineage.snapshots)
    version = train_rows(settings, domain, data, card, lineage, auxiliary, model=model)
    # A version kept from an earlier, equal training names the snapshots it was made from: those are tagged.
    for table, snapshot in version.lineage().snapshots.items():
        tag(settings, table, snapshot, f"train-{model}-{version.name}")
    log_version(settings, domain, version, model)
    return version


def input_tables(domain: SportDomain) -> tuple[str, str, str]:
    """What a training reads: features, the events its tables are counted from, and the schedules with the cut-off."""
    names = (domain.model.feature_table, domain.model.event_table, SCHEDULES)
    features, events, schedules = (f"{domain.name}.{name}" for name in names)
    return features, events, schedules


def read_inputs(
    settings: Settings, domain: SportDomain, card: ModelCard, snapshots: Mapping[str, int]
) -> tuple[PlayData, dict[str, object]]:
    """Rows and auxiliary tables as of the card's week, from one snapshot of each of the `input_tables`."""
    features, events, schedules = (snapshots[table] for table in input_tables(domain))
    week = Week.parse(card.week)
    cutoff = week_cutoff(settings, domain, week, snapshot_id=schedules)
    known = read_as_of(settings, domain, domain.tables[domain.model.event_table], cutoff=cutoff, snapshot_id=events)
    auxiliary = domain.model.auxiliary(known)
    data = read_plays(
        settings,
        domain,
        week,
        snapshot_id=features,
        feature_names=card.feature_names,
        feature_version=card.feature_version,
        schedules_snapshot=schedules,
    )
    return data, auxiliary


def model_card(domain: SportDomain, week: Week, config: TrainConfig) -> ModelCard:
    """The description of a model of the sport's current feature version and heads."""
    spec = load_spec(domain.features.schema_file(domain.model.feature_table))
    return ModelCard(
        sport=domain.name,
        week=str(week),
        feature_table=domain.model.feature_table,
        feature_version=domain.features.version,
        state_names=spec.names("state"),
        context_names=spec.names("context"),
        heads=tuple(HeadSpec.of(head) for head in domain.model.heads),
        config=config,
    )


def train_rows(
    settings: Settings,
    domain: SportDomain,
    data: PlayData,
    card: ModelCard,
    lineage: Lineage,
    auxiliary: Mapping[str, object],
    *,
    model: str = MODEL_NAME,
) -> ModelVersion:
    """Fit, score and publish a version from rows already read."""
    week = Week.parse(card.week)
    training, stopping, held_out = split(data, card.config)
    seed = _seed(settings, domain, week, model)
    with tempfile.TemporaryDirectory(dir=model_dir(settings, model), prefix=".staging-") as folder:
        staged = Path(folder) / "version"
        staged.mkdir()
        checkpoints = _checkpoint_dir(model_dir(settings, model), card, lineage, seed)
        fitted = fit_into(staged, domain, training, stopping, card, auxiliary, seed=seed, checkpoints=checkpoints)
        remove(checkpoints)
        predictor = PlayPredictor(fitted.ensemble, card, domain.model.heads)
        output = predictor.probabilities(held_out.features_NF)
        baseline = climatology(training, domain.model.heads)
        name = staged_name(week, staged)
        evaluation = evaluate(output, baseline, held_out, domain.model, version=name, week=card.week)
        metrics = Metrics(evaluation=evaluation, curves=fitted.curves, calibration=fitted.choices)
        (staged / METRICS).write_text(metrics.model_dump_json(indent=2))
        plots.draw_all(staged / "plots", fitted.curves, output, held_out, domain.model)
        inputs = {"iceberg_tag": f"train-{model}-{name}"}
        lineage.model_copy(update={"row_count": data.rows, "model_version": name, "inputs": inputs}).write(staged)
        return publish(settings, week, staged, model)


def split(data: PlayData, config: TrainConfig) -> tuple[PlayData, PlayData, PlayData]:
    """(rows to fit, rows that stop and calibrate, rows to judge by), in order of time; raises MissingDataError."""
    known, judged = split_by_week(data, config.validation_weeks)
    training, stopping = split_by_week(known, config.stopping_weeks)
    return training, stopping, judged


def fit_into(
    folder: Path,
    domain: SportDomain,
    training: PlayData,
    stopping: PlayData,
    card: ModelCard,
    auxiliary: Mapping[str, object],
    *,
    seed: int,
    checkpoints: Path | None = None,
) -> FittedEnsemble:
    """Fit and write what a version's name is made from: weights, description and auxiliary tables."""
    fitted = fit_ensemble(training, stopping, domain.model, card.config, seed=seed, checkpoints=checkpoints)
    save_file({name: value.contiguous() for name, value in fitted.ensemble.state_dict().items()}, folder / WEIGHTS)
    (folder / MODEL).write_text(yaml.safe_dump(card.model_dump(mode="json"), sort_keys=False, width=120))
    predictor = PlayPredictor(fitted.ensemble, card, domain.model.heads)
    tables = {**auxiliary, **_tendencies(predictor, domain, training)}
    (folder / AUXILIARY).write_text(json.dumps(tables, indent=2, sort_keys=True))
    return fitted


def _tendencies(predictor: PlayPredictor, domain: SportDomain, training: PlayData) -> dict[str, object]:
    """Of the last season's worth of the rows fitted to: those held out are too few."""
    recent = training.take(np.isin(training.weeks_N, training.weeks[-RECENT_WEEKS:]))
    output = predictor.probabilities(recent.features_NF)
    return domain.model.tendencies(output, recent.labels, recent.features_NF, recent.feature_names, recent.game_index_N)


def _checkpoint_dir(folder: Path, card: ModelCard, lineage: Lineage, seed: int) -> Path:
    """Where a training that is killed leaves its state for the next one from the same inputs."""
    key = config_hash([card.model_dump(mode="json"), lineage.snapshots, seed])
    return folder / ".checkpoints" / key


def _seed(settings: Settings, domain: SportDomain, week: Week, model: str) -> int:
    return derive_seed(settings.seed, domain.name, model, week)
