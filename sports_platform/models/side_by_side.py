"""Training the members of an ensemble side by side: this process takes its part of them, others the rest.

Belongs here: which process trains which member, and how what it found comes back. A member is trained by `fit.py` as it
would be alone: how many processes there are changes no bit of it.
"""

import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from typing import Self

from safetensors.torch import load, save

from sports_platform.core.domain import ModelPlan
from sports_platform.core.errors import PlatformError
from sports_platform.core.seeds import derive_seed
from sports_platform.models.curve import Epoch
from sports_platform.models.dataset import PlayData
from sports_platform.models.fit import Fitted, TrainConfig, fit

# With fewer plays to train on, all epochs counted, a member is trained before another process has started.
_WORTH_A_PROCESS = 200_000


class WorkerLostError(PlatformError):
    """A process that trained a member ended without an answer."""


@dataclass(frozen=True)
class EnsembleTask:
    """Everything the members' trainings follow from; `seed` is the ensemble's."""

    training: PlayData
    stopping: PlayData
    plan: ModelPlan
    config: TrainConfig
    seed: int
    checkpoints: Path | None = None

    def fit(self, member: int, *, shown: bool = True) -> Fitted:
        """Train a member in this process, with a progress bar if `shown`."""
        return fit(
            self.training,
            self.stopping,
            self.plan,
            self.config,
            seed=member_seed(self.seed, member),
            checkpoints=self.checkpoints / f"member_{member}" if self.checkpoints else None,
            shown=shown,
        )


def member_seed(seed: int, member: int) -> int:
    """The seed of a member's training, from that of the ensemble's."""
    return derive_seed(seed, "member", member)


def processes_for(task: EnsembleTask) -> int:
    """How many processes are worth their start: on the CPU one a core, as far as there are members."""
    small = task.training.rows * task.config.epochs < _WORTH_A_PROCESS
    return 1 if small or task.config.device != "cpu" else min(task.config.members, len(os.sched_getaffinity(0)))


def fit_members(task: EnsembleTask, processes: int) -> list[Fitted]:
    """Train all members; returns them in order.

    What a member's training raises is raised here, and ends the others. No process outlives this one.
    """
    parts = [range(first, task.config.members, processes) for first in range(processes)]
    with ExitStack() as running:
        workers = [running.enter_context(_Worker(task, part)) for part in parts[1:]]
        found = {member: task.fit(member) for member in parts[0]}
        for worker in workers:
            found |= worker.result()
    return [found[member] for member in range(task.config.members)]


class _Worker:
    """A process that trains some of the members while the block goes on, and ends with it."""

    def __init__(self, task: EnsembleTask, members: Sequence[int]) -> None:
        spawning = get_context("spawn")  # a fork would copy the locks of threads that it does not have
        self._answers, told = spawning.Pipe(duplex=False)
        self._task = task
        self._process = spawning.Process(target=_work, args=(task, members, told), daemon=True)
        self._told = told

    def __enter__(self) -> Self:
        self._process.start()
        self._told.close()  # so that the answers end when the process does
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def result(self) -> dict[int, Fitted]:
        """Member -> what it became; raises what its training raised."""
        try:
            answer = self._answers.recv()
        except EOFError:
            self._process.join()
            raise WorkerLostError(
                found=f"the process that trained another member ended with code {self._process.exitcode}",
                needed="its weights",
                remedy="see to it that memory suffices, then train again: epochs that were done are not lost",
            ) from None
        if isinstance(answer, BaseException):
            raise answer
        return {member: _unpacked(self._task, *packed) for member, packed in answer.items()}


def _work(task: EnsembleTask, members: Sequence[int], told: Connection) -> None:
    """What the process does. Ctrl-C reaches it too, but it is the parent that ends it."""
    signal(SIGINT, SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        told.send({member: _packed(task.fit(member, shown=False)) for member in members})
    except Exception as error:  # raised again in the parent
        told.send(error)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _packed(fitted: Fitted) -> tuple[bytes, list[Epoch]]:
    return save({name: value.contiguous() for name, value in fitted.network.state_dict().items()}), fitted.curve


def _unpacked(task: EnsembleTask, weights: bytes, curve: list[Epoch]) -> Fitted:
    network = task.plan.network(task.training.feature_names, dropout=task.config.dropout)
    network.load_state_dict(load(weights))
    return Fitted(network.eval(), curve)
