"""What a play of each lane may come to: tables of the buckets that a game met, a row each, and drawing from them.

Rows are asked of the engine when a bucket is first met, all that are missing at once, and kept: what is met again is
read from the array alone. The layout of a row is that of `oracle.distributions`. N: lanes, C: candidates.
"""

import numpy as np
import numpy.typing as npt

from sports_platform.sports.nfl.outcomes import RECEIVER_SLOTS, RUSHER_SLOTS
from sports_platform_tests.simulation.lockstep.lanes import Ints, Mask
from sports_platform_tests.simulation.oracle.distributions import (
    DEPTH_DRAWS,
    DEPTH_LIMITS,
    DRAW_BITS,
    ENTRIES,
    FIRST_DEPTH,
    OUTCOME_BITS,
    Read,
    place_of_part,
    places,
)

_SHARE_BITS = DRAW_BITS - OUTCOME_BITS
_NONE = -1
_FIRST_ROWS = 1024
_TYPES, _TYPE_SLOTS = places()["play"]
_RECEIVER_BYTES = 2 * places()["receiver"][0]
_RUSHERS, _FORMATION_ENTRIES = places()["rusher"]
_RECEIVER_PARTS_C = np.array([[place_of_part(slot)] for slot in range(RECEIVER_SLOTS + 1)])
_RUSHER_PARTS_C = np.array([[place_of_part(slot)] for slot in range(RUSHER_SLOTS + 1)])
_LIMITS_D = np.arange(DEPTH_LIMITS)[:, None]


class Distributions:
    """The buckets of one game of the engine's."""

    def __init__(self, read: Read, game: int, buckets: int) -> None:
        self._read, self._game = read, game
        self._start_B = np.full(buckets, _NONE, np.int64)
        self._rows = 0
        self._entries_RE = np.empty((_FIRST_ROWS, ENTRIES), np.uint16)
        self._entries: npt.NDArray[np.uint16] = self._entries_RE.reshape(-1)
        self._bytes: npt.NDArray[np.uint8] = self._entries.view(np.uint8)

    def starts(self, bucket_N: Ints) -> Ints:
        """Where the rows of buckets begin; EngineError if the engine has never been in one of them."""
        start_N = self._start_B.take(bucket_N)
        missing_N = start_N == _NONE
        if missing_N.any():
            self._load(np.unique(bucket_N[missing_N]))
            start_N = self._start_B.take(bucket_N)
        return start_N

    def play(self, start_N: Ints, draw_N: Ints) -> Ints:
        """Play types, and TYPES_STRIDE more from the shotgun."""
        return self.draw(start_N + _TYPES, _TYPE_SLOTS, draw_N)

    def draw(self, table_N: Ints, slots: int, draw_N: Ints) -> Ints:
        """Outcomes by alias tables that begin at these entries (Walker 1977)."""
        scaled_N = draw_N * slots
        slot_N = scaled_N >> DRAW_BITS
        entry_N = self._entries.take(table_N + slot_N).astype(np.int64)
        in_slot_N = (scaled_N & ((1 << DRAW_BITS) - 1)) >> OUTCOME_BITS
        return np.where(in_slot_N < entry_N >> OUTCOME_BITS, slot_N, entry_N & ((1 << OUTCOME_BITS) - 1))

    def receiver(self, start_N: Ints, draw_N: Ints, weights_CN: Ints) -> Ints:
        """The slots of whom passes are thrown to."""
        return self._chosen(2 * start_N + _RECEIVER_BYTES, _RECEIVER_PARTS_C, draw_N, weights_CN)

    def depth(self, start_N: Ints, draw_N: Ints, target_N: Ints) -> Ints:
        """The numbers of how deep passes to receivers' slots are thrown."""
        first_N = 2 * start_N + _RECEIVER_BYTES + FIRST_DEPTH + target_N * DEPTH_LIMITS
        limits_DN = self._bytes.take(first_N + _LIMITS_D)
        return _count(limits_DN <= (draw_N * DEPTH_DRAWS >> DRAW_BITS))

    def rusher(self, start_N: Ints, draw_N: Ints, weights_CN: Ints, formation_N: Ints | int) -> Ints:
        """The slots of who runs, by formation."""
        table_N = start_N + _RUSHERS + formation_N * _FORMATION_ENTRIES
        return self._chosen(2 * table_N, _RUSHER_PARTS_C, draw_N, weights_CN)

    def _chosen(self, first_N: Ints, places_C1: Ints, draw_N: Ints, weights_CN: Ints) -> Ints:
        """Whom draws choose when each is as likely as his part times his weight says."""
        shares_CN = self._bytes.take(first_N + places_C1) * weights_CN
        reached_CN = shares_CN.cumsum(axis=0)
        return _count(reached_CN <= (draw_N * reached_CN[-1] >> DRAW_BITS))

    def _load(self, buckets: Ints) -> None:
        """Reads rows, after those that are known."""
        rows = self._rows + buckets.size
        if rows > len(self._entries_RE):
            entries_RE = np.empty((2 * rows, ENTRIES), np.uint16)
            entries_RE[: self._rows] = self._entries_RE[: self._rows]
            self._entries_RE = entries_RE
            self._entries = entries_RE.reshape(-1)
            self._bytes = self._entries.view(np.uint8)
        for row, bucket in enumerate(buckets.tolist(), self._rows):
            self._entries_RE[row] = self._read(self._game, bucket)
        self._start_B[buckets] = ENTRIES * np.arange(self._rows, rows)
        self._rows = rows


def _count(flags_CN: Mask) -> Ints:
    return flags_CN.sum(axis=0, dtype=np.int64)
