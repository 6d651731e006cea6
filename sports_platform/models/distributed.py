"""One training shared by the processes of `torchrun`: who takes which rows, and what is summed over all.

Belongs here: all of torch.distributed. The loop is `fit.py` and the same for one process, where nothing here acts.
Each rank works on its part of the same global batch; gradients of a step are those of the whole batch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True, slots=True)
class Ranks:
    """This process among those of a training."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0  # among those of this machine: which of its accelerators to use

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes and shows."""
        return self.rank == 0

    def device(self, kind: str) -> torch.device:
        """The device of this process."""
        return torch.device(kind, self.local_rank) if kind == "cuda" else torch.device(kind)

    def part(self, rows: torch.Tensor) -> torch.Tensor:
        """This process' share of a global batch; the shares differ by one row at most and may be empty."""
        return rows.tensor_split(self.size)[self.rank]

    def wrap(self, network: nn.Module) -> nn.Module:
        """The network as it is called in a step, so that gradients become their mean over all processes."""
        return network if self.size == 1 else DistributedDataParallel(network, broadcast_buffers=False)

    def sum(self, values: torch.Tensor) -> torch.Tensor:
        """The sum over all processes, in place."""
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def wait(self) -> None:
        """Return when every process has come here."""
        if self.size > 1:
            dist.barrier()


ALONE = Ranks()


@contextmanager
def joined(device: Literal["cpu", "cuda"]) -> Iterator[Ranks]:
    """Join the process group that torchrun describes, for the block."""
    dist.init_process_group("nccl" if device == "cuda" else "gloo")
    try:
        yield Ranks(dist.get_rank(), dist.get_world_size(), dist.get_node_local_rank())
    finally:
        dist.destroy_process_group()
