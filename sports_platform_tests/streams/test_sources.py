"""Sources: the packaged sample is real and small; folder and live loader give the same raw tables."""

import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from sports_platform.core.domain import RawSource
from sports_platform.core.errors import MissingDataError, ServiceDownError, SettingsError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl import DOMAIN
from sports_platform.sports.nfl.raw import RAW_COLUMNS
from sports_platform.sports.nfl.tables import TABLES
from sports_platform.streams.sources.directory import DirectorySource
from sports_platform.streams.sources.nflverse import NflverseSource
from sports_platform.streams.sources.opening import open_source
from sports_platform.streams.sources.sample import open_sample, sample_folder
from sports_platform_tests.league.source import LeagueSource

SAMPLE_LIMIT_BYTES = 6_000_000
LEAGUE = LeagueSource(seed=3, weeks=2, seasons=(2021,))


def test_the_sample_is_small_and_says_where_it_comes_from() -> None:
    files = list(sample_folder("nfl").iterdir())
    assert sum(file.stat().st_size for file in files) <= SAMPLE_LIMIT_BYTES
    provenance = (sample_folder("nfl") / "PROVENANCE.md").read_text()
    for file in files:
        stem = "play_by_play_{2013,2014,2015}" if file.stem.startswith("play_by_play") else file.stem
        assert file.name == "PROVENANCE.md" or f"`{stem}.parquet`" in provenance


@pytest.mark.parametrize("season", [2013, 2014, 2015])
def test_the_samples_plays_are_the_real_ones(data_dir: Path, season: int) -> None:
    real = pl.read_parquet(data_dir / "nfl" / f"play_by_play_{season}.parquet").filter(season_type="REG")
    sample = pl.DataFrame(open_sample("nfl").frame("play_by_play", season))
    assert sample.columns == list(RAW_COLUMNS["play_by_play"])
    assert sample.equals(real.select(sample.columns).sort("game_id", maintain_order=True))


@pytest.mark.parametrize("table", ["plays", "schedules", "players", "lines", "slates"])
def test_sample_and_folder_give_the_same_events(data_dir: Path, table: str) -> None:
    folder = open_source(Settings(source=str(data_dir / "nfl")), DOMAIN)
    week, spec = Week(2015, 12), TABLES[table]
    real, sample = (pl.DataFrame(DOMAIN.events.events(s, spec, week)) for s in (folder, open_sample("nfl")))
    by = ["known_time", *spec.key]
    assert sample.sort(by).equals(real.sort(by))


def test_a_folder_without_plays_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="nflverse-named parquet"):
        open_source(Settings(source=str(tmp_path)), DOMAIN)


def test_a_folder_without_a_table_names_the_file(tmp_path: Path) -> None:
    pl.DataFrame(LEAGUE.frame("play_by_play", 2021)).write_parquet(tmp_path / "play_by_play_2021.parquet")
    with pytest.raises(MissingDataError, match=r"schedules_2021\.parquet nor schedules\.parquet"):
        DirectorySource(tmp_path, "nfl").frame("schedules", 2021)


class Nflreadpy(ModuleType):
    """The few functions of nflreadpy that are used, answering in nflverse's columns with the league's plays."""

    def get_current_season(self) -> int:
        return 2021

    def load_pbp(self, seasons: list[int]) -> pl.DataFrame:
        plays = pl.DataFrame(LEAGUE.frame("play_by_play", *seasons))
        numbers = [name for name, kind in plays.schema.items() if kind.is_integer() and name not in ("season", "week")]
        # nflverse writes numbers as floats and has many more columns.
        return plays.with_columns(pl.col(numbers).cast(pl.Float64), epa=pl.lit(0.1), desc=pl.lit("a play"))

    def load_schedules(self, seasons: list[int]) -> pl.DataFrame:
        games = pl.DataFrame(LEAGUE.frame("schedules", *seasons))
        coming = games.tail(1).with_columns(
            game_id=pl.lit("2021_09_BAL_ARI"),
            week=pl.lit(9, games.schema["week"]),
            gametime=pl.lit(None, pl.String),
            home_score=pl.lit(None, games.schema["home_score"]),
        )
        lines = {"spread_line": 3.0, "total_line": 44.5, "roof": pl.lit("dome"), "stadium": pl.lit("somewhere")}
        return pl.concat([games, coming]).with_columns(**lines)

    def load_players(self) -> pl.DataFrame:
        return pl.DataFrame(LEAGUE.frame("players", 2021)).rename({"full_name": "display_name"})


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> RawSource:
    monkeypatch.setitem(sys.modules, "nflreadpy", Nflreadpy("nflreadpy"))
    return open_source(Settings(source="nflverse"), DOMAIN)


@pytest.mark.parametrize("table", ["plays", "schedules", "players"])
def test_the_live_loader_gives_the_same_events(live: RawSource, table: str) -> None:
    week = Week(2021, 2)
    assert DOMAIN.events.events(live, TABLES[table], week) == DOMAIN.events.events(LEAGUE, TABLES[table], week)


def test_live_lines_have_no_opening_and_games_without_a_time_wait(live: RawSource) -> None:
    lines = pl.DataFrame(DOMAIN.events.events(live, TABLES["lines"], Week(2021, 2)))
    assert lines["spread_open"].null_count() == len(lines) == 4
    assert lines["spread_line"].drop_nulls().to_list() == [3.0, 3.0]
    with pytest.raises(MissingDataError):
        DOMAIN.events.events(live, TABLES["schedules"], Week(2021, 9))


def test_live_seasons_are_the_newest_ones(live: RawSource) -> None:
    assert live.seasons() == [2018, 2019, 2020, 2021]


def test_without_nflreadpy_the_live_loader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nflreadpy", None)
    with pytest.raises(SettingsError, match=r"sports-platform\[live\]"):
        NflverseSource()


def test_a_failed_download_is_a_service_that_is_down(live: RawSource, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(seasons: list[int]) -> pl.DataFrame:
        raise ConnectionError("Failed to download")

    monkeypatch.setattr(sys.modules["nflreadpy"], "load_pbp", refuse)
    with pytest.raises(ServiceDownError, match="play_by_play of 2021"):
        live.frame("play_by_play", 2021)
