"""The rules of the game, one by one, on games whose course is certain.

With 7 seconds a play a half of 1,800 s has 258 plays and an overtime of 900 s has 129.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from sports_platform.core.errors import EngineError
from sports_platform.sports.nfl.special import EQUAL_PARTS, TOUCHBACK
from sports_platform_tests.simulation.scripted import (
    PLAN,
    Row,
    State,
    always,
    by_state,
    context,
    counted,
    engine_input,
    fixtures,
    row,
    simulate,
    simulate_states,
)

HALF, OVERTIME = 258, 129
LONG_TOUCHDOWN = 1  # touchdown_seconds of one from the 60, which takes a second for every ten yards more: seven seconds
LAST_SECONDS = 7  # of a period: its last snap
MOMENTS_OF_HALF = 1801  # State.clock of a state as it is: these times the half, and seconds
OVERTIME_START = sum(len(PLAN.buckets.spec.clock[half]) for half in ("first_half", "second_half"))


def test_runs_of_three_yards_march_to_touchdowns_and_the_second_half_opens_with_the_other_side() -> None:
    played = simulate(engine_input(kickoff_start=30), always(row("run", yards=3)))
    # 30 yards are ten runs: a half holds 25 touchdowns, 13 of them its opening side's. So 25 each, then overtime.
    assert (played.team("touchdowns").sum(axis=1) == 51).all()
    assert (played.outputs.scores_G2S.sum(axis=1) == 50 * 7 + 6).all()
    assert (played.team("rush_attempts").sum(axis=1) == 2 * HALF + 10).all()
    assert (played.team("rush_yards") == 3 * played.team("rush_attempts")).all()


def test_incompletions_turn_over_on_downs_and_a_regular_season_game_may_end_level() -> None:
    played = simulate(engine_input(), always(row("pass", result=1)))
    attempts = played.team("pass_attempts")
    assert (played.outputs.scores_G2S == 0).all()
    assert (attempts.sum(axis=1) == 2 * HALF + OVERTIME).all()
    # 64 possessions of four and one of two a half: the sides open a half each, so only overtime differs, by one.
    assert (np.abs(attempts[:, 0] - attempts[:, 1]) == 1).all()


def test_overtime_of_the_regular_season_is_ten_minutes_since_2017() -> None:
    for season, plays in ((2016, OVERTIME), (2017, 86)):
        played = simulate(engine_input(season=season), always(row("pass", result=1)))
        assert (played.team("pass_attempts").sum(axis=1) == 2 * HALF + plays).all()


def test_the_clock_stops_at_the_end_of_a_quarter() -> None:
    # The quarter that has a second one after it passes with runs of 43 s or more, which do not end with it.
    long, short = row("run", seconds=43), row("pass", result=1, seconds=6)
    played = simulate_states(engine_input(downs_seconds=6), lambda state: long if seconds_left(state) > 900 else short)
    assert (played.team("pass_attempts").sum(axis=1) == 3 * 900 // 6).all()


def test_the_two_minute_warning_stops_the_clock_and_lets_a_play_end() -> None:
    long, short = row("run", seconds=43), row("pass", result=1, seconds=6)
    played = simulate_states(engine_input(downs_seconds=6), lambda state: short if seconds_left(state) <= 120 else long)
    # From 2:00, or from 1:55 at the earliest when a run began at 2:01.
    assert (played.team("pass_attempts").sum(axis=1) == 3 * 120 // 6).all()


def seconds_left(state: State) -> int:
    """Of a state as it is."""
    return state.clock % MOMENTS_OF_HALF


@pytest.mark.parametrize(("season", "runs", "overtime"), [(2015, 16, 1), (2016, 15, 1), (2024, 14, 1), (2025, 13, 3)])
def test_a_touchback_of_a_kick_off_is_put_down_by_the_rule_of_the_season(season: int, runs: int, overtime: int) -> None:
    played = simulate(engine_input(season=season, kickoff_start=TOUCHBACK), always(row("run", yards=5)))
    # Five yards a run from the 20, 25, 30 or 35. In 2025 the touchdown that opens overtime is answered.
    assert (played.team("touchdowns").sum(axis=1) == 2 * (HALF // runs) + overtime).all()


@pytest.mark.parametrize(("season", "made"), [(2014, False), (2015, True)])
def test_tries_are_kicked_from_the_fifteen_since_2015(season: int, made: bool) -> None:
    tables = counted(extra_point=0.0, kickoff_start=60, touchdown_seconds=LONG_TOUCHDOWN)
    tables["rates"] = {**cast("dict[str, float]", tables["rates"]), "extra_point_from_15": 1.0}
    inputs = PLAN.engine_input(fixtures(1, season=season), context(1), tables, 1)
    played = simulate(inputs, always(row("run", yards=80)))
    assert (played.team("extra_points").sum(axis=1) == (2 * HALF if made else 0)).all()


def test_a_playoff_game_cannot_end_level() -> None:
    with pytest.raises(EngineError, match="leave the clock standing"):
        simulate(engine_input(game_type="WC"), always(row("pass", result=1)))

    def score_once_rested(state: State) -> Row:
        return row("run", yards=80) if state.clock == OVERTIME_START else row("pass", result=1)

    played = simulate(engine_input(game_type="WC", kickoff_start=60), by_state(score_once_rested))
    assert (np.abs(played.outputs.scores_G2S[:, 0] - played.outputs.scores_G2S[:, 1]) == 6).all()


def test_a_touchdown_on_the_first_possession_of_overtime_wins_without_a_try() -> None:
    played = simulate(
        engine_input(kickoff_start=60, touchdown_seconds=LONG_TOUCHDOWN), always(row("pass", yards=75, target=0))
    )
    touchdowns = played.team("touchdowns").sum(axis=1)
    assert (touchdowns == 2 * HALF + 1).all()
    assert (played.outputs.scores_G2S.sum(axis=1) == 2 * HALF * 7 + 6).all()
    assert (np.abs(played.outputs.scores_G2S[:, 0] - played.outputs.scores_G2S[:, 1]) == 6).all()


def test_a_field_goal_in_overtime_gives_the_other_side_a_possession() -> None:
    played = simulate(engine_input(), always(row("field_goal", field_goal=1)))
    made = played.team("field_goals_made").sum(axis=1)
    assert (made == 2 * HALF + 3).all()  # answered once, then the next score wins


def test_a_touchdown_in_answer_to_a_field_goal_wins_overtime() -> None:
    def answer(state: State) -> Row:
        behind = state.clock >= 2 * MOMENTS_OF_HALF and state.margin < 0
        return row("run", yards=80) if behind else row("field_goal", field_goal=1)

    played = simulate_states(engine_input(kickoff_start=60), answer)
    assert (played.team("field_goals_made").sum(axis=1) == 2 * HALF + 1).all()
    assert (np.abs(played.outputs.scores_G2S[:, 0] - played.outputs.scores_G2S[:, 1]) == 3).all()


def until_the_last_seconds(distribution: Row) -> Callable[[State], Row]:
    """This distribution, and a kneel at the end of each period: none ends with a foul of the defence."""
    return lambda state: row("qb_kneel") if seconds_left(state) <= LAST_SECONDS else distribution


def seen_states(distribution: Row, *, scenarios: int = 5, **rates: float) -> set[State]:
    """Every state a game of this one distribution passes through until the last seconds of its periods."""
    seen, answer = set(), until_the_last_seconds(distribution)

    def note(state: State) -> Row:
        seen.add(state)
        return answer(state)

    simulate_states(engine_input(**rates), note, scenarios=scenarios)
    return {state for state in seen if seconds_left(state) > LAST_SECONDS}


def test_a_missed_field_goal_is_the_other_sides_ball_at_the_spot_of_the_kick_or_its_twenty() -> None:
    # 54: kicked from 62, the other side has 38 to go; kicked from 46, back at 54.
    assert {s.yardline for s in seen_states(row("field_goal"), kickoff_start=54)} == {54, 38}
    # From the 5 the spot of the kick would be the 13: the other side starts at its 20, kicks from 88, then 80 again.
    assert {s.yardline for s in seen_states(row("field_goal"), kickoff_start=5)} == {5, 80, 12}
    assert (simulate(engine_input(), always(row("field_goal"))).outputs.scores_G2S == 0).all()


@pytest.mark.parametrize(
    ("yardline", "kick"),
    [
        (21, "field_goals_under_40"),
        (22, "field_goals_40_to_49"),
        (31, "field_goals_40_to_49"),
        (32, "field_goals_from_50"),
    ],
)
def test_field_goals_count_by_distance_eighteen_yards_behind_the_line(yardline: int, kick: str) -> None:
    played = simulate(engine_input(kickoff_start=yardline), always(row("field_goal", field_goal=1)))
    assert (played.team(kick) == played.team("field_goals_made")).all()
    assert (played.team("field_goal_attempts") == played.team("field_goals_made")).all()


def test_extra_points_count_apart_from_tries_for_two() -> None:
    kicked = simulate(engine_input(kickoff_start=60, touchdown_seconds=LONG_TOUCHDOWN), always(row("run", yards=80)))
    assert (kicked.team("extra_points").sum(axis=1) == 2 * HALF).all()  # none after the touchdown that ends overtime
    assert (kicked.team("points") == 6 * kicked.team("touchdowns") + kicked.team("extra_points")).all()
    twos = simulate(engine_input(kickoff_start=60, two_point_tries=1.0, two_point=1), always(row("run", yards=80)))
    assert (twos.team("extra_points") == 0).all()


def test_punts_change_sides_net_of_the_return_and_come_out_to_the_twenty_from_the_end_zone() -> None:
    # A net of 12 from the 80: 32 for the other side, from there 20, which is 80 again.
    assert {s.yardline for s in seen_states(row("punt", yards=12))} == {80, 32}
    assert {s.yardline for s in seen_states(row("punt", yards=12), kickoff_start=12)} == {12, 80, 32}
    played = simulate(engine_input(kickoff_start=30), always(row("punt", yards=38)))
    assert (np.abs(played.team("punts")[:, 0] - played.team("punts")[:, 1]) <= 3).all()


def test_a_punt_whose_class_the_goal_line_cuts_is_downed_short_of_it() -> None:
    """From the 45 the class of 38 to 47 yards is down between the 7 and the 1; then nobody gains a yard."""
    seen = set()

    def answer(state: State) -> Row:
        seen.add(state.yardline)
        return row("punt", yards=38) if state.yardline == 45 else row("run", yards=0)

    simulate_states(engine_input(kickoff_start=45), answer, scenarios=50)
    assert seen == {45, *range(1, 8), *range(93, 100)}


def test_punts_can_be_blocked_muffed_and_returned() -> None:
    punts = always(row("punt", yards=38))
    blocked = simulate(engine_input(punt_blocked=1), punts)
    assert (blocked.player("H0", "dst_blocked_kicks") == blocked.team("punts")[0, 0]).all()
    muffed = simulate(engine_input(punt_muffed=1, kickoff_start=90), punts)
    assert (muffed.team("fumbles_lost").sum(axis=1) > 0).all()
    returned = simulate(engine_input(punt_touchdown=1), punts)
    assert (returned.player("A0", "dst_touchdowns") == returned.team("touchdowns")[0, 0]).all()
    assert (returned.outputs.scores_G2S.max(axis=1) > 100).all()


def test_a_sack_in_the_end_zone_is_a_safety_and_a_free_kick() -> None:
    played = simulate(engine_input(kickoff_start=95, free_kick_start=95), always(row("sack", yards=-20)))
    home, away = played.player("H0", "dst_safeties"), played.player("A0", "dst_safeties")
    assert (played.outputs.scores_G2S[0, 1] == 2 * home).all()
    assert (played.outputs.scores_G2S[0, 0] == 2 * away).all()
    assert (home + away > 100).all()
    # Points from safeties are the offence's doing: no defence is charged with them.
    assert (played.player("H0", "dst_points_charged") == 0).all()


def test_a_punt_blocked_through_the_end_zone_is_a_safety() -> None:
    punts = always(row("punt", yards=38))
    through = simulate(engine_input(punt_blocked=1, kickoff_start=95, punt_blocked_net=-5, free_kick_start=95), punts)
    assert (through.team("drives_safety") == through.team("punts")).all()
    assert (through.outputs.scores_G2S.sum(axis=1) == 2 * through.team("punts").sum(axis=1)).all()
    short = simulate(engine_input(punt_blocked=1, kickoff_start=94, punt_blocked_net=-5), punts, scenarios=1)
    assert (short.team("drives_punt")[:, :, 0].sum()) > 0


def test_an_interception_returned_for_a_touchdown_counts_for_the_defence_and_is_not_charged() -> None:
    played = simulate(engine_input(interception_touchdown=1), always(row("pass", result=2)))
    scored = played.player("H0", "dst_touchdowns")
    assert (played.team("interceptions")[0, 0] == scored).all()
    assert (played.outputs.scores_G2S[0, 1] >= 6 * scored).all()
    assert (played.player("A0", "dst_points_charged") <= scored).all()  # the tries alone


def test_a_lost_fumble_changes_sides_where_the_return_ends() -> None:
    states = seen_states(row("run", result=1, yards=5), kickoff_start=80, fumble_net=-5)
    # From 80 by a gain of 5 and a return of 5 the other side has 20 to go; from there 80 again.
    assert {s.yardline for s in states} == {80, 20}
    assert {s.down for s in states} == {1}


def test_a_return_that_does_not_score_ends_short_of_the_goal_line() -> None:
    inputs, seen = engine_input(kickoff_start=80), set()
    lost = until_the_last_seconds(row("run", result=1, yards=5))

    def note(state: State) -> Row:
        seen.add(state.yardline)
        return lost(state)

    tables = {**inputs.tables, "fumble_net": np.repeat((-30.0, -5.0), EQUAL_PARTS // 2)}
    simulate_states(replace(inputs, tables=tables), note, scenarios=20)
    # From the 75 thirty yards would go past the goal line: all returns have five, to where the other side has 20 to go.
    # From its 15 both have room: 80 or 55 to go, and so on, but never from the last yard.
    assert {80, 20, 55} < seen
    assert 1 not in seen


def test_fouls_move_the_ball_by_half_the_distance_at_most_and_can_give_a_first_down() -> None:
    automatic = [5, 6, 7]  # 5, 10 and 15 yards with a first down
    for penalty in automatic:
        states = seen_states(row("no_play", penalty=penalty))
        assert {s.down for s in states} == {1}
        assert min(s.yardline for s in states) == 1
    backwards = seen_states(row("no_play", penalty=1))
    assert {s.down for s in backwards} == {1}
    assert max(s.yardline for s in backwards) == 99
    assert max(s.distance for s in backwards) == 10 + (99 - 80)  # back from the 20 to the goal line
    offside = seen_states(row("no_play", penalty=4))
    assert {s.down for s in offside} == {1}
    assert 5 in {s.distance for s in offside}


def test_fouls_after_a_play_add_to_it() -> None:
    behind = seen_states(row("run", yards=2), foul_after_play=1, foul_after_play_net=-5)
    assert {s.down for s in behind} == {1}  # the down again, three yards farther back each time
    # Half the distance from the 5 is two yards, which the next run makes good.
    assert max(s.yardline for s in behind) == 97
    fouled = until_the_last_seconds(row("pass", result=1))
    ahead = simulate_states(engine_input(foul_after_play=1, foul_after_play_net=15), fouled)
    assert (ahead.team("touchdowns") == 0).all()
    kneels = 3  # the last play of each half and of overtime
    assert (ahead.team("pass_attempts").sum(axis=1) == 2 * HALF + OVERTIME - kneels).all()
    states = seen_states(row("pass", result=1), foul_after_play=1, foul_after_play_net=15)
    assert {s.down for s in states} == {1}
    assert min(s.yardline for s in states) == 1


def test_tries_for_two_credit_the_players() -> None:
    inputs = engine_input(
        kickoff_start=60, touchdown_seconds=LONG_TOUCHDOWN, two_point_tries=1.0, two_point=1, two_point_pass=1
    )
    played = simulate(inputs, always(row("pass", yards=75, target=0)))
    touchdowns = played.team("touchdowns")[0]
    assert (played.outputs.scores_G2S[0] >= 8 * (touchdowns - 1)).all()
    tries = played.player("A0_qb", "two_point_conversions") + played.player("H0_qb", "two_point_conversions")
    assert (tries == 2 * HALF).all()
    assert (played.player("A0_r1", "two_point_conversions") == played.player("A0_qb", "two_point_conversions")).all()


def test_a_kick_off_takes_time_only_when_it_is_returned() -> None:
    thrown = always(row("pass", result=1))  # seven seconds each, and four downs from wherever a kick-off is put down
    touchback = simulate(engine_input(kickoff_start=TOUCHBACK, kickoff_seconds=10), thrown).team("pass_attempts")
    returned = simulate(engine_input(kickoff_start=80, kickoff_seconds=10), thrown).team("pass_attempts")
    at_once = simulate(engine_input(kickoff_start=80, kickoff_seconds=0), thrown).team("pass_attempts")
    np.testing.assert_array_equal(touchback, at_once)
    # Nobody scores: one kick-off opens each half and overtime. Of 129 plays of a first quarter or overtime 128 stay.
    assert (at_once.sum(axis=1) - returned.sum(axis=1) == 1 + 1 + 1).all()


def test_what_ends_a_drive_takes_the_seconds_that_were_counted() -> None:
    scores = always(row("pass", yards=75, seconds=40))
    touchdowns = simulate(engine_input(kickoff_start=75, touchdown_seconds=13), scores, scenarios=4)
    # Twenty seconds each, seven of them for 75 yards: ninety of each half, and overtime ends with the first.
    assert (touchdowns.team("touchdowns").sum(axis=1) <= 181).all()
    assert (touchdowns.team("touchdowns").sum(axis=1) >= 180).all()
    thrown = always(row("pass", result=2, seconds=40))
    lost = simulate(engine_input(turnover_seconds=30), thrown, scenarios=4).team("interceptions").sum(axis=1)
    assert (lost == 150).all()  # sixty of each half and thirty of overtime
    incomplete = by_state(lambda s: row("pass", result=1, seconds=43 if s.down < 4 else 0))
    downs = simulate(engine_input(downs_seconds=45), incomplete, scenarios=4).team("drives_downs").sum(axis=1)
    assert (downs <= 2 * 1800 / (3 * 43 + 45) + 900 / (3 * 43 + 45)).all()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_side_within_reach_of_a_field_goal_stops_the_clock(share: float) -> None:
    def choose(state: State) -> Row:
        last = state.clock == 1  # of the first half
        return row("field_goal", field_goal=1) if last else row("run", yards=3, seconds=43)

    inputs = engine_input(kickoff_start=36, clock_stops=share, last_seconds=1)
    played = simulate_states(inputs, choose, scenarios=40)
    assert played.team("field_goals_made").sum(axis=1).mean() == pytest.approx(share, abs=0.1)


def test_kick_offs_can_be_returned_lost_and_kicked_onside() -> None:
    runs = always(row("run", yards=3))
    lost = simulate(engine_input(kickoff_lost=1), runs)
    assert (lost.team("fumbles_lost").sum(axis=1) >= 2).all()
    trailing = by_state(lambda s: row("run", yards=80))
    onside = simulate(engine_input(kickoff_start=60, onside_attempt=1, onside_recovered=1), trailing)
    # In the last five minutes whoever trails kicks onside and keeps the ball, so it is no longer blow for blow.
    assert (np.abs(onside.outputs.scores_G2S[:, 0] - onside.outputs.scores_G2S[:, 1]) >= 6).all()


def test_spikes_and_kneels_cost_a_down() -> None:
    spikes = seen_states(row("qb_spike"))
    assert {s.down for s in spikes} == {1, 2, 3, 4}
    kneels = simulate(engine_input(), always(row("qb_kneel")))
    assert (kneels.team("rush_yards") == -kneels.team("rush_attempts")).all()
    assert (kneels.player("A0_qb", "rushing_yards") == kneels.team("rush_yards")[0, 0]).all()


def test_no_play_starts_after_time_has_expired() -> None:
    long = simulate(engine_input(), always(row("run", yards=3, seconds=43)))  # 43-47 s a play
    plays = long.team("scrimmage_plays").sum(axis=1)
    assert (plays >= 2 * 1800 / 47).all()
    assert (plays <= 2 * 1800 / 43 + 900 / 43 + 3).all()
