"""One home with the silver of a small league in it, and features built from it, for all tests of this stage."""

from dataclasses import dataclass
from itertools import count

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.job import FeatureReport, build
from sports_platform.features.store import read_features
from sports_platform.lake.catalog import open_catalog
from sports_platform.lake.spark import spark_config
from sports_platform_tests.conftest import RenamedNfl
from sports_platform_tests.features.silver import Silver, silver_rows, write_silver
from sports_platform_tests.league.source import LeagueSource

_names = count(1)


@dataclass(frozen=True)
class Lake:
    """A home, a session on its catalog, and silver rows to write under names of one's own."""

    settings: Settings
    spark: SparkSession
    silver: Silver

    def new_domain(self, silver: Silver) -> RenamedNfl:
        """The NFL under a fresh name, with this silver."""
        domain = RenamedNfl(f"league_{next(_names)}")
        write_silver(self.settings, domain, silver)
        return domain

    def build(self, domain: RenamedNfl, *weeks: Week) -> FeatureReport:
        return build(self.settings, domain, self.spark, weeks)

    def read(self, domain: RenamedNfl, table: str, week: Week) -> pa.Table:
        return read_features(self.settings, domain, table, week=week)


@dataclass(frozen=True)
class Built:
    """A domain whose features were built week by week."""

    domain: RenamedNfl
    reports: dict[Week, FeatureReport]


@pytest.fixture(scope="session")
def lake(_spark_process: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Four teams, the season before and three weeks."""
    settings = Settings(home=tmp_path_factory.mktemp("features"), tools=Settings.load().tools)
    open_catalog(settings)
    spark = _spark_process.newSession()
    for key, value in spark_config(settings).items():
        if key.startswith("spark.sql.catalog."):
            spark.conf.set(key, value)
    source = LeagueSource(7, seasons=(2020, 2021), weeks=3)
    domain = RenamedNfl("rows_only")
    return Lake(settings, spark, silver_rows(domain, source, domain.events.weeks(source)))


@pytest.fixture(scope="session")
def built(lake: Lake) -> Built:
    """Features of the last two weeks, from the league as it was."""
    domain = lake.new_domain(lake.silver)
    return Built(domain, {week: lake.build(domain, week) for week in (Week(2021, 2), Week(2021, 3))})
