"""What is counted of each game, by sides: team statistics, snaps by play type, and statistics of defence and players.

A statistic's numbers of all seats lie side by side, so that they are results as they stand. Statistics that are sums of
others are summed once the games are over (`results`). N: lanes, S: seats, W: statistics of a side.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES
from sports_platform.sports.nfl.outcomes import PLAY_TYPES
from sports_platform_tests.simulation.lockstep.lanes import Ints
from sports_platform_tests.simulation.oracle.results import DEFENCE, PLAYER, TEAM
from sports_platform_tests.simulation.oracle.tables import ANYBODY_ELSE, SIDES

LOCALS = ANYBODY_ELSE + 1


def _places(names: Sequence[str], start: int = 0) -> dict[str, int]:
    return {name: start + place for place, name in enumerate(names)}


# Places among the statistics of a side; a player's are those of the first player and `OF_A_PLAYER` more for each next.
TEAM_PLACES = _places(TEAM)
SNAPS = len(TEAM)  # and one more for each play type
DEFENCE_PLACES = _places(DEFENCE, SNAPS + len(PLAY_TYPES))
PLAYERS = SNAPS + len(PLAY_TYPES) + len(DEFENCE)
PLAYER_PLACES = _places(PLAYER, PLAYERS)
OF_A_PLAYER = len(PLAYER)
_WIDTH = PLAYERS + LOCALS * OF_A_PLAYER
ENDINGS = {name: TEAM_PLACES[f"drives_{name}"] for name in DRIVE_OUTCOMES}


class Counts:
    """The statistics of all seats of a game."""

    def __init__(self, seats: int) -> None:
        self.of_sides_2WS = np.zeros((SIDES, _WIDTH, seats), np.int16)
        self._flat: npt.NDArray[np.int16] = self.of_sides_2WS.reshape(-1)
        self.seats = seats
        self.absent: list[dict[int, npt.NDArray[np.bool_]]] = []  # of each side, where a player takes no part [S]

    def add(self, seat_N: Ints, side_N: Ints, place_N: Ints | int, amount_N: Ints | int = 1) -> None:
        """Adds to a statistic of a side; no seat may be named twice."""
        at = (side_N * _WIDTH + place_N) * self.seats + seat_N
        self._flat[at] += amount_N
