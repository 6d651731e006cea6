"""A made-up league whose truth is known: what is simulated and what happened are draws of the same games."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sports_platform.core.domain import Role, RolePair
from sports_platform.core.lineage import Lineage
from sports_platform.simulation.backtest import RealGames
from sports_platform.simulation.fidelity.games import Games, join
from sports_platform.simulation.scenarios import UNITS_PER_POINT, Scenarios

STATS = ("points", "giveaways", "fumbles")
POSITIONS = ("QB", "WR", "DST")


class Plan:
    """Implements `core.domain.FidelityPlan`."""

    sums: Mapping[str, tuple[str, ...]] = {"turnovers": ("giveaways", "fumbles")}
    margins = (3, 7)
    positions = POSITIONS
    pairs = (
        RolePair("QB and WR", Role("QB"), Role("WR")),
        RolePair("QB and opposing QB", Role("QB"), Role("QB"), opposing=True),
        RolePair("DST and opposing QB", Role("DST"), Role("QB"), opposing=True),
    )

    def closing_lines(self, lines: pa.Table) -> pa.Table:
        return lines


@dataclass
class Truth:
    """Draws of G games [.., draws]; teams are stronger and weaker, teammates share their day."""

    stats: dict[str, npt.NDArray[np.float64]]  # [G, 2, draws]
    points: npt.NDArray[np.float64]  # of players [G, 2, position, draws]

    @classmethod
    def of(cls, games: int, draws: int, seed: int) -> "Truth":
        draw = np.random.default_rng(seed)
        strength = draw.normal(0, 3, (games, 2, 1))
        pace = draw.normal(0, 1, (games, 1, draws))
        day = draw.normal(0, 1, (games, 2, draws))
        points = np.maximum(0, np.round(22 + strength + 2 * pace + 8 * day + draw.normal(0, 3, day.shape)))
        giveaways, fumbles = draw.poisson(1.2, day.shape), draw.poisson(0.7, day.shape)
        passer = 18 + strength + 2 * pace + 5 * day + draw.normal(0, 3, day.shape)
        receiver = 12 + 3 * day + draw.normal(0, 6, day.shape)
        defence = 8 - 3 * day[:, ::-1] + draw.normal(0, 4, day.shape)
        stats = {name: part.astype(np.float64) for name, part in zip(STATS, (points, giveaways, fumbles), strict=True)}
        return cls(stats, np.round(np.stack([passer, receiver, defence], axis=2) * 10) / 10)


def season(truth: Truth, weeks: int = 1) -> tuple[list[Scenarios], RealGames, dict[str, str]]:
    """All draws but the last as scenarios, the last as what happened; games in equal parts by week."""
    parts = np.array_split(np.arange(len(truth.points)), weeks)
    names = [[f"w{number:02d}g{place}" for place in part] for number, part in enumerate(parts, 1)]
    played = [_scenarios(truth, f"w{number:02d}", part) for number, part in enumerate(parts, 1)]
    games = [game for week in names for game in week]
    sides = {game: (f"away {game}", f"home {game}") for game in games}
    teams = {
        (game, team): {name: float(values[place, side, -1]) for name, values in truth.stats.items()}
        for place, game in enumerate(games)
        for side, team in enumerate(sides[game])
    }
    points = {
        (game, f"{position} {team}"): float(truth.points[place, side, number, -1])
        for place, game in enumerate(games)
        for side, team in enumerate(sides[game])
        for number, position in enumerate(POSITIONS)
    }
    return played, RealGames(sides, teams, points), {game: game[:3] for game in games}


def joined(truth: Truth, weeks: int = 1) -> Games:
    """The games of a truth as the comparisons take them."""
    played, real, _ = season(truth, weeks)
    return join(Plan(), {1: played}, real)[1]


def _scenarios(truth: Truth, week: str, part: Sequence[int]) -> Scenarios:
    games = tuple(f"{week}g{place}" for place in part)
    stats = {name: values[part, :, :-1].astype(np.int16) for name, values in truth.stats.items()}
    people = [
        (f"{position} {side} {game}", f"{side} {game}", game, position)
        for game in games
        for side in ("away", "home")
        for position in POSITIONS
    ]
    names = ("player_id", "team", "game_id", "position")
    return Scenarios(
        week=week,
        model_version="v",
        seed=1,
        game_ids=games,
        players=pa.table({name: list(column) for name, column in zip(names, zip(*people, strict=True), strict=True)}),
        points_PS=np.round(truth.points[part, ..., :-1] * UNITS_PER_POINT).astype(np.int16).reshape(len(people), -1),
        team_scores_G2S=stats["points"],
        team_stats=stats,
        lineage=Lineage(step="simulation", sport="league", week=week),
    )
