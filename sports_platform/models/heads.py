"""Where each head lies in the fused output, views of it, and its probabilities. Labels are another module's."""

from collections.abc import Iterable, Sequence

import torch

from sports_platform.core.domain import Head


def head_slices(heads: Iterable[Head]) -> dict[str, slice]:
    """Head name -> its columns of the fused output, in the order of `heads`."""
    slices, start = {}, 0
    for head in heads:
        slices[head.name] = slice(start, start + head.width)
        start += head.width
    return slices


def output_width(heads: Iterable[Head]) -> int:
    """Columns of the fused output."""
    return sum(head.width for head in heads)


def grouped(output: torch.Tensor, head: Head, columns: slice) -> torch.Tensor:
    """The head's block of the fused output [N, W] as a view [N, groups, classes]."""
    return output[:, columns].view(len(output), head.groups, head.classes)


def distributions(logits: torch.Tensor, heads: Sequence[Head]) -> torch.Tensor:
    """Probabilities of the fused logits [N, W], each group's summing to one."""
    slices = head_slices(heads)
    return torch.cat([grouped(logits, head, slices[head.name]).softmax(dim=2).flatten(1) for head in heads], dim=1)
