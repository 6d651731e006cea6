"""The surrogate: exact where it must be, differentiable everywhere, and as good as its noisy targets allow."""

from itertools import permutations

import numpy as np
import pytest
import torch
from scipy.stats import gamma, kurtosis, skew

from sports_platform.core.errors import SchemaError
from sports_platform.models.surrogate import Surrogate, metric_names
from sports_platform.models.surrogate_fit import FittedSurrogate, errors, fit_surrogate, predict
from sports_platform_tests.models.scoring import QUICK, SIZE, lineups, selected, simulated, skewed_points

PLAYERS = 40
POINTS_PS = skewed_points(PLAYERS)
TRAINING = simulated(POINTS_PS, selected(lineups(PLAYERS, 1500, seed=1), PLAYERS))
VALIDATION = simulated(POINTS_PS, selected(lineups(PLAYERS, 200, seed=2), PLAYERS))
HELD_OUT = simulated(POINTS_PS, selected(lineups(PLAYERS, 400, seed=3), PLAYERS))


def fit(seed: int = 7) -> FittedSurrogate:
    return fit_surrogate(POINTS_PS, TRAINING, VALIDATION, QUICK, seed=seed)


@pytest.fixture(scope="module")
def surrogate() -> Surrogate:
    return fit().surrogate


def between(count: int, players: int = PLAYERS, seed: int = 4) -> torch.Tensor:
    """Selections as an optimiser has them under way: any weights that sum to a lineup."""
    weights = np.random.default_rng(seed).dirichlet(np.full(players, 0.3), count)
    return torch.from_numpy(SIZE * weights)


def test_gradients_are_those_of_finite_differences() -> None:
    players = 8
    points_PS = skewed_points(players, scenarios=500)
    truth = simulated(points_PS, selected(lineups(players, 60, seed=1), players))
    surrogate = fit_surrogate(points_PS, truth, truth, QUICK, seed=1).surrogate.double()
    # In float64 the slope of a step of 1e-6 is good to eps / step = 2e-10 times values of about 50, and second
    # derivatives of about 1 times the step: 1e-6 covers both.
    soft = between(5, players).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: surrogate(x).columns(), soft, eps=1e-6, atol=1e-6, rtol=1e-6)
    one = between(1, players).requires_grad_()
    assert torch.autograd.gradgradcheck(lambda x: surrogate(x).columns(), one, eps=1e-6, atol=1e-5, rtol=1e-5)


def test_mean_and_variance_are_those_of_the_simulation(surrogate: Surrogate) -> None:
    for selected_NP in (torch.from_numpy(HELD_OUT.selected_NP), between(100).float()):
        found = surrogate(selected_NP)
        sums_NS = selected_NP.double().numpy() @ POINTS_PS
        # Rounding of float32: half a unit in the last place for each of at most 2 P additions of terms of these sizes.
        unit = 2 * PLAYERS * np.finfo(np.float32).eps / 2
        terms = selected_NP.double().numpy() @ np.abs(np.cov(POINTS_PS, bias=True))
        size_N = (terms * selected_NP.double().numpy()).sum(axis=1)
        np.testing.assert_allclose(found.mean.detach().numpy(), sums_NS.mean(axis=1), rtol=unit)
        assert (np.abs(found.variance.detach().numpy() - sums_NS.var(axis=1)) <= unit * size_N).all()
        np.testing.assert_allclose(found.sd.detach().numpy() ** 2, found.variance.detach().numpy(), rtol=1e-6)


def test_shape_of_one_and_two_players_is_exact(surrogate: Surrogate) -> None:
    """For two the third moment is whole; of the fourth those terms are left out that hold one player three times."""
    weights = np.zeros((2, PLAYERS))
    weights[0, 3], weights[1, [3, 8]] = 0.7, (0.5, 1.5)  # players 3 and 8 share a game
    found = surrogate.double().features(torch.from_numpy(weights)).numpy()
    surrogate.float()
    sums_NS = weights @ (POINTS_PS - POINTS_PS.mean(axis=1, keepdims=True))
    first, second = weights[1, [3, 8], None] * (POINTS_PS - POINTS_PS.mean(axis=1, keepdims=True))[[3, 8]]
    left_out = 4 * sum(
        (one**3 * two).mean() - 3 * (one**2).mean() * (one * two).mean() for one, two in permutations((first, second))
    )
    # Moments are kept in float32; of the fourth, terms of up to twenty times its size cancel.
    assert found[:, 0] == pytest.approx(skew(sums_NS, axis=1), rel=1e-5)
    assert found[0, 2] == pytest.approx(kurtosis(sums_NS[0]), rel=1e-5)
    assert found[1, 2] == pytest.approx(kurtosis(sums_NS[1]) - left_out / sums_NS[1].var() ** 2, rel=1e-5)
    assert found[0, [1, 3, 4]] == pytest.approx([found[0, 0], found[0, 2], 1.0], rel=1e-6)


