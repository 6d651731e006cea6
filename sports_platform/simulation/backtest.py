"""Held-out games as model versions play them, beside what happened: the evidence of the gate that needs the engine.

Belongs here: playing the weeks and scoring the scenarios against the real games. What the scores mean for a candidate
is `models.promote`. Legend: G games, S scenarios, P players; the second axis of [G, 2] is (away, home).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sports_platform.core.domain import SportDomain
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.lake.asof import read_as_of
from sports_platform.lake.cutoffs import SCHEDULES, week_cutoff
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.evidence import PIT_BINS, SimulatedGames, TeamStat
from sports_platform.models.gate import incumbent, input_differences
from sports_platform.simulation.runner import play_week
from sports_platform.simulation.scenarios import UNITS_PER_POINT, Scenarios

F64 = npt.NDArray[np.float64]
Values = npt.NDArray[np.int16] | npt.NDArray[np.floating]

# As many of the last held-out weeks as it takes for so many games: two or three in the season, more in the playoffs.
MIN_GAMES = 30
SCENARIOS = 128
# Players of whom the versions expect less on average are left out: their points are mostly zero, and whether they were
# on the field at all decides more than the play model does.
MIN_POINTS = 4.0
_TAIL = 0.1  # outside the 80 % interval on each side


@dataclass(frozen=True, slots=True)
class RealGames:
    """What happened: teams (away, home) by game, statistics by game and team, points by game and player."""

    sides: Mapping[str, tuple[str, str]]
    teams: Mapping[tuple[str, str], Mapping[str, float]]
    points: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, domain: SportDomain, plays: pa.Table, schedules: pa.Table) -> "RealGames":
        """Of the plays and schedules of finished games."""
        sides = zip(*(schedules[name].to_pylist() for name in ("game_id", "away_team", "home_team")), strict=True)
        teams = pl.DataFrame(domain.team_games(plays, schedules)).rows_by_key(
            ["game_id", "team"], named=True, unique=True
        )
        players = domain.player_points(plays, schedules).to_pylist()
        return cls(
            {game: (away, home) for game, away, home in sides},
            teams,
            {(row["game_id"], row["player_id"]): float(row["points"]) for row in players},
        )

    def finished(self, game: str) -> bool:
        """Whether both teams of a game have statistics."""
        return game in self.sides and all((game, team) in self.teams for team in self.sides[game])


def backtest(settings: Settings, domain: SportDomain, candidate: ModelVersion) -> dict[str, SimulatedGames]:
    """The last weeks held out from the candidate, played by it and by the champion of its week with the same seed.

    Each week is played with the context known before it and judged by what was known at the candidate's cut-off. A
    candidate whose inputs are not the feature version's cannot be played; nothing is then.
    """
    if input_differences(domain, candidate):
        return {}
    current = incumbent(settings, candidate.week)
    versions = [candidate] if current is None else [candidate, current]
    weeks, real = _last_games(settings, domain, candidate)
    seed = derive_seed(settings.seed, domain.name, "gate", *weeks)
    played = {
        version.name: [
            play_week(
                settings, domain, Week.parse(week), version, scenarios=SCENARIOS, seed=seed, threads=settings.threads
            )
            for week in weeks
        ]
        for version in versions
    }
    return score(played, real, domain.simulation.judged_stats, seed)


def score(
    played: Mapping[str, Sequence[Scenarios]], real: RealGames, stats: Sequence[str], seed: int
) -> dict[str, SimulatedGames]:
    """Scores of several versions' scenarios of the same weeks; all are judged by the same players."""
    parts: dict[str, list[SimulatedGames]] = {name: [] for name in played}
    for number, versions in enumerate(zip(*played.values(), strict=True)):
        expected_P = np.mean([expected(found.points_of_those_who_play()) for found in versions], axis=0)
        counts_P = expected_P / UNITS_PER_POINT >= MIN_POINTS
        for name, found in zip(played, versions, strict=True):
            parts[name].append(_score_week(found, real, stats, counts_P, derive_seed(seed, number)))
    return {name: _joined(found) for name, found in parts.items()}


def _score_week(
    found: Scenarios, real: RealGames, stats: Sequence[str], counts_P: npt.NDArray[np.bool_], seed: int
) -> SimulatedGames:
    chosen = [place for place, game in enumerate(found.game_ids) if real.finished(game)]
    games = tuple(found.game_ids[place] for place in chosen)
    actual = {
        name: np.array([[real.teams[game, team][name] for team in real.sides[game]] for game in games]).reshape(-1, 2)
        for name in stats
    }
    generator = np.random.default_rng(seed)
    scored = {
        name: _team_stat(found.team_stats[name][chosen], actual[name], generator.random((len(games), 2)))
        for name in stats
    }
    return SimulatedGames(
        version=found.model_version,
        weeks=(found.week,),
        scenarios=found.points_PS.shape[1],
        seed=found.seed,
        game_ids=games,
        teams_by_game=(2,) * len(games),
        stats=scored,
        pit_by_game=_player_pit(found, real, games, counts_P, generator),
    )


