"""How the sides use their players and call their plays in each scenario: drawn for all lanes at once, before the game.

As `oracle.usage`. U: slots, S: seats; columns of both sides stand one after the other, the away side's first.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sports_platform.sports.nfl.forms import FORMS
from sports_platform.sports.nfl.outcomes import PLAY_TYPES
from sports_platform_tests.simulation.lockstep.lanes import Ints, Mask, Weights
from sports_platform_tests.simulation.lockstep.philox import Numbers
from sports_platform_tests.simulation.lockstep.tables import Tables
from sports_platform_tests.simulation.oracle.tables import ANYBODY_ELSE, LEVELS, SIDES, USAGE_SLOTS, Fixture, Side
from sports_platform_tests.simulation.oracle.usage import (
    BEFORE_THE_GAME,
    BLOCKS,
    CALLS,
    COMMON,
    RECEIVERS,
    RUNNING,
    SIDE_LEVELS,
    STANDS,
    TILTED,
    TOGETHER,
)

_TILTED = np.array([TILTED.get(play_type, 0) for play_type in PLAY_TYPES])
_SACK, _SACK_FORM = PLAY_TYPES.index("sack"), FORMS.index("sack")
_BYTE_BITS = 8
_DAY = [place for place in range(-len(FORMS), 0) if FORMS[place] != "sack"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What the scenarios make of both sides."""

    seats: int  # of a side
    weights_US: Weights
    tilt_S: Ints
    leaves_S: Ints  # seconds of the game
    pace_S: Ints  # seconds
    forms_FS: Ints

    @classmethod
    def of(cls, fixture: Fixture, tables: Tables, numbers: Numbers, seats: int) -> Self:
        """The usage of the first seats of a game."""
        levels_LS = _levels(numbers, seats)
        sides = [levels_LS[SIDE_LEVELS * side : SIDE_LEVELS * (side + 1)] for side in range(SIDES)]
        common_S = sides[0][USAGE_SLOTS + 2] & COMMON > 0
        sides[1][_DAY] = np.where(common_S, sides[0][_DAY], sides[1][_DAY])
        weights = [_weights(side, levels_LS) for side, levels_LS in zip(fixture.sides, sides, strict=True)]
        return cls(
            seats,
            np.concatenate(weights, axis=1),
            np.concatenate([tables.call_tilts[levels_LS[USAGE_SLOTS]] for levels_LS in sides]),
            np.concatenate([tables.quarterback_leaves[levels_LS[USAGE_SLOTS + 1]] for levels_LS in sides]),
            np.concatenate([tables.paces[levels_LS[USAGE_SLOTS + 3]] for levels_LS in sides]),
            np.concatenate([_forms(tables, levels_LS) for levels_LS in sides], axis=1),
        )

    def absent(self, side: Side, number: int) -> dict[int, Mask]:
        """Where [S] each player of a side takes no part, as a receiver or, if he is none, as a rusher."""
        there_US = self.weights_US[:, number * self.seats : (number + 1) * self.seats]
        slots = zip([*side.receivers, *side.rushers], there_US == 0, strict=True)
        return dict(reversed(list(slots)))

    def receivers(self, column_N: Ints) -> Weights:
        """Weights of receivers' slots [slots, N] in these columns."""
        return self.weights_US[:RECEIVERS].take(column_N, axis=1)

    def rushers(self, column_N: Ints) -> Weights:
        """Weights of rushers' slots [slots, N] in these columns."""
        return self.weights_US[RECEIVERS:].take(column_N, axis=1)

    def seconds(self, column_N: Ints, drawn_N: Ints) -> Ints:
        """How long plays take of which so many seconds were drawn."""
        longer_N: Ints = np.where(drawn_N >= RUNNING, self.pace_S.take(column_N), 0)
        return drawn_N + longer_N

    def stands(self, column_N: Ints, play_type_N: Ints, draw_N: Ints) -> Mask:
        """Whether calls that were drawn are the ones played."""
        sacked_N = np.where(play_type_N == _SACK, self.forms_FS[_SACK_FORM].take(column_N), 0)
        standing_N: Ints = STANDS + self.tilt_S.take(column_N) * _TILTED.take(play_type_N) + sacked_N
        return draw_N & (CALLS - 1) < standing_N

    def goes_with(self, form_N: Ints, column_N: Ints, draw_N: Ints, *, well_N: Mask) -> Mask:
        """Whether what was drawn stands, good for the offence or not, by the numbers of forms."""
        moved_N = self.forms_FS[form_N, column_N]
        return draw_N & (CALLS - 1) < STANDS + np.where(well_N, moved_N, -moved_N)


def _levels(numbers: Numbers, seats: int) -> Ints:
    """Levels [levels of both sides, S]: each draw makes two."""
    blocks = [numbers.draws(np.arange(seats), np.full(seats, BEFORE_THE_GAME), block) for block in range(BLOCKS)]
    draws_DS = np.concatenate(blocks)
    bytes_D2S = np.stack([draws_DS & ((1 << _BYTE_BITS) - 1), draws_DS >> _BYTE_BITS], axis=1)
    return bytes_D2S.reshape(-1, seats)


def _forms(tables: Tables, levels_LS: Ints) -> Ints:
    """Forms [F, S]."""
    return tables.forms[np.arange(len(FORMS))[:, None], levels_LS[-len(FORMS) :]]


def _weights(side: Side, levels_LS: Ints) -> Weights:
    """Weights [U, S].

    A receiver who also runs has the level of his runs for his passes, if backs are used together or he is absent.
    """
    together_S = levels_LS[USAGE_SLOTS + 2] < TOGETHER
    slots_US = levels_LS[:USAGE_SLOTS].copy()
    weights_UL = np.array(side.usage, np.int32)
    for slot, player in enumerate(side.receivers):
        if player != ANYBODY_ELSE and player in side.rushers:
            rusher = RECEIVERS + side.rushers.index(player)
            absent = np.count_nonzero(weights_UL[rusher] == 0)
            own_S = absent + (levels_LS[slot] * (LEVELS - absent) >> _BYTE_BITS)
            slots_US[slot] = np.where(together_S | (levels_LS[rusher] < absent), levels_LS[rusher], own_S)
    return weights_UL[np.arange(USAGE_SLOTS)[:, None], slots_US]
