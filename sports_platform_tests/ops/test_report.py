"""The page holds everything it promises, in one file, and its figures are right."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from matplotlib.figure import Figure

from sports_platform.core.lineage import Lineage
from sports_platform.core.weeks import Week
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.promote import Check, Verdict
from sports_platform.ops.comparison import PlayerComparison, compare_players
from sports_platform.ops.report import Page, render
from sports_platform.portfolio.artefact import Portfolio
from sports_platform.portfolio.lineup import Lineup, SlatePlayer
from sports_platform.portfolio.slate import Unmatched
from sports_platform.simulation.scenarios import Scenarios

WEEK = Week(2015, 12)
LINEAGE = Lineage(step="portfolio", sport="nfl", week=str(WEEK), offsets={"nfl.plays.v1": {"0": (3, 77)}})


def player(number: int) -> SlatePlayer:
    return SlatePlayer(
        player_id=f"p{number}", name=f"O'Player <{number}>", position="WR", team="NE", game_id="g", salary=5000
    )


def comparison() -> PlayerComparison:
    return PlayerComparison(
        pl.DataFrame(
            {
                "player_id": ["p0", "p1", "p2", "p3"],
                "team": ["NE"] * 4,
                "position": ["WR", "WR", "WR", "QB"],
                "mean": [10.0, 8.0, 6.0, 20.0],
                "low": [2.0, 2.0, 1.0, 12.0],
                "high": [18.0, 15.0, 12.0, 28.0],
                "actual": [2.0, 16.0, 6.0, 24.0],
            }
        )
    )


@pytest.fixture
def page(tmp_path: Path) -> Page:
    (tmp_path / "plots").mkdir()
    Figure(figsize=(1, 1)).savefig(tmp_path / "plots" / "reliability_play_type.png")
    portfolio = Portfolio(
        week=WEEK,
        folder=tmp_path,
        slots=("WR", "WR"),
        lineups=(Lineup((player(0), player(1))),),
        metrics=pl.DataFrame(
            {
                "lineup": [1],
                "salary": [10000],
                "mean": [18.04],
                "sd": [5.0],
                "p10": [9.0],
                "p50": [17.5],
                "p90": [31.25],
            }
        ).with_columns(p99=pl.lit(40.0)),
        exposures=pl.DataFrame(
            {"player_id": ["p0"], "name": ["A"], "position": ["WR"], "team": ["NE"], "salary": [5000], "lineups": [1]}
        ).with_columns(share=pl.lit(1.0), mean=pl.lit(9.0)),
        unmatched=(Unmatched("Nobody Known", "TE", "NE", 2500, "no player of that name"),),
        lineage=LINEAGE,
    )
    scenarios = Scenarios(
        week=str(WEEK),
        model_version="2015_wk12-abc",
        seed=7,
        game_ids=("g",),
        players=pa.table({"player_id": ["p0", "p1"]}),
        points_PS=np.zeros((2, 50), np.int16),
        team_scores_G2S=np.zeros((1, 2, 50), np.int16),
        team_stats={},
        lineage=LINEAGE,
    )
    check = Check(name="accuracy", passed=False, value=0.61, reason="accuracy must be at least 0.64")
    return Page(
        sport="nfl",
        week=WEEK,
        verdict=Verdict(candidate="2015_wk12-abc", champion=None, checks=(check,)),
        model=ModelVersion(tmp_path, WEEK, "abc" * 20),
        portfolio=portfolio,
        scenarios=scenarios,
        players=comparison(),
        teams=pl.DataFrame(
            {"statistic": ["punts"], "simulated": [4.5], "simulated_sd": [2.0], "real": [4.75], "real_sd": [2.1]}
        ),
        lineage=[LINEAGE],
    )


def test_the_page_shows_every_section_in_one_file(page: Page) -> None:
    html = render(page)
    for text in (
        "accuracy must be at least 0.64",
        '<td class="n">18.0</td>',
        "O&#39;Player &lt;0&gt;",
        "Nobody Known",
        '<td class="n">4.75</td>',
        "nfl.plays.v1[0]: offsets 3 to 77",
        "75 % of 4 players",
    ):
        assert text in html
    sources = re.findall(r"(?:src|href)=\"([^\"]{0,40})", html)
    assert len(sources) == 4
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_a_week_not_yet_played_says_so(page: Page) -> None:
    assert "No game of this week is finished yet" in render(replace(page, players=None))


def test_coverage_counts_the_ends_of_the_interval() -> None:
    assert comparison().coverage == 0.75
    assert comparison().bias == pytest.approx(-1.0)
    by_position = {row["position"]: row for row in comparison().by_position().to_dicts()}
    assert by_position["WR"]["coverage"] == pytest.approx(2 / 3)
    assert by_position["WR"]["mean_error"] == pytest.approx(16 / 3)


def test_players_meet_their_points_and_the_unrecorded_scored_nothing(page: Page) -> None:
    scenarios = replace(
        page.scenarios,
        players=pa.table(
            {
                "player_id": ["p0", "p1", "p2"],
                "team": ["NE"] * 3,
                "position": ["WR"] * 3,
                "game_id": ["g", "g", "later"],
            }
        ),
        points_PS=np.full((3, 50), 500, np.int16),  # 10 points in units of 0.02
    )
    actual = pa.table({"game_id": ["g", "g"], "player_id": ["p0", "other"], "team": ["NE"] * 2, "points": [12.0, 3.0]})
    rows = compare_players(scenarios, actual).players.sort("player_id").to_dicts()
    assert [(row["player_id"], row["mean"], row["actual"]) for row in rows] == [("p0", 10.0, 12.0), ("p1", 10.0, 0.0)]
