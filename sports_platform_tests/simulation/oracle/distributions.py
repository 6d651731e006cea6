"""What a play of a bucket may come to: the distributions of the bucket, from the engine itself.

The engine makes the network's probabilities small: each distribution becomes whole numbers, or those of another that is
near enough. That is not done again here. The tables are asked of the engine (`Engine.bucket_tables`) once it has played
the games, kept by game and bucket, and read as they are drawn from: the oracle draws from what the engine draws.
Belongs here: order of the tables and drawing from one. What the outcomes mean is `snaps`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from sports_platform.sports.nfl import outcomes

Read = Callable[[int, int], npt.NDArray[np.uint16]]
"""The tables of a bucket of a game, one after another."""

DRAW_BITS = 16
OUTCOME_BITS = 6  # of an entry, its low bits; the others are the share
TYPES_STRIDE = 16  # a play type's outcome is its number, and 16 more from the shotgun
FIRST_DEPTH = 12  # among the bytes of receivers: after the targets' parts, and one that is not used
DEPTH_DRAWS = 255  # places of the draw of a depth
DEPTH_LIMITS = len(outcomes.DEPTHS) - 1  # of a target: depth d ends where the share of depths up to d does
# Kind -> (tables, entries of each), in the order in which the engine hands them over. Receivers' and rushers' tables
# are bytes: parts of the likeliest, with limits of the depths after those of receivers. The others are alias tables, an
# entry a slot.
_KINDS = {
    "play": (1, 32),
    "receiver": (1, 32),
    "rusher": (len(outcomes.RUN_FORMATIONS), 4),
    "pass_result": (len(outcomes.DEPTHS), 16),
    "run_result": (3, 16),
    "field_goal": (1, 16),
    "penalty": (len(outcomes.RUN_FORMATIONS), 16),
    "yards": (len(outcomes.YARD_GROUPS), 32),
    "seconds": (len(outcomes.TIME_GROUPS), 16),
}


@cache
def places() -> dict[str, tuple[int, int]]:
    """Kind -> (where its tables begin, entries of each)."""
    found, start = {}, 0
    for kind, (tables, size) in _KINDS.items():
        found[kind] = start, size
        start += tables * size
    return found


ENTRIES = sum(tables * size for tables, size in _KINDS.values())
"""How many entries a bucket has."""


def place_of_part(slot: int) -> int:
    """Where a candidate's part stands: every four are in the order first, third, second, fourth."""
    return 4 * (slot // 4) + (0, 2, 1, 3)[slot % 4]


def chosen(parts: list[int], weights: list[int], draw: int) -> int:
    """Whom a draw chooses when each is as likely as his part times his weight says; the last, if nobody is."""
    shares = [part * weight for part, weight in zip(parts, weights, strict=True)]
    threshold = draw * sum(shares) >> DRAW_BITS
    return sum(reached <= threshold for reached in accumulate(shares[:-1]))


@dataclass(frozen=True, slots=True)
class Bucket:
    """The distributions of one bucket, entries one after another."""

    entries: list[int]

    def draw(self, kind: str, draw: int, table: int = 0) -> int:
        """The outcome of a draw by an alias table (Walker 1977).

        The draw picks a slot and a place in it, in 1,024ths. Up to the slot's own share the outcome is the slot's
        number, past it the one that the entry names.
        """
        entries = self._table(kind, table)
        slot, rest = divmod(draw * len(entries), 1 << DRAW_BITS)
        share, other = divmod(entries[slot], 1 << OUTCOME_BITS)
        return slot if rest >> OUTCOME_BITS < share else other

    def play(self, draw: int) -> tuple[bool, str]:
        """Whether it is the shotgun, and the play type."""
        shotgun, play_type = divmod(self.draw("play", draw), TYPES_STRIDE)
        return bool(shotgun), outcomes.PLAY_TYPES[play_type]

    def receiver(self, draw: int, weights: list[int]) -> int:
        """The slot of whom a pass is thrown to."""
        return chosen(self._parts("receiver", outcomes.RECEIVER_SLOTS + 1), weights, draw)

    def depth(self, draw: int, target: int) -> int:
        """The number of how deep a pass to a receiver's slot is thrown. Limits are in 255ths."""
        start = FIRST_DEPTH + target * DEPTH_LIMITS
        place = draw * DEPTH_DRAWS >> DRAW_BITS
        return sum(limit <= place for limit in self._bytes("receiver")[start : start + DEPTH_LIMITS])

    def rusher(self, draw: int, weights: list[int], table: int) -> int:
        """The slot of who runs; a table a formation."""
        return chosen(self._parts("rusher", outcomes.RUSHER_SLOTS + 1, table), weights, draw)

    def _parts(self, kind: str, count: int, table: int = 0) -> list[int]:
        """The candidates' parts."""
        stored = self._bytes(kind, table)
        return [stored[place_of_part(slot)] for slot in range(count)]

    def _bytes(self, kind: str, table: int = 0) -> bytes:
        """Of a table whose entries are two numbers each, the lower first."""
        return b"".join(entry.to_bytes(2, "little") for entry in self._table(kind, table))

    def _table(self, kind: str, table: int = 0) -> list[int]:
        start, size = places()[kind]
        return self.entries[start + table * size : start + (table + 1) * size]


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
