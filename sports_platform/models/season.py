"""Scoring a model on a season it has not seen, beside baselines fitted on the model's own training rows.

Belongs here: which rows train, stop and score, and as of when. The home that holds their features is the caller's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import LookAheadError
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import current_snapshot
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.baselines import climatology
from sports_platform.models.classifiers import CLASSIFIERS, predict
from sports_platform.models.comparison import HeadComparison, compare
from sports_platform.models.dataset import read_plays, read_season
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.train import split

OnNote = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SeasonReport:
    """What was scored on what: rows and weeks of training, early stopping and the season, and every head."""

    version: str
    season: int
    training_weeks: tuple[str, ...]
    training_rows: int
    stopping_rows: int
    scored_rows: int
    games: int
    heads: list[HeadComparison]


def score_season(
    settings: Settings, domain: SportDomain, version: ModelVersion, season: int, on_note: OnNote
) -> SeasonReport:
    """Score a version on the season's plays, with the context of its week; raises LookAheadError on look-ahead."""
    _require_unseen(version, season)
    predictor, plan = PlayPredictor.load(version, domain), domain.model
    snapshot = current_snapshot(settings, f"{domain.name}.{plan.feature_table}")
    names, features = predictor.feature_names, predictor.feature_version
    known = read_plays(
        settings, domain, version.week, snapshot_id=snapshot, feature_names=names, feature_version=features
    )
    training, stopping, _ = split(known, version.card().config)
    scored = read_season(settings, domain, season, snapshot_id=snapshot, feature_names=names, feature_version=features)
    seed = derive_seed(settings.seed, domain.name, "evaluate", season)
    frequencies_W = climatology(training, plan.heads)
    baselines = {"frequencies": np.tile(frequencies_W, (scored.rows, 1))}
    for name, fit in CLASSIFIERS.items():
        baselines[name] = predict(
            fit,
            training,
            stopping,
            scored,
            plan,
            frequencies_W,
            seed % 2**32,
            partial(_note, on_note, f"fitting {name} on {training.rows} rows"),
        )
    return SeasonReport(
        version=version.name,
        season=season,
        training_weeks=tuple(training.weeks),
        training_rows=training.rows,
        stopping_rows=stopping.rows,
        scored_rows=scored.rows,
        games=len(scored.game_ids),
        heads=compare(predictor.probabilities(scored.features_NF), baselines, scored, plan, seed=seed),
    )


def _note(on_note: OnNote, what: str, head: str) -> None:
    on_note(f"{what}: {head}")


def _require_unseen(version: ModelVersion, season: int) -> None:
    if version.week > Week(season, 1):
        raise LookAheadError(
            found=f"version {version.name}, trained on weeks of {season} or later",
            needed=f"a version as of {Week(season, 1)} or earlier: it must not have seen what it is scored on",
            remedy="leave --version out to train one, or score a later season",
        )
