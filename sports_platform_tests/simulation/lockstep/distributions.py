"""What a play of each lane may come to: tables of the buckets that a game met, a row each, and drawing from them.

Rows are asked of the engine when a bucket is first met, all that are missing at once, and kept: what is met again is
read from the array alone. The layout of a row is that of `oracle.distributions`. N: lanes, C: candidates.
"""

import numpy as np
import numpy.typing as npt

from sports_platform_tests.simulation.lockstep.lanes import Ints, Mask, Weights
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

_NONE = -1
_FIRST_ROWS = 1024
_TYPES, _TYPE_SLOTS = places()["play"]
_RECEIVERS = places()["receiver"][0]
_RUSHERS, _FORMATION_ENTRIES = places()["rusher"]
# Parts and limits are bytes, read by fours; two entries are four of them.
_FOUR, _BYTE_BITS, _BYTE = 4, 8, 0xFF
_LIMITS_41 = np.array([[_BYTE_BITS * place] for place in range(DEPTH_LIMITS)], np.uint32)
_PARTS_41 = np.array([[_BYTE_BITS * place_of_part(slot)] for slot in range(_FOUR)], np.uint32)


class Distributions:
    """The buckets of one game of the engine's."""

    def __init__(self, read: Read, game: int, buckets: int) -> None:
        self._read, self._game = read, game
        self._start_B = np.full(buckets, _NONE, np.int64)
        self._rows = 0
        self._entries_RE = np.empty((_FIRST_ROWS, ENTRIES), np.uint16)
        self._entries: npt.NDArray[np.uint16] = self._entries_RE.reshape(-1)
        self._fours: npt.NDArray[np.uint32] = self._entries.view("<u4")

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

    def receiver(self, start_N: Ints, draw_N: Ints, weights_CN: Weights) -> Ints:
        """The slots of whom passes are thrown to."""
        return self._chosen(start_N + _RECEIVERS, draw_N, weights_CN)

    def depth(self, start_N: Ints, draw_N: Ints, target_N: Ints) -> Ints:
        """The numbers of how deep passes to receivers' slots are thrown."""
        four_N = self._fours.take((start_N + _RECEIVERS) // 2 + FIRST_DEPTH // _FOUR + target_N)
        limits_4N = four_N >> _LIMITS_41 & _BYTE
        return _count(limits_4N <= (draw_N * DEPTH_DRAWS >> DRAW_BITS))

    def rusher(self, start_N: Ints, draw_N: Ints, weights_CN: Weights, formation_N: Ints | Mask | int) -> Ints:
        """The slots of who runs, by formation."""
        return self._chosen(start_N + (_RUSHERS + formation_N * _FORMATION_ENTRIES), draw_N, weights_CN)

    def _chosen(self, table_N: Ints, draw_N: Ints, weights_CN: Weights) -> Ints:
        """Whom draws choose when each is as likely as his part times his weight says; the last, if nobody is."""
        candidates = len(weights_CN)
        fours = -(-candidates // _FOUR)
        fours_F1N = self._fours.take(table_N // 2 + np.arange(fours)[:, None])[:, None]
        parts_CN = (fours_F1N >> _PARTS_41 & _BYTE).reshape(fours * _FOUR, table_N.size)[:candidates]
        reached_CN = parts_CN.view(np.int32) * weights_CN
        for slot in range(1, candidates):  # an eighth of the time of cumsum, which takes a lane after the other
            reached_CN[slot] += reached_CN[slot - 1]
        return _count(reached_CN[:-1] <= (draw_N * reached_CN[-1] >> DRAW_BITS).astype(np.int32))

    def _load(self, buckets: Ints) -> None:
        """Reads rows, after those that are known."""
        rows = self._rows + buckets.size
        if rows > len(self._entries_RE):
            entries_RE = np.empty((2 * rows, ENTRIES), np.uint16)
            entries_RE[: self._rows] = self._entries_RE[: self._rows]
            self._entries_RE = entries_RE
            self._entries = entries_RE.reshape(-1)
            self._fours = self._entries.view("<u4")
        for row, bucket in enumerate(buckets.tolist(), self._rows):
            self._entries_RE[row] = self._read(self._game, bucket)
        self._start_B[buckets] = ENTRIES * np.arange(self._rows, rows)
        self._rows = rows


def _count(flags_CN: Mask) -> Ints:
    """How many of each lane's flags are set, a few at most."""
    set_N: npt.NDArray[np.int8] = flags_CN.view(np.int8).sum(axis=0, dtype=np.int8)
    return set_N.astype(np.int64)
