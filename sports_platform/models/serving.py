"""An ensemble before a known set of sides: probabilities of rows that are each a state and a side.

A batch of the engine has few sides and few states for its many rows, so what either brings to a network is worked out
once and the rows are sums of the two. Belongs here: passes, threads, the members' mean and its calibration; the
arithmetic within a member is the sport's.
Legend: N rows, B columns of a pass, S states, M sides, F features, W output columns.
"""

from collections.abc import Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import torch

from sports_platform.core.domain import Head, Wait
from sports_platform.models.heads import head_slices

if TYPE_CHECKING:
    from sports_platform.core.domain import np_f32

Segment = tuple[int, slice]
"""A side and the columns of a pass that are its snaps."""

Terms = Sequence[torch.Tensor]
"""What states or sides bring to a network; the first dimension of each counts them."""

# Every pass has this many rows: matrix kernels choose another order of summation for small batches
# (differences of 1e-7), and a row's distribution must not depend on its neighbours.
PASS_ROWS = 512
_LEAST = torch.finfo(torch.float32).tiny  # a probability of nought keeps a finite logarithm

_Number = TypeVar("_Number", np.float32, np.int64)


class ServingNetwork(Protocol):
    """A trained network in its serving form."""

    def states(self, features: torch.Tensor) -> Terms:
        """What the states [S, F] bring; the columns of the sides are nought."""
        ...

    def sides(self, features: torch.Tensor) -> Terms:
        """What the sides [M, F] bring; the columns of the state are nought."""
        ...

    def add_probabilities(
        self, states: Terms, sides: Terms, place_B: torch.Tensor, segments: Sequence[Segment], total_WB: torch.Tensor
    ) -> None:
        """Add the probabilities of a pass to `total_WB`; `place_B` are the rows' numbers in `states`."""
        ...


class Serving(Protocol):
    """A network that has a serving form."""

    def serving(self) -> ServingNetwork:
        """That form, of its present weights."""
        ...


class SituatedEnsemble:
    """Callable of (states, the state and the side of each row, buffer): its threads write calibrated probabilities."""

    def __init__(
        self,
        members: Sequence[ServingNetwork],
        heads: Sequence[Head],
        calibration: tuple[torch.Tensor, torch.Tensor],
        sides_MF: "np_f32",
        states: int,
        threads: int,
    ) -> None:
        """`states` is how many features are the state's: they come before those of the sides, in `sides_MF`."""
        self._members, self._pool = members, futures.ThreadPoolExecutor(threads)
        self._scale, self._shift = (values[:, None] for values in calibration)
        self._shapes = [(head.groups, head.classes, PASS_ROWS) for head in heads]
        self._slices = list(head_slices(heads).values())
        self._state_width, self._width = states, states + sides_MF.shape[1]
        with one_thread():
            padded = [self._padded(some, slice(states, None)) for some in _passes(sides_MF)]
            self._sides = _joined([[member.sides(some) for member in members] for some in padded])

    def __call__(
        self,
        states_SF: "np_f32",
        state_N: npt.NDArray[np.int64],
        side_N: npt.NDArray[np.int64],
        out_NW: "np_f32",
    ) -> Wait:
        """Begin to write the rows' probabilities to `out_NW`; the function that is returned waits for them.

        Fastest where the rows of a side lie together. The arrays must not change before they have been waited for.
        """
        submit = self._pool.submit
        of_states = [submit(self._states, some) for some in _passes(states_SF)]
        # Threads take what is submitted in its order, so that nothing waits for what has not begun.
        states = submit(lambda: _joined([part.result() for part in of_states]))
        rows = zip(_passes(state_N), _passes(side_N), torch.split(torch.from_numpy(out_NW), PASS_ROWS), strict=True)
        written = [submit(self._write, states, *some) for some in rows]

        def wait() -> None:
            futures.wait(written)  # all of them, as the buffer may be freed when this raises
            for part in written:
                part.result()

        return wait

    def _states(self, features: "np_f32") -> list[Terms]:
        """Of each member, what a pass of states brings."""
        with one_thread():
            padded = self._padded(features, slice(self._state_width))
            return [member.states(padded) for member in self._members]

    def _padded(self, features: "np_f32", columns: slice) -> torch.Tensor:
        padded = torch.zeros((PASS_ROWS, self._width))
        padded[: len(features), columns] = torch.from_numpy(features)
        return padded

    def _write(
        self,
        states: "futures.Future[list[Terms]]",
        state_N: npt.NDArray[np.int64],
        side_N: npt.NDArray[np.int64],
        out: torch.Tensor,
    ) -> None:
        with one_thread():
            place = torch.zeros(PASS_ROWS, dtype=torch.int64)
            place[: len(state_N)] = torch.from_numpy(state_N)
            total = torch.zeros((len(self._scale), PASS_ROWS))
            segments = _segments(side_N)
            for member, of_states, of_sides in zip(self._members, states.result(), self._sides, strict=True):
                member.add_probabilities(of_states, of_sides, place, segments, total)
            total.div_(len(self._members)).clamp_min_(_LEAST).log_().mul_(self._scale).add_(self._shift)
            for columns, shape in zip(self._slices, self._shapes, strict=True):
                logits = total[columns].view(shape)
                torch.softmax(logits, dim=1, out=logits)
            out.copy_(total[:, : len(out)].T)


def _passes(rows: npt.NDArray[_Number]) -> list[npt.NDArray[_Number]]:
    """The rows, a pass at a time."""
    return [rows[start : start + PASS_ROWS] for start in range(0, len(rows), PASS_ROWS)]


def _joined(passes: Sequence[Sequence[Terms]]) -> list[Terms]:
    """Of each member, the terms of all passes."""
    return [[torch.cat(parts) for parts in zip(*terms, strict=True)] for terms in zip(*passes, strict=True)]


def _segments(side_N: npt.NDArray[np.int64]) -> list[Segment]:
    """The runs of like sides; the columns after the last row are left without a side."""
    ends = [*(np.flatnonzero(np.diff(side_N)) + 1), len(side_N)]
    return [(int(side_N[start]), slice(int(start), int(end))) for start, end in zip([0, *ends], ends, strict=False)]


@contextmanager
def one_thread() -> Iterator[None]:
    """Inference by this thread alone: OpenMP keeps its count by calling thread."""
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield
