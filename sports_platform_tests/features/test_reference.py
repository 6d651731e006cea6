"""Spark and the reference give the same features, on a league with rough edges; a few figures are counted by hand."""

from collections import defaultdict
from collections.abc import Sequence

import polars as pl
import pytest

from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.sports.nfl.features import NflFeatures
from sports_platform.sports.nfl.features.reference.context import week_figures
from sports_platform.sports.nfl.features.reference.known import known_at, with_all_tables
from sports_platform.sports.nfl.outcomes import RECEIVER_SLOTS
from sports_platform_tests.features.conftest import Lake
from sports_platform_tests.features.engines import FeatureEngine, Frames, built_by_spark, differences, polars_engine
from sports_platform_tests.features.rough import roughened

WEEKS = [Week(2020, 1), Week(2021, 2), Week(2021, 3)]  # nothing known, a young season, corrections known
SEED = 11
_RECEIVERS = ("WR", "TE", "RB", "FB")


@pytest.fixture(scope="module")
def silver(lake: Lake) -> Frames:
    return roughened(lake.silver, SEED)


@pytest.fixture(scope="module")
def engines(lake: Lake) -> dict[str, FeatureEngine]:
    def spark(silver: Frames, weeks: Sequence[Week]) -> Frames:
        rows = {name: frame.to_arrow().cast(lake.silver[name].schema) for name, frame in silver.items()}
        return built_by_spark(lake.settings, lake.new_domain(rows), lake.spark, weeks)

    return {"spark": spark, "polars": polars_engine}


@pytest.fixture(scope="module")
def features(engines: dict[str, FeatureEngine], silver: Frames) -> dict[str, Frames]:
    """Engine -> its tables."""
    return {name: engine(silver, WEEKS) for name, engine in engines.items()}


@pytest.mark.parametrize("table", ["game_context", "play_features", "play_players", "drive_features"])
def test_spark_and_the_reference_agree_to_the_bit(features: dict[str, Frames], table: str) -> None:
    """No tolerance: counts are whole numbers, and both divide once, in double precision, before they round to float.

    The logarithms of the state could differ in their last double bit; rounded to float they did not anywhere.
    """
    spark, reference = features["spark"][table], features["polars"][table]
    assert spark.height > 0
    assert differences(spark, reference) == []


@pytest.mark.parametrize("engine", ["spark", "polars"])
def test_shares_of_targets_are_what_a_hand_counts(features: dict[str, Frames], silver: Frames, engine: str) -> None:
    """Where passes are aimed: every target has exactly one receiver, of whom everybody has one position."""
    context = features[engine]["game_context"].filter(pl.col("week_key") != "2020_wk01")
    rates = context.select(f"off_{position}_target_rate" for position in ("wr", "te", "rb"))
    assert rates.sum_horizontal().to_list() == pytest.approx([1.0] * context.height, abs=1e-6)


@pytest.mark.parametrize("engine", ["spark", "polars"])
def test_points_are_what_a_hand_counts(features: dict[str, Frames], silver: Frames, engine: str) -> None:
    """Week 2 of 2021 knows of week 1 of 2021 and weeks 1-3 of 2020: decayed, with five average games added."""
    cutoff = silver["schedules"].filter(week_key="2021_wk02")["kickoff"].min()
    known = silver["plays"].filter(pl.col("known_time") < cutoff, pl.col("play_type").is_not_null())
    finals: dict[tuple[int, int, str], int] = {}
    for play in known.sort("known_time").iter_rows(named=True):
        for side in ("posteam", "defteam"):
            key = (play["season"], play["week"], play[side])
            finals[key] = max(finals.get(key, 0), play[f"{side}_score_post"])
    average = sum(finals.values()) / len(finals)
    for team, found in (
        features[engine]["game_context"].filter(week_key="2021_wk02").select("posteam", "off_points_pg").iter_rows()
    ):
        mine = [points for (_, _, who), points in sorted(finals.items(), reverse=True) if who == team]
        weights = [0.5 ** (games_ago / 8) for games_ago in range(len(mine))]
        total = sum(weight * points for weight, points in zip(weights, mine, strict=True)) + 5 * average
        assert len(mine) == 4
        assert found == pytest.approx(total / (sum(weights) + 5), rel=1e-5)


