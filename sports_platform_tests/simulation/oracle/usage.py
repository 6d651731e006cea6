"""How the sides use their players and call their plays in one scenario of a game: drawn once, before the game.

Belongs here: those draws and what they do to a call. Choosing a player by the weights is `distributions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sports_platform.sports.nfl.outcomes import RECEIVER_SLOTS
from sports_platform_tests.simulation.oracle.philox import Numbers
from sports_platform_tests.simulation.oracle.tables import DRAWS, LEVELS, SIDES, USAGE_SLOTS, Fixture, Side

_BEFORE_THE_GAME = 0xFFFF_FFFF  # the number of an event that no game comes to
_BLOCK_DRAWS = 8
_SIDE_DRAWS = USAGE_SLOTS + 1  # the last is the call tilt's
_BLOCKS = -(-SIDES * _SIDE_DRAWS // _BLOCK_DRAWS)
_RECEIVERS = RECEIVER_SLOTS + 1  # with anybody else
_CALLS = 64
_STANDS = 48  # of as many calls, those that stand when the side has no tilt
_TILTED = {"pass": 1, "sack": 1, "scramble": 1, "run": -1}  # a sack and a scramble were called as passes


@dataclass(frozen=True, slots=True)
class Usage:
    """What one scenario makes of a side: weights of its slots in 1,024ths, and a call tilt in 64ths of the calls.

    A positive tilt is towards the pass, a negative one towards the run.
    """

    receivers: list[int]
    rushers: list[int]
    call_tilt: int

    @classmethod
    def of(cls, side: Side, call_tilts: list[int], draws: Sequence[int]) -> Self:
        """The usage that a draw for each receiver's slot, each rusher's slot and the call tilt comes to."""
        *slots, tilt = (draw * LEVELS // DRAWS for draw in draws)
        weights = [by_level[level] for by_level, level in zip(side.usage, slots, strict=True)]
        return cls(weights[:_RECEIVERS], weights[_RECEIVERS:], call_tilts[tilt])

    def stands(self, play_type: str, draw: int) -> bool:
        """Whether a call that was drawn is the one played: the low bits of a draw say so."""
        return draw % _CALLS < _STANDS + self.call_tilt * _TILTED.get(play_type, 0)


def usage_of_sides(fixture: Fixture, call_tilts: list[int], numbers: Numbers) -> tuple[Usage, Usage]:
    """The usage of the away and the home side."""
    draws = [draw for block in range(_BLOCKS) for draw in numbers.draws(_BEFORE_THE_GAME, block)]
    away, home = fixture.sides
    return (
        Usage.of(away, call_tilts, draws[:_SIDE_DRAWS]),
        Usage.of(home, call_tilts, draws[_SIDE_DRAWS : SIDES * _SIDE_DRAWS]),
    )
