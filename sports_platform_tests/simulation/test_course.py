"""Possession, scores, kicks and overtime by the rule book of the season, each on one play or two."""

import pytest

from sports_platform_tests.simulation.course import AWAY, HOME, Ending, Event, Next, State, after, play, series

OVERTIME = {"half": 2, "clock": 500, "toss": AWAY}


def test_ten_yards_in_four_downs() -> None:
    assert series(after(play(Event.SNAP, yards=9))) == (AWAY, 2, 1, 41)
    assert series(after(play(Event.SNAP, yards=10))) == (AWAY, 1, 10, 40)
    assert series(after(play(Event.SNAP, yards=-7))) == (AWAY, 2, 17, 57)
    assert series(after(play(Event.SNAP, down=4, to_go=2, yards=1))) == (HOME, 1, 10, 51)


def test_inside_the_ten_it_is_goal_to_go() -> None:
    assert series(after(play(Event.SNAP, yardline=17, yards=10))) == (AWAY, 1, 7, 7)
    assert series(after(play(Event.SNAP, yardline=7, to_go=7, yards=6))) == (AWAY, 2, 1, 1)


def test_turnovers_are_the_other_sides_ball_where_the_return_ends() -> None:
    taken = {"side": HOME, "changed": 1}
    assert series(after(play(Event.SNAP, **taken, spot=30))) == (HOME, 1, 10, 70)
    assert series(after(play(Event.SNAP, **taken, spot=0))) == (HOME, 1, 10, 80)  # a touchback
    # Lost and won again on one play: a new series.
    assert series(after(play(Event.SNAP, down=4, side=AWAY, changed=1, spot=45))) == (AWAY, 1, 10, 45)


def test_a_ball_fumbled_forward_out_of_bounds_comes_back_to_where_it_was_fumbled() -> None:
    assert series(after(play(Event.SNAP, loose=46, spot=38))) == (AWAY, 2, 6, 46)
    assert series(after(play(Event.SNAP, loose=46, spot=49))) == (AWAY, 2, 9, 49)
    returned = {"side": HOME, "changed": 1}
    assert series(after(play(Event.SNAP, **returned, loose=60, spot=70))) == (HOME, 1, 10, 40)


def test_a_touchdown_is_six_points_and_a_try() -> None:
    state = after(play(Event.SNAP, ending=int(Ending.TOUCHDOWN)))
    assert (state.next, state.side, state.score) == (Next.TRY, AWAY, (6, 0))
    state = after(play(Event.SNAP, ending=int(Ending.TOUCHDOWN), side=HOME, changed=1))
    assert (state.next, state.side, state.score) == (Next.TRY, HOME, (0, 6))


@pytest.mark.parametrize(("side", "points", "score"), [(AWAY, 1, (7, 0)), (AWAY, 2, (8, 0)), (HOME, 2, (6, 2))])
def test_after_the_try_the_scoring_side_kicks_off(side: int, points: int, score: tuple[int, int]) -> None:
    tried = play(Event.TRY, down=0, to_go=0, yardline=15, score_0=6, side=side, points=points)
    state = after(play(Event.SNAP, ending=int(Ending.TOUCHDOWN)), tried)
    assert (state.next, state.side, state.score) == (Next.KICKOFF, HOME, score)


def test_a_touchdown_at_the_gun_is_followed_by_its_try_and_the_half_ends_with_it() -> None:
    scored = play(Event.SNAP, ending=int(Ending.TOUCHDOWN), clock=3, seconds=3)
    tried = play(Event.TRY, down=0, to_go=0, yardline=15, score_0=6, points=1, clock=0)
    before, then = after(scored), after(scored, tried)
    assert (before.next, before.half) == (Next.TRY, 0)
    assert (then.next, then.half, then.side, then.score) == (Next.KICKOFF, 1, AWAY, (7, 0))


def test_field_goals() -> None:
    kick = {"down": 4, "yardline": 30}
    state = after(play(Event.FIELD_GOAL, **kick, ending=int(Ending.GOOD)))
    assert (state.next, state.side, state.score) == (Next.KICKOFF, HOME, (3, 0))
    # Missed: at the spot of the kick, at worst on the 20; blocked and run back: where the return ends.
    missed = {"side": HOME}
    assert series(after(play(Event.FIELD_GOAL, **kick, **missed, spot=38))) == (HOME, 1, 10, 62)
    assert series(after(play(Event.FIELD_GOAL, down=4, yardline=5, **missed, spot=13))) == (HOME, 1, 10, 80)
    assert series(after(play(Event.FIELD_GOAL, **kick, **missed, changed=1, spot=60))) == (HOME, 1, 10, 40)


