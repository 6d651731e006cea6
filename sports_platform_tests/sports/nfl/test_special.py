"""Counted tables: small cases by hand, and the league's known rates on full seasons."""

from pathlib import Path

import polars as pl
import pytest

from sports_platform.sports.nfl.special import EQUAL_PARTS, MAX_MARGIN, TOUCHBACK, fit_special_teams
from sports_platform.sports.nfl.tables import PLAYS

_TYPES = {"string": pl.String, "int": pl.Int32, "double": pl.Float64, "timestamp": pl.Datetime("us", "UTC")}


def table(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Plays of one half of one game, in order, with the columns not named null."""
    common = {"game_id": "G", "game_half": "Half1", "qtr": 1, "season": 2015, "week": 1}
    schema = {column.name: _TYPES[column.type] for column in PLAYS.columns}
    return pl.DataFrame([common | {"play_index": i} | row for i, row in enumerate(rows)], schema=schema)


def snap(team: str, yardline: int) -> dict[str, object]:
    return {"posteam": team, "defteam": "B" if team == "A" else "A", "down": 1, "yardline_100": yardline}


def fit(rows: list[dict[str, object]]) -> tuple[dict[str, float], dict[str, list[int]]]:
    result = fit_special_teams(table(rows).to_arrow())
    return result["rates"], result["values"]  # type: ignore[return-value]


def test_interceptions_are_measured_from_the_line_to_where_the_other_side_starts() -> None:
    thrown = {**snap("A", 60), "play_type": "pass", "interception": 1}
    _, values = fit([thrown, snap("B", 75)] * 400)
    # The other side starts 75 from A's goal line's far end: 25 from the goal A attacks, 35 yards downfield.
    assert values["interception_net"].count(35) > 0.9 * EQUAL_PARTS
    touchback = {**thrown, "touchback": 1}
    _, values = fit([touchback, snap("B", 80)] * 400)
    assert values["interception_net"].count(60) > 0.9 * EQUAL_PARTS


def test_a_blocked_punt_that_ends_in_a_safety_has_no_net() -> None:
    blocked = {**snap("A", 70), "play_type": "punt", "punt_blocked": 1}
    free_kick = {"posteam": "B", "defteam": "A", "play_type": "kickoff", "yardline_100": 20}
    _, values = fit([blocked, snap("B", 12)] * 100 + [{**blocked, "safety": 1}, free_kick, snap("B", 60)] * 100)
    # The other side starts 12 from A's goal line: 18 yards behind the line of the punt.
    assert values["punt_blocked_net"].count(-18) > 0.9 * EQUAL_PARTS


def test_kick_offs_lead_to_the_receivers_start() -> None:
    kick = {"posteam": "A", "defteam": "B", "play_type": "kickoff", "yardline_100": 35, "kick_distance": 65}
    rates, values = fit([kick, snap("A", 73)] * 300 + [kick, snap("B", 20)] * 300)
    assert values["kickoff_start"].count(73) > 0.9 * EQUAL_PARTS
    assert rates["kickoff_lost"] < 0.01  # no fumble was charged
    # Where a touchback is put down is the season's rule, not what was counted.
    _, values = fit([{**kick, "touchback": 1}, snap("A", 80)] * 300)
    assert values["kickoff_start"].count(TOUCHBACK) > 0.9 * EQUAL_PARTS
    rates, _ = fit([{**kick, "fumble_lost": 1}, snap("B", 20)] * 300)
    assert rates["kickoff_lost"] > 0.9


def test_only_the_last_weeks_tell_where_kick_offs_lead() -> None:
    kick = {"posteam": "A", "defteam": "B", "play_type": "kickoff", "yardline_100": 35, "kick_distance": 65}

    def weeks(season: int, numbers: range, start: int) -> list[dict[str, object]]:
        when = [{"season": season, "week": number} for number in numbers]
        return [row | week for week in when for row in [kick, snap("A", start)] * 40]

    _, values = fit(weeks(2014, range(1, 22), 70) + weeks(2015, range(1, 22), 75))
    assert values["kickoff_start"].count(75) > 0.9 * EQUAL_PARTS
    _, values = fit(weeks(2014, range(1, 22), 70) + weeks(2015, range(1, 8), 75))
    assert values["kickoff_start"].count(75) == pytest.approx(EQUAL_PARTS / 3, abs=3)
    assert values["kickoff_start"].count(70) == pytest.approx(EQUAL_PARTS * 2 / 3, abs=3)


def test_only_kick_offs_that_are_returned_take_time() -> None:
    kick = {"posteam": "A", "defteam": "B", "play_type": "kickoff", "yardline_100": 35, "kick_distance": 65}
    returned = [{**kick, "half_seconds_remaining": 1006}, {**snap("A", 73), "half_seconds_remaining": 1000}]
    touchback = [
        {**kick, "touchback": 1, "half_seconds_remaining": 900},
        {**snap("A", 80), "half_seconds_remaining": 900},
    ]
    _, values = fit((returned + touchback) * 300)
    assert values["kickoff_seconds"].count(6) > 0.9 * EQUAL_PARTS


def ended(play: dict[str, object], seconds: int, after: dict[str, object]) -> list[dict[str, object]]:
    """A play from scrimmage that takes so long and what comes after it."""
    play = {**snap("A", 60), "play_type": "pass", "half_seconds_remaining": 1000} | play
    return [play, {"play_type": "run", "half_seconds_remaining": 1000 - seconds} | after]


def test_seconds_of_plays_that_end_a_drive_are_those_until_the_next_play() -> None:
    score = {"touchdown": 1, "td_team": "A", "yards_gained": 34, "yardline_100": 34}
    extra_point = {"play_type": "extra_point", "posteam": "A", "defteam": "B"}
    thrown, caught = {"interception": 1}, {"down": 4, "yards_gained": 2}
    rows = ended(score, 8, extra_point) + ended(thrown, 11, snap("B", 60)) + ended(caught, 6, snap("B", 42))
    _, values = fit(rows * 200)
    assert values["touchdown_seconds"].count(8 - 3) > 0.9 * EQUAL_PARTS  # three of them for thirty yards
    assert values["turnover_seconds"].count(11) > 0.9 * EQUAL_PARTS
    assert values["downs_seconds"].count(6) > 0.9 * EQUAL_PARTS


def test_the_last_seconds_are_those_of_snaps_that_may_be_field_goals() -> None:
    def late(**state: object) -> dict[str, object]:
        return snap("A", 30) | {"qtr": 2, "half_seconds_remaining": 3, "score_differential": 9} | state

    reached = [late(), late(qtr=4, score_differential=-2, half_seconds_remaining=5)]
    others = [late(yardline_100=50), late(qtr=4, half_seconds_remaining=1), late(half_seconds_remaining=20)]
    _, values = fit((reached + others) * 100)
    seen = values["last_seconds"]
    assert (seen.count(3), seen.count(5)) == (EQUAL_PARTS // 2, EQUAL_PARTS // 2)


def test_rates_start_from_the_prior_and_follow_the_cases() -> None:
    good = {**snap("A", 2), "down": None, "play_type": "extra_point", "extra_point_attempt": 1}
    rates, _ = fit([{**good, "extra_point_result": "failed"}])
    assert rates["extra_point"] == pytest.approx(20 * 0.99 / 21)
    older = [{**good, "season": 2014, "extra_point_result": "failed"}] * 50
    rates, _ = fit([*older, *[{**good, "extra_point_result": "good"}] * 80])
    assert rates["extra_point"] > 0.99  # only the newest season counts
    assert rates["two_point"] == pytest.approx(0.48)


def test_tries_from_the_fifteen_are_counted_apart_and_start_from_field_goals_as_long() -> None:
    near = {**snap("A", 2), "down": None, "extra_point_attempt": 1, "extra_point_result": "good", "season": 2014}
    kick = {**snap("A", 15), "play_type": "field_goal", "field_goal_attempt": 1, "kick_distance": 33}
    kicks = [{**kick, "field_goal_result": "made"}] * 100 + [{**kick, "field_goal_result": "missed"}] * 100
    rates, _ = fit([near] * 300 + kicks)
    assert rates["extra_point"] > 0.99
    assert rates["extra_point_from_15"] == pytest.approx((100 + 20 * 0.93) / 220)
    rates, _ = fit([near] * 300 + kicks + [{**near, "yardline_100": 15, "season": 2015}] * 1000)
    assert rates["extra_point_from_15"] > 0.98


def test_tries_for_two_depend_on_quarter_and_margin() -> None:
    two = {**snap("A", 2), "down": None, "qtr": 4, "two_point_attempt": 1, "score_differential": -2}
    one = {**snap("A", 15), "down": None, "qtr": 4, "extra_point_attempt": 1, "score_differential": 7}
    early, late = fit_special_teams(table([two, one] * 100).to_arrow())["two_point_try"]  # type: ignore[misc]
    assert len(early) == len(late) == 2 * MAX_MARGIN + 1
    assert late[MAX_MARGIN - 2] > 0.9
    assert late[MAX_MARGIN + 7] < 0.1
    assert early[MAX_MARGIN - 2] == pytest.approx(0.04)


def test_a_fit_on_real_seasons_shows_the_league(data_dir: Path) -> None:
    frame = pl.read_parquet(data_dir / "nfl/play_by_play_2014.parquet").with_columns(
        play_index=pl.int_range(pl.len()).over("game_id")
    )
    result = fit_special_teams(frame.to_arrow())
    rates, values = result["rates"], result["values"]
    assert rates["extra_point"] > 0.98  # type: ignore[index]
    assert 0.05 < rates["interception_touchdown"] < 0.2  # type: ignore[index]
    assert 0.001 < rates["punt_touchdown"] < 0.02  # type: ignore[index]
    starts = sorted(values["kickoff_start"])  # type: ignore[index]
    touchbacks = starts.count(TOUCHBACK)
    assert 0.45 < touchbacks / EQUAL_PARTS < 0.55
    assert 75 <= starts[touchbacks:][(EQUAL_PARTS - touchbacks) // 2] <= 79
