"""A season scored as the pipeline lives through it: each week by the model trained before that week.

Belongs here: which version scores which week. Comparing outputs is `comparison.py`; a season scored by one model and
its baselines is `season.py`. Legend: N rows, W output columns.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import SportDomain
from sports_platform.core.lineage import git_commit
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import current_snapshot
from sports_platform.models.artefacts import ModelVersion, model_dir, week_version
from sports_platform.models.baselines import climatology
from sports_platform.models.comparison import HeadComparison, compare
from sports_platform.models.config import training_config
from sports_platform.models.dataset import PlayData, read_plays, read_season
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.train import input_tables, split, train_week

OnNote = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class WalkForward:
    """A season's plays scored by a version a week, beside class frequencies and the version of its first week."""

    versions: tuple[str, ...]
    season: int
    scored_rows: int
    games: int
    heads: list[HeadComparison]


def walk_forward(settings: Settings, domain: SportDomain, season: int, on_note: OnNote) -> WalkForward:
    """Train as of each week of the season whose plays are stored and score the week with it.

    A version that this code has trained from the same snapshots is used again, so that a walk that was stopped goes on.
    """
    plan = domain.model
    snapshot = current_snapshot(settings, f"{domain.name}.{plan.feature_table}")
    first = trained(settings, domain, Week(season, 1), on_note)
    start = PlayPredictor.load(first, domain)
    names = start.feature_names
    scored = read_season(settings, domain, season, snapshot_id=snapshot, feature_names=names)
    known = read_plays(settings, domain, first.week, snapshot_id=snapshot, feature_names=names)
    training, _, _ = split(known, first.card().config)
    output_NW = np.empty((scored.rows, start.width), np.float32)
    versions = []
    for week in scored.weeks:
        version = trained(settings, domain, Week.parse(week), on_note)
        rows = scored.weeks_N == week
        output_NW[rows] = PlayPredictor.load(version, domain).probabilities(scored.features_NF[rows])
        versions.append(version.name)
    return WalkForward(
        versions=tuple(versions),
        season=season,
        scored_rows=scored.rows,
        games=len(scored.game_ids),
        heads=_compared(settings, domain, output_NW, start, training, scored),
    )


def _compared(
    settings: Settings,
    domain: SportDomain,
    output_NW: npt.NDArray[np.float32],
    start: PlayPredictor,
    training: PlayData,
    scored: PlayData,
) -> list[HeadComparison]:
    season = scored.weeks[0][:4]
    baselines = {
        "frequencies": np.tile(climatology(training, domain.model.heads), (scored.rows, 1)),
        "as of week 1": start.probabilities(scored.features_NF),
    }
    seed = derive_seed(settings.seed, domain.name, "walk forward", season)
    return compare(output_NW, baselines, scored, domain.model, seed=seed)


def trained(settings: Settings, domain: SportDomain, week: Week, on_note: OnNote) -> ModelVersion:
    """The week's version by this code, config and data: the stored one, or a new one."""
    if (model_dir(settings) / str(week)).exists():
        version = week_version(settings, week)
        lineage, config = version.lineage(), version.card().config
        current = {table: current_snapshot(settings, table) for table in input_tables(domain)}
        if (lineage.git_commit, lineage.snapshots, config) == (git_commit(), current, training_config(settings)):
            on_note(f"{version.name} is there already")
            return version
    on_note(f"training as of {week}")
    return train_week(settings, domain, week)
