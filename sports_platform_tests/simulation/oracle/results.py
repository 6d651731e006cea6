"""Results of finished games as the engine gives them: scores, team and player statistics, contest points.

Shapes as in `native.Outputs`: P entities, G games, S scenarios, T team statistics, K player statistics.
"""

import numpy as np
import numpy.typing as npt

from sports_platform.simulation.native import TOOK_NO_PART, Outputs
from sports_platform.sports.nfl.simulation import NflSimulation
from sports_platform_tests.simulation.oracle.state import State
from sports_platform_tests.simulation.oracle.tables import ANYBODY_ELSE, SIDES, Scoring, Tables

TEAM, _ALL = NflSimulation.team_stats, NflSimulation.player_stats
DEFENCE = tuple(name for name in _ALL if name.startswith("dst_"))
PLAYER = tuple(name for name in _ALL if name not in DEFENCE)
BONUSES = (("passing_yards", 300), ("rushing_yards", 100), ("receiving_yards", 100))  # from so many yards on


def empty_outputs(tables: Tables, scenarios: int) -> Outputs:
    """Outputs of games that nobody has played yet."""
    games, entities = len(tables.fixtures), tables.entities
    return Outputs(
        np.zeros((entities, scenarios), np.int16),
        np.zeros((games, SIDES, scenarios), np.int16),
        np.zeros((games, SIDES, len(TEAM), scenarios), np.int16),
        np.zeros((entities, len(_ALL), scenarios), np.int16),
    )


class Results:
    """Arrays of results, filled a game at a time."""

    def __init__(self, tables: Tables, scenarios: int) -> None:
        self._tables = tables
        self.outputs = empty_outputs(tables, scenarios)

    def put(self, game: int, scenario: int, end: State) -> None:
        """Writes a finished game down."""
        for side in range(SIDES):
            self.outputs.scores_G2S[game, side, scenario] = end.score[side]
            team = end.team[side] | {"points": end.score[side]}
            self.outputs.team_stats_G2TS[game, side, :, scenario] = [team.get(name, 0) for name in TEAM]
            rows = self._tables.fixtures[game].sides[side].rows
            for player, row in enumerate(rows):
                if player == ANYBODY_ELSE:
                    self._put_defence(row, scenario, end, side)
                elif row >= 0:
                    self._put_player(row, scenario, {name: end.players[side, player, name] for name in PLAYER})
                    if player in end.absent[side]:
                        self.outputs.points_PS[row, scenario] = TOOK_NO_PART

    def _put_player(self, row: int, scenario: int, stats: dict[str, int]) -> None:
        self._put_stats(row, scenario, stats)
        self.outputs.points_PS[row, scenario] = player_units(self._tables.scoring, stats)

    def _put_defence(self, row: int, scenario: int, end: State, side: int) -> None:
        stats = end.defence[side] | {"dst_points_charged": end.charged[side]}
        self._put_stats(row, scenario, stats)
        self.outputs.points_PS[row, scenario] = defence_units(self._tables.scoring, stats)

    def _put_stats(self, row: int, scenario: int, stats: dict[str, int]) -> None:
        assert self.outputs.player_stats_PKS is not None
        self.outputs.player_stats_PKS[row, :, scenario] = [stats.get(name, 0) for name in _ALL]


def player_units(scoring: Scoring, stats: dict[str, int]) -> int:
    """Contest units of a player: so many a statistic, and bonuses for many yards."""
    units = sum(unit * stats[name] for unit, name in zip(scoring.player, PLAYER, strict=True))
    bonuses = zip(scoring.bonus, BONUSES, strict=True)
    return units + sum(unit for unit, (name, yards) in bonuses if stats[name] >= yards)


def defence_units(scoring: Scoring, stats: dict[str, int]) -> int:
    """Contest units of a defence: so many a statistic, and those of the band of points it is charged with."""
    units = sum(unit * stats.get(name, 0) for unit, name in zip(scoring.defence, DEFENCE, strict=True))
    bands = [worth for least, worth in scoring.allowed if stats["dst_points_charged"] >= least]
    return units + bands[-1]


def differing(tables: Tables, ours: Outputs, theirs: Outputs) -> npt.NDArray[np.bool_]:
    """Which games [G, S] differ in anything between two sets of outputs."""
    assert ours.player_stats_PKS is not None
    assert theirs.player_stats_PKS is not None
    different: npt.NDArray[np.bool_] = (ours.scores_G2S != theirs.scores_G2S).any(1)
    different |= (ours.team_stats_G2TS != theirs.team_stats_G2TS).any((1, 2))
    players_PS = (ours.points_PS != theirs.points_PS) | (ours.player_stats_PKS != theirs.player_stats_PKS).any(1)
    for game, fixture in enumerate(tables.fixtures):
        rows = [row for side in fixture.sides for row in side.rows if row >= 0]
        different[game] |= players_PS[rows].any(0)
    return different
