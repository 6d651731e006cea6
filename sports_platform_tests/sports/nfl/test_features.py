"""The NFL's features on real games: the packaged sample's 2015 weeks 8 to 12, and week 12 looked at closely."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from pyspark.sql import SparkSession

from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.lake.catalog import open_catalog
from sports_platform.lake.spark import spark_config
from sports_platform.sports.nfl.boxscore import team_games
from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES
from sports_platform.sports.nfl.features import NflFeatures
from sports_platform.sports.nfl.outcomes import (
    PENALTIES,
    PLAY_TYPES,
    PLAYER_GROUPS,
    RECEIVER_INPUTS,
    RECEIVER_SLOTS,
    RUSHER_INPUTS,
    RUSHER_SLOTS,
    TIME_GROUPS,
)
from sports_platform.sports.nfl.state import STATE_NAMES, state_features
from sports_platform.streams.sources.sample import open_sample
from sports_platform_tests.conftest import RenamedNfl
from sports_platform_tests.features.engines import built_by_spark, differences, polars_engine
from sports_platform_tests.features.silver import silver_rows, write_silver

WEEK = Week(2015, 12)
_SIDES = ("posteam", "defteam")


# Who has a part in which kind of play.
_PARTS = {
    **{"pass": ("passer", "target"), "sack": ("passer",), "qb_spike": ("passer",)},
    **dict.fromkeys(("run", "scramble", "qb_kneel"), ("rusher",)),
}
WEEKS = [Week(2015, number) for number in range(8, 13)]


@dataclass(frozen=True)
class Real:
    """Silver of the weeks and the features that Spark made of it."""

    silver: dict[str, pl.DataFrame]
    features: dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def sample(_spark_process: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Real:
    """The sample's weeks, built in one go."""
    settings = Settings(home=tmp_path_factory.mktemp("nfl_features"), tools=Settings.load().tools)
    open_catalog(settings)
    spark = _spark_process.newSession()
    for key, value in spark_config(settings).items():
        if key.startswith("spark.sql.catalog."):
            spark.conf.set(key, value)
    domain = RenamedNfl("nfl_real")
    silver = silver_rows(domain, open_sample("nfl"), WEEKS)
    write_silver(settings, domain, silver)
    return Real(
        {name: pl.DataFrame(rows) for name, rows in silver.items()}, built_by_spark(settings, domain, spark, WEEKS)
    )


@pytest.fixture(scope="module")
def reference(sample: Real) -> dict[str, pl.DataFrame]:
    """What the reference makes of the same silver."""
    return polars_engine(sample.silver, WEEKS)


@pytest.fixture(scope="module")
def real(sample: Real) -> dict[str, pl.DataFrame]:
    """`plays` of all weeks, `game_context` and `play_features` of week 12."""
    of_week = {name: rows.filter(week_key=str(WEEK)) for name, rows in sample.features.items()}
    return {"plays": sample.silver["plays"], **of_week}


@pytest.mark.parametrize("table", ["game_context", "play_features", "play_players", "drive_features"])
def test_spark_and_the_reference_agree_to_the_bit(sample: Real, reference: dict[str, pl.DataFrame], table: str) -> None:
    assert sample.features[table].height > 100
    assert differences(sample.features[table], reference[table]) == []


def test_sql_and_numpy_give_the_same_state_bit_for_bit(real: dict[str, pl.DataFrame]) -> None:
    snaps = real["play_features"]
    plays = snaps.select("game_id", "play_id").join(
        real["plays"], on=["game_id", "play_id"], how="left", maintain_order="left"
    )
    inputs = "down ydstogo yardline_100 qtr half_seconds_remaining game_seconds_remaining score_differential".split()
    timeouts = {f"{side}_timeouts_remaining": plays[f"{side}_timeouts_remaining"].fill_null(3) for side in _SIDES}
    snap = {**{name: plays[name] for name in inputs}, **timeouts}
    twin = state_features(**{name: values.to_numpy() for name, values in snap.items()})
    stored = snaps.select(STATE_NAMES).to_numpy()
    assert stored.dtype == np.float32
    np.testing.assert_array_equal(twin.view(np.int32), np.ascontiguousarray(stored).view(np.int32))


def test_columns_and_ranges_are_those_of_the_schema(real: dict[str, pl.DataFrame]) -> None:
    plan = NflFeatures()
    for table in plan.tables:
        spec, rows = load_spec(plan.schema_file(table)), real[table]
        assert tuple(rows.columns) == spec.names()
        for column in spec.columns:
            assert rows[column.name].null_count() == 0 or column.name.endswith("_id")
            if column.low is not None:
                assert rows[column.name].min() >= column.low, column.name  # type: ignore[operator]
            if column.high is not None:
                assert rows[column.name].max() <= column.high, column.name  # type: ignore[operator]
    assert load_spec(plan.schema_file("play_features")).names("state") == STATE_NAMES


