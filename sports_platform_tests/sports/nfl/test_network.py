import pytest
import torch

from sports_platform.features.spec import load_spec
from sports_platform.models.blocks import fit_standardise
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.matchup import STRENGTH_INPUTS, Matchup
from sports_platform.sports.nfl.network import PlayNetwork
from sports_platform.sports.nfl.outcomes import (
    HEADS,
    OUTPUT_WIDTH,
    RECEIVER_SLOTS,
    RUSHER_SLOTS,
    YARD_GROUPS,
    YARD_LOWS,
)


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


def test_a_league_that_moves_as_a_whole_is_no_other_team(names):
    """Figures of all teams and their levels rise alike: no head moves."""
    torch.manual_seed(5)
    network = PlayNetwork(names, dropout=0.0).eval()
    features = _rows(names, 8)
    fit_standardise(network, features)
    for terms in (network.matchup.terms.weight, network.depths.style.weight):
        torch.nn.init.normal_(terms)
    risen, alone = features.clone(), features.clone()
    for name, rise in (("points_pg", 2.0), ("yards_per_carry", 0.1), ("market_total", 4.0), ("market_points", 2.0)):
        for place in (place for place, column in enumerate(names) if column.endswith(f"_{name}")):
            risen[:, place] += rise
            alone[:, place] += rise * (not names[place].startswith("level_"))
    torch.testing.assert_close(network(risen), network(features), rtol=1e-3, atol=1e-3)
    assert (network(alone) - network(features)).abs().max() > 0.01


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


def test_fouls_from_both_formations_differ_by_a_term_a_class_whatever_the_state(names):
    network = PlayNetwork(names, dropout=0.0)
    torch.nn.init.normal_(network.rare.terms)
    under, shotgun = network(_rows(names, 5))[:, _columns("penalty")].view(5, 2, -1).unbind(1)
    assert (under.std(dim=0) > 0).all()
    moved = shotgun - under
    torch.testing.assert_close(moved, moved[:1].expand_as(moved))
    assert moved.abs().min() > 0
