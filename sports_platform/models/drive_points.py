"""Points a drive as the drive model expects them, beside the points seen: what a simulation's scores are held against.

Belongs here: a season's drives scored by a stored version. Who wins is `simulation.winprob`.
Legend: N rows, W output columns.
"""

from dataclasses import dataclass

import numpy as np

from sports_platform.core.domain import DrivePlan, SportDomain
from sports_platform.core.settings import Settings
from sports_platform.lake.catalog import current_snapshot
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.classifiers import F32
from sports_platform.models.dataset import PlayData, read_season
from sports_platform.models.drives import DriveDomain
from sports_platform.models.predictor import PlayPredictor


@dataclass(frozen=True, slots=True)
class DrivePoints:
    """Means over drives whose outcome is known; scores of the other side's are not a drive's points."""

    drives: int
    expected: float
    seen: float
    seen_error: float  # standard error of the mean seen
    per_team_game: float  # drives of a team in a game

    @property
    def expected_per_team_game(self) -> float:
        """Points of a team's own drives in a game."""
        return self.expected * self.per_team_game


def season_points(settings: Settings, domain: SportDomain, version: ModelVersion, season: int) -> DrivePoints:
    """Expected and seen points of a season's drives."""
    plan, drives = domain.drive_model, DriveDomain(domain)
    predictor = PlayPredictor.load(version, drives)
    data = read_season(
        settings,
        drives,
        season,
        snapshot_id=current_snapshot(settings, f"{domain.name}.{plan.feature_table}"),
        feature_names=predictor.feature_names,
        feature_version=predictor.feature_version,
    )
    return drive_points(predictor.probabilities(data.features_NF), data, plan)


def drive_points(output_NW: F32, data: PlayData, plan: DrivePlan) -> DrivePoints:
    """The same of probabilities [N, W] and the drives they are of."""
    seen = plan.seen_points(data.labels)
    known = np.isfinite(seen)
    expected, points = plan.expected_points(output_NW)[known], seen[known]
    return DrivePoints(
        drives=len(points),
        expected=float(expected.mean()),
        seen=float(points.mean()),
        seen_error=float(points.std(ddof=1) / np.sqrt(len(points))),
        per_team_game=data.rows / (2 * len(data.game_ids)),
    )
