"""Drives from plays told by hand: where each begins, what becomes of it, what it counts and what it is worth."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from sports_platform.sports.nfl.drive_model import NflDriveModel
from sports_platform.sports.nfl.drive_outcomes import (
    DRIVE_GROUPS,
    DRIVE_HEADS,
    DRIVE_OUTCOMES,
    DRIVE_STARTS,
    GROUP_OF_OUTCOME,
)
from sports_platform.sports.nfl.features.reference.drives import drive_rows
from sports_platform.sports.nfl.tables import PLAYS

GAME, KNOWN = "2021_01_B_A", datetime(2021, 9, 12, 23, tzinfo=UTC)
_TYPES = {"string": pl.String, "int": pl.Int32, "double": pl.Float64}
_SCHEMA = {column.name: _TYPES[column.type] for column in PLAYS.columns} | {
    "known_time": pl.Datetime("us", "UTC"), "week_key": pl.String
}  # fmt: skip

Row = dict[str, object]


def snap(drive: int, team: str, clock: int, kind: str = "run", down: int | None = 1, **columns: object) -> Row:
    """A play of the first half at a clock of the half; `qtr` may say otherwise."""
    state = {"half_seconds_remaining": clock, "qtr": 1 if clock > 900 else 2, "down": down, "ydstogo": 10}
    return {"drive": drive, "posteam": team, "play_type": kind, "touchdown": 0, "safety": 0, **state, **columns}


def kickoff(drive: int, receiver: str, clock: int, **columns: object) -> Row:
    return snap(drive, receiver, clock, "kickoff", None, **columns)


def told(*plays: Row) -> pl.DataFrame:
    """The labels of the drives of a game with these plays, in order."""
    fixed = {"game_id": GAME, "season": 2021, "week": 1, "known_time": KNOWN, "week_key": "2021_wk01"}
    rows = [{**fixed, "play_id": 10 * place, "play_index": place, **play} for place, play in enumerate(plays)]
    frame = pl.DataFrame([dict.fromkeys(_SCHEMA) | row for row in rows], schema=_SCHEMA, orient="row")
    found = drive_rows(frame, frame.select("game_id", "known_time", "play_id"))
    return found.sort("play_id").with_columns(
        outcome=pl.col("label_outcome").map_elements(lambda place: DRIVE_OUTCOMES[place], return_dtype=pl.String)
    )


def starts(found: pl.DataFrame) -> list[list[str]]:
    return [[name for name in DRIVE_STARTS if row[f"start_{name}"]] for row in found.iter_rows(named=True)]


def test_a_half_from_kickoff_to_its_end() -> None:
    found = told(
        kickoff(1, "A", 1800),
        snap(1, "A", 1795, "pass"),
        snap(1, "A", 1765, "no_play", touchdown=1, td_team="A"),  # wiped out: neither a play nor a score
        snap(1, "A", 1760, "pass", sack=1, down=2),
        snap(1, "A", 1730, down=3),
        snap(1, "A", 1700, "punt", down=4),
        snap(2, "B", 1690, "pass", touchdown=1, td_team="B"),
        snap(2, "B", 1680, "extra_point", None, extra_point_result="good"),
        kickoff(3, "A", 1680),
        snap(3, "A", 1670, "pass", interception=1),
        snap(4, "B", 1660, "field_goal", down=4, field_goal_result="made"),
        kickoff(5, "A", 1655),
        snap(5, "A", 1650, fumble_lost=1),
        snap(6, "B", 1640, "field_goal", field_goal_result="blocked"),
        snap(7, "A", 1630, down=4),
        snap(8, "B", 1600, "pass"),
    )
    assert found["outcome"].to_list() == [
        "punt", "touchdown", "turnover", "field_goal", "turnover", "missed_field_goal", "downs", "end_of_half"
    ]  # fmt: skip
    assert starts(found) == [
        ["kickoff"], ["punt"], ["kickoff"], ["interception"], ["kickoff"], ["fumble"], ["missed_field_goal"], ["downs"]
    ]  # fmt: skip
    assert found["label_plays"].to_list() == [3, 1, 1, 0, 1, 0, 1, 1]
    assert found["label_possession_seconds"].to_list() == [105, 10, 10, 5, 10, 10, 30, -1]
    assert found["label_try"].to_list() == [-1, 1, -1, -1, -1, -1, -1, -1]


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        ({"kind": "pass", "interception": 1, "touchdown": 1, "td_team": "B"}, "opponent_touchdown"),
        ({"kind": "punt", "down": 4, "touchdown": 1, "td_team": "B"}, "opponent_touchdown"),
        ({"kind": "punt", "down": 4, "touchdown": 1, "td_team": "A"}, "touchdown"),  # muffed, recovered in the end zone
        ({"kind": "run", "fumble_lost": 0, "touchdown": 1, "td_team": "A"}, "touchdown"),
        ({"kind": "run", "safety": 1}, "safety"),
        ({"kind": "no_play", "safety": 1}, "safety"),  # holding in the end zone
        ({"kind": "pass", "down": 4, "interception": 1}, "turnover"),
        ({"kind": "run", "down": 3}, "turnover"),  # the ball changed hands and the feed does not say how
    ],
)
def test_how_a_drive_may_end(last: Row, outcome: str) -> None:
    found = told(snap(1, "A", 1795), snap(1, "A", 1760, **last), snap(2, "B", 1700))
    assert found["outcome"][0] == outcome


def test_who_kicks_and_keeps_the_ball_recovered_it() -> None:
    found = told(
        kickoff(1, "A", 1800),
        snap(2, "B", 1795, "punt", down=4),
        snap(3, "B", 1780),
    )
    assert starts(found) == [["recovered_kick"], ["recovered_kick"]]


def test_a_half_that_runs_out_during_a_kick_is_no_end_of_half() -> None:
    found = told(
        snap(1, "A", 5, "field_goal", field_goal_result="missed"),
        snap(2, "B", 1800, qtr=3),
    )
    assert found["outcome"].to_list() == ["missed_field_goal", "end_of_half"]
    assert found["label_possession_seconds"].to_list() == [5, -1]


def test_what_the_feed_does_not_say_has_no_label() -> None:
    found = told(snap(1, "A", 1795), snap(2, "A", 1700), snap(3, "B", 1650))
    assert found["label_outcome"].to_list()[0] == -1
    assert found["label_plays"].to_list()[0] == found["label_possession_seconds"].to_list()[0] == -1


def test_the_clock_of_a_score_that_ends_overtime_is_unknown() -> None:
    found = told(snap(1, "A", 300, "field_goal", field_goal_result="made", qtr=5))
    assert found["outcome"].to_list() == ["field_goal"]
    assert found["label_possession_seconds"].to_list() == [-1]


def test_labels_of_heads_follow_from_the_outcome() -> None:
    known = [DRIVE_OUTCOMES.index(name) for name in ("touchdown", "safety", "end_of_half")]
    columns = {
        "label_outcome": np.array([*known, -1]),
        "label_try": np.array([2, -1, -1, -1]),
        "label_plays": np.array([16, 0, 3, -1]),
        "label_possession_seconds": np.array([100, -1, -1, -1]),
    }
    labels = NflDriveModel().labels(columns)
    assert labels["outcome"].group.tolist() == [0, 0, 0, -1]
    assert labels["try"].group.tolist() == [0, -1, -1, -1]
    groups = [DRIVE_GROUPS.index(name) for name in ("touchdown", "turnover", "end_of_half")]
    assert labels["plays"].group.tolist() == [*groups, -1]
    assert labels["plays"].low.tolist()[:3] == [14, 0, 3]
    assert labels["seconds"].group.tolist() == [groups[0], -1, -1, -1]
    assert NflDriveModel().seen_points(labels).tolist()[:3] == [8, 0, 0]
    assert np.isnan(NflDriveModel().seen_points(labels)[3])


def test_points_of_a_drive_are_those_of_its_distribution() -> None:
    width = sum(head.width for head in DRIVE_HEADS)
    output = np.zeros((2, width), np.float32)
    output[:, DRIVE_OUTCOMES.index("touchdown")] = 0.25
    output[:, DRIVE_OUTCOMES.index("field_goal")] = 0.5
    output[:, DRIVE_OUTCOMES.index("opponent_touchdown")] = 0.25  # the other side's points are not the drive's
    output[0, len(DRIVE_OUTCOMES) + 1] = 1.0  # kicks every try and never misses
    output[1, len(DRIVE_OUTCOMES) : len(DRIVE_OUTCOMES) + 3] = (0.2, 0.0, 0.8)
    assert NflDriveModel().expected_points(output) == pytest.approx([0.25 * 7 + 1.5, 0.25 * 7.6 + 1.5])


def test_every_outcome_has_a_group() -> None:
    assert {DRIVE_GROUPS[group] for group in GROUP_OF_OUTCOME} == set(DRIVE_GROUPS)
    assert len(GROUP_OF_OUTCOME) == len(DRIVE_OUTCOMES)
