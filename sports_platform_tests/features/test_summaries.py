"""Summaries: each week counted once, again when its silver changes, and never mixed with another state of it."""

from datetime import timedelta

import polars as pl
import pytest

from sports_platform.core.errors import DataQualityError
from sports_platform.core.weeks import Week
from sports_platform.features.summaries import find_summaries, read_summaries
from sports_platform.features.views import temporary_views
from sports_platform_tests.features.conftest import Built, Lake
from sports_platform_tests.features.engines import differences, polars_engine, stored
from sports_platform_tests.features.hindsight import cutoff_of
from sports_platform_tests.features.rough import frames
from sports_platform_tests.features.silver import write_silver

FIRST, WEEK, LAST = Week(2021, 1), Week(2021, 2), Week(2021, 3)


@pytest.mark.parametrize(("table", "a_game"), [("team_games", 2), ("player_games", 18)])
def test_a_week_counts_only_what_has_not_been_counted(built: Built, table: str, a_game: int) -> None:
    """Two games a week: the first build finds five weeks of plays, the next one more."""
    first, second = (built.reports[week].rows[table] for week in (WEEK, LAST))
    assert list(first) == ["2020_wk01", "2020_wk02", "2020_wk03", "2021_wk01", "2021_wk02"]
    assert list(second) == ["2021_wk03"]
    assert all(0 < rows <= 2 * a_game for rows in (*first.values(), *second.values()))


def test_a_late_correction_counts_its_week_again_and_reaches_later_weeks(lake: Lake, built: Built) -> None:
    """What is built on old counts and one corrected week is what is made of everything anew."""
    domain = lake.new_domain(lake.silver)
    lake.build(domain, LAST)
    plays = pl.DataFrame(lake.silver["plays"]).filter(pl.col("week_key") == str(FIRST), pl.col("complete_pass") == 1)
    known = cutoff_of(frames(lake.silver), LAST) - timedelta(days=1)
    correction = plays.head(5).with_columns(yards_gained=90, known_time=pl.lit(known).cast(plays.schema["known_time"]))
    write_silver(lake.settings, domain, {"plays": correction.to_arrow().cast(lake.silver["plays"].schema)})
    report = lake.build(domain, LAST)
    assert set(report.rows["team_games"]) == {str(FIRST)}

    corrected = frames(lake.silver) | {"plays": pl.concat([pl.DataFrame(lake.silver["plays"]), correction])}
    wanted, found = polars_engine(corrected, [LAST]), stored(lake.settings, domain)
    assert {table: differences(found[table], wanted[table]) for table in wanted} == {table: [] for table in wanted}
    before = pl.DataFrame(lake.read(built.domain, "game_context", LAST)).sort("game_id", "posteam")
    assert "off_yards_per_attempt" in differences(found["game_context"].sort("game_id", "posteam"), before)


def test_counts_of_other_silver_are_refused(lake: Lake, built: Built) -> None:
    domain, inputs = built.domain, built.reports[LAST].inputs
    games = find_summaries(lake.settings, domain, inputs, Week(2020, 0), LAST)
    assert games.stale == ()
    assert len(games.wanted) == 6
    with temporary_views(lake.spark) as views:
        read_summaries(lake.settings, domain, views, games.wanted)
        with pytest.raises(DataQualityError, match="team_games of 2021_wk01 made from other silver"):
            read_summaries(lake.settings, domain, views, {**games.wanted, str(FIRST): "0123"})


def test_weeks_without_plays_have_nothing_to_count(lake: Lake) -> None:
    domain = lake.new_domain({name: rows for name, rows in lake.silver.items() if name != "plays"})
    assert find_summaries(lake.settings, domain, {}, Week(2020, 0), LAST).wanted == {}
