"""Players' points of known shape, and what numpy says of selections of them, for the surrogate's tests."""

import numpy as np

from sports_platform.models.surrogate_fit import SimulatedMetrics, SurrogateConfig

GAMES, SIZE = 5, 6
QUICK = SurrogateConfig(levels=(0.05, 0.5, 0.95), widths=(16, 16), epochs=30)


def skewed_points(players: int = 40, scenarios: int = 4000, seed: int = 3) -> np.ndarray:
    """Points [P, S]: nearly normal or very skewed by player, so that lineups differ in shape; games correlate."""
    generator = np.random.default_rng(seed)
    scale_P = generator.uniform(1.0, 8.0, players)
    games_GS = generator.gamma(2.0, 0.5, (GAMES, scenarios))
    shape_P1 = np.where(np.arange(players) % 3 == 0, 0.8, 6.0)[:, None]
    own_PS = generator.gamma(shape_P1, 1 / shape_P1, (players, scenarios))
    return scale_P[:, None] * (0.6 * own_PS + 0.4 * games_GS[np.arange(players) % GAMES])


def lineups(players: int, count: int, seed: int) -> np.ndarray:
    """Random lineups as player indices."""
    return np.random.default_rng(seed).random((count, players)).argsort(axis=1)[:, :SIZE]


def selected(players_NK: np.ndarray, players: int) -> np.ndarray:
    selected_NP = np.zeros((len(players_NK), players), dtype=np.float32)
    np.put_along_axis(selected_NP, players_NK, 1.0, axis=1)
    return selected_NP


def simulated(points_PS: np.ndarray, selected_NP: np.ndarray, levels=QUICK.levels) -> SimulatedMetrics:
    """Metrics by numpy's own functions; a quantile's standard error by its density (here by a kernel of 2 %)."""
    sums_NS = selected_NP.astype(float) @ points_PS
    scenarios, sd_N = sums_NS.shape[1], sums_NS.std(axis=1)
    quantiles = [np.quantile(sums_NS, level, axis=1) for level in levels]
    tail_N = np.array([row[row > top].mean() for row, top in zip(sums_NS, quantiles[-1], strict=True)])
    noise = [
        np.sqrt(level * (1 - level) / scenarios)
        * (np.quantile(sums_NS, level + 0.02, axis=1) - np.quantile(sums_NS, level - 0.02, axis=1))
        / 0.04
        for level in levels
    ]
    values = np.column_stack([sums_NS.mean(axis=1), sd_N, *quantiles, tail_N])
    errors = np.column_stack([sd_N / scenarios**0.5, sd_N / (2 * scenarios) ** 0.5, *noise, noise[-1]])
    return SimulatedMetrics(selected_NP, values.astype(np.float32), errors.astype(np.float32))
