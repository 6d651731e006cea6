"""The comparisons of games: team statistics, margins, intervals, correlations, the market.

Belongs here: which sums of a game make which row, and its goal. Players' forecasts beside others' are `forecasts`.
Legend: G games, S scenarios, N rows (team games, games or players' games), P players; [G, 2] is (away, home).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import FidelityPlan, Role, RolePair
from sports_platform.core.seeds import derive_seed
from sports_platform.simulation.backtest import expected, pit
from sports_platform.simulation.fidelity.games import F64, I64, Games
from sports_platform.simulation.fidelity.judge import (
    Goal,
    Judge,
    Row,
    correlation_difference,
    deviation_percent,
    mean_difference,
    mean_percent,
)
from sports_platform.simulation.scenarios import UNITS_PER_POINT
from sports_platform.simulation.winprob import results, win_probabilities

TEAM_GAMES, MARGINS, INTERVALS, CORRELATIONS, MARKET = (
    "Team statistics a game", "Winning margins, % of games", "Intervals, % of what happened within them",
    "Correlations of contest points", "Against the closing line",
)  # fmt: skip
LEVELS = (50, 80, 95)
_MEAN, _DEVIATION = Goal.within(1, " %"), Goal.within(3, " %")
_SHARE = Goal.within(1, " point")
_CORRELATION = Goal.within(0.05, same_sign=True)
_ERROR = Goal.at_most(0.25)

Places = Mapping[str, tuple[F64, I64]]  # name -> PIT values [N] and the game of each


def team_games(games: Games, judge: Judge) -> list[Row]:
    """Mean and standard deviation over team games; the simulated one pools all scenarios."""
    rows = []
    for name, values_G2S in games.stats.items():
        real_G2, values = games.real_stats[name], values_G2S.astype(np.float64)
        count_G = np.full(len(games.ids), 2.0)
        means = np.stack([count_G, real_G2.sum(axis=1), values.mean(axis=2).sum(axis=1)], axis=1)
        squares = [(real_G2**2).sum(axis=1), means[:, 2], (values**2).mean(axis=2).sum(axis=1)]
        both = np.column_stack([means[:, :2], *squares])
        rows.append(judge.row(TEAM_GAMES, f"{name}, mean", 2 * len(games.ids), means, mean_percent, _MEAN))
        rows.append(judge.row(TEAM_GAMES, f"{name}, sd", 2 * len(games.ids), both, deviation_percent, _DEVIATION))
    return rows


def margins(plan: FidelityPlan, games: Games, judge: Judge) -> list[Row]:
    """How often games end with certain margins."""
    rows = []
    for margin in plan.margins:
        real_G = 100.0 * (np.abs(games.real_margins) == margin)
        simulated_G = 100 * (np.abs(games.margins) == margin).mean(axis=1)
        sums = np.column_stack([np.ones(len(games.ids)), real_G, simulated_G])
        rows.append(judge.share(MARGINS, f"by {margin}" if margin else "tied", sums, _SHARE))
    return rows


def places(plan: FidelityPlan, games: Games, seed: int) -> Places:
    """Where among the scenarios the real values lie: uniform where the simulation is right, ties broken at random."""
    generator = np.random.default_rng(derive_seed(seed, "places"))
    every = np.arange(len(games.ids))
    players, found = games.players, {}
    scored = (
        ("team points", games.scores_G2S, games.real_scores_G2, every.repeat(2)),
        ("margin", games.margins, games.real_margins, every),
        ("total", games.totals, games.real_scores_G2.sum(axis=1), every),
    )
    for name, simulated, real, game_N in scored:
        found[name] = (pit(simulated, real, generator.random(real.shape)).ravel(), game_N)
    for position in plan.positions:
        rows = np.flatnonzero(players.judged_P & (np.array(players.positions) == position))
        actual = np.round(players.actual_P[rows] * UNITS_PER_POINT)
        place_N = pit(players.simulated_PS[rows], actual, generator.random(len(rows)))
        found[f"contest points, {position}"] = (place_N, players.game_P[rows])
    return {name: part for name, part in found.items() if len(part[0])}


def intervals(found: Places, games: Games, judge: Judge) -> list[Row]:
    """How often central intervals of the scenarios hold what happened, beside how often they claim to."""
    rows = []
    for name, (place_N, game_N) in found.items():
        for level in LEVELS:
            inside_N = np.where(np.abs(place_N - 0.5) < level / 200, 100.0, 0.0)
            count_N = np.ones(len(place_N))
            sums = _by_game(len(games.ids), game_N, count_N, inside_N, level * count_N)
            rows.append(judge.share(INTERVALS, f"{name}, {level} %", sums, _SHARE))
    return rows


def correlations(plan: FidelityPlan, games: Games, judge: Judge) -> list[Row]:
    """Of pairs of roles over the team games in which both took part, and their scenarios in which both do."""
    rows = []
    for pair in plan.pairs:
        first_N, second_N = _paired(games, pair)
        if len(first_N):
            sums = _pair_sums(games, first_N, second_N)
            name, count = pair.name, len(first_N)
            rows.append(judge.row(CORRELATIONS, name, count, sums, correlation_difference, _CORRELATION))
    return rows


@dataclass(frozen=True, slots=True)
class Lines:
    """What the market expected of some of the games: home less away, their sum, and the chance of the home team."""

    margin: Mapping[str, float]
    total: Mapping[str, float]
    home_win: Mapping[str, float]


def market(games: Games, lines: Lines, judge: Judge) -> list[Row]:
    """Error of margin, total and winner beside the closing line's, on the games that have one.

    Absolute errors are of the scenarios' median. The means of both forecasts stand beside what happened.
    """
    kept = np.array([game in lines.margin for game in games.ids])
    if not kept.any():
        return []
    rows = []
    known = {
        "margin": (lines.margin, games.margins, games.real_margins),
        "total": (lines.total, games.totals, games.real_scores_G2.sum(axis=1)),
    }
    for name, (line, simulated_GS, real_G) in known.items():
        line_G = _of_games(games, line)
        error_G, line_error_G = np.abs(np.median(simulated_GS, axis=1) - real_G), np.abs(line_G - real_G)
        rows.append(_market_row(judge, f"{name}, mean absolute error", kept, line_error_G, error_G, _ERROR))
        mean_G = simulated_GS.mean(axis=1, dtype=np.float64)
        rows.append(_market_row(judge, f"{name}, mean", kept, real_G, mean_G))
        rows.append(_market_row(judge, f"{name}, mean of the line", kept, real_G, line_G))
    forecast_G, line_G = win_probabilities(games.scores_G2S), _of_games(games, lines.home_win)
    won_G = results(games.real_scores_G2.astype(np.int64))
    brier, line_brier = (forecast_G - won_G) ** 2, (line_G - won_G) ** 2
    rows.append(_market_row(judge, "winner, Brier score", kept, line_brier, brier))
    rows.append(_market_row(judge, "winner, log loss", kept, _log_loss(line_G, won_G), _log_loss(forecast_G, won_G)))
    return rows


def _market_row(
    judge: Judge, name: str, kept_G: npt.NDArray[np.bool_], reference_G: F64, value_G: F64, goal: Goal | None = None
) -> Row:
    sums = np.column_stack([kept_G, np.where(kept_G, reference_G, 0), np.where(kept_G, value_G, 0)]).astype(np.float64)
    return judge.row(MARKET, name, int(kept_G.sum()), sums, mean_difference, goal)


def _of_games(games: Games, values: Mapping[str, float]) -> F64:
    return np.array([values.get(game, np.nan) for game in games.ids])


def _log_loss(forecast_G: F64, won_G: F64) -> F64:
    loss: F64 = -(won_G * np.log(forecast_G) + (1 - won_G) * np.log(1 - forecast_G))
    return loss


def _by_game(games: int, game_N: I64, *columns: F64) -> F64:
    """Sums of columns [N] over the rows of each game [G, columns]."""
    return np.stack([np.bincount(game_N, column, minlength=games) for column in columns], axis=1)


def _paired(games: Games, pair: RolePair) -> tuple[I64, I64]:
    """Rows of both players of the pair in every team game in which both took part."""
    first, second = _holders(games, pair.first), _holders(games, pair.second)
    both = [
        (row, second[game, side ^ pair.opposing])
        for (game, side), row in first.items()
        if (game, side ^ pair.opposing) in second
    ]
    part = games.players.took_part
    rows = np.array([rows for rows in both if part[list(rows)].all()], np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def _holders(games: Games, role: Role) -> dict[tuple[int, int], int]:
    """(game, side) -> row of the player who is expected to hold the role; the earlier row where two are level."""
    players = games.players
    found: dict[tuple[int, int], list[int]] = {}
    order = np.argsort(-players.expected_P, kind="stable")
    for row in order[np.array(players.positions)[order] == role.position]:
        found.setdefault((int(players.game_P[row]), int(players.side_P[row])), []).append(int(row))
    return {key: rows[role.rank - 1] for key, rows in found.items() if len(rows) >= role.rank}


def _pair_sums(games: Games, first_N: I64, second_N: I64) -> F64:
    players = games.players
    x_NS, y_NS = (players.simulated_PS[rows].astype(np.float64) / UNITS_PER_POINT for rows in (first_N, second_N))
    x_N, y_N = players.actual_P[first_N], players.actual_P[second_N]
    real = [x_N, y_N, x_N**2, y_N**2, x_N * y_N]
    both_NS = x_NS * y_NS  # NaN unless both take part
    x_NS[np.isnan(both_NS)] = y_NS[np.isnan(both_NS)] = np.nan
    simulated = [expected(part_NS) for part_NS in (x_NS, y_NS, x_NS**2, y_NS**2, both_NS)]
    return _by_game(len(games.ids), players.game_P[first_N], np.ones(len(first_N)), *real, *simulated)


def all_rows(plan: FidelityPlan, games: Games, found: Places, lines: Lines, judge: Judge) -> Sequence[Row]:
    """Every comparison of games, in the order of the report."""
    return [
        *team_games(games, judge),
        *margins(plan, games, judge),
        *intervals(found, games, judge),
        *correlations(plan, games, judge),
        *market(games, lines, judge),
    ]
