"""Lineups a surrogate learns from: random ones, stacks, the solver's best and neighbours of those.

Belongs here: drawing valid lineups of a slate, seeded. What they score is `surrogate`, how a network learns
it is `models`. Legend: N lineups, P players, K roster slots.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, NonNegativeInt, model_validator

from sports_platform.core.contest import ContestRules
from sports_platform.core.errors import InfeasibleError
from sports_platform.core.seeds import derive_seed
from sports_platform.portfolio.lineup import CompactSlate
from sports_platform.portfolio.milp import LineupSolver
from sports_platform.portfolio.projections import UNITS_PER_POINT, objective

Indices = npt.NDArray[np.intp]
_Floats = npt.NDArray[np.float64]

SOURCES = ("random", "stacked", "optimal", "neighbour")
_OPEN = -1
_ROUND = 2000  # lineups drawn at a time
_MAX_ROUNDS = 200
# Log-odds of a player by his mean points: between any player alike and nearly always the best.
_MAX_TILT = 0.4
# Log-odds that team-mates (and opponents, half as much) of a stack's first player gain, at most.
_MAX_BOND = 5.0
_MAX_CHANGES = 4  # players in which a neighbour differs from the solver's lineup


class LineupMix(BaseModel):
    """How many lineups of each source. Twice as many lowered no error by more than 2 %."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    random: NonNegativeInt = 2500
    stacked: NonNegativeInt = 2500
    optimal: NonNegativeInt = 150
    neighbour: NonNegativeInt = 2850

    @model_validator(mode="after")
    def _neighbours_of_something(self) -> Self:
        if self.neighbour and not self.optimal:
            raise ValueError("neighbours are made from optimal lineups: ask for some of these too")
        return self


@dataclass(frozen=True)
class SampledLineups:
    """Distinct valid lineups as player indices in slot order.

    `family_N`: lineups made from one another share a family, which must not be split between training and test.
    """

    players_NK: Indices
    source_N: Indices  # index into SOURCES
    family_N: Indices

    def take(self, rows: npt.NDArray[np.bool_]) -> "SampledLineups":
        """Those where `rows` is true."""
        return SampledLineups(self.players_NK[rows], self.source_N[rows], self.family_N[rows])


@dataclass(frozen=True)
class _Pool:
    """The slate as arrays."""

    rules: ContestRules
    mean_P: _Floats
    salary_P: npt.NDArray[np.int64]
    team_P: Indices
    game_P: Indices
    fits_KP: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, slate: CompactSlate, mean_P: _Floats) -> Self:
        players, slots = slate.players, slate.rules.slots
        return cls(
            rules=slate.rules,
            mean_P=mean_P,
            salary_P=np.array([player.salary for player in players]),
            team_P=np.unique([player.team for player in players], return_inverse=True)[1],
            game_P=np.unique([player.game_id for player in players], return_inverse=True)[1],
            fits_KP=np.array([[player.position in slot.positions for player in players] for slot in slots]),
        )

    def filled(self, scores_NP: _Floats, players_NK: Indices) -> Indices:
        """The lineups with every open slot given to the free player of the highest score that fits."""
        players_NK, rows = players_NK.copy(), np.arange(len(players_NK))
        scores_NP = scores_NP.copy()
        for slot_N in players_NK.T:
            scores_NP[rows[slot_N != _OPEN], slot_N[slot_N != _OPEN]] = -np.inf
        for slot, fits_P in enumerate(self.fits_KP):
            best_N = np.where(fits_P, scores_NP, -np.inf).argmax(axis=1)
            open_N = players_NK[:, slot] == _OPEN
            players_NK[open_N, slot] = best_N[open_N]
            scores_NP[rows[open_N], best_N[open_N]] = -np.inf
        return players_NK

    def valid(self, players_NK: Indices) -> npt.NDArray[np.bool_]:
        """Which lineups keep every rule."""
        ordered_NK = np.sort(players_NK, axis=1)
        twice_N = (ordered_NK[:, 1:] == ordered_NK[:, :-1]).any(axis=1)
        seated_N = self.fits_KP[np.arange(players_NK.shape[1]), players_NK].all(axis=1)
        cheap_N = self.salary_P[players_NK].sum(axis=1) <= self.rules.salary_cap
        games_N = _counts(self.game_P, players_NK).astype(bool).sum(axis=1) >= self.rules.min_games
        teams_N = _counts(self.team_P, players_NK).max(axis=1) <= self.rules.max_from_team
        valid_N: npt.NDArray[np.bool_] = ~twice_N & seated_N & cheap_N & games_N & teams_N
        return valid_N


def sample_lineups(
    slate: CompactSlate, points_PS: npt.NDArray[np.int16], mix: LineupMix, *, seed: int
) -> SampledLineups:
    """Distinct valid lineups by `mix`, the same for the same seed; raises InfeasibleError when they run out.

    Rows of `points_PS` are the slate's players.
    """
    pool = _Pool.of(slate, points_PS.mean(axis=1) / UNITS_PER_POINT)
    seen: set[bytes] = set()

    def collect(name: str, count: int, draw: Callable[[np.random.Generator], Indices]) -> Indices:
        generator = np.random.default_rng(derive_seed(seed, "surrogate", name))
        return _collected(pool, seen, count, lambda: draw(generator))

    # The solver's first: in a small pool chance would find them too, and neighbours need them.
    best_NK = _optimal(slate, points_PS, mix.optimal, derive_seed(seed, "surrogate"), seen)
    free_NK = collect("random", mix.random, lambda generator: _random(pool, generator))
    stacked_NK = collect("stacked", mix.stacked, lambda generator: _stacked(pool, generator))
    near_NK = collect("neighbour", mix.neighbour, lambda generator: _neighbours(pool, best_NK, generator))
    players_NK = np.concatenate([free_NK, stacked_NK, best_NK, near_NK])
    counts = [len(free_NK), len(stacked_NK), len(best_NK), len(near_NK)]
    return SampledLineups(players_NK, np.repeat(np.arange(len(SOURCES)), counts), _families(players_NK, best_NK))


