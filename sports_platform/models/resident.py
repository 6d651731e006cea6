"""An ensemble on a device before a known set of sides: the whole network, on batches of one shape.

Belongs here: what crosses to the device and back. On CUDA nothing is waited for before it is needed: copies and passes
of a call are queued, on one of two streams in turns, and overlap with those of the next call and with the engine.
Legend: N rows, S states, M sides, F features, W output columns, P rows of all passes.
"""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from sports_platform.core.domain import Wait
from sports_platform.core.errors import SettingsError
from sports_platform.models.heads import distributions

if TYPE_CHECKING:
    from sports_platform.core.domain import np_f32
    from sports_platform.models.ensemble import Ensemble

# Every pass has this many rows, as kernels choose by shape how they sum.
ROWS = 8192


class ResidentEnsemble:
    """Called like `serving.SituatedEnsemble`, with weights and sides that stay on the device.

    Its probabilities are those of the processor but for rounding (differences of 1e-6): the same on every like device.
    """

    def __init__(self, ensemble: "Ensemble", sides_MF: "np_f32", device: torch.device) -> None:
        self._ensemble = deepcopy(ensemble).to(device).eval()
        self._device, self._on_cuda = device, device.type == "cuda"
        self._sides = torch.from_numpy(sides_MF).to(device)
        self._queues: Iterator[AbstractContextManager[object]] = itertools.repeat(nullcontext())
        if self._on_cuda:
            torch.cuda.synchronize(device)  # the streams of calls do not wait for the one that copied these
            self._queues = itertools.cycle([_queue(device), _queue(device)])

    def __call__(
        self,
        states_SF: "np_f32",
        state_N: npt.NDArray[np.int64],
        side_N: npt.NDArray[np.int64],
        out_NW: "np_f32",
    ) -> Wait:
        """Begin to compute the rows' probabilities; the function that is returned waits and writes them to `out_NW`."""
        places_2P = np.zeros((2, -(-len(state_N) // ROWS) * ROWS), np.int64)
        places_2P[:, : len(state_N)] = state_N, side_N
        answers = torch.empty((places_2P.shape[1], out_NW.shape[1]), pin_memory=self._on_cuda)
        with torch.inference_mode(), next(self._queues):
            states, places = self._sent(states_SF), self._sent(places_2P)
            for start in range(0, places_2P.shape[1], ROWS):
                rows = slice(start, start + ROWS)
                answers[rows].copy_(self._answers(states, *places[:, rows]), non_blocking=True)
            done = torch.cuda.current_stream().record_event() if self._on_cuda else None

        def wait() -> None:
            if done is not None:
                done.synchronize()
            torch.from_numpy(out_NW).copy_(answers[: len(out_NW)])

        return wait

    def _sent(self, array: "np_f32 | npt.NDArray[np.int64]") -> torch.Tensor:
        tensor = torch.from_numpy(array)
        return tensor.pin_memory().to(self._device, non_blocking=True) if self._on_cuda else tensor

    def _answers(self, states: torch.Tensor, state: torch.Tensor, side: torch.Tensor) -> torch.Tensor:
        features = torch.cat([states[state], self._sides[side]], dim=1)
        return distributions(self._ensemble(features), self._ensemble.heads)


def _queue(device: torch.device) -> AbstractContextManager[object]:
    """What puts the block's work on a stream of its own."""
    return torch.cuda.stream(torch.cuda.Stream(device))  # type: ignore[no-untyped-call]  # PyTorch's own gap


def device_of(name: str) -> torch.device:
    """The device of that name; raises SettingsError where there is none."""
    if name == "cuda" and not torch.cuda.is_available():
        raise SettingsError(
            found="SPORTS_DEVICE=cuda, and PyTorch finds no CUDA device",
            needed="a CUDA device with its driver, or the processor",
            remedy="run where there is one, or unset SPORTS_DEVICE",
        )
    return torch.device(name)
