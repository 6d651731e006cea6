"""Drives of simulated games: each snap belongs to one, each ends once, and its ending is counted.

With 7 seconds a play a half of 1,800 s has 258 plays and an overtime of 900 s has 129.
"""

import pytest

from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES
from sports_platform_tests.simulation.scripted import Played, Row, always, engine_input, football, row, simulate

HALF = 258


def endings(played: Played) -> dict[str, int]:
    """Drives by ending of both sides of the first scenario; those that never happen are left out."""
    counts = {name: int(played.team(f"drives_{name}")[0, :, 0].sum()) for name in DRIVE_OUTCOMES}
    return {name: count for name, count in counts.items() if count}


def test_every_drive_ends_once() -> None:
    played = simulate(engine_input(games=4, onside_attempt=1, onside_recovered=0.5, punt_muffed=0.2), football)
    ended = sum(played.team(f"drives_{name}") for name in DRIVE_OUTCOMES)
    assert (played.team("drives") == ended).all()
    assert (played.team("drives_field_goal") == played.team("field_goals_made")).all()
    # A punt run back or blocked for a touchdown is no `punt`; here nothing is.
    assert (played.team("drives_punt") == played.team("punts")).all()
    missed = played.team("field_goal_attempts") - played.team("field_goals_made")
    assert (played.team("drives_missed_field_goal") == missed).all()
    scored = played.team("passing_touchdowns") + played.team("rushing_touchdowns")
    assert (played.team("drives_touchdown") == scored).all()
    assert (played.team("first_downs") >= scored).all()


@pytest.mark.parametrize(
    ("distribution", "ending", "rates"),
    [
        (row("punt", yards=38), "punt", {}),
        (row("punt", yards=38), "punt", {"punt_blocked": 1}),
        (row("punt", yards=38), "opponent_touchdown", {"punt_touchdown": 1}),
        (row("pass", result=2), "turnover", {}),
        (row("run", result=1), "turnover", {}),
        (row("pass", result=2), "opponent_touchdown", {"interception_touchdown": 1}),
        (row("field_goal"), "missed_field_goal", {}),
        (row("field_goal", field_goal=1), "field_goal", {}),
        (row("sack", yards=-20), "safety", {"kickoff_start": 95, "free_kick_start": 95}),
    ],
)
def test_a_snap_that_ends_its_drive_counts_as_that_ending(
    distribution: Row, ending: str, rates: dict[str, float]
) -> None:
    played = simulate(engine_input(**rates), always(distribution), scenarios=1)
    assert endings(played) == {ending: played.report.plays}


def test_four_downs_without_a_first_are_a_drive_and_the_clock_ends_the_last_of_a_half() -> None:
    played = simulate(engine_input(), always(row("pass", result=1)), scenarios=1)
    # 64 drives of four and one of two a half; in overtime 32 of four and one of one.
    assert endings(played) == {"downs": 2 * 64 + 32, "end_of_half": 3}
    assert (played.team("first_downs") == 0).all()


def test_a_march_of_runs_is_one_drive_with_a_first_down_every_ten_yards() -> None:
    # Three yards a play: 30 yards are two first downs on the way (after four runs each) and the touchdown.
    played = simulate(engine_input(kickoff_start=30), always(row("run", yards=3)), scenarios=1)
    touchdowns = int(played.team("touchdowns").sum())
    assert endings(played) == {"touchdown": touchdowns, "end_of_half": 2}
    assert int(played.team("rushing_touchdowns").sum()) == touchdowns
    # Each half ends on the eighth run of a drive, after its second first down.
    assert int(played.team("first_downs").sum()) == 3 * touchdowns + 2 * 2
    assert int(played.team("rush_attempts").sum()) == 2 * HALF + 10
