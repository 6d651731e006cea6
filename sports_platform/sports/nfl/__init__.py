"""The NFL. `DOMAIN` is all the stages ever see of it; its pieces load when first asked for."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sports_platform.core.contest import ContestRules
from sports_platform.core.domain import (
    DrivePlan,
    EventPlan,
    FeaturePlan,
    FidelityPlan,
    ModelPlan,
    SimulationPlan,
    SportDomain,
)
from sports_platform.core.tables import TableSpec
from sports_platform.sports.nfl.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa


class NflDomain:
    """Implements `core.domain.SportDomain`."""

    name = "nfl"
    tables: Mapping[str, TableSpec] = TABLES

    @cached_property
    def events(self) -> EventPlan:
        """Raw nflverse tables to event rows."""
        from sports_platform.sports.nfl.events import NflEvents

        return NflEvents()

    @cached_property
    def features(self) -> FeaturePlan:
        """Feature tables and their SQL."""
        from sports_platform.sports.nfl.features import NflFeatures

        return NflFeatures()

    @cached_property
    def model(self) -> ModelPlan:
        """The play model."""
        from sports_platform.sports.nfl.model import NflModel

        return NflModel()

    @cached_property
    def drive_model(self) -> DrivePlan:
        """The drive model."""
        from sports_platform.sports.nfl.drive_model import NflDriveModel

        return NflDriveModel()

    @cached_property
    def simulation(self) -> SimulationPlan:
        """The engine's NFL plug-in."""
        from sports_platform.sports.nfl.simulation import NflSimulation

        return NflSimulation()

    @cached_property
    def fidelity(self) -> FidelityPlan:
        """What simulated games are compared with real ones by."""
        from sports_platform.sports.nfl.fidelity import NflFidelity

        return NflFidelity()

    @cached_property
    def contest(self) -> ContestRules:
        """DraftKings classic."""
        from sports_platform.sports.nfl.rules import DRAFTKINGS_CLASSIC

        return DRAFTKINGS_CLASSIC

    def main_slate(self, kickoffs: Mapping[str, datetime]) -> list[str]:
        """Games of the Sunday 13:00 ET to Monday slate."""
        from sports_platform.sports.nfl.rules import main_slate

        return main_slate(kickoffs)

    def player_points(self, plays: "pa.Table", schedules: "pa.Table") -> "pa.Table":
        """Actual DraftKings points from the plays."""
        from sports_platform.sports.nfl.boxscore import player_points

        return player_points(plays, schedules)

    def team_games(self, plays: "pa.Table", schedules: "pa.Table") -> "pa.Table":
        """Team statistics from the plays of finished games."""
        from sports_platform.sports.nfl.boxscore import team_games

        return team_games(plays, schedules)

    def closing_win_probabilities(self, lines: "pa.Table") -> "pa.Table":
        """The home team's chance by the closing spread."""
        from sports_platform.sports.nfl.market import closing_win_probabilities

        return closing_win_probabilities(lines)


DOMAIN: SportDomain = NflDomain()
