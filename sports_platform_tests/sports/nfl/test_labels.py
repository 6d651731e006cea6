"""Labels of plays: which head and group they reach, and up to where an outcome would have been seen."""

import numpy as np
import pytest

from sports_platform.sports.nfl.labels import play_labels
from sports_platform.sports.nfl.outcomes import (
    DEPTHS,
    PASS_RESULTS,
    PENALTIES,
    PLAY_TYPES,
    TIME_LOWS,
    YARD_GROUPS,
    YARD_LOWS,
)

LABELS = (
    "play_type formation target group depth result result_group field_goal penalty penalty_at_spot yards yards_group "
    "yards_censored seconds time_group"
).split()

STATE = {"half_seconds_remaining": 1500, "is_overtime": 0, "yardline_100": 75, "down_4": 0, "ydstogo": 10}


def labels(*rows: dict[str, int]):
    columns = {f"label_{name}": np.array([row.get(name, -1) for row in rows]) for name in LABELS}
    columns["label_formation"] = np.maximum(columns["label_formation"], 0)
    columns |= {name: np.array([row.get(name, default) for row in rows]) for name, default in STATE.items()}
    return play_labels(columns)


def test_each_label_reaches_its_head_and_group():
    found = labels(
        {
            "play_type": PLAY_TYPES.index("pass"),
            "formation": 3,
            "target": 3,
            "group": 1,
            "depth": 4,
            "result": 2,
            "seconds": 6,
            "time_group": 1,
        },
        {"play_type": PLAY_TYPES.index("sack"), "result": 1, "result_group": 2, "yards": -7, "yards_group": 5},
        {"play_type": PLAY_TYPES.index("field_goal"), "field_goal": 1},
        {"play_type": PLAY_TYPES.index("no_play"), "penalty": 4},
    )
    assert found["formation"].low.tolist() == [3, 0, 0, 0]
    assert found["play_type"].group.tolist() == [3, 0, 0, 0]
    assert found["play_type"].low.tolist() == [0, 2, 5, 8]
    assert (found["depth"].group.tolist(), DEPTHS[found["depth"].low[0]]) == ([3, -1, -1, -1], "deep")
    assert found["target_pass"].group.tolist() == [0, -1, -1, -1]
    assert found["target_pass"].low[0] == 3
    assert found["target_run"].group.tolist() == [-1] * 4
    assert (found["result_pass"].group[0], PASS_RESULTS[found["result_pass"].low[0]]) == (4, "interception")
    assert (found["result_run"].group[1], found["result_run"].low[1]) == (2, 1)
    assert found["field_goal"].group.tolist() == [-1, -1, 0, -1]
    assert found["penalty"].low[3] == 4
    assert found["yards"].group.tolist() == [-1, YARD_GROUPS.index("sack"), -1, -1]
    assert found["time"].group.tolist() == [-1, -1, -1, -1]


@pytest.mark.parametrize(
    ("play", "timed"),
    [
        ({"play_type": 0, "result": 0, "yards": 12, "down_4": 0}, True),
        ({"play_type": 0, "result": 0, "yards": 12, "yards_censored": 1}, False),  # a touchdown
        ({"play_type": 0, "result": 1, "yards": 0}, True),
        ({"play_type": 0, "result": 2, "yards": 0}, False),  # intercepted
        ({"play_type": 0, "result": 3, "yards": 4}, False),  # caught and fumbled
        ({"play_type": 1, "result": 1, "result_group": 0, "yards": 4}, False),
        ({"play_type": 1, "result": 0, "result_group": 0, "yards": 4, "down_4": 1, "ydstogo": 5}, False),
        ({"play_type": 1, "result": 0, "result_group": 0, "yards": 5, "down_4": 1, "ydstogo": 5}, True),
        ({"play_type": PLAY_TYPES.index("punt"), "yards": 40, "down_4": 1, "ydstogo": 50}, True),
    ],
)
def test_seconds_of_plays_that_end_a_drive_are_not_learnt(play: dict[str, int], timed: bool):
    (group,) = labels({"seconds": 20, "time_group": 2} | play)["time"].group
    assert (group == 2) == timed


def test_a_foul_beyond_half_the_distance_is_one_marked_off_where_it_happened():
    five, fifteen, thirty = (PENALTIES.index((yards, True)) for yards in (5, 15, 30))
    far = labels(*({"penalty": foul, "penalty_at_spot": 1} for foul in (five, fifteen, thirty)))["penalty"]
    assert [PENALTIES[foul] for foul in far.low] == [(20, True), (20, True), (30, True)]
    near = labels({"penalty": five, "penalty_at_spot": 0})["penalty"]
    assert near.low.tolist() == [five]


