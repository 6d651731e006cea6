"""The training loss: likelihood of the outcome seen, or of the range a censored outcome lies in.

Belongs here: torch code over logits. The same quantity on stored probabilities is `scores.py`.
Legend: N rows, W output columns, H heads, C classes of a head.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from sports_platform.core.domain import Head, HeadLabels


def label_tensor(labels: Mapping[str, HeadLabels], heads: Sequence[Head]) -> torch.Tensor:
    """Group, lowest and highest class of each row and head, int64 [N, H, 3]: a row's lie together."""
    of_heads = [(labels[head.name].group, labels[head.name].low, labels[head.name].high) for head in heads]
    return torch.from_numpy(np.ascontiguousarray(np.array(of_heads).transpose(2, 0, 1)))


def head_losses(logits: torch.Tensor, labels: torch.Tensor, heads: Sequence[Head]) -> torch.Tensor:
    """Negative log likelihood of each row and head [N, H], nought of a head that does not apply.

    From logits [N, W] and labels [N, H, 3]. No shape depends on what was seen, so that a device can repeat it.
    """
    # Split at once: the gradient of a slice is as wide as all heads.
    parts = torch.split(logits, [head.width for head in heads], dim=1)
    of_heads = zip(heads, parts, labels.unbind(1), strict=True)
    return torch.stack([_losses(part, seen, head) for head, part, seen in of_heads], dim=1)


def _losses(logits: torch.Tensor, labels: torch.Tensor, head: Head) -> torch.Tensor:
    """Of one head [N]; logits [N, groups * C], labels [N, 3]."""
    group, low, high = labels.unbind(1)
    # Where the head does not apply any range does, of finite gradient, that is then left out.
    row = torch.arange(len(group), device=group.device) * head.groups + group.clamp(min=0)
    chosen = logits.reshape(-1, head.classes).index_select(0, row)
    log_p = log_range(chosen, low.clamp(min=0), high.clamp(min=0))
    return torch.where(group >= 0, -log_p, 0.0)


def log_range(logits: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    """Log of the summed probability of classes low..high of each row; logits [n, C]."""
    classes = torch.arange(logits.shape[1], device=logits.device)
    inside = (classes >= low[:, None]) & (classes <= high[:, None])
    return logits.masked_fill(~inside, -torch.inf).logsumexp(dim=1) - logits.logsumexp(dim=1)


def total_loss(losses: torch.Tensor, rows: int | torch.Tensor) -> torch.Tensor:
    """Negative log likelihood of everything seen of a play, averaged over `rows` plays."""
    return losses.sum() / rows
