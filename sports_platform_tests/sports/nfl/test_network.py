import numpy as np
import pytest
import torch

from sports_platform.features.spec import load_spec
from sports_platform.models.blocks import fit_standardise
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.labels import play_labels
from sports_platform.sports.nfl.matchup import STRENGTH_INPUTS, Matchup
from sports_platform.sports.nfl.network import PlayNetwork
from sports_platform.sports.nfl.outcomes import (
    DEPTHS,
    HEADS,
    OUTPUT_WIDTH,
    PASS_RESULTS,
    PLAY_TYPES,
    RECEIVER_SLOTS,
    RUSHER_SLOTS,
    TIME_LOWS,
    YARD_GROUPS,
    YARD_LOWS,
)

LABELS = (
    "play_type formation target group depth result result_group field_goal penalty yards yards_group yards_censored "
    "seconds time_group"
).split()

CLOCK = {"half_seconds_remaining": 1500, "is_overtime": 0}


def labels(*rows: dict[str, int]):
    columns = {f"label_{name}": np.array([row.get(name, -1) for row in rows]) for name in LABELS}
    columns["label_formation"] = np.maximum(columns["label_formation"], 0)
    columns |= {name: np.array([row.get(name, default) for row in rows]) for name, default in CLOCK.items()}
    return play_labels(columns)


@pytest.fixture
def names() -> tuple[str, ...]:
    domain = NflDomain()
    return load_spec(domain.features.schema_file(domain.model.feature_table)).inputs


def _rows(names: tuple[str, ...], count: int, seed: int = 1) -> torch.Tensor:
    """Random inputs whose shares leave something to anybody else."""
    features = torch.rand(count, len(names), generator=torch.Generator().manual_seed(seed))
    for role, slots in (("receiver", RECEIVER_SLOTS), ("rusher", RUSHER_SLOTS)):
        for slot in range(1, slots + 1):
            features[:, names.index(f"{role}_{slot}_share")] *= 1 / slots
    return features


def _columns(head: str) -> slice:
    return head_slices(HEADS)[head]


def test_silent_scores_leave_the_shares_as_probabilities(names):
    network = PlayNetwork(names, dropout=0.0)
    for candidates in (network.receivers, network.rushers):
        torch.nn.init.zeros_(candidates.score.weight)
        torch.nn.init.zeros_(candidates.score.bias)
    features = torch.zeros(1, len(names))
    for slot, share in enumerate((0.5, 0.3, 0.1), start=1):
        features[0, names.index(f"receiver_{slot}_share")] = share
    logits = network(features)
    assert logits.shape == (1, OUTPUT_WIDTH)
    passes = logits[:, _columns("target_pass")].softmax(dim=1)[0].tolist()
    # Ten empty or other slots of 0.0005 to 0.1 are in the denominator: within half a percent.
    assert passes[:3] == pytest.approx([0.5, 0.3, 0.1], rel=0.005)
    assert passes[10] == pytest.approx(0.1, rel=0.005)
    assert min(passes) > 0


def test_the_order_of_candidates_does_not_matter(names):
    """A roster in another order gets the same probabilities in that order, for targets and their depth."""
    torch.manual_seed(3)
    network = PlayNetwork(names, dropout=0.0).eval()
    features = _rows(names, 8)
    fit_standardise(network, features)
    # What reaches the trunk sees the slots in order: silenced, only the candidates themselves are left.
    torch.nn.init.zeros_(network.teams[1].weight)
    order = torch.randperm(RECEIVER_SLOTS, generator=torch.Generator().manual_seed(4))
    moved = features.clone()
    for place, slot in enumerate(order.tolist()):
        for name in ("share", "air_yards", "catch_rate", "yards", "red_zone_rate", "is_te", "is_rb"):
            moved[:, names.index(f"receiver_{place + 1}_{name}")] = features[
                :, names.index(f"receiver_{slot + 1}_{name}")
            ]
    places = torch.cat([order, torch.tensor([RECEIVER_SLOTS])])
    here, there = network(features), network(moved)
    torch.testing.assert_close(there[:, _columns("target_pass")], here[:, _columns("target_pass")][:, places])
    depth = here[:, _columns("depth")].view(8, RECEIVER_SLOTS + 1, -1)
    torch.testing.assert_close(there[:, _columns("depth")].view_as(depth), depth[:, places])


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
    assert found["time"].group.tolist() == [1, -1, -1, -1]


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


def test_the_plan_names_only_heads_that_exist():
    plan, names = NflDomain().model, {head.name for head in HEADS}
    assert set(plan.primary_heads) | {plan.calibrated_head} | plan.class_names.keys() <= names
    assert all(len(plan.class_names[head.name]) == head.classes for head in HEADS if head.name in plan.class_names)


@pytest.mark.parametrize("kind", ["complete_short", "complete_deep", "run_under", "run_shotgun"])
def test_a_tilt_of_the_matchup_moves_yards_of_its_kind_and_no_other(names, kind):
    """With one weight set, a stronger offence gains more yards on these plays, and punts are what they were."""
    network = PlayNetwork(names, dropout=0.0).eval()
    features = _rows(names, 2)
    features[1] = features[0]
    features[1, names.index("spread_open_posteam")] += 1.0
    kinds = ("complete", "run", "scramble", "sack", "punt_net")
    place = next(number for number, name in enumerate(kinds) if kind.startswith(name))
    torch.nn.init.zeros_(network.teams[1].weight)
    with torch.no_grad():
        network.matchup.terms.weight[3 * place, STRENGTH_INPUTS.index("spread_open_posteam")] = 0.5
    yards = network(features)[:, _columns("yards")].view(2, len(YARD_GROUPS), -1).softmax(dim=2)
    means = yards @ torch.tensor(YARD_LOWS, dtype=torch.float32)
    group = YARD_GROUPS.index(kind)
    assert means[1, group] > means[0, group] + 1
    torch.testing.assert_close(yards[1, -1], yards[0, -1])


def test_an_untrained_matchup_adds_nothing(names):
    features = _rows(names, 4)[:, : len(STRENGTH_INPUTS)]
    assert all(not term.any() for term in Matchup()(features).values())