def test_punts() -> None:
    kicked = {"down": 4, "yardline": 60, "side": HOME, "changed": 1}
    assert series(after(play(Event.PUNT, **kicked, spot=18))) == (HOME, 1, 10, 82)
    assert series(after(play(Event.PUNT, **kicked, ending=int(Ending.TOUCHBACK)))) == (HOME, 1, 10, 80)
    # Muffed and recovered by the kickers: a new series. Blocked and recovered behind the line: lost on downs.
    assert series(after(play(Event.PUNT, down=4, yardline=60, changed=1, spot=20))) == (AWAY, 1, 10, 20)
    assert series(after(play(Event.PUNT, down=4, yardline=60, spot=72))) == (HOME, 1, 10, 28)
    run_back = after(play(Event.PUNT, **kicked, ending=int(Ending.TOUCHDOWN)))
    assert (run_back.next, run_back.side, run_back.score) == (Next.TRY, HOME, (0, 6))


def test_a_safety_is_two_points_and_a_free_kick_of_the_side_that_gave_it() -> None:
    state = after(play(Event.SNAP, yardline=95, ending=int(Ending.SAFETY)))
    assert (state.next, state.side, state.score) == (Next.KICKOFF, HOME, (0, 2))


KICK = {"down": 0, "to_go": 0, "yardline": 35, "offence": HOME}


@pytest.mark.parametrize(
    ("season", "kicked_from", "touchback", "out_of_bounds"),
    [
        (2010, 30, 80, 60),
        (2011, 35, 80, 60),
        (2015, 35, 80, 60),
        (2016, 35, 75, 60),
        (2024, 35, 70, 60),
        (2025, 35, 65, 60),
    ],
)
def test_kick_offs_by_season(season: int, kicked_from: int, touchback: int, out_of_bounds: int) -> None:
    kick = KICK | {"yardline": kicked_from}
    deep = play(Event.KICKOFF, season=season, ending=int(Ending.TOUCHBACK), **kick)
    assert series(after(deep)) == (HOME, 1, 10, touchback)
    aside = play(Event.KICKOFF, season=season, ending=int(Ending.OUT_OF_BOUNDS), spot=90, **kick)
    assert series(after(aside)) == (HOME, 1, 10, out_of_bounds)
    # An onside kick out of bounds is the receivers' ball where it went out.
    onside = play(Event.KICKOFF, season=season, ending=int(Ending.OUT_OF_BOUNDS), spot=45, **kick)
    assert series(after(onside)) == (HOME, 1, 10, 45)


def test_kick_offs_are_returned_recovered_and_run_back() -> None:
    assert series(after(play(Event.KICKOFF, **KICK, spot=78))) == (HOME, 1, 10, 78)
    assert series(after(play(Event.KICKOFF, **KICK, side=AWAY, spot=48))) == (AWAY, 1, 10, 52)
    run_back = after(play(Event.KICKOFF, **KICK, ending=int(Ending.TOUCHDOWN)))
    assert (run_back.next, run_back.side, run_back.score) == (Next.TRY, HOME, (0, 6))


def _overtime(*plays: dict[str, int], season: int, playoff: bool = False) -> State:
    """After these plays of an overtime whose kick the away side receives."""
    level = play(Event.SNAP, season=season, playoff=playoff, half=1, clock=3, seconds=3, toss=AWAY)
    first = play(Event.KICKOFF, season=season, playoff=playoff, **OVERTIME | KICK | {"offence": AWAY}, spot=80)
    return after(level, first, *plays)


def _kick(by: int, **fields: int) -> dict[str, int]:
    return play(Event.FIELD_GOAL, **OVERTIME, offence=by, ending=int(Ending.GOOD), down=4, **fields)


def _score(by: int, **fields: int) -> dict[str, int]:
    return play(Event.SNAP, **OVERTIME, offence=by, ending=int(Ending.TOUCHDOWN), **fields)


