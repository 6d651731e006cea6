"""The gate on stored models: gather the evidence on candidate and champion, decide, keep the verdict.

Belongs here: loading and storing. The decision is `promote.judge`, simulated games come from `simulation.backtest`, and
moving the pointer is `registry.promote`.
"""

import os
from collections.abc import Mapping

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.lake.cutoffs import SCHEDULES
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.baselines import climatology
from sports_platform.models.dataset import read_plays, split_by_week
from sports_platform.models.evaluate import Evaluation, evaluate
from sports_platform.models.evidence import Evidence, SimulatedGames
from sports_platform.models.pointer import champion, history, serving
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.promote import Thresholds, Verdict, judge


def gate(
    settings: Settings, domain: SportDomain, candidate: ModelVersion, games: Mapping[str, SimulatedGames]
) -> Verdict:
    """Judge a version against the one serving its week, if any; stored beside the version as `verdict.json`.

    `games` are the held-out games as each of the two plays them, by the name of the version.
    """
    current = incumbent(settings, candidate.week)
    seed = derive_seed(settings.seed, domain.name, "gate", candidate.name)
    own = Evidence(
        evaluation=candidate.metrics().evaluation,
        games=games.get(candidate.name),
        input_differences=input_differences(domain, candidate),
    )
    other = None
    if current is not None:
        other = Evidence(evaluation=_scored(settings, domain, current, candidate), games=games.get(current.name))
    verdict = judge(own, other, Thresholds.of(domain.model), seed)
    fresh = candidate.path / f".verdict.{os.getpid()}.json"
    fresh.write_text(verdict.model_dump_json(indent=2))
    fresh.replace(candidate.path / "verdict.json")
    return verdict


def incumbent(settings: Settings, week: Week) -> ModelVersion | None:
    """The champion that a model as of the week has to stand against."""
    return None if serving(history(settings), week) is None else champion(settings, week)


def input_differences(domain: SportDomain, version: ModelVersion) -> tuple[str, ...]:
    """Inputs that only the version or only the running feature version has; what stands elsewhere if that is all."""
    wanted = load_spec(domain.features.schema_file(domain.model.feature_table)).inputs
    read = version.card().feature_names
    differing = sorted(set(wanted) ^ set(read))
    return tuple(differing or (name for name, other in zip(read, wanted, strict=True) if name != other))


def stored_verdict(version: ModelVersion) -> Verdict:
    """The verdict kept beside a version; raises MissingDataError when the gate has not judged it."""
    path = version.path / "verdict.json"
    if not path.exists():
        raise MissingDataError(
            found=f"no verdict on {version.name}",
            needed="the gate's verdict on the version",
            remedy=f"run the gate for {version.week}",
        )
    return Verdict.model_validate_json(path.read_text())


def _scored(settings: Settings, domain: SportDomain, served: ModelVersion, candidate: ModelVersion) -> Evaluation:
    """The champion's scores on the plays the candidate was validated on."""
    predictor = PlayPredictor.load(served, domain)
    snapshots = candidate.lineage().snapshots
    data = read_plays(
        settings,
        domain,
        candidate.week,
        snapshot_id=snapshots[f"{domain.name}.{domain.model.feature_table}"],
        feature_names=predictor.feature_names,
        feature_version=predictor.feature_version,
        schedules_snapshot=snapshots.get(f"{domain.name}.{SCHEDULES}"),
    )
    training, held_out = split_by_week(data, candidate.card().config.validation_weeks)
    return evaluate(
        predictor.probabilities(held_out.features_NF),
        climatology(training, domain.model.heads),
        held_out,
        domain.model,
        version=served.name,
        week=str(served.week),
    )
