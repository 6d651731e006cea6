"""Results of finished games: what was counted, what is summed of it, and contest points, for all seats at once.

Shapes as in `native.Outputs`: P entities, G games, S scenarios, T team statistics, K player statistics; L: players of a
side, W: all that is counted of one.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sports_platform.simulation.native import TOOK_NO_PART
from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES
from sports_platform.sports.nfl.outcomes import PLAY_TYPES
from sports_platform_tests.simulation.lockstep.counts import (
    DEFENCE_PLACES,
    LOCALS,
    PLAYERS,
    SNAPS,
    TEAM_PLACES,
    Counts,
)
from sports_platform_tests.simulation.lockstep.lanes import Mask
from sports_platform_tests.simulation.oracle.results import BONUSES, DEFENCE, PLAYER, TEAM, empty_outputs
from sports_platform_tests.simulation.oracle.snaps import TRIED
from sports_platform_tests.simulation.oracle.tables import ANYBODY_ELSE, SIDES, Scoring, Side, Tables

Stats = npt.NDArray[np.int16]

# Team statistic -> that of the players which it is the sum of.
_OF_PLAYERS = {
    "completions": "receptions",
    "pass_yards": "passing_yards",
    "rush_yards": "rushing_yards",
    "interceptions": "interceptions_thrown",
    "passing_touchdowns": "passing_touchdowns",
    "rushing_touchdowns": "rushing_touchdowns",
}
_DEFENCE_STATS = slice(DEFENCE_PLACES[DEFENCE[0]], PLAYERS)


class Results:
    """Arrays of results, filled a block of scenarios at a time."""

    def __init__(self, tables: Tables, scenarios: int) -> None:
        self._tables = tables
        self.outputs = empty_outputs(tables, scenarios)

    def put(self, game: int, first_scenario: int, counts: Counts) -> None:
        """Writes finished games down, scenarios from the first on."""
        seats = slice(first_scenario, first_scenario + counts.seats)
        for side in range(SIDES):
            own_WS, other_WS = counts.of_sides_2WS[side], counts.of_sides_2WS[1 - side]
            _sum_up(own_WS, other_WS)
            self.outputs.scores_G2S[game, side, seats] = own_WS[TEAM_PLACES["points"]]
            self.outputs.team_stats_G2TS[game, side, :, seats] = own_WS[: len(TEAM)]
            self._put_players(self._tables.fixtures[game].sides[side], own_WS, seats, counts.absent[side])

    def _put_players(self, side: Side, own_WS: Stats, seats: slice, absent: Mapping[int, Mask]) -> None:
        outputs, scoring = self.outputs, self._tables.scoring
        assert outputs.player_stats_PKS is not None
        players_LKS = own_WS[PLAYERS:].reshape(LOCALS, len(PLAYER), -1)
        for player, row in enumerate(side.rows):
            if player == ANYBODY_ELSE:
                stats_KS = own_WS[_DEFENCE_STATS]
                outputs.player_stats_PKS[row, len(PLAYER) :, seats] = stats_KS
                outputs.points_PS[row, seats] = _defence_units(scoring, stats_KS)
            elif row >= 0:
                outputs.player_stats_PKS[row, : len(PLAYER), seats] = players_LKS[player]
                units_S = _player_units(scoring, players_LKS[player])
                outputs.points_PS[row, seats] = np.where(absent.get(player, False), TOOK_NO_PART, units_S)


def _sum_up(own_WS: Stats, other_WS: Stats) -> None:
    """Team statistics that are sums of others, and the sacks of the side's defence."""
    snaps_S = dict(zip(PLAY_TYPES, own_WS[SNAPS:], strict=False))
    for play_type, names in TRIED.items():
        for name in names:
            own_WS[TEAM_PLACES[name]] += snaps_S[play_type]
    players_LKS = own_WS[PLAYERS:].reshape(LOCALS, len(PLAYER), -1)
    for name, of_players in _OF_PLAYERS.items():
        own_WS[TEAM_PLACES[name]] = players_LKS[:, PLAYER.index(of_players)].sum(axis=0)
    own_WS[TEAM_PLACES["drives"]] = sum(own_WS[TEAM_PLACES[f"drives_{ending}"]] for ending in DRIVE_OUTCOMES)
    own_WS[DEFENCE_PLACES["dst_sacks"]] = other_WS[SNAPS + PLAY_TYPES.index("sack")]


def _player_units(scoring: Scoring, stats_KS: Stats) -> Stats:
    """So many units a statistic, and bonuses for many yards."""
    units_S: Stats = np.array(scoring.player, np.int16) @ stats_KS
    for unit, (name, yards) in zip(scoring.bonus, BONUSES, strict=True):
        units_S += unit * (stats_KS[PLAYER.index(name)] >= yards)
    return units_S


def _defence_units(scoring: Scoring, stats_KS: Stats) -> Stats:
    """So many units a statistic, and those of the band of points it is charged with."""
    least, worth = np.array(scoring.allowed, np.int16).T
    charged_S = stats_KS[DEFENCE.index("dst_points_charged")]
    units_S: Stats = np.array(scoring.defence, np.int16) @ stats_KS
    units_S += worth[least.searchsorted(charged_S, side="right") - 1]
    return units_S
