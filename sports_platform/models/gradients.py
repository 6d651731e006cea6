"""The gradients of a training step: of a batch of rows among those that lie on the device.

Belongs here: the pass over a batch, and how a CUDA device repeats it. Which rows make a step is `fit.py`, and what
moves the weights `training_state.py`. Legend: N rows, F features, H heads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from sports_platform.core.domain import Head
from sports_platform.models.dataset import PlayData
from sports_platform.models.distributed import Ranks
from sports_platform.models.losses import head_losses, label_tensor, total_loss

_WARM_UPS = 3  # passes before one is recorded: what libraries set up on their first calls is no part of a step


@dataclass(frozen=True)
class Rows:
    """Rows resident on the device: features [N, F], labels [N, H, 3]."""

    features: torch.Tensor
    labels: torch.Tensor

    @classmethod
    def of(cls, data: PlayData, heads: Sequence[Head], device: torch.device) -> "Rows":
        """The rows of `data`."""
        return cls(torch.from_numpy(data.features_NF).to(device), label_tensor(data.labels, heads).to(device))

    def take(self, rows: torch.Tensor) -> "Rows":
        """Some of the rows, by their numbers."""
        return Rows(self.features.index_select(0, rows), self.labels.index_select(0, rows))

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class Gradients:
    """Called with the rows of a global batch [n]: leaves this process' gradients, returns its part of the mean loss."""

    network: nn.Module
    rows: Rows
    heads: Sequence[Head]
    ranks: Ranks

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """Over the plays of the whole batch: a head concerns more rows of one part than of another."""
        own = self.rows.take(self.ranks.part(batch))
        return self.backward(self.mean_loss(own.features, own.labels, len(batch)))

    def mean_loss(self, features: torch.Tensor, labels: torch.Tensor, plays: int | torch.Tensor) -> torch.Tensor:
        """Of these rows, as a part of so many plays."""
        with torch.autocast(features.device.type, torch.bfloat16, enabled=features.device.type == "cuda"):
            logits = self.network(features)
        return total_loss(head_losses(logits, labels, self.heads), plays)

    def backward(self, loss: torch.Tensor) -> torch.Tensor:
        """Leave the gradients of a loss in the weights."""
        self.network.zero_grad()
        # What the processes find is averaged; their parts are to be added up.
        torch.autograd.backward(loss * self.ranks.size)
        return loss.detach()


class RecordedGradients:
    """The same by one process on a CUDA device, where a pass is hundreds of short kernels whose launches take longer.

    It is recorded once as a graph and replayed; a batch of fewer rows is filled up by rows without labels.
    """

    def __init__(self, plain: Gradients, batch_size: int) -> None:
        device = plain.rows.features.device
        self._plain = plain
        self._batch = torch.zeros(batch_size, dtype=torch.int64, device=device)
        self._places = torch.arange(batch_size, device=device)
        self._plays = torch.full((), batch_size, device=device)
        aside = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # PyTorch's own gap
        aside.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(aside):
            for _ in range(_WARM_UPS):
                self._pass()
        torch.cuda.current_stream(device).wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._loss = self._pass()

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """As `Gradients`; the loss is overwritten by the next call."""
        self._batch[: len(batch)].copy_(batch)
        self._plays.fill_(len(batch))
        self._graph.replay()
        return self._loss

    def _pass(self) -> torch.Tensor:
        own = self._plain.rows.take(self._batch)
        labels = own.labels.masked_fill((self._places >= self._plays)[:, None, None], -1)
        return self._plain.backward(self._plain.mean_loss(own.features, labels, self._plays))


def gradients_of(
    network: nn.Module, rows: Rows, heads: Sequence[Head], ranks: Ranks, batch_size: int
) -> Callable[[torch.Tensor], torch.Tensor]:
    """How this device finds the gradients of batches of up to so many rows."""
    plain = Gradients(ranks.wrap(network), rows, heads, ranks)
    recorded = rows.features.device.type == "cuda" and ranks.size == 1
    return RecordedGradients(plain, batch_size) if recorded else plain
