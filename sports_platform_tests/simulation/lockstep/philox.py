"""Random numbers of many lanes at once: Philox4x32-10 on columns of words, and the 16-bit draws cut from them.

The same numbers as those of `oracle.philox`, one event of each lane a call. N: lanes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sports_platform_tests.simulation.lockstep.lanes import Ints, Lanes
from sports_platform_tests.simulation.oracle.philox import KEY_STEPS, MULTIPLIERS, ROUNDS, WORD

Words = npt.NDArray[np.uint64]
"""Words of 32 bits in 64, so that products have room."""

_DRAWS = 8  # of a block
_WORD_BITS, _HALF_BITS = 32, 16


def philox(key: int, a_N: Words, b_N: Words, c_N: Words, d_N: Words) -> tuple[Words, Words, Words, Words]:
    """The four words of each counter (a, b, c, d) by one key of 64 bits."""
    low, high = key & WORD, key >> _WORD_BITS
    for _ in range(ROUNDS):
        first_N, second_N = a_N * MULTIPLIERS[0], c_N * MULTIPLIERS[1]
        a_N, c_N = np.right_shift(second_N, _WORD_BITS), np.right_shift(first_N, _WORD_BITS)
        a_N ^= b_N
        a_N ^= low
        c_N ^= d_N
        c_N ^= high
        first_N &= WORD
        second_N &= WORD
        b_N, d_N = second_N, first_N
        low, high = (low + KEY_STEPS[0]) & WORD, (high + KEY_STEPS[1]) & WORD
    return a_N, b_N, c_N, d_N


@dataclass(frozen=True, slots=True)
class Numbers:
    """The random numbers of the scenarios of one game; `game` is the fixture's key."""

    seed: int
    game: int
    first_scenario: int

    def draws(self, seat_N: Ints, number_N: Ints, block: int = 0) -> Ints:
        """The eight draws [8, N] of the `number`th event of each lane's game; further blocks are of the same event."""
        lanes = seat_N.size
        words = philox(
            self.seed,
            np.full(lanes, self.game, np.uint64),
            (seat_N + self.first_scenario).view(np.uint64),
            number_N.view(np.uint64),
            np.full(lanes, block, np.uint64),
        )
        draws_8N = np.empty((_DRAWS, lanes), np.uint64)
        for place, word_N in enumerate(words):
            np.bitwise_and(word_N, (1 << _HALF_BITS) - 1, out=draws_8N[2 * place])
            np.right_shift(word_N, _HALF_BITS, out=draws_8N[2 * place + 1])
        return draws_8N.view(np.int64)


@dataclass(frozen=True, slots=True)
class Events:
    """The events of the lanes' games, one after another: each toss, snap, try and kick-off has draws of its own."""

    lanes: Lanes
    numbers: Numbers

    def next_draws(self, at_E: Ints) -> Ints:
        """The draws [8, E] of the next event of some lanes' games."""
        number_E = self.lanes.numbers[at_E]
        self.lanes.numbers[at_E] = number_E + 1
        return self.numbers.draws(self.lanes.seat[at_E], number_E)

    def toss(self, at_E: Ints) -> Ints:
        """The sides that receive."""
        draw_E: Ints = self.next_draws(at_E)[0]
        return draw_E & 1