def test_quantiles_of_other_lineups_are_as_good_as_the_simulations_noise_allows(surrogate: Surrogate) -> None:
    """A model's error of half the noise would add an eighth to it; the noise of 4000 scenarios is known to some 5 %."""
    common_Q = TRAINING.standardised().mean(axis=0)
    guessed_NQ = HELD_OUT.values_NM[:, :1] + HELD_OUT.values_NM[:, 1:2] * common_Q
    guess_Q = np.sqrt(((guessed_NQ - HELD_OUT.values_NM[:, 2:]) ** 2).mean(axis=0))
    limit_Q = 1.2 * np.sqrt((HELD_OUT.errors_NM[:, 2:] ** 2).mean(axis=0))
    assert (guess_Q > 1.2 * limit_Q)[[0, -1]].all()  # one shape for all lineups would not do: something is learned
    for error, limit, guess in zip(errors(surrogate, HELD_OUT)[2:], limit_Q, guess_Q, strict=True):
        assert error.root_mean_square <= min(limit, guess), error
        assert error.gaussian is not None
        assert error.root_mean_square < error.gaussian, error


def test_it_is_nearer_to_the_truth_than_the_scenarios_it_was_trained_on() -> None:
    """Players alike and independent: all sums have one gamma distribution, so lineups differ by noise alone."""
    points_PS = np.random.default_rng(5).gamma(1.5, 1.0, (PLAYERS, 3000))
    parts = [simulated(points_PS, selected(lineups(PLAYERS, n, seed=n), PLAYERS)) for n in (1500, 200, 400)]
    fitted = fit_surrogate(points_PS, parts[0], parts[1], QUICK, seed=1)
    truth_Q = gamma.ppf(QUICK.levels, 1.5 * SIZE)
    predicted_NQ, drawn_NQ = predict(fitted.surrogate, parts[2].selected_NP)[:, 2:-1], parts[2].values_NM[:, 2:-1]
    missed, noise = (np.sqrt(((values - truth_Q) ** 2).mean(axis=0)) for values in (predicted_NQ, drawn_NQ))
    assert (missed < noise).all(), (missed, noise)


def test_lineups_by_index_are_the_same_selections(surrogate: Surrogate) -> None:
    players_NK = lineups(PLAYERS, 50, seed=9)
    by_index = surrogate.of_lineups(torch.from_numpy(players_NK)).columns()
    by_weight = surrogate(torch.from_numpy(selected(players_NK, PLAYERS))).columns()
    torch.testing.assert_close(by_index, by_weight, rtol=1e-5, atol=1e-4)


def test_quantiles_rise_whatever_the_selection(surrogate: Surrogate) -> None:
    strange = torch.from_numpy(np.random.default_rng(6).normal(0, 3, (500, PLAYERS))).float()
    for selected_NP in (torch.from_numpy(HELD_OUT.selected_NP), between(500).float(), strange):
        found = surrogate(selected_NP)
        rising = torch.cat([found.quantiles, found.tail_mean[:, None]], dim=1).diff(dim=1)
        assert (rising >= 0).all()
        assert torch.isfinite(found.columns()).all()


def test_nobody_selected_has_finite_slopes(surrogate: Surrogate) -> None:
    nobody = torch.zeros((1, PLAYERS), requires_grad=True)
    (slope,) = torch.autograd.grad(surrogate(nobody).columns().sum(), nobody)
    assert torch.isfinite(slope).all()


def test_the_same_seed_gives_the_same_bits_for_any_number_of_threads(surrogate: Surrogate) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    again = fit().surrogate.state_dict()
    torch.set_num_threads(before)
    assert all(torch.equal(tensor, again[name]) for name, tensor in surrogate.state_dict().items())
    other = fit(seed=8).surrogate.state_dict()
    assert not torch.equal(other["output.weight"], again["output.weight"])


def test_another_slate_is_refused(surrogate: Surrogate) -> None:
    with pytest.raises(SchemaError, match="40 players"):
        surrogate(torch.zeros((3, PLAYERS + 1)))


@pytest.mark.parametrize("levels", [(), (0.5, 0.1), (0.5, 0.5), (0.0, 0.5), (0.5, 1.0)])
def test_levels_must_rise_between_0_and_1(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="levels must rise"):
        type(QUICK)(levels=levels)


def test_errors_are_those_of_the_predictions(surrogate: Surrogate) -> None:
    predicted_NM = predict(surrogate, HELD_OUT.selected_NP).astype(float)
    found = errors(surrogate, HELD_OUT)
    assert (
        tuple(error.metric for error in found)
        == metric_names(QUICK.levels)
        == ("mean", "sd", "p5", "p50", "p95", "above_p95")
    )
    missed_N = predicted_NM[:, 4] - HELD_OUT.values_NM[:, 4]
    assert found[4].mean_absolute == pytest.approx(np.abs(missed_N).mean(), rel=1e-5)
    assert found[4].root_mean_square == pytest.approx(np.sqrt((missed_N**2).mean()), rel=1e-5)
    assert found[4].bias == pytest.approx(missed_N.mean(), rel=1e-3)
    assert found[4].r2 == pytest.approx(np.corrcoef(predicted_NM[:, 4], HELD_OUT.values_NM[:, 4])[0, 1] ** 2, abs=2e-3)
