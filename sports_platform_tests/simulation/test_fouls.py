"""Fouls by the rule book, each on one play: the away side has first and ten at midfield unless said otherwise."""

import pytest

from sports_platform_tests.simulation.course import (
    AFTER,
    AGAIN,
    AWAY,
    BETWEEN_DOWNS,
    COUNTED,
    HOME,
    NEW,
    Ending,
    Event,
    Next,
    after,
    foul,
    play,
    series,
)


@pytest.mark.parametrize(
    ("yardline", "yards", "then"),
    [
        (50, 5, 45),
        (40, -10, 50),
        (8, 5, 4),  # half the distance of 8
        (9, 5, 4),  # of 9: four and a half, to the offence's good
        (20, 15, 10),
        (1, 5, 1),
        (94, -10, 97),
        (95, -10, 97),  # of 5 yards to its own goal line two and a half
        (99, -5, 99),
    ],
)
def test_a_foul_is_walked_off_by_half_the_distance_at_most(yardline: int, yards: int, then: int) -> None:
    state = after(play(Event.FOUL, yardline=yardline, to_go=yardline, **foul(yardline, yards)))
    assert (state.yardline, state.to_go) == (then, then)


def test_a_foul_of_the_defence_gives_a_first_down_by_its_yards_or_of_itself() -> None:
    third = {"down": 3, "to_go": 7}
    assert series(after(play(Event.FOUL, **third, **foul(50, 5)))) == (AWAY, 3, 2, 45)
    assert series(after(play(Event.FOUL, **third, **foul(50, 10)))) == (AWAY, 1, 10, 40)
    assert series(after(play(Event.FOUL, **third, **foul(50, 5, NEW)))) == (AWAY, 1, 10, 45)


def test_interference_is_marked_at_its_spot_and_in_the_end_zone_at_the_one() -> None:
    assert series(after(play(Event.FOUL, **foul(50, 35, NEW, at_spot=True)))) == (AWAY, 1, 10, 15)
    assert series(after(play(Event.FOUL, yardline=20, **foul(20, 19, NEW, at_spot=True)))) == (AWAY, 1, 1, 1)


def test_a_foul_of_the_offence_repeats_the_down_or_costs_it() -> None:
    second = {"down": 2, "to_go": 6}
    assert series(after(play(Event.FOUL, **second, **foul(50, -10)))) == (AWAY, 2, 16, 60)
    # Grounding: the down too, and on fourth down the ball.
    assert series(after(play(Event.SNAP, **second, **foul(50, -10, COUNTED)))) == (AWAY, 3, 16, 60)
    assert series(after(play(Event.SNAP, down=4, **foul(50, -10, COUNTED)))) == (HOME, 1, 10, 40)


def test_holding_during_a_run_is_marked_from_its_spot() -> None:
    # A run of 20 to the 30, held at the 38: the ball goes to the 48, two yards won.
    assert series(after(play(Event.SNAP, yards=20, **foul(38, -10)))) == (AWAY, 1, 8, 48)
    # Held 25 yards downfield, the first down is won all the same.
    assert series(after(play(Event.SNAP, yards=30, **foul(25, -10)))) == (AWAY, 1, 10, 35)


def test_a_foul_of_the_defence_on_a_failed_fourth_down_keeps_the_ball() -> None:
    sacked = play(Event.SNAP, down=4, yards=-6, **foul(56, 15, NEW))
    assert series(after(sacked)) == (AWAY, 1, 10, 41)


def test_a_foul_after_the_play_leaves_the_down_counted() -> None:
    short = play(Event.SNAP, yards=3, **foul(47, -15, after=AFTER))
    assert series(after(short)) == (AWAY, 2, 22, 62)
    # A series that the play began begins where the foul is walked to.
    won = play(Event.SNAP, yards=12, **foul(0, -15, after=BETWEEN_DOWNS))
    assert series(after(won)) == (AWAY, 1, 10, 53)
    # On downs lost the other side is helped.
    lost = play(Event.SNAP, down=4, yards=3, **foul(0, -15, after=BETWEEN_DOWNS))
    assert series(after(lost)) == (HOME, 1, 10, 38)


def test_a_foul_of_the_offence_in_its_own_end_zone_is_a_safety() -> None:
    state = after(play(Event.FOUL, yardline=96, **foul(100, -10)))
    assert (state.next, state.side, state.score) == (Next.KICKOFF, HOME, (0, 2))


def test_a_foul_on_a_return_moves_the_new_side() -> None:
    clipped = play(Event.PUNT, side=HOME, changed=1, spot=20, **foul(20, 10, NEW))
    assert series(after(clipped)) == (HOME, 1, 10, 90)  # from its 20 to its 10
    late_hit = play(Event.PUNT, side=HOME, changed=1, spot=20, **foul(20, -15))
    assert series(after(late_hit)) == (HOME, 1, 10, 65)


def test_fouls_of_both_sides_offset() -> None:
    assert series(after(play(Event.FOUL, down=3, to_go=7))) == (AWAY, 3, 7, 50)


@pytest.mark.parametrize(
    ("fields", "goes_on"),
    [
        (foul(50, 5), True),  # accepted of the defence
        (foul(50, 15, NEW), True),
        ({}, True),  # offsetting
        (foul(50, -10, AGAIN), False),  # of the offence
    ],
)
def test_a_half_does_not_end_on_an_accepted_foul_of_the_defence(fields: dict[str, int], goes_on: bool) -> None:
    state = after(play(Event.FOUL, clock=4, seconds=4, **fields))
    assert (state.next, state.half) == ((Next.SNAP, 0) if goes_on else (Next.KICKOFF, 1))


def test_a_half_ends_with_a_play_that_stands_and_with_a_foul_between_downs() -> None:
    assert after(play(Event.SNAP, clock=4, seconds=4, yards=8)).half == 1
    taunted = play(Event.SNAP, clock=4, seconds=4, side=HOME, changed=1, **foul(0, -15, after=BETWEEN_DOWNS))
    assert after(taunted).half == 1


def test_a_foul_before_a_try_or_a_kick_leaves_it_due() -> None:
    scored = play(Event.SNAP, ending=int(Ending.TOUCHDOWN))
    early = play(Event.FOUL, down=0, to_go=0, yardline=2, score_0=6, **foul(2, -5))
    assert after(scored, early).next == Next.TRY
    kicked = play(Event.TRY, down=0, to_go=0, yardline=2, score_0=6, points=1)
    offside = play(Event.FOUL, down=0, to_go=0, yardline=35, offence=HOME, score_0=7, **foul(35, -5))
    state = after(scored, kicked, offside)
    assert (state.next, state.side, state.score) == (Next.KICKOFF, HOME, (7, 0))
