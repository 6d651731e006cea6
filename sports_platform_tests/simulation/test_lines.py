"""Lines that are not where the bucket's state has them: the goal line, and the line to gain."""

import pytest

from sports_platform_tests.simulation.scripted import always, by_yard_line, engine_input, row, simulate


def test_a_class_that_begins_short_of_the_goal_line_ends_short_of_it() -> None:
    """From the 14, a node, a run of the class 13-14 comes to the 1, from where the class lies past the line."""
    cut = simulate(by_yard_line(engine_input(kickoff_start=14)), always(row("run", yards=13)), scenarios=100)
    assert (cut.team("rush_attempts") == 2 * cut.team("touchdowns")).all()
    assert (cut.team("rush_yards") == 14 * cut.team("touchdowns")).all()
    past = simulate(by_yard_line(engine_input(kickoff_start=14)), always(row("run", yards=15)), scenarios=20)
    assert (past.team("touchdowns") == past.team("rush_attempts")).all()


def test_a_class_that_the_line_of_its_bucket_does_not_cut_scores_where_it_goes_past_the_line() -> None:
    """From the 24, between the nodes at 21 and 26, half of the class 22-25 scores, half comes to the 1 or the 2."""
    played = simulate(by_yard_line(engine_input(kickoff_start=24)), always(row("run", yards=22)), scenarios=400)
    runs, touchdowns = played.team("rush_attempts").sum(), played.team("touchdowns").sum()
    assert runs / touchdowns == pytest.approx(1.5, abs=0.02)


def test_a_gain_close_to_the_line_to_gain_of_the_bucket_is_as_close_to_the_lanes_own() -> None:
    runs = always(row("run", yards=7))
    free = simulate(by_yard_line(engine_input()), runs)
    assert (free.team("first_downs") > 0).all()
    # A yard short of the bucket's eight to go: nine of ten, then none of one, so no series is ever won.
    short = simulate(by_yard_line(engine_input(), to_go=8), runs)
    assert (short.team("first_downs") == 0).all()
    assert (short.team("rush_yards") >= 9 * short.team("drives_downs")).all()
    assert (short.team("rush_yards") <= 9 * (short.team("drives_downs") + 3)).all()
