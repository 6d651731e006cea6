from pathlib import Path

import polars as pl
import pytest

from sports_platform.sports.nfl.boxscore import kicker_credits, player_points, team_games
from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES
from sports_platform.sports.nfl.rules import DRAFTKINGS_SCORING, FANDUEL_SCORING, KICKING_STATS, Scoring
from sports_platform.sports.nfl.tables import PLAYS

# Published points differ from the plays by more than rounding in 0.1 % of offensive and 1 % of defensive rows.
_TOLERANCE = 0.15


def _season(data_dir: Path, season: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    raw = pl.read_parquet(data_dir / "nfl" / f"play_by_play_{season}.parquet")
    plays = raw.with_columns(play_index=pl.int_range(pl.len()).over("game_id"))
    schedules = pl.read_parquet(data_dir / "nfl" / "schedules.parquet").filter(pl.col("season") == season)
    published = pl.read_parquet(data_dir / "nfl" / f"player_week_stats_{season}.parquet")
    return plays.select(PLAYS.column_names), schedules, published


@pytest.mark.parametrize("season", [2014, 2015])
def test_points_agree_with_the_published_ones(data_dir: Path, season: int) -> None:
    plays, schedules, published = _season(data_dir, season)
    points = pl.DataFrame(player_points(plays.to_arrow(), schedules.to_arrow()))
    assert not points.select("game_id", "player_id").is_duplicated().any()
    joined = published.join(points, on=["game_id", "player_id"], how="left")
    agree = (pl.col("points").fill_null(0.0) - pl.col("dk_points")).abs() < _TOLERANCE
    is_defence = pl.col("position") == "DST"
    assert joined.filter(~is_defence).select(agree.mean()).item() > 0.99
    assert joined.filter(is_defence).select(agree.mean()).item() > 0.95
    assert joined.filter(is_defence)["points"].null_count() == 0


def test_team_games_agree_with_the_players_sums_and_the_schedule(data_dir: Path) -> None:
    plays, schedules, published = _season(data_dir, 2015)
    games = pl.DataFrame(team_games(plays.to_arrow(), schedules.to_arrow()))
    assert games.height == 2 * schedules.height
    sums = (
        published.filter(pl.col("position") != "DST")
        .group_by("game_id", "team")
        .agg(pl.col("attempts", "completions", "passing_yards", "carries", "rushing_yards", "interceptions").sum())
    )
    both = games.join(sums, on=["game_id", "team"], validate="1:1")
    for mine, theirs in (
        ("pass_attempts", "attempts"),
        ("completions", "completions"),
        ("pass_yards", "passing_yards"),
        ("rush_attempts", "carries"),
        ("rush_yards", "rushing_yards"),
        ("interceptions", "interceptions"),
    ):
        assert (both[mine] == both[theirs]).mean() > 0.98, mine
    scored = games["touchdowns"] * 6 + games["field_goals_made"] * 3
    by_return = games["touchdowns"] - games["passing_touchdowns"] - games["rushing_touchdowns"]
    assert (by_return.is_between(0, 3)).all()
    assert (games["field_goal_attempts"] >= games["field_goals_made"]).all()
    assert games["first_downs"].is_between(5, 40).all()
    rest = games["points"] - scored  # tries and safeties
    assert (rest.is_between(0, 2 * games["touchdowns"].max() + 4)).all()


def test_drives_end_as_their_last_plays_do(data_dir: Path) -> None:
    plays, schedules, _ = _season(data_dir, 2015)
    games = pl.DataFrame(team_games(plays.to_arrow(), schedules.to_arrow()))
    ended = games.select(pl.sum_horizontal(f"drives_{name}" for name in DRIVE_OUTCOMES)).to_series()
    assert (games["drives"] == ended).all()
    assert (games["drives_field_goal"] == games["field_goals_made"]).all()
    missed = games["field_goal_attempts"] - games["field_goals_made"]
    assert (games["drives_missed_field_goal"] <= missed).all()  # the others were blocked and run back
    # An onside kick or a muffed punt apart, the sides take turns within a half.
    both = games.group_by("game_id").agg(pl.col("drives").max() - pl.col("drives").min())
    assert (both["drives"] <= 4).all()


def _plays(*rows: dict[str, object]) -> pl.DataFrame:
    types = {"string": pl.String, "int": pl.Int32}
    schema = {column.name: types[column.type] for column in PLAYS.columns}
    common = {"game_id": "g", "posteam": "HOM", "defteam": "AWY", "play_type": "pass"}
    return pl.DataFrame([common | row for row in rows], schema=schema)


_GAME = pl.DataFrame(
    {"game_id": ["g"], "home_team": ["HOM"], "away_team": ["AWY"], "home_score": [27], "away_score": [8]}
)


def _points(*rows: dict[str, object], scoring: Scoring = DRAFTKINGS_SCORING) -> dict[str, float]:
    table = player_points(_plays(*rows).to_arrow(), _GAME.to_arrow(), scoring)
    return dict(zip(table["player_id"].to_pylist(), table["points"].to_pylist(), strict=True))


def test_a_long_touchdown_pass_earns_yards_scores_and_bonuses() -> None:
    play = {
        "complete_pass": 1,
        "passing_yards": 99,
        "receiving_yards": 99,
        "passer_player_id": "p",
        "receiver_player_id": "r",
    }
    final = play | {"passing_yards": 102, "receiving_yards": 102, "touchdown": 1, "pass_touchdown": 1, "td_team": "HOM"}
    scored = _points(play, play, final | {"td_player_id": "r"})
    assert scored["p"] == pytest.approx(300 * 0.04 + 4 + 3)
    assert scored["r"] == pytest.approx(3 + 30 + 6 + 3)


def test_fanduel_gives_half_a_point_a_reception_no_bonus_and_takes_two_for_a_lost_fumble() -> None:
    caught = {"complete_pass": 1, "passing_yards": 120, "receiving_yards": 120, "passer_player_id": "p"}
    lost = {"fumbled_1_player_id": "r", "fumbled_1_team": "HOM", "fumble_recovery_1_team": "AWY", "fumble_lost": 1}
    scored = _points(caught | {"receiver_player_id": "r"} | lost, scoring=FANDUEL_SCORING)
    assert scored["r"] == pytest.approx(0.5 + 12 - 2)
    assert scored["p"] == pytest.approx(4.8)


def test_kickers_are_scored_by_distance_where_the_site_has_them() -> None:
    kick = {"play_type": "field_goal", "field_goal_attempt": 1, "kicker_player_id": "k"}
    made = [kick | {"field_goal_result": "made", "kick_distance": distance} for distance in (39, 40, 49, 50)]
    missed = kick | {"field_goal_result": "missed", "kick_distance": 30}
    tried = {"play_type": "extra_point", "extra_point_attempt": 1, "kicker_player_id": "k"}
    tries = [tried | {"extra_point_result": result} for result in ("good", "good", "failed")]
    scored = _points(*made, missed, *tries, scoring=FANDUEL_SCORING)
    assert scored["k"] == 3 + 4 + 4 + 5 + 2
    assert "k" not in _points(*made, missed, *tries)


def test_a_teams_kicks_are_its_kickers(data_dir: Path) -> None:
    plays, schedules, _ = _season(data_dir, 2015)
    games = pl.DataFrame(team_games(plays.to_arrow(), schedules.to_arrow()))
    assert (games["field_goals_made"] == games.select(pl.sum_horizontal(list(KICKING_STATS)[:3])).to_series()).all()
    units = pl.sum_horizontal(pl.col(stat) * FANDUEL_SCORING.units[unit] for stat, unit in KICKING_STATS.items())
    kickers = kicker_credits(plays.to_arrow()).with_columns(
        units=pl.col("value") * pl.col("stat").replace_strict(FANDUEL_SCORING.units, return_dtype=pl.Int32)
    )
    by_team = kickers.group_by("game_id", "team").agg(pl.col("units").sum())
    both = games.with_columns(expected=units).join(by_team, on=["game_id", "team"], how="left")
    # A try put back into the feed from the score summary names no kicker.
    assert (both["expected"] - both["units"].fill_null(0)).is_between(0, 50).all()
    assert (both["expected"] == both["units"].fill_null(0)).mean() > 0.9


def test_a_returned_interception_scores_for_the_defence_and_is_not_charged_to_the_other() -> None:
    pick = {
        "interception": 1,
        "touchdown": 1,
        "return_touchdown": 1,
        "td_team": "AWY",
        "td_player_id": "d",
        "passer_player_id": "p",
    }
    scored = _points(pick)
    assert scored["p"] == -1
    assert "d" not in scored, "an individual defender is nobody's pick"
    assert scored["AWY"] == 2 + 6 + 0  # 27 points allowed: no points
    assert scored["HOM"] == 7  # 8 allowed less the 6 that its offence gave away: 2 points allowed


def test_a_punt_returned_for_a_touchdown_scores_for_returner_and_defence() -> None:
    punt = {"play_type": "punt", "touchdown": 1, "return_touchdown": 1, "td_team": "AWY", "td_player_id": "ret"}
    scored = _points(punt)
    assert scored["ret"] == 6
    assert scored["AWY"] == 6 + 0
    assert scored["HOM"] == 4  # special teams' scores are charged: 8 points allowed


def test_fumbles_count_where_the_ball_ends() -> None:
    own = {"fumbled_1_player_id": "a", "fumbled_1_team": "HOM", "fumble_recovery_1_team": "HOM", "fumble_lost": 0}
    lost = own | {"fumbled_1_player_id": "b", "fumble_recovery_1_team": "AWY", "fumble_lost": 1}
    through_end_zone = own | {"fumbled_1_player_id": "c", "fumble_recovery_1_team": None, "fumble_lost": 1}
    scored = _points(own, lost, through_end_zone)
    assert "a" not in scored
    assert (scored["b"], scored["c"]) == (-1, -1)
    assert scored["AWY"] == 2 + 0  # one recovery, 27 points allowed
