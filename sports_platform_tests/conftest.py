"""Fixtures shared by all tests: real services, settings, a sport of one's own, Spark, real data; and how tests are
shared out where several processes run them (`-n`).

Isolation: Kafka, the registry and Redis are started once a session and shared; every test gets a home of
its own (`settings`), an empty Redis, and a `domain` whose name no other test uses. As the name is part of
each topic, schema subject, Iceberg namespace and Redis key, tests that use `domain` do not see one another.
Each process of `-n` is a session: it has services and a JVM of its own, once its tests ask for them.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from xdist.scheduler import LoadScopeScheduling

from sports_platform.core.settings import Endpoints, Settings
from sports_platform.ops import ports
from sports_platform.ops.services import running_services
from sports_platform.sports.nfl import NflDomain

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_REPOSITORY = Path(__file__).resolve().parents[1]
_LONGEST = ("sports_platform_tests/features/", "sports_platform_tests/integration/")
_names = itertools.count(1)


class _Parts(LoadScopeScheduling):
    """A file is run by one process, and so is a folder of those that take longest, whose files share a lake."""

    def _split_scope(self, nodeid: str) -> str:
        return next(filter(nodeid.startswith, _LONGEST), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _Parts:
    config.option.loadscopereorder = False  # by the number of tests, which says nothing of their time
    return _Parts(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: none of them is left to one process when the others have finished."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


@pytest.fixture(scope="session", autouse=True)
def _own_ports() -> None:
    """Ports that no other process of `-n` tries: a service takes its port some seconds after it was chosen."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    count = os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")
    ports._CANDIDATES = ports._CANDIDATES[int(number) :: int(count)]


class RenamedNfl(NflDomain):
    """The NFL under another name, and so with topics, tables and keys of its own."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder holding `nfl/` and `dfs/` with full seasons; skips where it is absent."""
    folder = Path(os.environ.get("SPORTS_DATA_DIR") or _REPOSITORY.parent / "shared" / "data").resolve()
    if not (folder / "nfl").is_dir():
        pytest.skip(f"FULL DATA MISSING: no {folder / 'nfl'}; set SPORTS_DATA_DIR to test on full seasons")
    return folder


@pytest.fixture(scope="session")
def service_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the home in which the session's services run."""
    return Settings(home=tmp_path_factory.mktemp("services"), tools=Settings.load().tools)


@pytest.fixture(scope="session")
def services(service_settings: Settings) -> Iterator[Endpoints]:
    """Real Kafka, registry and Redis for the whole session; stopped at its end."""
    with running_services(service_settings) as endpoints:
        yield endpoints


@pytest.fixture
def settings(services: Endpoints, service_settings: Settings, tmp_path: Path) -> Settings:
    """Small-run settings with a home of the test's own, pointing at the session's services; Redis is emptied."""
    mine = Settings(
        home=tmp_path / "home", tools=service_settings.tools, scenarios=200, lineups=4, workers=2, threads=1
    )
    mine.stage_dir("services")
    mine.endpoints_file.write_text(services.model_dump_json())
    host, _, port = services.redis.rpartition(":")
    with Redis(host=host, port=int(port)) as client:
        client.flushall()
    return mine


@pytest.fixture
def domain() -> RenamedNfl:
    """The NFL under a name of the test's own."""
    return RenamedNfl(f"nfl_t{os.getpid()}_{next(_names)}")


@pytest.fixture(scope="session")
def _spark_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    from sports_platform.lake.spark import spark_session

    session = spark_session(Settings(home=tmp_path_factory.mktemp("spark"), tools=Settings.load().tools))
    yield session
    session.stop()


@pytest.fixture
def spark(_spark_process: "SparkSession", settings: Settings) -> Iterator["SparkSession"]:
    """A session on the test's own catalog, in the one JVM that all tests share.

    A catalog is loaded once a session, so another home needs another session; `getOrCreate` in the code
    under test is made to find this one.
    """
    from pyspark.sql import SparkSession

    from sports_platform.lake.catalog import open_catalog
    from sports_platform.lake.spark import spark_config

    open_catalog(settings)
    session = _spark_process.newSession()
    for key, value in spark_config(settings).items():
        if key.startswith("spark.sql.catalog."):
            session.conf.set(key, value)
    SparkSession._instantiatedSession = session
    yield session
    SparkSession._instantiatedSession = _spark_process
