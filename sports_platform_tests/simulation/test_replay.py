"""The engine's rules against real plays: they must carry on a season as it went on."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sports_platform.core.errors import EngineError, SchemaError
from sports_platform.core.settings import Settings
from sports_platform.simulation.replay import replay, replay_season
from sports_platform.sports.nfl import DOMAIN
from sports_platform.sports.nfl.replay import FEED_COLUMNS, PLAY_FIELDS, STATE_FIELDS, records, rows_of
from sports_platform.streams.sources.directory import DirectorySource
from sports_platform_tests.simulation.course import HOME, Event, after, play

SEASON, MOST_DIFFERENT = 2015, 157  # of 44,813 plays; each rule broken on purpose costs more


def test_a_season_goes_on_as_it_did_and_every_game_ends_with_its_score(data_dir: Path) -> None:
    report = replay_season(Settings.load(), DOMAIN, DirectorySource(data_dir / "nfl", "nfl"), SEASON)
    assert report.plays > 44_000
    assert report.share > 0.996
    assert report.plays - report.reproduced == sum(report.causes.values()) <= MOST_DIFFERENT
    assert report.games == 267
    assert report.other_finals == ()


def test_an_outcome_does_not_hold_where_the_next_play_starts(data_dir: Path) -> None:
    """A record is the same whatever the rows after it say, but for the clock."""
    feed = pl.read_parquet(data_dir / "nfl" / f"play_by_play_{SEASON}.parquet").filter(
        pl.col("game_id") == pl.col("game_id").first()
    )
    plays = records(feed)
    cut = plays.height // 2
    told = feed.filter(pl.int_range(pl.len()) <= plays["row"][cut])
    shortened = records(told)
    last_seconds = ["seconds", "toss"]
    assert (
        plays.head(cut)
        .select(PLAY_FIELDS)
        .drop(last_seconds)
        .equals(shortened.head(cut).select(PLAY_FIELDS).drop(last_seconds))
    )


def test_a_feed_without_a_column_is_refused(tmp_path: Path, data_dir: Path) -> None:
    feed = pl.read_parquet(data_dir / "nfl" / f"play_by_play_{SEASON}.parquet", n_rows=10)
    feed.drop(FEED_COLUMNS[-1]).write_parquet(tmp_path / f"play_by_play_{SEASON}.parquet")
    with pytest.raises(SchemaError, match=FEED_COLUMNS[-1]):
        replay_season(Settings.load(), DOMAIN, DirectorySource(tmp_path, "nfl"), SEASON)


@pytest.mark.parametrize("field", ["half", "clock", "offence", "down", "to_go", "yardline", "side", "spot", "fouls"])
def test_a_record_out_of_range_is_named(field: str) -> None:
    with pytest.raises(EngineError, match="replayed play 1 is out of range"):
        after(play(Event.SNAP) | {field: 2_000_000_000})


def test_records_of_another_width_or_sport_are_refused() -> None:
    settings = Settings.load()
    with pytest.raises(EngineError, match="columns"):
        replay(settings, "nfl", np.zeros((3, len(PLAY_FIELDS) - 1), np.int32), len(STATE_FIELDS))
    with pytest.raises(EngineError, match="no sport named curling"):
        replay(settings, "curling", np.zeros((3, len(PLAY_FIELDS)), np.int32), len(STATE_FIELDS))


def test_states_do_not_depend_on_how_games_are_batched(data_dir: Path) -> None:
    feed = pl.read_parquet(data_dir / "nfl" / f"play_by_play_{SEASON}.parquet", n_rows=2000)
    plays = records(feed)
    settings = Settings.load()
    whole = replay(settings, "nfl", rows_of(plays), len(STATE_FIELDS))
    parts = [
        replay(settings, "nfl", rows_of(game), len(STATE_FIELDS))
        for game in plays.partition_by("game_id", maintain_order=True)
    ]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_the_opening_side_kicks_off_the_second_half() -> None:
    state = after(play(Event.SNAP, clock=5, seconds=5))
    assert (state.half, state.side) == (1, 1 - HOME)
