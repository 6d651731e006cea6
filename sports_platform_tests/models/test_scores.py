import numpy as np
import pytest

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.models.baselines import _frequencies
from sports_platform.models.scores import Scored, accuracy, calibration_error, crps, crps_rows, pit

YARDS = Head("yards", 1, 4, (-3, 0, 1, 4, 10))


def scored(p: np.ndarray, low: np.ndarray) -> Scored:
    return Scored(np.arange(len(low)), p, low, low)


def draws(p: np.ndarray, seed: int) -> np.ndarray:
    uniform = np.random.default_rng(seed).random(len(p))
    return (uniform[:, None] >= p.cumsum(axis=1)).sum(axis=1)


def test_crps_matches_numeric_integration():
    p = np.random.default_rng(1).dirichlet(np.ones(4), size=5)
    low = np.array([0, 1, 2, 3, 2])
    edges = np.asarray(YARDS.edges, dtype=float)
    x = np.linspace(edges[0], edges[-1], 200_001)
    expected = []
    for row, bin_ in zip(p, low, strict=True):
        cdf = np.interp(x, edges, np.concatenate([[0], row.cumsum()]))
        outcome = (edges[bin_] + edges[bin_ + 1]) / 2
        expected.append(np.trapezoid((cdf - (x >= outcome)) ** 2, x))
    assert crps(scored(p, low), YARDS) == pytest.approx(np.mean(expected), abs=1e-4)  # grid step 6.5e-5, height <= 1


def test_crps_up_to_a_bound_is_that_of_the_lesser_of_outcome_and_bound():
    p = np.random.default_rng(1).dirichlet(np.ones(4), size=4)
    # Bounded by class 2: seen short of it, seen past it, known to lie past it. The last row cannot be censored.
    low, high, bound = np.array([1, 3, 2, 3]), np.array([1, 3, 3, 3]), np.array([2, 2, 2, 4])
    edges = np.asarray(YARDS.edges, dtype=float)
    expected = []
    for row, bin_, end in zip(p, low, bound, strict=True):
        x = np.linspace(edges[0], edges[end], 200_001)
        cdf = np.interp(x, edges, np.concatenate([[0], row.cumsum()]))
        outcome = (edges[bin_] + edges[bin_ + 1]) / 2
        expected.append(np.trapezoid((cdf - (x >= outcome)) ** 2, x))
    rows = crps_rows(Scored(np.arange(4), p, low, high, bound), YARDS)
    assert rows == pytest.approx(expected, abs=1e-4)


def test_crps_up_to_a_bound_favours_neither_side_of_it():
    p, bound = np.array([0.2, 0.3, 0.3, 0.2]), 2
    low = np.minimum(np.arange(4), bound)
    high = np.where(low < bound, low, 3)

    def expected_score(q: list[float]) -> float:
        scored = Scored(np.arange(4), np.tile(q, (4, 1)), low, high, np.full(4, bound))
        return float(p @ crps_rows(scored, YARDS))

    assert expected_score([0.2, 0.3, 0.1, 0.4]) == pytest.approx(expected_score([0.2, 0.3, 0.3, 0.2]))  # nobody sees it
    assert expected_score([0.2, 0.2, 0.4, 0.2]) > expected_score([0.2, 0.3, 0.3, 0.2])
    assert expected_score([0.2, 0.4, 0.2, 0.2]) > expected_score([0.2, 0.3, 0.3, 0.2])


def test_calibration_error_of_a_perfect_model_lies_within_its_floor_and_of_a_sharpened_one_above():
    p = np.random.default_rng(1).dirichlet(np.ones(4), size=4000)
    perfect = calibration_error(scored(p, draws(p, seed=2)), seed=3)
    assert perfect.error < 1.25 * perfect.floor_p95
    sharp = p**1.5 / (p**1.5).sum(axis=1, keepdims=True)
    assert calibration_error(scored(sharp, draws(p, seed=2)), seed=3).error > 2 * perfect.floor_p95


def test_pit_is_uniform_for_a_perfect_model():
    p = np.random.default_rng(1).dirichlet(np.ones(4), size=20_000)
    counts = np.histogram(pit(scored(p, draws(p, seed=2)), seed=3), bins=10, range=(0, 1))[0]
    # Multinomial cell: mean 2000, standard deviation 42; 5 of them for the largest of ten.
    assert np.abs(counts - 2000).max() < 5 * 42


def test_accuracy_merges_classes_and_leaves_out_those_that_show_nothing():
    p = np.array([[0.3, 0.4, 0.3], [0.2, 0.6, 0.2], [0.1, 0.8, 0.1]])
    # Classes 0 and 2 are one; row 2 shows class 1, which counts on neither side.
    assert accuracy(scored(p, np.array([2, 0, 1])), (0, -1, 0)) == 1.0
    assert accuracy(scored(p, np.array([2, 0, 1])), (0, 1, 0)) == pytest.approx(2 / 3)


def test_class_frequencies_of_censored_rows_match_the_product_limit():
    # Two rows in class 0, two in class 1, one in class 2, and one known only to be in class 1 or later.
    low, high = np.array([0, 0, 1, 1, 2, 1]), np.array([0, 0, 1, 1, 2, 2])
    many = HeadLabels(np.zeros(6000, dtype=int), np.repeat(low, 1000), np.repeat(high, 1000))
    found = _frequencies(many, Head("yards", 1, 3))[0]
    # Kaplan-Meier: P(0) = 1/3; of the later ones 2/3 are class 1. Half a pseudo-count in 6000 moves it < 1e-3.
    assert found == pytest.approx([1 / 3, 4 / 9, 2 / 9], abs=1e-3)
