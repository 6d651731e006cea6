"""The test league keeps its word: reproducible, valid against the tables, drawn from its stated distributions."""

import polars as pl
import pytest

from sports_platform.core.weeks import Week
from sports_platform.lake.quality import check
from sports_platform.sports.nfl.events import NflEvents
from sports_platform.sports.nfl.tables import TABLES
from sports_platform_tests.league.source import LeagueSource


def plays(source: LeagueSource) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(source.frame("play_by_play", season)) for season in source.seasons()])


def test_the_same_seed_gives_the_same_plays_and_another_does_not() -> None:
    assert plays(LeagueSource(seed=1)).equals(plays(LeagueSource(seed=1)))
    assert not plays(LeagueSource(seed=1)).equals(plays(LeagueSource(seed=2)))


@pytest.mark.parametrize("table", TABLES)
def test_every_week_passes_the_checks_of_its_table(table: str) -> None:
    events, league = NflEvents(), LeagueSource(seed=7)
    for week in events.weeks(league):
        failed = [c for c in check(TABLES[table], week, events.events(league, TABLES[table], week)) if not c.passed]
        assert not failed


def test_rates_are_the_stated_ones_within_their_sampling_error() -> None:
    """Four standard errors of a share of n draws: one false alarm in 16,000 seeds."""
    league = LeagueSource(seed=3, teams=8, weeks=10)
    thrown = plays(league).filter(pl.col("pass_attempt") == 1, pl.col("sack") == 0)
    snaps = plays(league).filter(pl.col("play_type").is_in(["pass", "run"]))
    for rows, column, rate in (
        (thrown, "complete_pass", league.truth.completion_rate),
        (thrown, "interception", league.truth.interception_rate),
        (snaps, "pass_attempt", league.truth.pass_rate),
    ):
        error = (rate * (1 - rate) / len(rows)) ** 0.5
        assert rows[column].mean() == pytest.approx(rate, abs=4 * error)


def test_scores_of_the_plays_are_the_results() -> None:
    league = LeagueSource(seed=9)
    week = Week(2021, 1)
    final = plays(league).filter(week=week.number).group_by("game_id", maintain_order=True).last()
    results = pl.DataFrame(league.frame("schedules", 2021)).filter(week=week.number)
    for row in final.join(results, on="game_id").iter_rows(named=True):
        at_home = row["posteam"] == row["home_team"]
        home, away = ("posteam", "defteam") if at_home else ("defteam", "posteam")
        assert (row[f"{home}_score_post"], row[f"{away}_score_post"]) == (row["home_score"], row["away_score"])
