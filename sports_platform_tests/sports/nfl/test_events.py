"""Events of the NFL: what the point-in-time conventions promise, on real weeks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from sports_platform.core.domain import RawSource
from sports_platform.core.errors import DataQualityError, MissingDataError, SchemaError
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl.events import NflEvents
from sports_platform.sports.nfl.tables import TABLES
from sports_platform.streams.sources.directory import DirectorySource
from sports_platform.streams.sources.sample import open_sample
from sports_platform_tests.league.source import LeagueSource

EVENTS = NflEvents()
Change = Callable[[pa.Table], pa.Table]
THANKSGIVING = Week(2015, 12)
WEEKS = [Week(2013, 1), Week(2014, 12), THANKSGIVING, Week(2015, 17)]


@pytest.fixture(scope="module")
def sample() -> DirectorySource:
    return open_sample("nfl")


class Altered:
    """A source with one raw table changed on its way."""

    def __init__(self, source: RawSource, table: str, change: Change) -> None:
        self.name, self._source, self._table, self._change = "altered", source, table, change
        self.seasons, self.salaries = source.seasons, source.salaries

    def frame(self, table: str, season: int) -> pa.Table:
        raw = self._source.frame(table, season)
        return self._change(raw) if table == self._table else raw


def rows(source: RawSource, table: str, week: Week) -> pl.DataFrame:
    return pl.DataFrame(EVENTS.events(source, TABLES[table], week))


def cutoff(source: DirectorySource, week: Week) -> datetime:
    return rows(source, "schedules", week)["kickoff"].min()  # type: ignore[return-value]


def test_the_sample_holds_every_week_of_three_regular_seasons(sample: DirectorySource) -> None:
    assert EVENTS.weeks(sample) == [Week(season, week) for season in (2013, 2014, 2015) for week in range(1, 18)]


@pytest.mark.parametrize("week", WEEKS, ids=str)
def test_nothing_of_a_game_is_known_before_it_is_over(sample: DirectorySource, week: Week) -> None:
    plays, players = rows(sample, "plays", week), rows(sample, "players", week)
    kickoffs = rows(sample, "schedules", week).select("game_id", "kickoff").unique()
    ended = (
        plays.join(kickoffs, on="game_id").group_by("game_id").agg(pl.col("event_time", "known_time", "kickoff").max())
    )
    assert (ended["known_time"] > ended["event_time"]).all()
    assert (ended["known_time"] == ended["kickoff"] + timedelta(hours=5)).all()
    assert plays["event_time"].min() >= cutoff(sample, week)  # type: ignore[operator]
    assert players["known_time"].min() > cutoff(sample, week)  # type: ignore[operator]


@pytest.mark.parametrize("week", WEEKS[:-1], ids=str)
def test_a_week_is_over_before_the_next_cut_off(sample: DirectorySource, week: Week) -> None:
    following = cutoff(sample, Week(week.season, week.number + 1))
    for table in ("plays", "players", "schedules", "lines"):
        assert rows(sample, table, week)["known_time"].max() < following  # type: ignore[operator]


def test_a_game_is_first_a_fixture_without_scores_then_a_result(sample: DirectorySource) -> None:
    both = rows(sample, "schedules", THANKSGIVING)
    before = both.filter(pl.col("known_time") < cutoff(sample, THANKSGIVING))
    after = both.filter(pl.col("known_time") >= cutoff(sample, THANKSGIVING))
    assert len(before) == len(after) == 16
    assert before.select("home_score", "away_score", "overtime").null_count().row(0) == (16, 16, 16)
    assert before["known_time"].unique().to_list() == [datetime(2015, 5, 1, tzinfo=UTC)]
    assert after.select("home_score", "away_score", "overtime").null_count().row(0) == (0, 0, 0)


def test_kickoffs_are_eastern_times_in_utc(sample: DirectorySource) -> None:
    kickoffs = dict(rows(sample, "schedules", THANKSGIVING).select("game_id", "kickoff").iter_rows())
    assert kickoffs["2015_12_PHI_DET"] == datetime(2015, 11, 26, 17, 30, tzinfo=UTC)  # 12:30 EST
    september = dict(rows(sample, "schedules", Week(2015, 2)).select("game_id", "kickoff").iter_rows())
    assert september["2015_02_DEN_KC"] == datetime(2015, 9, 18, 0, 25, tzinfo=UTC)  # Thursday 20:25 EDT


def test_only_the_opening_line_is_known_before_the_week(sample: DirectorySource) -> None:
    both = rows(sample, "lines", THANKSGIVING)
    opening = both.filter(pl.col("known_time") < cutoff(sample, THANKSGIVING))
    assert opening["known_time"].unique().to_list() == [datetime(2015, 11, 24, 12, tzinfo=UTC)]  # the Tuesday
    assert opening.select("spread_line", "total_line").null_count().row(0) == (16, 16)
    assert opening["spread_open"].null_count() == 0
    assert not set(opening["roof"].drop_nulls()) & {"open", "closed"}
    closing = both.filter(pl.col("spread_line").is_not_null())
    assert (closing["known_time"] == closing["event_time"]).all()
    assert "closed" in closing["roof"].to_list()


def test_prices_are_known_before_the_week_with_ids_and_games(sample: DirectorySource) -> None:
    slate = rows(sample, "slates", THANKSGIVING)
    assert slate["known_time"].max() < cutoff(sample, THANKSGIVING)  # type: ignore[operator]
    assert slate.filter(position="DST", team="SEA")["gsis_id"].to_list() == ["SEA"]
    assert slate["game_id"].null_count() == 0
    assert slate["gsis_id"].null_count() <= 2
    assert rows(sample, "slates", Week(2014, 3)).is_empty()


def test_plays_keep_the_order_of_play_and_an_advancing_clock(sample: DirectorySource) -> None:
    plays = rows(sample, "plays", THANKSGIVING)
    by_game = plays.sort("game_id", "play_index").group_by("game_id", maintain_order=True)
    index = by_game.agg((pl.col("play_index") == pl.int_range(pl.len())).all())["play_index"]
    assert index.all()
    backwards = plays.sort("game_id", "play_index").select(
        (pl.col("event_time").diff().over("game_id") < timedelta(0)).sum()
    )
    assert backwards.item() <= 2  # the feed's own clock runs back in 12 rows of 2009-2015
    overtime = plays.filter(pl.col("qtr") == 5)
    assert (overtime["event_time"] > plays.filter(pl.col("qtr") == 4)["event_time"].min()).all()


def test_players_are_on_the_team_they_played_for(sample: DirectorySource) -> None:
    players = {row["gsis_id"]: row for row in rows(sample, "players", THANKSGIVING).iter_rows(named=True)}
    newton = players["00-0027939"]
    assert (newton["full_name"], newton["position"], newton["team"]) == ("Cam Newton", "QB", "CAR")
    games = rows(sample, "schedules", THANKSGIVING)
    assert {row["team"] for row in players.values()} == set(games["home_team"]) | set(games["away_team"])


@pytest.mark.parametrize("table", ["play_by_play", "schedules", "players", "lines"])
def test_a_renamed_column_is_named(sample: DirectorySource, table: str) -> None:
    column = {"play_by_play": "yardline_100", "schedules": "gametime", "players": "position", "lines": "spread_open"}[
        table
    ]
    source = Altered(
        sample, table, lambda raw: raw.rename_columns([f"{n}x" if n == column else n for n in raw.column_names])
    )
    wanted = {"play_by_play": "plays"}.get(table, table)
    with pytest.raises(SchemaError, match=f"{table} of 2015 .* without {column}"):
        rows(source, wanted, THANKSGIVING)


def test_a_column_of_another_type_is_refused(sample: DirectorySource) -> None:
    def worded(raw: pa.Table) -> pa.Table:
        index = raw.column_names.index("yards_gained")
        return raw.set_column(index, "yards_gained", pa.array(["five"] * raw.num_rows))

    with pytest.raises(SchemaError, match="five"):
        rows(Altered(sample, "play_by_play", worded), "plays", THANKSGIVING)


def test_a_week_without_games_is_missing_data(sample: DirectorySource) -> None:
    with pytest.raises(MissingDataError, match=r"no games in 2015_wk18 .*\n.*2013_wk01 to 2015_wk17"):
        rows(sample, "plays", Week(2015, 18))
    with pytest.raises(MissingDataError, match="2012"):
        rows(sample, "plays", Week(2012, 1))


def test_a_played_week_without_plays_is_missing_data_and_a_coming_one_is_not() -> None:
    league = LeagueSource(seed=5, weeks=2)
    week = Week(2021, 2)

    def first_week(raw: pa.Table) -> pa.Table:
        return raw.filter(pa.compute.equal(raw["week"], 1))

    with pytest.raises(MissingDataError, match="no plays in 2021_wk02, though its games are over"):
        rows(Altered(league, "play_by_play", first_week), "plays", week)

    class Coming(Altered):
        """Week 2 is scheduled and not yet played."""

        def frame(self, table: str, season: int) -> pa.Table:
            raw = self._source.frame(table, season)
            if table == "play_by_play":
                return first_week(raw)
            if table != "schedules":
                return raw
            unplayed = pl.when(pl.col("week") == 1).then(pl.col("home_score", "away_score", "overtime"))
            return pl.DataFrame(raw).with_columns(unplayed).to_arrow()

    coming = Coming(league, "", first_week)
    assert rows(coming, "plays", week).is_empty()
    assert len(rows(coming, "schedules", week)) == 2


def test_plays_of_a_game_that_is_not_scheduled_are_refused(sample: DirectorySource) -> None:
    def shortened(raw: pa.Table) -> pa.Table:
        return raw.filter(pa.compute.not_equal(raw["game_id"], "2015_12_PHI_DET"))

    with pytest.raises(DataQualityError, match="2015_12_PHI_DET"):
        rows(Altered(sample, "schedules", shortened), "plays", THANKSGIVING)


def test_publishers_spellings_become_one(sample: DirectorySource) -> None:
    """nflverse moves teams to their later city and writes no_play for timeouts."""

    def as_nflverse(raw: pa.Table) -> pa.Table:
        teams = pl.col("posteam", "defteam", "home_team", "away_team").replace({"STL": "LA", "SD": "LAC", "OAK": "LV"})
        flagged = pl.when((pl.col("timeout") == 1) & pl.col("play_type").is_null())
        named = flagged.then(pl.lit("no_play")).otherwise("play_type").alias("play_type")
        bare = flagged.then(0).otherwise("penalty").cast(pl.Int8).alias("penalty")
        return pl.DataFrame(raw).with_columns(teams, named, bare).to_arrow()

    theirs = rows(Altered(sample, "play_by_play", as_nflverse), "plays", THANKSGIVING)
    ours = rows(sample, "plays", THANKSGIVING)
    same = [name for name in ours.columns if name != "penalty"]
    assert theirs.select(same).equals(ours.select(same))


def test_every_week_since_2009_has_its_rows_and_plausible_volume(data_dir: Path) -> None:
    source = DirectorySource(data_dir / "nfl", "nfl")
    weeks = EVENTS.weeks(source)
    assert (len(weeks), weeks[0], weeks[-1]) == (147, Week(2009, 1), Week(2015, 21))
    for week in weeks:
        low, high = TABLES["plays"].rows_a_week
        assert low <= EVENTS.events(source, TABLES["plays"], week).num_rows <= high
