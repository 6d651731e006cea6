from pathlib import Path

import dagster as dg
import pytest

from sports_platform.core.settings import Settings
from sports_platform.orchestration.build import build_definitions


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    """The code location of a home that holds nothing and needs no service."""
    home: Path = tmp_path_factory.mktemp("definitions")
    return build_definitions(Settings(home=home, tools=Settings.load().tools))


@pytest.fixture(scope="session")
def graph(definitions: dg.Definitions):
    return definitions.resolve_asset_graph()
