"""The training loss: likelihood of the outcome seen, or of the range a censored outcome lies in.

Belongs here: torch code over logits. The same quantity on stored probabilities is `scores.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from sports_platform.core.domain import Head, HeadLabels


@dataclass(frozen=True, slots=True)
class LabelTensors:
    """`HeadLabels` on the training device; int64 [N]."""

    group: torch.Tensor
    low: torch.Tensor
    high: torch.Tensor

    @classmethod
    def of(cls, labels: HeadLabels, device: torch.device) -> "LabelTensors":
        """The labels of one head as tensors."""
        return cls(*(torch.from_numpy(a).to(device) for a in (labels.group, labels.low, labels.high)))

    def take(self, rows: torch.Tensor) -> "LabelTensors":
        """The labels of some rows."""
        return LabelTensors(*(values.index_select(0, rows) for values in (self.group, self.low, self.high)))


def head_losses(
    logits: torch.Tensor, labels: Mapping[str, LabelTensors], heads: Sequence[Head]
) -> dict[str, torch.Tensor]:
    """Head name -> negative log likelihood of each row to which the head applies [n_head]; logits [N, W]."""
    losses = {}
    # Split at once: the gradient of a slice is as wide as all heads.
    parts = torch.split(logits, [head.width for head in heads], dim=1)
    for head, part in zip(heads, parts, strict=True):
        seen = labels[head.name]
        rows = (seen.group >= 0).nonzero().squeeze(1)
        chosen = seen.take(rows)
        log_p = _of_group(part, head, rows, chosen.group).log_softmax(dim=1)
        losses[head.name] = -log_range(log_p, chosen.low, chosen.high)
    return losses


def _of_group(logits: torch.Tensor, head: Head, rows: torch.Tensor, group: torch.Tensor) -> torch.Tensor:
    """Logits [n, C] of one group of each of the rows."""
    return logits.reshape(-1, head.classes).index_select(0, rows * head.groups + group)


def log_range(log_p: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    """Log of the summed probability of classes low..high of each row; log_p [n, C]."""
    classes = torch.arange(log_p.shape[1], device=log_p.device)
    inside = (classes >= low[:, None]) & (classes <= high[:, None])
    return log_p.masked_fill(~inside, -torch.inf).logsumexp(dim=1)


def total_loss(losses: Mapping[str, torch.Tensor], rows: int) -> torch.Tensor:
    """Negative log likelihood of everything seen of a play, averaged over `rows` plays."""
    return torch.stack([loss.sum() for loss in losses.values()]).sum() / rows
