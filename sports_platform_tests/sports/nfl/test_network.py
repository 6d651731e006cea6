import numpy as np
import pytest
import torch

from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.labels import play_labels
from sports_platform.sports.nfl.network import RECEIVER_SHARES, RUSHER_SHARES, PlayNetwork
from sports_platform.sports.nfl.outcomes import HEADS, OUTPUT_WIDTH, PASS_RESULTS, PLAY_TYPES, YARD_LOWS

NAMES = ("ydstogo", *RECEIVER_SHARES, *RUSHER_SHARES)
LABELS = (
    "play_type target group result result_group field_goal penalty yards yards_group yards_censored seconds time_group"
).split()


def labels(*rows: dict[str, int]):
    columns = {f"label_{name}": np.array([row.get(name, -1) for row in rows]) for name in LABELS}
    return play_labels(columns)


def test_a_silent_trunk_leaves_the_shares_as_probabilities():
    network = PlayNetwork(NAMES, dropout=0.0)
    torch.nn.init.zeros_(network.output.weight)
    torch.nn.init.zeros_(network.output.bias)
    features = torch.zeros(1, len(NAMES))
    features[0, 1:4] = torch.tensor([0.5, 0.3, 0.1])
    features[0, 11:13] = torch.tensor([0.6, 0.4])
    logits = network(features)
    assert logits.shape == (1, OUTPUT_WIDTH)
    passes = logits[:, network.columns["target_pass"]].softmax(dim=1)[0].tolist()
    # Ten empty or other slots of 0.0005 to 0.1 are in the denominator: within half a percent.
    assert passes[:3] == pytest.approx([0.5, 0.3, 0.1], rel=0.005)
    assert passes[10] == pytest.approx(0.1, rel=0.005)
    runs = logits[:, network.columns["target_run"]].softmax(dim=1)[0].tolist()
    assert runs[:2] == pytest.approx([0.6, 0.4], rel=0.015)
    assert min(passes) > 0


def test_each_label_reaches_its_head_and_group():
    found = labels(
        {"play_type": PLAY_TYPES.index("pass"), "target": 3, "group": 1, "result": 2, "seconds": 6, "time_group": 1},
        {"play_type": PLAY_TYPES.index("sack"), "result": 1, "result_group": 2, "yards": -7, "yards_group": 5},
        {"play_type": PLAY_TYPES.index("field_goal"), "field_goal": 1},
        {"play_type": PLAY_TYPES.index("no_play"), "penalty": 4},
    )
    assert found["play_type"].low.tolist() == [0, 2, 5, 8]
    assert found["target_pass"].group.tolist() == [0, -1, -1, -1]
    assert found["target_pass"].low[0] == 3
    assert found["target_run"].group.tolist() == [-1] * 4
    assert (found["result_pass"].group[0], PASS_RESULTS[found["result_pass"].low[0]]) == (1, "interception")
    assert (found["result_run"].group[1], found["result_run"].low[1]) == (2, 1)
    assert found["field_goal"].group.tolist() == [-1, -1, 0, -1]
    assert found["penalty"].low[3] == 4
    assert found["yards"].group.tolist() == [-1, 5, -1, -1]
    assert found["time"].group.tolist() == [1, -1, -1, -1]


@pytest.mark.parametrize(("yards", "low"), [(-30, -20), (-20, -20), (-10, -20), (-9, -9), (14, 13), (75, 75), (99, 75)])
def test_yards_fall_in_the_bin_that_holds_them(yards: int, low: int):
    found = labels({"yards": yards, "yards_group": 3})["yards"]
    assert YARD_LOWS[found.low[0]] == low
    assert found.low[0] == found.high[0]


def test_a_goal_line_play_reaches_from_its_yards_to_the_last_bin():
    found = labels({"yards": 14, "yards_group": 3, "yards_censored": 1})["yards"]
    assert (YARD_LOWS[found.low[0]], found.high[0]) == (13, len(YARD_LOWS) - 1)


def test_a_throw_away_has_no_target_but_a_result():
    found = labels({"play_type": PLAY_TYPES.index("pass"), "group": 0, "result": 1})
    assert found["target_pass"].group[0] == -1
    assert found["result_pass"].group[0] == 0


def test_the_plan_names_only_heads_that_exist():
    plan, names = NflDomain().model, {head.name for head in HEADS}
    assert set(plan.primary_heads) | {plan.calibrated_head} | plan.class_names.keys() <= names
    assert all(len(plan.class_names[head.name]) == head.classes for head in HEADS if head.name in plan.class_names)
