"""The road's own season: the packaged real games, cut to the first weeks of 2015."""

import itertools
import os
from functools import cached_property
from pathlib import Path

import pytest

from sports_platform.core.domain import RawSource
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.events import NflEvents
from sports_platform.sports.nfl.model import NflModel
from sports_platform.streams.sources.sample import sample_folder

LAST = Week(2015, 12)
_names = itertools.count(1)


class _FirstWeeks(NflEvents):
    def weeks(self, source: RawSource) -> list[Week]:
        return [week for week in super().weeks(source) if Week(2015, 1) <= week <= LAST]


class _ModestModel(NflModel):
    """Five weeks of training (six are held out) cannot reach the bar of three seasons."""

    primary_heads = ("play_type",)
    min_accuracy = 0.5


class FirstWeeks(NflDomain):
    """The NFL of the first weeks of 2015, under a name of its own."""

    def __init__(self) -> None:
        self.name = f"nfl_road{os.getpid()}_{next(_names)}"

    @cached_property
    def events(self) -> NflEvents:
        return _FirstWeeks()

    @cached_property
    def model(self) -> NflModel:
        return _ModestModel()


@pytest.fixture
def domain() -> FirstWeeks:
    return FirstWeeks()


def sample_for(sport: str, folder: Path) -> Path:
    """The packaged sample as a folder, its prices under the name of a test's own sport."""
    folder.mkdir()
    for path in sample_folder("nfl").glob("*.parquet"):
        (folder / path.name.replace("dk_nfl_", f"dk_{sport}_")).symlink_to(path)
    return folder


@pytest.fixture
def settings(settings: Settings, domain: FirstWeeks, tmp_path: Path) -> Settings:
    # Ten lineups: fewer bring so few candidates that the exposure limit cannot be kept.
    source = sample_for(domain.name, tmp_path / "season")
    return settings.model_copy(update={"source": str(source), "lineups": 10})
