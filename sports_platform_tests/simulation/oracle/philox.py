"""Random numbers of a game: Philox4x32-10 (Salmon et al., SC 2011) and the 16-bit draws cut from it.

Belongs here: numbers alone, in plain integers. What a draw decides is said where it is used.
"""

from dataclasses import dataclass

WORD = 0xFFFF_FFFF
ROUNDS = 10
MULTIPLIERS = (0xD251_1F53, 0xCD9E_8D57)
KEY_STEPS = (0x9E37_79B9, 0xBB67_AE85)

Words = tuple[int, int, int, int]
Draws = tuple[int, ...]
"""Eight whole numbers below 2^16, each equally likely."""


def philox(key: int, counter: Words) -> Words:
    """Four words of 32 bits that a key of 64 bits and a counter give."""
    low, high = key & WORD, key >> 32
    a, b, c, d = counter
    for _ in range(ROUNDS):
        first, second = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = (second >> 32) ^ b ^ low, second & WORD, (first >> 32) ^ d ^ high, first & WORD
        low, high = (low + KEY_STEPS[0]) & WORD, (high + KEY_STEPS[1]) & WORD
    return a, b, c, d


@dataclass(frozen=True, slots=True)
class Numbers:
    """The random numbers of one game of one scenario; `game` is the fixture's key."""

    seed: int
    game: int
    scenario: int

    def draws(self, number: int, block: int = 0) -> Draws:
        """The eight draws of the `number`th event of the game; each further block has eight more of the same event."""
        words = philox(self.seed, (self.game, self.scenario, number, block))
        return tuple(half for word in words for half in (word & 0xFFFF, word >> 16))
