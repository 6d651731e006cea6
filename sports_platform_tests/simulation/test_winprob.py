"""Win probability from scenarios: shares, scores by hand, calibration of forecasts whose truth is known."""

import numpy as np
import pytest

from sports_platform.simulation.winprob import check, results, score, win_probabilities


def test_a_tie_is_half_a_win_and_nothing_is_impossible() -> None:
    away, home = [[10, 20, 7, 0], [0, 0, 0, 0]], [[20, 10, 7, 3], [1, 1, 1, 1]]
    scores_G2S = np.array([away, home], np.int16).transpose(1, 0, 2)
    assert win_probabilities(scores_G2S) == pytest.approx([(2.5 + 0.5) / 5, (4 + 0.5) / 5])


def test_results_are_the_home_teams() -> None:
    assert results(np.array([[3, 10], [10, 3], [7, 7]])).tolist() == [1, 0, 0.5]


def test_scores_by_hand() -> None:
    found = score(np.array([0.85, 0.3]), np.array([1.0, 0.0]))
    assert found.brier == pytest.approx((0.15**2 + 0.3**2) / 2)
    assert found.log_loss == pytest.approx(-(np.log(0.85) + np.log(0.7)) / 2)
    assert [(b.low, b.games, b.expected, b.seen) for b in found.bins] == [(0.2, 1, 0.3, 0.0), (0.8, 1, 0.85, 1.0)]


def test_a_true_forecast_is_calibrated_and_beats_a_blunt_one() -> None:
    draw = np.random.default_rng(1)
    truth = draw.uniform(0.05, 0.95, 4000)
    won = (draw.random(4000) < truth).astype(float)
    found = check(truth, np.full(4000, 0.5), won, seed=1)
    assert all(abs(b.seen - b.expected) < 2 * b.noise for b in found.simulated.bins)  # four standard errors
    assert found.high < 0
    assert found.difference == pytest.approx(found.simulated.brier - found.reference.brier)
    assert found.low < found.difference < found.high


def test_an_overconfident_forecast_is_shown_by_its_bins_and_scores() -> None:
    draw = np.random.default_rng(2)
    truth = draw.uniform(0.3, 0.7, 4000)
    won = (draw.random(4000) < truth).astype(float)
    sure = np.clip(0.5 + 3 * (truth - 0.5), 0.02, 0.98)
    found = check(sure, truth, won, seed=1)
    assert found.low > 0
    assert max(abs(b.seen - b.expected) / b.noise for b in found.simulated.bins) > 3
