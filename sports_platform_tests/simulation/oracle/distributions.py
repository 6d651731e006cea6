"""What a play of a bucket may come to: the distributions of the bucket, from the engine itself.

The engine makes the network's probabilities small: each distribution becomes a whole number of shares, or another that
is near enough. That is not done again here. The tables are asked of the engine (`Engine.bucket_tables`) once it has
played the games, kept by game and bucket, and read as they are drawn from: the oracle draws from what the engine draws.
Belongs here: order of the tables and drawing from one. What the outcomes mean is `snaps`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from sports_platform.sports.nfl import outcomes

Read = Callable[[int, int], npt.NDArray[np.uint16]]
"""The tables of a bucket of a game, one after another."""

_DRAW_BITS = 16
_OUTCOME_BITS = 6  # of an entry, its low bits; the others are the share
_TYPES_STRIDE = 16  # a play type's outcome is its number, and 16 more from the shotgun
# Kind -> (tables, slots of each), in the order in which the engine hands them over.
_KINDS = {
    "play": (1, 32),
    "receiver": (1, 64),
    "rusher": (len(outcomes.RUN_FORMATIONS), 16),
    "pass_result": (len(outcomes.DEPTHS), 16),
    "run_result": (3, 16),
    "field_goal": (1, 16),
    "penalty": (1, 16),
    "yards": (len(outcomes.YARD_GROUPS), 32),
    "seconds": (len(outcomes.TIME_GROUPS), 16),
}


@cache
def _places() -> dict[str, tuple[int, int]]:
    """Kind -> (where its tables begin, slots of each)."""
    places, start = {}, 0
    for kind, (tables, slots) in _KINDS.items():
        places[kind] = start, slots
        start += tables * slots
    return places


ENTRIES = sum(tables * slots for tables, slots in _KINDS.values())
"""How many entries a bucket has."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The distributions of one bucket, entries one after another."""

    entries: list[int]

    def draw(self, kind: str, draw: int, table: int = 0) -> int:
        """The outcome of a draw by an alias table (Walker 1977).

        The draw picks a slot and a place in it, in 1,024ths. Up to the slot's own share the outcome is the slot's
        number, past it the one that the entry names.
        """
        start, slots = _places()[kind]
        slot, rest = divmod(draw * slots, 1 << _DRAW_BITS)
        share, other = divmod(self.entries[start + table * slots + slot], 1 << _OUTCOME_BITS)
        return slot if rest >> _OUTCOME_BITS < share else other

    def play(self, draw: int) -> tuple[bool, str]:
        """Whether it is the shotgun, and the play type."""
        shotgun, play_type = divmod(self.draw("play", draw), _TYPES_STRIDE)
        return bool(shotgun), outcomes.PLAY_TYPES[play_type]

    def pass_target(self, draw: int) -> tuple[int, int]:
        """The receiver's slot and the depth's number."""
        return divmod(self.draw("receiver", draw), len(outcomes.DEPTHS))


@dataclass(frozen=True, slots=True)
class Distributions:
    """The buckets of the engine's games, asked for when they are first met."""

    read: Read
    known: dict[tuple[int, int], Bucket] = field(default_factory=dict)

    def bucket(self, game: int, number: int) -> Bucket:
        """The distributions of a bucket; EngineError if the engine has never been there."""
        bucket = self.known.get((game, number))
        if bucket is None:
            entries = self.read(game, number).tolist()
            if len(entries) != ENTRIES:
                raise ValueError(f"a bucket has {len(entries)} entries instead of {ENTRIES}")
            bucket = self.known[game, number] = Bucket(entries)
        return bucket