@pytest.mark.parametrize(
    ("season", "playoff", "over"),
    [(2009, True, True), (2010, True, False), (2011, False, True), (2012, False, False), (2025, False, False)],
)
def test_a_field_goal_first_in_overtime_won_until_it_had_to_be_answered(season: int, playoff: bool, over: bool) -> None:
    state = _overtime(_kick(AWAY), season=season, playoff=playoff)
    assert state.next == (Next.NOTHING if over else Next.KICKOFF)


@pytest.mark.parametrize(
    ("season", "playoff", "over"), [(2015, False, True), (2021, True, True), (2022, True, False), (2025, False, False)]
)
def test_a_touchdown_first_in_overtime_won_until_both_sides_had_to_have_the_ball(
    season: int, playoff: bool, over: bool
) -> None:
    state = _overtime(_score(AWAY), season=season, playoff=playoff)
    assert state.next == (Next.NOTHING if over else Next.TRY)


def test_a_touchdown_in_answer_is_tried_unless_it_has_won() -> None:
    returned = play(Event.KICKOFF, **OVERTIME | KICK, spot=80, score_0=7)
    answered = _overtime(_score(AWAY), _try(AWAY, 6, 0), returned, _score(HOME, score_0=7), season=2025)
    assert answered.next == Next.TRY
    returned = play(Event.KICKOFF, **OVERTIME | KICK, spot=80, score_0=3)
    won = _overtime(_kick(AWAY), returned, _score(HOME, score_0=3), season=2025)
    assert (won.next, won.score) == (Next.NOTHING, (3, 6))


def _try(side: int, away: int, home: int) -> dict[str, int]:
    return play(Event.TRY, **OVERTIME, offence=side, down=0, to_go=0, yardline=15, points=1, score_0=away, score_1=home)


@pytest.mark.parametrize(("season", "rule"), [(2011, "sudden death"), (2015, "answered"), (2025, "both possess")])
def test_a_touchdown_of_the_defence_wins_overtime(season: int, rule: str) -> None:
    taken = _score(AWAY, side=HOME, changed=1)
    assert _overtime(taken, season=season).next == Next.NOTHING, rule


def test_a_lost_ball_ends_the_answer_to_a_field_goal() -> None:
    returned = play(Event.KICKOFF, **OVERTIME | KICK, spot=80, score_0=3)
    lost = play(Event.SNAP, **OVERTIME, offence=HOME, side=AWAY, changed=1, score_0=3)
    assert _overtime(_kick(AWAY), returned, lost, season=2015).next == Next.NOTHING


def test_after_a_possession_without_points_the_next_score_wins() -> None:
    punted = play(Event.PUNT, **OVERTIME, offence=AWAY, down=4, side=HOME, changed=1, spot=20)
    state = _overtime(punted, _kick(HOME), season=2015)
    assert (state.next, state.score) == (Next.NOTHING, (0, 3))


def test_overtime_ends_level_in_the_regular_season_and_goes_on_in_the_playoffs() -> None:
    last = play(Event.SNAP, half=2, clock=3, seconds=3, yards=4)
    assert _overtime(last, season=2015).next == Next.NOTHING
    assert series(_overtime(last, season=2015, playoff=True)) == (AWAY, 2, 6, 46)


def test_a_muffed_punt_was_the_receivers_possession() -> None:
    muffed = play(Event.PUNT, **OVERTIME, down=4, changed=1, spot=20)
    assert series(_overtime(muffed, season=2015)) == (AWAY, 1, 10, 20)
    assert _overtime(muffed, _kick(AWAY), season=2015).next == Next.NOTHING


@pytest.mark.parametrize(("playoff", "goes_on"), [(True, True), (False, False)])
def test_in_the_playoffs_an_answer_outlasts_its_period(playoff: bool, goes_on: bool) -> None:
    rules = {"playoff": playoff}
    returned = play(Event.KICKOFF, **rules, **OVERTIME | KICK, spot=80, score_0=3)
    late = play(Event.SNAP, **rules, **OVERTIME | {"clock": 4}, offence=HOME, seconds=4, yards=5, score_0=3)
    state = _overtime(_kick(AWAY), returned, late, season=2015, playoff=playoff)
    assert state.next == (Next.SNAP if goes_on else Next.NOTHING)