def _team_stat(simulated_G2S: npt.NDArray[np.int16], actual_G2: F64, uniform_G2: F64) -> TeamStat:
    place_G2 = pit(simulated_G2S, actual_G2, uniform_G2)
    covered_G2 = (place_G2 > _TAIL) & (place_G2 < 1 - _TAIL)
    return TeamStat(
        error_by_game=_floats((simulated_G2S.mean(axis=2) - actual_G2).sum(axis=1)),
        actual_by_game=_floats(actual_G2.sum(axis=1)),
        crps_by_game=_floats(crps(simulated_G2S, actual_G2).sum(axis=1)),
        covered_by_game=tuple(int(count) for count in covered_G2.sum(axis=1)),
    )


def _player_pit(
    found: Scenarios,
    real: RealGames,
    games: Sequence[str],
    counts_P: npt.NDArray[np.bool_],
    generator: np.random.Generator,
) -> tuple[tuple[int, ...], ...]:
    """Players by game and bin; of those who took part, among the scenarios in which they do."""
    uniform_P = generator.random(len(counts_P))
    keys = list(zip(found.players["game_id"].to_pylist(), found.players["player_id"].to_pylist(), strict=True))
    place_of = {game: place for place, game in enumerate(games)}
    rows = [row for row, key in enumerate(keys) if counts_P[row] and key[0] in place_of and key in real.points]
    actual = np.array([round(real.points[keys[row]] * UNITS_PER_POINT) for row in rows], np.float64)
    place_P = pit(found.points_of_those_who_play()[rows], actual, uniform_P[rows])
    bins = np.minimum((place_P * PIT_BINS).astype(np.int64), PIT_BINS - 1)
    cells = np.array([place_of[keys[row][0]] for row in rows], np.int64) * PIT_BINS + bins
    counts = np.bincount(cells, minlength=len(games) * PIT_BINS).reshape(-1, PIT_BINS)
    return tuple(tuple(int(count) for count in row) for row in counts)


def expected(simulated_S: Values) -> F64:
    """Mean of the scenarios (last axis) that are not NaN; NaN where all are."""
    known_S = ~np.isnan(simulated_S)
    count = known_S.sum(axis=-1)
    total = np.where(known_S, simulated_S, 0).sum(axis=-1, dtype=np.float64)
    means: F64 = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return means


def pit(simulated_S: Values, actual: F64, uniform: F64) -> F64:
    """Place of the real value among the scenarios (last axis) that are not NaN, ties broken at random.

    Uniform where both are alike.
    """
    below = (simulated_S < actual[..., None]).sum(axis=-1)
    ties = (simulated_S == actual[..., None]).sum(axis=-1)
    places: F64 = (below + uniform * (ties + 1)) / ((~np.isnan(simulated_S)).sum(axis=-1) + 1)
    return places


def crps(simulated_S: Values, actual: F64) -> F64:
    """Continuous ranked probability score of what the scenarios (last axis) but NaN are drawn from, without bias."""
    ordered = np.sort(simulated_S, axis=-1).astype(np.float64)  # NaN last
    count = (~np.isnan(ordered)).sum(axis=-1)
    ranks = 2 * np.arange(ordered.shape[-1]) - count[..., None] + 1
    apart = np.nansum(ordered * ranks, axis=-1) / (count * (count - 1))
    values: F64 = expected(np.abs(ordered - actual[..., None])) - apart
    return values


def _last_games(settings: Settings, domain: SportDomain, candidate: ModelVersion) -> tuple[tuple[str, ...], RealGames]:
    """The last held-out weeks with enough games, as known to the candidate: from the snapshots it was trained on."""
    snapshots = candidate.lineage().snapshots
    schedules_id = snapshots.get(f"{domain.name}.{SCHEDULES}")
    cutoff = week_cutoff(settings, domain, candidate.week, snapshot_id=schedules_id)

    def known(table: str, weeks: Sequence[str]) -> pa.Table:
        snapshot = snapshots.get(f"{domain.name}.{table}")
        return read_as_of(settings, domain, domain.tables[table], cutoff=cutoff, weeks=weeks, snapshot_id=snapshot)

    held_out = candidate.metrics().evaluation.weeks
    schedules = known(SCHEDULES, held_out)
    weeks = last_weeks(held_out, schedules[WEEK_COLUMN].to_pylist())
    real = RealGames.of(domain, known(domain.model.event_table, weeks), schedules)
    return weeks, real


def last_weeks(held_out: Sequence[str], week_of_game: Sequence[str]) -> tuple[str, ...]:
    """The fewest last weeks that have `MIN_GAMES`; all of them when they do not."""
    games = Counter(week_of_game)
    counted = [sum(games[week] for week in held_out[start:]) for start in range(len(held_out))]
    enough = [start for start, count in enumerate(counted) if count >= MIN_GAMES]
    return tuple(held_out[max(enough, default=0) :])


def _joined(parts: Sequence[SimulatedGames]) -> SimulatedGames:
    first = parts[0]
    stats = {
        name: TeamStat(
            **{field: sum((getattr(part.stats[name], field) for part in parts), ()) for field in TeamStat.model_fields}
        )
        for name in first.stats
    }
    return first.model_copy(
        update={
            "weeks": tuple(week for part in parts for week in part.weeks),
            "game_ids": tuple(game for part in parts for game in part.game_ids),
            "teams_by_game": tuple(teams for part in parts for teams in part.teams_by_game),
            "pit_by_game": tuple(row for part in parts for row in part.pit_by_game),
            "stats": stats,
        }
    )


def _floats(values_G: F64) -> tuple[float, ...]:
    return tuple(float(value) for value in values_G)
