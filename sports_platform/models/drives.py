"""The drive model on the platform's one road for models: trained, stored, scored and reproduced like the play model.

Belongs here: putting a sport's drive model where the steps look for a model, and how it is trained. No version of it
serves: it is a check on the simulation, so there is no gate and no pointer.
"""

from collections.abc import Mapping
from datetime import datetime
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
from sports_platform.core.settings import Settings
from sports_platform.core.tables import TableSpec
from sports_platform.core.weeks import Week
from sports_platform.models.artefacts import DRIVE_MODEL, ModelVersion
from sports_platform.models.fit import TrainConfig
from sports_platform.models.train import train_week

if TYPE_CHECKING:
    import pyarrow as pa

# Chosen on 2014 after training on 2009-2013. A seventh as many rows as plays: an epoch is short, and more of them pay.
DRIVE_CONFIG = TrainConfig(
    members=3, epochs=20, batch_size=512, learning_rate=3e-3, weight_decay=0.1, dropout=0.2, ema_decay=0.0
)


class DriveDomain:
    """A sport whose `model` is its drive model. Implements `core.domain.SportDomain`."""

    def __init__(self, sport: SportDomain) -> None:
        self._sport = sport
        self.name: str = sport.name
        self.tables: Mapping[str, TableSpec] = sport.tables

    @property
    def events(self) -> EventPlan:
        """The sport's."""
        return self._sport.events

    @property
    def features(self) -> FeaturePlan:
        """The sport's."""
        return self._sport.features

    @property
    def model(self) -> ModelPlan:
        """The drive model."""
        return self._sport.drive_model

    @property
    def drive_model(self) -> DrivePlan:
        """The drive model too."""
        return self._sport.drive_model

    @property
    def simulation(self) -> SimulationPlan:
        """The sport's."""
        return self._sport.simulation

    @property
    def fidelity(self) -> FidelityPlan:
        """The sport's."""
        return self._sport.fidelity

    @property
    def contest(self) -> ContestRules:
        """The sport's."""
        return self._sport.contest

    def main_slate(self, kickoffs: Mapping[str, datetime]) -> list[str]:
        """The sport's."""
        return self._sport.main_slate(kickoffs)

    def player_points(self, plays: "pa.Table", schedules: "pa.Table") -> "pa.Table":
        """The sport's."""
        return self._sport.player_points(plays, schedules)

    def team_games(self, plays: "pa.Table", schedules: "pa.Table") -> "pa.Table":
        """The sport's."""
        return self._sport.team_games(plays, schedules)

    def closing_win_probabilities(self, lines: "pa.Table") -> "pa.Table":
        """The sport's."""
        return self._sport.closing_win_probabilities(lines)


def domain_of_model(domain: SportDomain, model: str) -> SportDomain:
    """The sport as the steps of a model take it."""
    return DriveDomain(domain) if model == DRIVE_MODEL else domain


def train_drives(
    settings: Settings, domain: SportDomain, week: Week, config: TrainConfig = DRIVE_CONFIG
) -> ModelVersion:
    """Train the drive model on every drive known before `week`; store, tag and register it."""
    return train_week(settings, DriveDomain(domain), week, config, model=DRIVE_MODEL)
