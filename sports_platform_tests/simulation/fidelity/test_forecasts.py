"""Players' forecasts: the Gaussian by hand and without look-ahead, its score, and who is compared with projections."""

import numpy as np
import pytest

from sports_platform.simulation.backtest import RealGames, crps
from sports_platform.simulation.fidelity.forecasts import (
    PRIOR_GAMES,
    against_projections,
    gaussian_crps,
    season_so_far,
    skill,
)
from sports_platform.simulation.fidelity.games import Games, join
from sports_platform.simulation.fidelity.judge import Judge, Met
from sports_platform.simulation.scenarios import UNITS_PER_POINT
from sports_platform_tests.simulation.fidelity.league import Plan, Truth, joined, season

WEEKS = 4


def named(points: dict[tuple[str, str], float]) -> tuple[Games, RealGames, dict[str, str]]:
    """A season of 4 weeks of 3 games, of which some points are as given."""
    played, real, weeks = season(Truth.of(3 * WEEKS, 31, seed=1), WEEKS)
    real = RealGames(real.sides, real.teams, {**real.points, **points})
    return join(Plan(), {1: played}, real)[1], real, weeks


def test_the_gaussian_by_hand() -> None:
    """A passer of week 3 who had 10 and 30 before, drawn to the six passers of each of the weeks 1 and 2."""
    me = "QB away w03g6"
    games, real, weeks = named({("w01g0", me): 10.0, ("w02g3", me): 30.0})
    mean_P, spread_P = season_so_far(games, real, weeks)
    row = games.players.ids.index(me)
    pool = np.array([p for (game, player), p in real.points.items() if player[:2] == "QB" and weeks[game] < "w03"][:12])
    mean = (40 + PRIOR_GAMES * pool.mean()) / (2 + PRIOR_GAMES)
    squares = (10 - mean) ** 2 + (30 - mean) ** 2
    assert mean_P[row] == pytest.approx(mean)
    assert spread_P[row] == pytest.approx(np.sqrt((squares + PRIOR_GAMES * pool.var()) / (2 + PRIOR_GAMES)))


def test_nothing_of_the_week_or_later_is_known() -> None:
    games, real, weeks = named({})
    before, _ = season_so_far(games, real, weeks)
    week_P = np.array(games.weeks)[games.players.game_P]
    late = {key: points + 50 for key, points in real.points.items() if weeks[key[0]] >= "w03"}
    changed, _ = season_so_far(*named(late))
    np.testing.assert_array_equal(before[week_P <= "w03"], changed[week_P <= "w03"])
    assert (changed[week_P == "w04"] > before[week_P == "w04"]).all()
    assert np.isnan(before[week_P == "w01"]).all()  # nothing to go by


def test_a_gaussians_score_is_that_of_its_draws() -> None:
    draws = np.random.default_rng(1).normal(0, 1, (1, 20_000))
    for actual in (-1.0, 0.3, 2.5):
        of_draws = crps(np.round(1000 * draws).astype(np.int16), np.array([1000 * actual])) / 1000
        assert gaussian_crps(np.zeros(1), np.ones(1), np.array([actual])) == pytest.approx(of_draws, abs=0.02)


def test_scenarios_that_know_the_day_beat_the_season_so_far_and_the_season_so_far_ties_with_itself() -> None:
    truth = Truth.of(200, 101, seed=2)
    truth.points += 12 * (np.arange(200) % 2)[:, None, None, None]  # known to the scenarios alone
    played, real, weeks = season(truth, WEEKS)
    games = join(Plan(), {1: played}, real)[1]
    mean_P, spread_P = season_so_far(games, real, weeks)
    rows = {row.name: row for row in skill(Plan(), games, mean_P, spread_P, Judge(200, 1))}
    assert rows.keys() == {"all", *Plan.positions}
    assert rows["all"].met is Met.YES
    assert rows["all"].count == 150 * 2 * 3
    alike = joined(Truth.of(200, 101, seed=3), WEEKS)
    drawn = np.random.default_rng(4).normal(20, 5, alike.players.simulated_PS.shape)
    alike.players.simulated_PS[:] = np.round(50 * drawn)
    same = np.full((2, len(alike.players.ids)), [[20.0], [5.0]])
    row = skill(Plan(), alike, *same, Judge(200, 1))[0]
    assert row.difference == pytest.approx(0, abs=1)
    assert row.met is Met.NO


def test_projections_are_compared_on_the_same_players_games() -> None:
    games = joined(Truth.of(40, 31, seed=5), 2)
    players = games.players
    keys = [(games.weeks[game], player) for game, player in zip(players.game_P, players.ids, strict=True)]
    exact = {key: float(points) for key, points in zip(keys, players.actual_P, strict=True) if key[1][:2] == "QB"}
    low = {key: points - 3 for key, points in exact.items()}
    rows = {row.name: row for row in against_projections(games, {"exact": exact, "low": low}, Judge(40, 1))}
    error = players.expected_P[::3] - players.actual_P[::3]
    of_median = np.median(players.simulated_PS[::3], axis=1) / UNITS_PER_POINT - players.actual_P[::3]
    assert rows["exact, mean absolute error"].real == 0
    assert rows["exact, mean absolute error"].simulated == pytest.approx(np.abs(of_median).mean())
    assert rows["exact, root mean squared error"].simulated == pytest.approx(np.sqrt((error**2).mean()))
    assert rows["low, root mean squared error"].real == pytest.approx(3)
    assert rows["exact, mean absolute error"].met is Met.NO
    assert (rows["low, mean error"].real, rows["low, mean error"].met) == (pytest.approx(-3), Met.YES)
    assert rows["low, mean error"].simulated == pytest.approx(error.mean())
    assert rows["low, mean error"].count == 80


def test_whom_both_expect_little_of_is_left_out() -> None:
    games = joined(Truth.of(10, 31, seed=6))
    few = {(games.weeks[0], player): -30.0 for player in games.players.ids}
    assert against_projections(games, {"few": few}, Judge(10, 1)) == []
