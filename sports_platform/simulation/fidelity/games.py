"""Simulated games beside the real ones, joined over a season's weeks: what every comparison starts from.

Belongs here: putting scenarios and results in one order. Comparing them is `rows`. Legend: G games, S scenarios,
P players and defences; the second axis of [G, 2] is (away, home).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import FidelityPlan
from sports_platform.core.errors import MissingDataError
from sports_platform.simulation.backtest import MIN_POINTS, RealGames, expected
from sports_platform.simulation.scenarios import UNITS_PER_POINT, Scenarios

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]
Int16 = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Players:
    """Who was simulated. Contest points, simulated in units of the scenarios and real in points; NaN: no part taken."""

    ids: tuple[str, ...]
    positions: tuple[str, ...]
    game_P: I64
    side_P: I64
    simulated_PS: F32
    actual_P: F64
    expected_P: F64  # points, the mean of the scenarios in which he takes part
    judged_P: Flags  # took part, and was expected to score enough to be told apart from somebody who did not

    @property
    def took_part(self) -> Flags:
        """Whether each was credited with anything in the real game [P]."""
        return ~np.isnan(self.actual_P)


@dataclass(frozen=True, slots=True)
class Games:
    """G finished games in S scenarios and as they were; a statistic's name is its key in both mappings."""

    ids: tuple[str, ...]
    weeks: tuple[str, ...]  # of every game
    stats: Mapping[str, Int16]  # [G, 2, S]
    real_stats: Mapping[str, F64]  # [G, 2]
    scores_G2S: Int16
    real_scores_G2: F64
    players: Players

    @property
    def margins(self) -> Int16:
        """Home less away."""
        margins: Int16 = self.scores_G2S[:, 1] - self.scores_G2S[:, 0]
        return margins

    @property
    def totals(self) -> Int16:
        """Points of both."""
        totals: Int16 = self.scores_G2S.sum(axis=1, dtype=np.int16)
        return totals

    @property
    def real_margins(self) -> F64:
        """Home less away."""
        margins: F64 = self.real_scores_G2[:, 1] - self.real_scores_G2[:, 0]
        return margins


def join(plan: FidelityPlan, played: Mapping[int, Sequence[Scenarios]], real: RealGames) -> dict[int, Games]:
    """The finished games of several settings' scenarios of the same weeks; all judge the same players.

    Raises MissingDataError when none of the games is finished.
    """
    parts = {setting: [_week(plan, found, real) for found in weeks] for setting, weeks in played.items()}
    joined = {setting: _joined([part for part in weeks if part.ids]) for setting, weeks in parts.items()}
    expected_P = np.mean([games.players.expected_P for games in joined.values()], axis=0)
    return {setting: _judging(games, expected_P >= MIN_POINTS) for setting, games in joined.items()}


def _week(plan: FidelityPlan, found: Scenarios, real: RealGames) -> Games:
    chosen = [place for place, game in enumerate(found.game_ids) if real.finished(game)]
    ids = tuple(found.game_ids[place] for place in chosen)
    stats = {name: values_G2S[chosen] for name, values_G2S in found.team_stats.items()}
    for name, parts in plan.sums.items():
        stats[name] = np.sum([stats[part] for part in parts], axis=0, dtype=np.int16)
    real_stats = {name: _real(real, ids, plan.sums.get(name, (name,))) for name in stats}
    return Games(
        ids=ids,
        weeks=(found.week,) * len(ids),
        stats=stats,
        real_stats=real_stats,
        scores_G2S=found.team_scores_G2S[chosen],
        real_scores_G2=_real(real, ids, ("points",)),
        players=_players(found, real, ids),
    )


def _real(real: RealGames, games: Sequence[str], parts: Sequence[str]) -> F64:
    values = [[sum(real.teams[game, team][name] for name in parts) for team in real.sides[game]] for game in games]
    return np.array(values, np.float64).reshape(-1, 2)


def _players(found: Scenarios, real: RealGames, games: Sequence[str]) -> Players:
    place_of = {game: place for place, game in enumerate(games)}
    columns = [found.players[name].to_pylist() for name in ("player_id", "team", "game_id", "position")]
    people = [(row, *person) for row, person in enumerate(zip(*columns, strict=True)) if person[2] in place_of]
    rows = [person[0] for person in people]
    simulated_PS = found.points_of_those_who_play()[rows]
    return Players(
        ids=tuple(player for _, player, *_ in people),
        positions=tuple(position for *_, position in people),
        game_P=np.array([place_of[game] for _, _, _, game, _ in people], np.int64),
        side_P=np.array([real.sides[game].index(team) for _, _, team, game, _ in people], np.int64),
        simulated_PS=simulated_PS,
        actual_P=np.array([real.points.get((game, player), np.nan) for _, player, _, game, _ in people], np.float64),
        expected_P=expected(simulated_PS) / UNITS_PER_POINT,
        judged_P=np.zeros(len(people), np.bool_),
    )


def _joined(parts: Sequence[Games]) -> Games:
    if not parts:
        raise MissingDataError(
            found="no simulated game that is finished",
            needed="at least one game with plays and a final score",
            remedy="choose weeks that have been played",
        )
    starts = np.cumsum([0, *(len(part.ids) for part in parts)])
    people = [part.players for part in parts]
    return Games(
        ids=tuple(game for part in parts for game in part.ids),
        weeks=tuple(week for part in parts for week in part.weeks),
        stats={name: np.concatenate([part.stats[name] for part in parts]) for name in parts[0].stats},
        real_stats={name: np.concatenate([part.real_stats[name] for part in parts]) for name in parts[0].stats},
        scores_G2S=np.concatenate([part.scores_G2S for part in parts]),
        real_scores_G2=np.concatenate([part.real_scores_G2 for part in parts]),
        players=Players(
            ids=tuple(player for part in people for player in part.ids),
            positions=tuple(position for part in people for position in part.positions),
            game_P=np.concatenate([part.game_P + start for part, start in zip(people, starts, strict=False)]),
            side_P=np.concatenate([part.side_P for part in people]),
            simulated_PS=np.concatenate([part.simulated_PS for part in people]),
            actual_P=np.concatenate([part.actual_P for part in people]),
            expected_P=np.concatenate([part.expected_P for part in people]),
            judged_P=np.concatenate([part.judged_P for part in people]),
        ),
    )


def _judging(games: Games, enough_P: Flags) -> Games:
    players = replace(games.players, judged_P=enough_P & games.players.took_part)
    return replace(games, players=players)
