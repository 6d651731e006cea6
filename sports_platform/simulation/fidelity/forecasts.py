"""Players' simulated contest points beside other forecasts of them: a Gaussian of the season so far, and projections.

Belongs here: the reference forecasts and the scores. Legend: P players of all games, N of them scored, S scenarios.
"""

from collections import defaultdict
from collections.abc import Mapping
from math import erf, exp, pi, sqrt

import numpy as np

from sports_platform.core.domain import FidelityPlan
from sports_platform.simulation.backtest import MIN_POINTS, RealGames, crps
from sports_platform.simulation.fidelity.games import F64, I64, Games
from sports_platform.simulation.fidelity.judge import Compared, Goal, Judge, Row, mean_percent
from sports_platform.simulation.scenarios import UNITS_PER_POINT

SEASON_SO_FAR, PROJECTIONS = "CRPS of contest points against the season so far", "Against public projections"
# The position's mean and variance count as so many games of the player's own.
PRIOR_GAMES = 4
_SKILL, _NO_WORSE = Goal.at_most(-10, " %"), Goal.at_most(0)

Projections = Mapping[str, Mapping[tuple[str, str], float]]  # source -> (week, player) -> points


def season_so_far(games: Games, real: RealGames, weeks: Mapping[str, str]) -> tuple[F64, F64]:
    """Mean and standard deviation [P] of a player's earlier games of the season; NaN where there is nothing to go by.

    Of the games he took part in, drawn towards those of the judged players of his position in earlier weeks of the
    comparison. `weeks` names the week of every game of the season whose points are known.
    """
    own = defaultdict(list)
    for (game, player), points in real.points.items():
        own[player].append((weeks[game], points))
    players = games.players
    mean_P, spread_P = np.full((2, len(players.ids)), np.nan)
    week_P = np.array(games.weeks)[players.game_P]
    for week, position in sorted({(week_P[row], players.positions[row]) for row in np.flatnonzero(players.judged_P)}):
        at_P = players.judged_P & (np.array(players.positions) == position)
        pool = players.actual_P[at_P & (week_P < week)]
        if len(pool) > 1 and pool.std() > 0:
            for row in np.flatnonzero(at_P & (week_P == week)):
                before = np.array([points for then, points in own[players.ids[row]] if then < week])
                mean_P[row], spread_P[row] = _drawn_to(pool, before)
    return mean_P, spread_P


def skill(plan: FidelityPlan, games: Games, mean_P: F64, spread_P: F64, judge: Judge) -> list[Row]:
    """CRPS of the scenarios beside that of the Gaussian, of all players and by position."""
    players = games.players
    rows_N = np.flatnonzero(~np.isnan(mean_P))
    if not len(rows_N):
        return []
    simulated_N = crps(players.simulated_PS[rows_N], players.actual_P[rows_N] * UNITS_PER_POINT) / UNITS_PER_POINT
    gaussian_N = gaussian_crps(mean_P[rows_N], spread_P[rows_N], players.actual_P[rows_N])
    position_N = np.array(players.positions)[rows_N]
    rows = []
    for name, chosen in [("all", position_N != ""), *((name, position_N == name) for name in plan.positions)]:
        if chosen.any():
            sums = _sums(games, rows_N[chosen], gaussian_N[chosen], simulated_N[chosen])
            rows.append(judge.row(SEASON_SO_FAR, name, int(chosen.sum()), sums, mean_percent, _SKILL))
    return rows


def against_projections(games: Games, projections: Projections, judge: Judge) -> list[Row]:
    """Errors beside each source's, of the same players' games: absolute ones of our median, others of our mean.

    Each is the number that its error asks for (Gneiting 2011); which of them a source gives is not known. The players
    are those who took part and of whom both together expect enough, so that neither chooses those it is sure of.
    """
    players = games.players
    rows = []
    for source, points in projections.items():
        keys = [(games.weeks[game], player) for game, player in zip(players.game_P, players.ids, strict=True)]
        projected_P = np.array([points.get(key, np.nan) for key in keys], np.float64)
        enough_P = players.took_part & ((projected_P + players.expected_P) / 2 >= MIN_POINTS)
        rows_N = np.flatnonzero(enough_P)
        if len(rows_N):
            median_N = np.nanmedian(players.simulated_PS[rows_N], axis=1) / UNITS_PER_POINT
            actual_N = players.actual_P[rows_N]
            theirs, ours, by_median = (
                forecast_N - actual_N for forecast_N in (projected_P[rows_N], players.expected_P[rows_N], median_N)
            )
            for name, parts, statistic in (
                ("mean absolute error", (np.abs(theirs), np.abs(by_median)), _absolute_difference),
                ("root mean squared error", (theirs**2, ours**2), _root_difference),
                ("mean error", (theirs, ours), _absolute_difference),
            ):
                sums = _sums(games, rows_N, *parts)
                rows.append(judge.row(PROJECTIONS, f"{source}, {name}", len(rows_N), sums, statistic, _NO_WORSE))
    return rows


def gaussian_crps(mean_N: F64, spread_N: F64, actual_N: F64) -> F64:
    """Continuous ranked probability score of normal forecasts (Gneiting and Raftery 2007, section 4.2)."""
    z_N = (actual_N - mean_N) / spread_N
    below_N = np.array([(1 + erf(z / sqrt(2))) / 2 for z in z_N])
    density_N = np.array([exp(-(z**2) / 2) / sqrt(2 * pi) for z in z_N])
    score: F64 = spread_N * (z_N * (2 * below_N - 1) + 2 * density_N - 1 / sqrt(pi))
    return score


def _drawn_to(pool: F64, before: F64) -> tuple[float, float]:
    weight = len(before) + PRIOR_GAMES
    mean = (before.sum() + PRIOR_GAMES * pool.mean()) / weight
    variance = (((before - mean) ** 2).sum() + PRIOR_GAMES * pool.var()) / weight
    return float(mean), float(np.sqrt(variance))


def _sums(games: Games, rows_N: I64, *columns: F64) -> F64:
    game_N, count = games.players.game_P[rows_N], len(games.ids)
    return np.stack([np.bincount(game_N, column, minlength=count) for column in (np.ones(len(rows_N)), *columns)], 1)


def _root_difference(sums: F64) -> Compared:
    """Of sums (count, squares of the reference, of the simulated): roots of both means, and their difference."""
    reference, simulated = np.sqrt(sums[..., 1] / sums[..., 0]), np.sqrt(sums[..., 2] / sums[..., 0])
    return reference, simulated, simulated - reference


def _absolute_difference(sums: F64) -> Compared:
    """Of sums (count, reference, simulated): both means, and how much further from 0 the second is."""
    reference, simulated = sums[..., 1] / sums[..., 0], sums[..., 2] / sums[..., 0]
    return reference, simulated, np.abs(simulated) - np.abs(reference)
