"""A trained version on plays of known truth, shared by the tests of what is made from it."""

from pathlib import Path

import pytest

from sports_platform.core.settings import Settings
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.dataset import PlayData
from sports_platform_tests.models import synthetic


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of the test's own; these tests need no service."""
    return Settings(home=tmp_path / "home", threads=1)


@pytest.fixture(scope="session")
def plays() -> PlayData:
    return synthetic.data(12_000)


@pytest.fixture(scope="session")
def trained_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("trained"), threads=1)


@pytest.fixture(scope="session")
def trained(trained_settings: Settings, plays: PlayData) -> ModelVersion:
    return synthetic.train(trained_settings, plays)