@pytest.mark.parametrize(
    ("clock", "seconds", "low", "stopped"),
    [
        (905, 5, 5, True),  # the quarter ended
        (905, 4, 4, False),
        (940, 40, 40, True),
        (125, 5, 5, True),  # the two-minute warning, at once
        (125, 7, 7, True),  # and at the end of the play
        (160, 39, 39, False),
        (118, 30, 30, False),
        (3, -1, 3, True),  # the half ended and nothing came after it
        (61, -1, None, False),  # a wrong clock
    ],
)
def test_seconds_are_a_least_where_the_clock_stopped_by_itself(clock, seconds, low, stopped):
    found = labels({"half_seconds_remaining": clock, "seconds": seconds, "time_group": 2})["time"]
    if low is None:
        assert found.group.tolist() == [-1]
        return
    assert found.group.tolist() == [2]
    place = max(index for index, least in enumerate(TIME_LOWS) if least <= low)
    assert (found.low[0], found.high[0]) == (place, len(TIME_LOWS) - 1 if stopped else place)


def test_no_quarter_ends_within_a_period_of_overtime():
    row = {"half_seconds_remaining": 5, "seconds": -1, "time_group": 2}
    assert labels(row | {"is_overtime": 1})["time"].group.tolist() == [-1]


@pytest.mark.parametrize(("yards", "low"), [(-30, -20), (-20, -20), (-10, -20), (-9, -9), (14, 13), (75, 75), (99, 75)])
def test_yards_fall_in_the_bin_that_holds_them(yards: int, low: int):
    found = labels({"yards": yards, "yards_group": 3})["yards"]
    assert YARD_LOWS[found.low[0]] == low
    assert found.low[0] == found.high[0]


@pytest.mark.parametrize(("yards", "low"), [(3, 3), (13, 13), (14, 15), (48, 48), (49, 60), (75, 75), (90, 75)])
def test_a_touchdown_reaches_from_the_first_bin_past_the_line_to_the_last(yards: int, low: int):
    found = labels({"yards": yards, "yards_group": 3, "yards_censored": 1})["yards"]
    assert (YARD_LOWS[found.low[0]], found.high[0]) == (low, len(YARD_LOWS) - 1)


@pytest.mark.parametrize(
    ("gain", "formation", "group"),
    [(1, 0, "complete_medium"), (3, 2, "run_under"), (3, 1, "run_shotgun"), (6, 0, "punt_net")],
)
def test_gains_are_grouped_by_depth_and_formation(gain: int, formation: int, group: str):
    found = labels({"yards": 3, "yards_group": gain, "formation": formation, "depth": 2})["yards"]
    assert YARD_GROUPS[found.group[0]] == group


def test_a_pass_of_unknown_depth_has_a_target_and_no_result():
    found = labels({"play_type": PLAY_TYPES.index("pass"), "target": 10, "result": 1, "yards": 5, "yards_group": 0})
    assert found["target_pass"].low[0] == 10
    assert [found[head].group[0] for head in ("depth", "result_pass", "yards")] == [-1, -1, -1]


RUN, PUNT = 3, 6  # kinds of gain


def bin_of(lows: tuple[int, ...], value: int) -> int:
    return int(np.searchsorted(lows, value, side="right")) - 1


@pytest.mark.parametrize(
    ("yards", "line", "bound"),
    [(4, 12, 12), (2, 3, 3), (11, 14, 15), (60, 99, 75)],  # the last bin holds touchdowns of 75 yards or more
)
def test_yards_would_be_seen_up_to_the_goal_line(yards: int, line: int, bound: int):
    run = {"yards": yards, "yards_group": RUN, "yards_censored": 0, "yardline_100": line}
    scored = run | {"yards": line, "yards_censored": 1}
    found = labels(run, scored)["yards"]
    assert found.bound.tolist() == [YARD_LOWS.index(bound)] * 2
    assert found.low.tolist() == [bin_of(YARD_LOWS, yards), YARD_LOWS.index(bound)]


def test_nothing_hides_the_yards_of_a_punt():
    found = labels({"yards": 40, "yards_group": PUNT, "yards_censored": 0, "yardline_100": 60})["yards"]
    assert found.bound.tolist() == [len(YARD_LOWS)]


@pytest.mark.parametrize(
    ("clock", "overtime", "bound"),
    [(840, 0, None), (910, 0, 10), (140, 0, 20), (25, 0, 25), (910, 1, None), (140, 1, 20), (25, 1, None)],
)
def test_seconds_would_be_seen_up_to_where_the_clock_stops(clock: int, overtime: int, bound: int | None):
    state = {"half_seconds_remaining": clock, "is_overtime": overtime}
    found = labels({"seconds": 6, "time_group": 0} | state)["time"]
    assert found.bound.tolist() == [len(TIME_LOWS) if bound is None else bin_of(TIME_LOWS, bound)]


def test_a_play_that_the_clock_stopped_is_known_up_to_its_bound():
    found = labels(*({"seconds": seconds, "time_group": 0, "half_seconds_remaining": 910} for seconds in (10, 30)))[
        "time"
    ]
    assert (found.low >= found.bound).all()
    assert (found.high == len(TIME_LOWS) - 1).all()
