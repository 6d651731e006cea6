from itertools import combinations

import numpy as np
import pytest

from sports_platform.core.errors import InfeasibleError
from sports_platform.portfolio.select import choose, score


def _candidates(seed: int, lineups: int = 12, players: int = 10, scenarios: int = 50):
    generator = np.random.default_rng(seed)
    points_PS = generator.integers(-200, 3000, (players, scenarios)).astype(np.int16)
    players_LK = np.array([generator.choice(players, 3, replace=False) for _ in range(lineups)])
    return points_PS, players_LK


def test_scores_are_sums_and_do_not_overflow() -> None:
    points_PS = np.full((9, 2), 32_000, dtype=np.int16)
    assert score(points_PS, np.arange(9)[None, :]).tolist() == [[288_000, 288_000]]


@pytest.mark.parametrize("seed", range(5))
def test_greedy_reaches_its_guarantee(seed: int) -> None:
    points_PS, players_LK = _candidates(seed)
    units_LS = np.maximum(score(points_PS, players_LK), 0)
    chosen = choose(units_LS, players_LK, lineups=3, max_exposure=1.0)
    utility = units_LS[chosen].max(axis=0).mean()
    best = max(units_LS[list(some)].max(axis=0).mean() for some in combinations(range(len(units_LS)), 3))
    assert (1 - 1 / np.e) * best <= utility <= best
    assert chosen[0] == int(units_LS.mean(axis=1).argmax()), "alone, the best lineup has the highest mean"


def test_nobody_exceeds_the_exposure_limit() -> None:
    points_PS, players_LK = _candidates(3, lineups=60)
    chosen = choose(score(points_PS, players_LK), players_LK, lineups=10, max_exposure=0.4)
    assert len(set(chosen)) == 10
    assert np.unique(players_LK[chosen], return_counts=True)[1].max() <= 4


def test_too_few_candidates_is_an_error() -> None:
    points_PS, players_LK = _candidates(4, lineups=5)
    with pytest.raises(InfeasibleError, match="of 10 lineups"):
        choose(score(points_PS, players_LK), players_LK, lineups=10, max_exposure=0.6)
