"""Tendencies of games: found again in games drawn from known ones; weights made of them keep what is expected."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from sports_platform.core.domain import HeadLabels
from sports_platform.core.errors import MissingDataError
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.absences import absence
from sports_platform.sports.nfl.outcomes import HEADS, OUTPUT_WIDTH, PLAY_TYPES, RECEIVER_SLOTS, RUSHER_SLOTS
from sports_platform.sports.nfl.tendencies import (
    LEVELS,
    ROLES,
    TILT_UNIT,
    WEIGHT_UNIT,
    fit_tendencies,
    share_names,
    tilts,
    usage_weights,
    with_anybody,
)

GAMES, PLAYS = 1200, 60  # team games, and plays of each: half throws, half runs
NAMES = [name for role in ROLES for name in share_names(role)]
NAMES += [f"rusher_{slot}_is_qb" for slot in range(1, RUSHER_SLOTS + 1)]
THROW = 0.55
NEVER_ABSENT = {"log_odds": -50.0, "by_log_share": 0.0}


@dataclass(frozen=True)
class Season:
    """Played games as `fit_tendencies` takes them."""

    output_NW: np.ndarray
    labels: dict[str, HeadLabels]
    features_NF: np.ndarray
    game_N: np.ndarray

    def fit(self) -> dict:
        return fit_tendencies(self.output_NW, self.labels, self.features_NF, NAMES, self.game_N)


def season(
    *, targets: float | np.ndarray, runs: float, spread: float, absences: dict[str, float] = NEVER_ABSENT, seed: int = 5
) -> Season:
    """Team games whose shares are drawn around expected ones and whose calls to throw stand more or less readily.

    Some candidates are absent, but neither anybody else nor the last rusher, who is the quarterback.
    """
    draw, chance, rows = np.random.default_rng(seed), np.random.default_rng([seed, 1]), GAMES * PLAYS
    output = np.zeros((rows, OUTPUT_WIDTH), np.float32)
    team = np.repeat(np.arange(GAMES), PLAYS)
    features = np.zeros((GAMES, len(NAMES)), np.float32)
    features[:, -1] = 1.0
    seen = {}
    for role, head, slots, concentration in (
        ("receiver", "target_pass", RECEIVER_SLOTS, targets),
        ("rusher", "target_run", RUSHER_SLOTS, runs),
    ):
        expected = draw.dirichlet(np.full(slots + 1, 3.0), GAMES)
        features[:, [NAMES.index(name) for name in share_names(role)]] = expected[:, :-1]
        groups = next(one.groups for one in HEADS if one.name == head)
        output[:, head_slices(HEADS)[head]] = np.tile(expected, groups)[team]
        shares = draw.gamma(concentration * expected) / concentration
        absent = absence(absences, expected)
        absent[:, -1 if role == "receiver" else -2 :] = 0.0
        shares *= (chance.random(shares.shape) >= absent) / (1.0 - absent)
        chosen = (shares / shares.sum(axis=1, keepdims=True))[team]
        seen[head] = (chosen.cumsum(axis=1) < draw.random((rows, 1))).sum(axis=1).clip(max=slots)
    tilt = np.clip(draw.normal(0.0, spread, GAMES), -0.25, 0.25)[team]
    chance = THROW + tilt * THROW * (1 - (THROW - (1 - THROW)))
    thrown = draw.random(rows) < chance
    probabilities = np.zeros(len(PLAY_TYPES), np.float32)
    probabilities[[PLAY_TYPES.index("pass"), PLAY_TYPES.index("run")]] = THROW, 1 - THROW
    output[:, head_slices(HEADS)["play_type"]] = np.tile(probabilities, 4)
    types = np.where(thrown, PLAY_TYPES.index("pass"), PLAY_TYPES.index("run"))
    labels = {
        "play_type": HeadLabels(np.zeros(rows, np.int64), types, types),
        "target_pass": HeadLabels(np.where(thrown, 0, -1), seen["target_pass"], seen["target_pass"]),
        "target_run": HeadLabels(np.where(thrown, -1, 1), seen["target_run"], seen["target_run"]),
    }
    return Season(output, labels, features[team], team // 2)


def test_tendencies_are_found_again() -> None:
    found = season(targets=40.0, runs=8.0, spread=0.12).fit()
    for role, concentration in (("receiver", 40.0), ("rusher", 8.0)):
        concentrations = np.array(found[role]["concentrations"])
        np.testing.assert_allclose(concentrations, concentration, rtol=0.5)
        assert np.median(concentrations) == pytest.approx(concentration, rel=0.15)
    assert found["call_spread"] == pytest.approx(0.12, rel=0.15)
    np.testing.assert_allclose(found["receiver"]["levels"], 1.0, atol=0.02)


def test_each_slot_has_a_concentration_of_its_own() -> None:
    found = season(targets=np.array([100.0, 100.0, *[15.0] * 9]), runs=8.0, spread=0.0).fit()
    concentrations = np.array(found["receiver"]["concentrations"])
    assert concentrations[:2].min() > 50
    np.testing.assert_allclose(concentrations[2:], 15.0, rtol=0.5)


def test_absences_are_found_again_and_are_no_concentration() -> None:
    absences = {"log_odds": -4.0, "by_log_share": -1.0}
    found = season(targets=40.0, runs=8.0, spread=0.0, absences=absences).fit()
    shares = np.array([0.05, 0.1, 0.2, 0.3])
    for role, concentration, tolerance in (("receiver", 40.0, 0.15), ("rusher", 8.0, 0.4)):
        np.testing.assert_allclose(absence(found[role]["absences"], shares), absence(absences, shares), rtol=tolerance)
        assert np.median(found[role]["concentrations"]) == pytest.approx(concentration, rel=0.25)
    nobody = season(targets=40.0, runs=8.0, spread=0.0).fit()
    assert absence(nobody["receiver"]["absences"], shares).max() < 0.02
    assert absence(nobody["rusher"]["absences"], shares).max() < 0.03


def test_plays_that_have_nothing_in_common_have_hardly_a_tendency() -> None:
    found = season(targets=1e7, runs=1e7, spread=0.0).fit()
    assert min(found["receiver"]["concentrations"]) > 200
    assert min(found["rusher"]["concentrations"]) > 200
    assert found["call_spread"] < 0.03


def test_levels_are_what_the_network_gives_in_parts_of_the_shares() -> None:
    played = season(targets=40.0, runs=8.0, spread=0.12)
    features = played.features_NF.copy()
    features[:, NAMES.index("receiver_2_share")] *= 0.5
    found = replace(played, features_NF=features).fit()
    assert found["receiver"]["levels"][1] == pytest.approx(2.0, rel=0.02)


def test_games_without_a_run_are_refused() -> None:
    played = season(targets=40.0, runs=8.0, spread=0.12)
    runs = played.labels["target_run"]
    none = HeadLabels(np.full_like(runs.group, -1), runs.low, runs.high)
    with pytest.raises(MissingDataError, match="no play with a known rusher"):
        replace(played, labels={**played.labels, "target_run": none}).fit()


@pytest.mark.parametrize("concentration", [8.0, 50.0])
def test_weighted_shares_are_those_of_a_dirichlet_distribution(concentration: float) -> None:
    expected = np.array([0.5, 0.25, 0.15, 0.07, 0.03])
    weights_KL = usage_weights(expected[None], np.full(5, concentration), np.zeros((1, 5)), np.zeros((1, 5)))[0]
    assert weights_KL.shape == (5, LEVELS)
    np.testing.assert_allclose(weights_KL.mean(axis=1), WEIGHT_UNIT, rtol=0.01)
    draws = np.random.default_rng(3).integers(LEVELS, size=(200_000, 5))
    shares = expected * weights_KL[np.arange(5), draws]
    shares /= shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares.mean(axis=0), expected, rtol=0.01)
    deviation = np.sqrt(expected * (1 - expected) / (concentration + 1))
    np.testing.assert_allclose(shares.std(axis=0), deviation, rtol=0.03)


def test_weights_are_nought_as_often_as_somebody_is_absent_and_of_mean_one() -> None:
    shares, absent = np.array([[0.3, 0.1, 0.1, 0.5]]), np.array([[0.05, 0.2, 0.5, 0.0]])
    weights_KL = usage_weights(shares, np.full(4, 50.0), absent, absent)[0]
    np.testing.assert_array_equal((weights_KL == 0).sum(axis=1), np.rint(LEVELS * absent[0]))
    np.testing.assert_array_equal(np.sort(weights_KL), weights_KL)
    np.testing.assert_allclose(weights_KL.mean(axis=1), WEIGHT_UNIT, rtol=0.01)
    there = weights_KL[1, weights_KL[1] > 0]
    assert there.std() / there.mean() == pytest.approx(1 / np.sqrt(50.0 * 0.1), rel=0.03)


def test_who_is_there_for_another_role_strays_as_far_in_this_one() -> None:
    shares, concentrations = np.array([[0.1]]), np.array([50.0])
    alone = usage_weights(shares, concentrations, np.array([[0.4]]), np.array([[0.4]]))
    known = usage_weights(shares, concentrations, np.array([[0.4]]), np.array([[0.1]]))
    assert ((alone == 0).sum(), (known == 0).sum()) == (102, 26)
    assert known.std() == pytest.approx(alone.std(), rel=0.03)


def test_an_empty_slot_has_weights_all_the_same() -> None:
    there = np.zeros((1, 3))
    weights = usage_weights(with_anybody(np.array([[1.0, 0.0]])), np.full(3, 8.0), there, there)
    assert weights.shape == (1, 3, LEVELS)
    assert weights.min() >= 1


def test_tilts_balance_and_are_as_wide_as_was_asked() -> None:
    found = tilts(0.115)
    assert found.sum() == 0
    assert (found / TILT_UNIT).std() == pytest.approx(0.115, rel=0.03)
    assert (tilts(0.0) == 0).all()
    assert np.abs(tilts(0.5)).max() == 16