def _counts(label_P: Indices, players_NK: Indices) -> npt.NDArray[np.int64]:
    """Players of each label in each lineup [N, labels]."""
    counts = np.zeros((len(players_NK), int(label_P.max()) + 1), dtype=np.int64)
    np.add.at(counts, (np.arange(len(players_NK))[:, None], label_P[players_NK]), 1)
    return counts


def _collected(pool: _Pool, seen: set[bytes], count: int, draw: Callable[[], Indices]) -> Indices:
    kept: list[Indices] = []
    drawn = 0
    for _ in range(_MAX_ROUNDS):
        if len(kept) >= count:
            break
        players_NK = draw()
        drawn += len(players_NK)
        kept += [lineup for lineup in players_NK[pool.valid(players_NK)] if _is_new(lineup, seen)]
    if len(kept) < count:
        raise InfeasibleError(
            found=f"{len(kept)} distinct valid lineups in {drawn} draws",
            needed=f"{count} to learn from",
            remedy="ask for fewer lineups, or widen the pool of players",
        )
    return np.array(kept[:count], dtype=np.intp).reshape(-1, len(pool.rules.slots))


def _is_new(lineup: Indices, seen: set[bytes]) -> bool:
    key = np.sort(lineup).tobytes()
    if key in seen:
        return False
    seen.add(key)
    return True


def _scores(pool: _Pool, rows: int, generator: np.random.Generator) -> _Floats:
    """Gumbel noise on the log-odds: taking the highest draws without replacement in proportion to the odds."""
    tilt_N = generator.uniform(0.0, _MAX_TILT, rows)
    scores: _Floats = tilt_N[:, None] * pool.mean_P + generator.gumbel(size=(rows, len(pool.mean_P)))
    return scores


def _open(pool: _Pool, rows: int) -> Indices:
    return np.full((rows, len(pool.rules.slots)), _OPEN, dtype=np.intp)


def _random(pool: _Pool, generator: np.random.Generator) -> Indices:
    return pool.filled(_scores(pool, _ROUND, generator), _open(pool, _ROUND))


def _stacked(pool: _Pool, generator: np.random.Generator) -> Indices:
    """Lineups around the first slot's player: in football the quarterback."""
    scores_NP = _scores(pool, _ROUND, generator)
    start_NK = _open(pool, _ROUND)
    start_NK[:, 0] = np.where(pool.fits_KP[0], scores_NP, -np.inf).argmax(axis=1)
    first_N = start_NK[:, :1]
    bond_N = generator.uniform(0.0, _MAX_BOND, (_ROUND, 1))
    same_team_NP, same_game_NP = pool.team_P == pool.team_P[first_N], pool.game_P == pool.game_P[first_N]
    return pool.filled(scores_NP + bond_N * (0.5 * same_team_NP + 0.5 * same_game_NP), start_NK)


def _neighbours(pool: _Pool, best_NK: Indices, generator: np.random.Generator) -> Indices:
    """The solver's lineups with a few players changed."""
    start_NK = best_NK[generator.integers(len(best_NK), size=_ROUND)]
    changes_N = generator.integers(1, _MAX_CHANGES + 1, size=_ROUND)
    rank_NK = generator.random(start_NK.shape).argsort(axis=1).argsort(axis=1)
    return pool.filled(_scores(pool, _ROUND, generator), np.where(rank_NK < changes_N[:, None], _OPEN, start_NK))


def _optimal(slate: CompactSlate, points_PS: npt.NDArray[np.int16], count: int, seed: int, seen: set[bytes]) -> Indices:
    """Distinct best lineups for objectives as the portfolio's candidates have; fewer than `count` when some repeat."""
    solver = LineupSolver(slate)
    found = (solver.best(np.array(objective(points_PS, seed=seed, task=task))) for task in range(count))
    kept = [lineup for lineup in map(np.array, found) if _is_new(lineup, seen)]
    return np.array(kept, dtype=np.intp).reshape(-1, len(slate.rules.slots))


def _families(players_NK: Indices, best_NK: Indices) -> Indices:
    """The nearest of the solver's lineups where most players are shared with it, else a family of one's own."""
    family_N = len(best_NK) + np.arange(len(players_NK))
    if len(best_NK):
        players = int(max(players_NK.max(), best_NK.max())) + 1
        shared_NB = _incidence(players_NK, players) @ _incidence(best_NK, players).T
        near_N = shared_NB.max(axis=1) * 2 > players_NK.shape[1]
        family_N[near_N] = shared_NB.argmax(axis=1)[near_N]
    return family_N


def _incidence(players_NK: Indices, players: int) -> npt.NDArray[np.float32]:
    selected_NP = np.zeros((len(players_NK), players), dtype=np.float32)
    np.put_along_axis(selected_NP, players_NK, 1.0, axis=1)
    return selected_NP