@pytest.mark.parametrize("engine", ["spark", "polars"])
def test_of_players_nobody_knows_the_prior_is_expected(
    features: dict[str, Frames], silver: Frames, engine: str
) -> None:
    """Week 1 of 2020 knows of prices alone: shares follow from positions and prices, rates are the defaults."""
    cutoff = silver["schedules"].filter(week_key="2020_wk01")["kickoff"].min()
    prices = silver["slates"].filter(pl.col("week_key") == "2020_wk01", pl.col("known_time") < cutoff)
    priced = prices.drop_nulls("gsis_id").filter(~pl.col("position").is_in(["K", "DST"])).sort("known_time")
    newest = priced.unique("gsis_id", keep="last").with_columns(
        premium=(pl.col("salary") - pl.col("salary").min().over("position")) / 1000
    )
    listed = {row["gsis_id"]: row for row in newest.iter_rows(named=True)}
    places: dict[str, float] = defaultdict(float)
    for row in listed.values():
        if row["position"] in _RECEIVERS:
            places[row["team"]] += _usual_share(row["position"], row["premium"])
    defaults = {column.name: column.default for column in load_spec(NflFeatures().schema_file("play_players")).columns}
    targets = features[engine]["play_players"].filter(week_key="2020_wk01", role="target")
    unlisted = [who not in listed for who in targets["player_id"]]
    assert 0 < sum(unlisted) < targets.height
    for row in targets.iter_rows(named=True):
        who = row["player_id"]
        known = listed.get(who, {"position": "unknown", "premium": None, "team": row["posteam"]})
        position, team = known["position"], known["team"]
        expected = _usual_share(position, known["premium"]) / places.get(team, 1)
        assert row["receiver_share"] == pytest.approx(expected, rel=1e-6)
        assert (row["slot"] == RECEIVER_SLOTS) == (position not in _RECEIVERS or team != row["posteam"])
        assert (row["position_group"] == 4) == (who not in listed)
        for name in ("receiver_catch_rate", "rusher_yards", "qb_sack_rate"):
            assert row[name] == pytest.approx(defaults[name])


def _usual_share(position: str, premium: float | None) -> float:
    """Of targets: of somebody without a price, of the cheapest of the position, of a dearer one."""
    if premium is None:
        return {"WR": 0.05, "TE": 0.04}.get(position, 0.03)
    if premium == 0:
        return {"WR": 0.034, "TE": 0.011}.get(position, 0.014)
    base, slope = {"WR": (0.13, 0.045), "TE": (0.11, 0.047)}.get(position, (0.055, 0.015))
    return base + slope * premium


@pytest.mark.parametrize("engine", ["spark", "polars"])
def test_an_archives_list_leaves_out_nobody_of_the_last_game(
    features: dict[str, Frames], silver: Frames, engine: str
) -> None:
    """It names who dressed in the very game. Who is not on a site's own list, which has ids, does not play."""
    cutoff = silver["schedules"].filter(week_key="2021_wk03")["kickoff"].min()
    known = {
        name: silver[name].filter(pl.col("known_time") < cutoff).sort("known_time") for name in ("slates", "players")
    }
    prices = known["slates"].filter(pl.col("week_key") == "2021_wk03", pl.col("gsis_id").is_not_null())
    seen = known["players"].filter(week_key="2021_wk02").unique("gsis_id", keep="last")
    left_out = seen.filter(pl.col("position").is_in(_RECEIVERS), ~pl.col("gsis_id").is_in(prices["gsis_id"].to_list()))
    context = features[engine]["game_context"].filter(week_key="2021_wk03")
    found = {row["posteam"]: {*row.values()} for row in context.iter_rows(named=True)}
    for sites_own, lists in prices.group_by(pl.col("site_player_id").is_not_null()):
        of_teams = left_out.filter(pl.col("team").is_in(lists["team"].to_list()))
        assert of_teams.height > 0
        for player, team in of_teams.select("gsis_id", "team").iter_rows():
            assert (player in found[team]) != sites_own[0]