def test_context_describes_the_teams_of_the_day(real: dict[str, pl.DataFrame]) -> None:
    context = real["game_context"]
    assert len(context) == 32
    for role, slots in (("receiver", 10), ("rusher", 5)):
        shares = context.select(f"{role}_{slot}_share" for slot in range(1, slots + 1)).to_numpy()
        assert (shares.sum(axis=1) <= 1 + 1e-6).all()
        assert (np.diff(shares, axis=1) <= 0).all()
    carolina = context.row(by_predicate=pl.col("posteam") == "CAR", named=True)
    assert carolina["qb_id"] == "00-0027939"  # Cam Newton
    assert carolina["qb_id"] in [carolina[f"rusher_{slot}_id"] for slot in (1, 2, 3)]
    assert carolina["defteam"] == "DAL"
    spreads = context.group_by("game_id").agg(pl.col("spread_open_posteam").sum())
    assert spreads["spread_open_posteam"].to_list() == [0.0] * 16


def test_every_player_in_a_play_has_one_row(real: dict[str, pl.DataFrame]) -> None:
    rows, snaps = real["play_players"], real["play_features"]
    play = ["game_id", "play_id", "known_time"]
    assert not rows.select(*play, "role").is_duplicated().any()
    played = snaps.filter(pl.col("label_play_type").is_in([PLAY_TYPES.index(kind) for kind in _PARTS]))
    assert 1.5 <= rows.height / played.height <= 2
    feed = real["plays"].select("game_id", "play_id", "^(passer|receiver|rusher)_player_id$")
    named = snaps.select("game_id", "play_id", "label_play_type").join(feed, on=["game_id", "play_id"])
    for who, role in (("passer", "passer"), ("receiver", "target"), ("rusher", "rusher")):
        kinds = [PLAY_TYPES.index(kind) for kind, parts in _PARTS.items() if role in parts]
        wanted = named.filter(pl.col("label_play_type").is_in(kinds)).drop_nulls(f"{who}_player_id")
        found = rows.filter(role=role).join(wanted, on=["game_id", "play_id"])
        assert found.height == wanted.height == rows.filter(role=role).height > 0, role
        assert found["player_id"].to_list() == found[f"{who}_player_id"].to_list()
    assert rows.filter(pl.col("label_result") >= 0).height > 0.95 * rows.height


@pytest.mark.parametrize(
    ("role", "kind", "slots", "named"),
    [("target", "pass", RECEIVER_SLOTS, "receiver"), ("rusher", "run", RUSHER_SLOTS, "rusher")],
)
def test_a_player_has_the_place_and_the_figures_of_his_slot(
    sample: Real, role: str, kind: str, slots: int, named: str
) -> None:
    """His place is label_target, and what he carries is bit for bit what that slot's columns say."""
    snaps, players = sample.features["play_features"], sample.features["play_players"]
    of_kind = players.filter(pl.col("role") == role, pl.col("label_play_type") == PLAY_TYPES.index(kind))
    both = of_kind.join(snaps, on=["week_key", "game_id", "play_id", "known_time"])
    assert both.height == of_kind.height > 3000
    assert both["slot"].to_list() == both["label_target"].to_list()
    inputs = {"receiver": RECEIVER_INPUTS, "rusher": RUSHER_INPUTS}[named]
    for slot in range(slots):
        there = both.filter(slot=slot)
        assert there.height > 10
        for name in inputs:
            assert there[f"{named}_{name}"].equals(there[f"{named}_{slot + 1}_{name}"], check_dtypes=True), name
    assert both[f"{named}_share"].min() > 0  # type: ignore[operator]
    # Of all weeks of 2010 to 2015 7 to 8 in 100 targets and 5 to 7 in 100 runs are nobody's.
    assert 0 < (both.filter(week_key=str(WEEK))["slot"] == slots).mean() < 0.08  # type: ignore[operator]


