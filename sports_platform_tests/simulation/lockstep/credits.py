"""Who is credited with what a snap came to: the players of both sides by play type and slot.

Belongs here: players of one game. What they did is `plays`. N: lanes.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sports_platform.sports.nfl import outcomes
from sports_platform_tests.simulation.lockstep.lanes import Ints, Mask
from sports_platform_tests.simulation.oracle.tables import ANYBODY_ELSE, SIDES, Fixture, Side

_SLOTS = outcomes.RECEIVER_SLOTS + 1
_TYPES = len(outcomes.PLAY_TYPES)


@dataclass(frozen=True, slots=True)
class Credits:
    """The players of a game; once a quarterback is gone, anybody else has what would be his."""

    carriers: Ints  # [gone, side, play type, slot], rows one after another
    quarterbacks: Ints  # [gone, side], the same

    @classmethod
    def of(cls, fixture: Fixture) -> Self:
        """The players of a fixture."""
        carriers = np.array([_carriers(side) for side in fixture.sides])
        quarterbacks = np.array([side.quarterback for side in fixture.sides])
        left = np.where(carriers == quarterbacks[:, None, None], ANYBODY_ELSE, carriers)
        gone = np.full_like(quarterbacks, ANYBODY_ELSE)
        return cls(np.stack([carriers, left]).ravel(), np.concatenate([quarterbacks, gone]))

    def carrier(self, gone_N: Mask, side_N: Ints, play_type_N: Ints | int, slot_N: Ints) -> Ints:
        """Who runs with the ball, at first or when he caught it."""
        place_N = ((gone_N * SIDES + side_N) * _TYPES + play_type_N) * _SLOTS + slot_N
        return self.carriers.take(place_N)

    def quarterback(self, gone_N: Mask, side_N: Ints) -> Ints:
        """Who throws."""
        return self.quarterbacks.take(gone_N * SIDES + side_N)


def _carriers(side: Side) -> Ints:
    """By play type and slot; the quarterback's are those that are neither passes nor runs."""
    of_TU = np.full((_TYPES, _SLOTS), side.quarterback, np.int64)
    of_TU[outcomes.PLAY_TYPES.index("pass")] = side.receivers
    of_TU[outcomes.PLAY_TYPES.index("run"), : len(side.rushers)] = side.rushers
    return of_TU