def test_who_has_missed_games_of_his_team_is_less_likely_to_play(silver: Frames) -> None:
    """By how many of the season's games before the week his team has had since he was last seen with any team."""
    known = known_at(with_all_tables(silver), Week(2021, 3))
    figures = week_figures(known)
    last_seen: dict[str, int] = defaultdict(int)
    for week, player in known.players.filter(season=2021).select("week", "gsis_id").iter_rows():
        last_seen[player] = max(last_seen[player], week)
    found = {}
    for player, availability in figures.used.select("gsis_id", "availability").iter_rows():
        missed = sum(last_seen[player] < week for week in (1, 2))  # every team plays every week
        found.setdefault(missed, set()).add(availability)
    assert found == {0: {100}, 1: {40}, 2: {25}}


@pytest.mark.parametrize("engine", ["spark", "polars"])
def test_the_share_of_who_may_be_missing_is_the_others(features: dict[str, Frames], engine: str) -> None:
    context = features[engine]["game_context"]
    for role in ("receivers", "rushers"):
        of_week = {week: rows[f"off_{role}_missing"] for (week,), rows in context.group_by("week_key")}
        assert (of_week["2020_wk01"] == 0).all()  # nobody has missed a game yet
        assert (of_week["2021_wk03"] > 0).any()
        assert (of_week["2021_wk03"] < 0.6).all()


@pytest.mark.parametrize("engine", ["spark", "polars"])
def test_the_weeks_prices_name_the_quarterback(features: dict[str, Frames], silver: Frames, engine: str) -> None:
    """Number 0 of every club throws all its passes; in his place stands the dearest of others above the cheapest."""
    found, named = {}, {}
    for week in ("2021_wk02", "2021_wk03"):
        cutoff = silver["schedules"].filter(week_key=week)["kickoff"].min()
        prices = silver["slates"].filter(pl.col("week_key") == week, pl.col("known_time") < cutoff).sort("known_time")
        listed = prices.drop_nulls("gsis_id").unique(["player_name", "team"], keep="last").filter(position="QB")
        others = listed.filter(
            pl.col("salary") > pl.col("salary").min(), ~pl.col("gsis_id").str.ends_with("-0000000")
        ).sort("salary")
        named |= {(week, row["team"]): row["gsis_id"] for row in others.iter_rows(named=True)}
        context = features[engine]["game_context"].filter(week_key=week)
        found |= {(week, row["posteam"]): row["qb_id"] for row in context.iter_rows(named=True)}
    assert 0 < len(named) < len(found)
    assert found == {(week, team): named.get((week, team), f"{team}-0000000") for week, team in found}


@pytest.mark.parametrize("engine", ["spark", "polars"])
def test_another_clubs_candidate_brings_his_figures_and_has_no_place(features: dict[str, Frames], engine: str) -> None:
    """The rough league throws some passes at players of other clubs."""
    players = features[engine]["play_players"].filter(pl.col("week_key") != "2020_wk01", pl.col("role") == "target")
    spec = load_spec(NflFeatures().schema_file("play_players"))
    figures = players.select("week_key", "player_id", "posteam", "slot", *spec.names("context")).unique()
    at_home = figures.filter(pl.col("slot") < RECEIVER_SLOTS)
    abroad = figures.filter(slot=RECEIVER_SLOTS).join(at_home, on=["week_key", "player_id"], suffix="_at_home")
    assert abroad.height >= 5
    assert (abroad["posteam"] != abroad["posteam_at_home"]).all()
    for name in spec.names("context"):
        assert abroad[name].equals(abroad[f"{name}_at_home"]), name