def test_the_expected_quarterback_carries_the_rates_of_the_context(sample: Real) -> None:
    players, context = sample.features["play_players"], sample.features["game_context"]
    both = players.filter(role="passer").join(context, on=["week_key", "game_id", "posteam"], suffix="_expected")
    assert ((both["player_id"] == both["qb_id"]) == (both["slot"] == 0)).all()
    expected, others = both.filter(slot=0), both.filter(slot=1)
    # Cleveland's was benched; Houston's and St. Louis' came back after a game that they had missed.
    first = both.filter(week_key=str(WEEK)).sort("play_index").unique("posteam", keep="first")
    assert sorted(first.filter(pl.col("slot") > 0)["posteam"]) == ["CLE", "HOU", "STL"]
    # In week 8 nothing is known of anybody: the first week of the sample.
    others = others.filter(pl.col("week_key") > "2015_wk08")
    assert others.height > 100
    for name in context.columns:
        if name.startswith("qb_") and name != "qb_id":
            assert expected[name].equals(expected[f"{name}_expected"]), name
    no_quarterbacks = players.filter(pl.col("position_group") != PLAYER_GROUPS.index("QB"))
    assert no_quarterbacks["qb_recent_share"].max() == 0
    assert (others["qb_yards_per_attempt"] != others["qb_yards_per_attempt_expected"]).all()


def test_labels_describe_the_plays(real: dict[str, pl.DataFrame]) -> None:
    snaps = real["play_features"]
    kind = pl.col("label_play_type")
    code = PLAY_TYPES.index
    share = {name: snaps.filter(kind == code(name)).height / snaps.height for name in PLAY_TYPES}
    assert 0.40 < share["pass"] < 0.52
    assert 0.27 < share["run"] < 0.38
    assert 0.04 < share["no_play"] < 0.09
    thrown = snaps.filter(kind == code("pass"))
    assert thrown["label_result"].is_between(0, 3).all()
    assert (thrown["label_target"] == 10).mean() < 0.08
    assert (snaps.filter(kind != code("pass"))["label_group"] == -1).all()
    fouls = snaps.filter(kind == code("no_play"))["label_penalty"]
    assert fouls.is_between(0, len(PENALTIES) - 1).all()
    medians = dict(
        snaps.filter(pl.col("label_seconds") >= 0)
        .group_by("label_time_group")
        .agg(pl.col("label_seconds").median())
        .iter_rows()
    )
    assert medians[TIME_GROUPS.index("incomplete")] < 10 < 25 < medians[TIME_GROUPS.index("run")] < 42


def test_only_plays_stopped_by_the_goal_line_are_censored(real: dict[str, pl.DataFrame]) -> None:
    snaps = real["play_features"]
    cut = snaps.filter(pl.col("label_yards_censored") == 1)
    assert (cut["label_yards"] == cut["yardline_100"]).all()
    short = snaps.filter(pl.col("label_yards_group").is_between(0, 4), pl.col("label_yards_censored") == 0)
    # A runner who fumbles at the line may be credited with all of it and not score.
    assert (short["label_yards"] >= short["yardline_100"]).sum() <= 1
    touchdowns = real["plays"].filter(
        pl.col("week_key") == str(WEEK), (pl.col("rush_touchdown") == 1) | (pl.col("pass_touchdown") == 1)
    )
    assert abs(cut.height - touchdowns.height) <= 2


def test_drives_add_up_to_the_box_score(sample: Real) -> None:
    """Field goals and touchdowns, counted drive by drive, are those that box scores count play by play."""
    plays = sample.silver["plays"].sort("known_time").unique(["game_id", "play_id"], keep="last", maintain_order=True)
    schedules = sample.silver["schedules"].drop_nulls("home_score").unique("game_id", keep="last")
    box = pl.DataFrame(team_games(plays.to_arrow(), schedules.to_arrow()))
    returned = plays.filter(pl.col("play_type") == "kickoff", pl.col("touchdown") == 1)
    scored = sample.features["drive_features"].with_columns(
        outcome=pl.col("label_outcome").replace_strict(dict(enumerate(DRIVE_OUTCOMES)), default=None)
    )
    for game, team, kicks, touchdowns in box.select("game_id", "team", "field_goals_made", "touchdowns").iter_rows():
        drives, kickoffs = (rows.filter(pl.col("game_id") == game) for rows in (scored, returned))
        own = drives.filter(pl.col("posteam") == team)["outcome"].to_list()
        other = drives.filter(pl.col("defteam") == team)["outcome"].to_list()
        assert own.count("field_goal") == kicks, (game, team)
        by_return = kickoffs.filter(pl.col("td_team") == team).height
        assert own.count("touchdown") + other.count("opponent_touchdown") + by_return == touchdowns, (game, team)
        counted = box.row(by_predicate=(pl.col("game_id") == game) & (pl.col("team") == team), named=True)
        assert counted["drives"] == len(own), (game, team)
        assert [counted[f"drives_{name}"] for name in DRIVE_OUTCOMES] == [own.count(name) for name in DRIVE_OUTCOMES]
    assert box.height > 100
