"""Spark and the reference give the same features, on a league with rough edges; a few figures are counted by hand."""

from collections.abc import Sequence

import polars as pl
import pytest

from sports_platform.core.weeks import Week
from sports_platform_tests.features.conftest import Lake
from sports_platform_tests.features.engines import FeatureEngine, Frames, built_by_spark, differences, polars_engine
from sports_platform_tests.features.rough import roughened

WEEKS = [Week(2020, 1), Week(2021, 2), Week(2021, 3)]  # nothing known, a young season, corrections known
SEED = 11


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
