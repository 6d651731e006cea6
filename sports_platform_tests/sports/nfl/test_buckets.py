"""Buckets: every state falls to the nodes around it, in the mean where it is."""

import numpy as np
import pytest
from pydantic import ValidationError

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
    described["margin"] = {name: nodes for name, nodes in described["margin"].items() if name != "half_end"}
    with pytest.raises(ValidationError, match="no nodes are named half_end"):
        BucketSpec.model_validate(described)


@pytest.mark.parametrize("nodes", [[1, 3, 2], [1, 1], []])
def test_nodes_out_of_order_are_refused(nodes: list[int]) -> None:
    described = BUCKETS.spec.model_dump()
    described["margin"] = described["margin"] | {"half_end": nodes}
    with pytest.raises(ValidationError, match="rise or to fall"):
        BucketSpec.model_validate(described)


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
