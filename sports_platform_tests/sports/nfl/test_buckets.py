"""Buckets: every state falls to the nodes around it, in the mean where it is."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from sports_platform.core.errors import SchemaError
from sports_platform.sports.nfl.buckets import PLACE_PARTS, Buckets, BucketSpec, places
from sports_platform.sports.nfl.state import STATE_NAMES

BUCKETS = Buckets.load()


def test_a_value_between_nodes_lies_as_far_between_their_places() -> None:
    assert places((10, 20, 24), np.array([10, 15, 20, 21, 23, 24])).tolist() == [0, 8, 16, 20, 28, 32]
    assert places((24, 20, 10), np.array([10, 15, 20, 21, 23, 24])).tolist() == [32, 24, 16, 12, 4, 0]


def test_a_value_beyond_the_last_node_lies_at_it() -> None:
    assert places((10, 20), np.array([-60, 9, 21, 60])).tolist() == [0, 0, PLACE_PARTS, PLACE_PARTS]


def test_the_mean_of_the_nodes_that_a_state_falls_to_is_the_state() -> None:
    nodes = BUCKETS.spec.seconds("first_half")
    seconds = np.arange(nodes[-1], nodes[0] + 1)
    draws = np.arange(PLACE_PARTS)
    fallen_SD = np.array(nodes)[(places(nodes, seconds)[:, None] + draws) // PLACE_PARTS]
    widest = np.abs(np.diff(nodes)).max()
    assert np.abs(fallen_SD.mean(axis=1) - seconds).max() <= widest / PLACE_PARTS / 2


def test_moments_name_nodes_that_there_are() -> None:
    described = BUCKETS.spec.model_dump()
    described["margin"] = {name: nodes for name, nodes in described["margin"].items() if name != "turn"}
    with pytest.raises(ValidationError, match="no nodes are named turn"):
        BucketSpec.model_validate(described)


@pytest.mark.parametrize("nodes", [[1, 3, 2], [1, 1], []])
def test_nodes_out_of_order_are_refused(nodes: list[int]) -> None:
    described = BUCKETS.spec.model_dump()
    described["margin"] = described["margin"] | {"turn": nodes}
    with pytest.raises(ValidationError, match="rise or to fall"):
        BucketSpec.model_validate(described)


def test_the_engine_is_told_the_yards_to_go_of_a_buckets_state_but_of_goals_to_go() -> None:
    tables, cells = BUCKETS.tables(), BUCKETS.cells[BUCKETS.cell_B]
    to_go = BUCKETS.features(cells)[:, STATE_NAMES.index("ydstogo")]
    goal_to_go = BUCKETS.features(cells)[:, STATE_NAMES.index("goal_to_go")] == 1
    np.testing.assert_array_equal(tables["bucket_distances"], np.where(goal_to_go, 0, to_go))
    assert 0 < goal_to_go.mean() < 0.5


def test_a_leader_meets_a_defence_that_has_spent_its_timeouts() -> None:
    spec = BUCKETS.spec
    last = len(spec.clock["first_half"]) + len(spec.clock["second_half"]) - 1
    margins = len(spec.margin[spec.moments()[last - 2].margin])
    buckets = np.array([(1, 0, 5, last - 2, margin) for margin in range(margins)], np.int32)
    named = dict(zip(STATE_NAMES, BUCKETS.features(buckets).T, strict=True))
    leads = named["score_differential"] > 0
    assert leads.any()
    assert (named["defteam_timeouts"][leads] < named["defteam_timeouts"][~leads].min()).all()
    assert (named["can_kneel_out"] == leads).all()


def test_cells_are_numbered_as_they_stand() -> None:
    some = np.arange(0, len(BUCKETS.cells), 997)
    assert (BUCKETS.numbers(BUCKETS.cells[some]) == some).all()


def test_a_bucket_has_the_distributions_of_one_of_its_cells() -> None:
    assert (BUCKETS.bucket_C[BUCKETS.cell_B] == np.arange(len(BUCKETS.cell_B))).all()
    asked = BUCKETS.asked(BUCKETS.cells)
    assert (BUCKETS.asked(asked) == asked).all()


def test_cells_are_merged_within_a_down_and_half_and_near_the_goal_line_within_a_yard_line() -> None:
    cells, asked = BUCKETS.cells, BUCKETS.asked(BUCKETS.cells)
    half, _ = BUCKETS.clock_values()
    lines, of_asked = BUCKETS.yards(cells)[1], BUCKETS.yards(asked)[1]
    assert (asked[:, 0] == cells[:, 0]).all()
    assert (half[asked[:, 3]] == half[cells[:, 3]]).all()
    assert (of_asked == lines)[np.minimum(of_asked, lines) <= 25].all()


def test_the_usual_buckets_come_first_and_hold_the_snaps_of_a_game() -> None:
    assert 55 < BUCKETS.snaps_B.sum() < 75
    first = len(BUCKETS.snaps_B) // 4
    assert BUCKETS.snaps_B[:first].sum() > 0.5 * BUCKETS.snaps_B.sum()


def test_merged_cells_of_other_nodes_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "buckets.yaml"
    described = BUCKETS.spec.model_dump(mode="json")
    described["spots"]["late"]["yardline"]["1"][-1] += 1
    other.write_text(yaml.safe_dump(described))
    with pytest.raises(SchemaError, match="of other nodes than those"):
        Buckets.load(other)


def test_features_of_every_bucket_are_those_of_a_possible_snap() -> None:
    clocks = len(BUCKETS.spec.moments())
    buckets = np.array([(down, 1, 6, clock, 1) for down in (1, 2, 3, 4) for clock in range(clocks)], np.int32)
    named = dict(zip(STATE_NAMES, BUCKETS.features(buckets).T, strict=True))
    quarters = named["qtr_1"] + named["qtr_2"] + named["qtr_3"] + named["qtr_4"] + named["is_overtime"]
    assert (quarters == 1).all()
    assert (named["down_1"] + named["down_2"] + named["down_3"] + named["down_4"] == 1).all()
    first_half = (named["qtr_1"] + named["qtr_2"]) == 1
    assert (named["game_seconds_remaining"] - named["half_seconds_remaining"] == 1800 * first_half).all()
    assert (named["ydstogo"] <= named["yardline_100"]).all()
