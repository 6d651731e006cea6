"""Training the play model as of a week: from a feature snapshot to a stored and registered version.

Belongs here: the order of the steps. The loop is `fit.py`, the files are `artefacts.py`, MLflow is `registry.py`.
"""

import json
import tempfile
from pathlib import Path

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
from sports_platform.lake.cutoffs import week_cutoff
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
from sports_platform.models.dataset import PlayData, read_plays, split_by_week
from sports_platform.models.evaluate import evaluate
from sports_platform.models.fit import TrainConfig, fit
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.registry import log_version


def train_week(settings: Settings, domain: SportDomain, week: Week, config: TrainConfig | None = None) -> ModelVersion:
    """Train on everything known before `week`; store, tag the snapshot and register as challenger."""
    config = config or TrainConfig()
    table = f"{domain.name}.{domain.model.feature_table}"
    card = model_card(domain, week, config)
    lineage = Lineage(
        step=f"models/{MODEL_NAME}",
        sport=domain.name,
        week=str(week),
        inputs={"iceberg_tag": f"train-{MODEL_NAME}-{week}"},
        snapshots={table: current_snapshot(settings, table)},
        seed=_seed(settings, domain, week),
        config_hash=config_hash(config.model_dump()),
        git_commit=git_commit(),
    )
    auxiliary = _auxiliary(settings, domain, week)
    data = read_plays(settings, domain, week, snapshot_id=lineage.snapshots[table], feature_names=card.feature_names)
    version = train_rows(settings, domain, data, card, lineage, auxiliary)
    # A version kept from an earlier, equal training names the snapshot it was made from: that one is tagged.
    tag(settings, table, version.lineage().snapshots[table], lineage.inputs["iceberg_tag"])
    log_version(settings, domain, version)
    return version


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
    auxiliary: dict[str, object],
) -> ModelVersion:
    """Fit, score and publish a version from rows already read."""
    week = Week.parse(card.week)
    training, held_out = split_by_week(data, card.config.validation_weeks)
    fitted = fit(training, held_out, domain.model, card.config, seed=_seed(settings, domain, week))
    with tempfile.TemporaryDirectory(dir=model_dir(settings), prefix=".staging-") as folder:
        staged = Path(folder) / "version"
        staged.mkdir()
        save_file({name: value.contiguous() for name, value in fitted.network.state_dict().items()}, staged / WEIGHTS)
        (staged / MODEL).write_text(yaml.safe_dump(card.model_dump(mode="json"), sort_keys=False, width=120))
        (staged / AUXILIARY).write_text(json.dumps(auxiliary, indent=2, sort_keys=True))
        predictor = PlayPredictor(fitted.network, card, domain.model.heads)
        output = predictor.probabilities(held_out.features_NF)
        baseline = climatology(training, domain.model.heads)
        name = staged_name(week, staged)
        evaluation = evaluate(output, baseline, held_out, domain.model, version=name, week=card.week)
        (staged / METRICS).write_text(Metrics(evaluation=evaluation, curve=fitted.curve).model_dump_json(indent=2))
        plots.draw_all(staged / "plots", fitted.curve, output, held_out, domain.model)
        lineage.model_copy(update={"row_count": data.rows, "model_version": name}).write(staged)
        return publish(settings, week, staged)


def _seed(settings: Settings, domain: SportDomain, week: Week) -> int:
    return derive_seed(settings.seed, domain.name, MODEL_NAME, week)


def _auxiliary(settings: Settings, domain: SportDomain, week: Week) -> dict[str, object]:
    cutoff = week_cutoff(settings, domain, week)
    events = read_as_of(settings, domain, domain.tables[domain.model.event_table], cutoff=cutoff)
    return domain.model.auxiliary(events)
