"""Levels: what a trained model says on average of past plays is put right, class by class.

A network that stopped early and dropped inputs while it learned is a little off on average when it serves, which no
single play shows but a game of a hundred of them does. Belongs here: the shift of each group of classes that gives the
rows' weighted frequencies back. Whether a calibration pays on later plays is `calibrate.py`.
Legend: N rows, n rows of a group, C classes, H columns of a head, W output columns.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices

_STEPS = 20
_LONGEST_STEP = 2.0  # nats: far from the answer the curvature says little
# Pull of shifts to 0, in nats: a class seen a few times cannot move its own probability by much. By 5, 20 and 50 levels
# gain, on the seasons after 2009-2011 to 2009-2014, 8, 14 and 16 of 10,000 nats of a penalty, 23, 22 and 19 of a time.
_RIDGE = 20.0


def fit_levels(
    logits: Sequence[torch.Tensor], data: Sequence[PlayData], heads: Sequence[Head], half_lives: Mapping[str, float]
) -> torch.Tensor:
    """Shift of every output column [W], from logits [N, W] of rows of each data; zero but for the heads named.

    A row's weight halves with every `half_lives[head]` weeks of data that came after it: the game changes slowly.
    """
    slices = head_slices(heads)
    shift_W = torch.zeros(sum(head.width for head in heads))
    weeks_N = np.concatenate([part.weeks_N for part in data])
    for head in heads:
        if head.name in half_lives:
            logits_NH = torch.cat([part[:, slices[head.name]] for part in logits])
            labels = _joined([part.labels[head.name] for part in data])
            weight_N = torch.from_numpy(recency(weeks_N, half_lives[head.name]))
            shift_W[slices[head.name]] = _head_levels(logits_NH, labels, head, weight_N).float()
    return shift_W


def recency(weeks_N: npt.NDArray[np.str_], half_life: float) -> npt.NDArray[np.float64]:
    """Weight of each row: 1 in the last week, halved with every `half_life` weeks present after its own."""
    _, place_N = np.unique(weeks_N, return_inverse=True)
    weights: npt.NDArray[np.float64] = 0.5 ** ((place_N.max() - place_N) / half_life)
    return weights


def _joined(parts: Sequence[HeadLabels]) -> HeadLabels:
    group, low, high = (np.concatenate([getattr(part, name) for part in parts]) for name in ("group", "low", "high"))
    return HeadLabels(group, low, high)


def _head_levels(logits_NH: torch.Tensor, labels: HeadLabels, head: Head, weight_N: torch.Tensor) -> torch.Tensor:
    shifts = torch.zeros(head.groups, head.classes, dtype=torch.float64)
    for group in range(head.groups):
        rows = np.flatnonzero(labels.group == group)
        at = torch.from_numpy(rows)
        columns = slice(group * head.classes, (group + 1) * head.classes)
        low, high = (torch.from_numpy(ends[rows]) for ends in (labels.low, labels.high))
        shifts[group] = _shift(logits_NH[at, columns].double(), low, high, weight_N[at])
    return shifts.flatten()


def _shift(logits_nC: torch.Tensor, low: torch.Tensor, high: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """The shift [C] under which expected and seen classes agree, by Newton's method."""
    classes = torch.arange(logits_nC.shape[1])
    outside = (classes < low[:, None]) | (classes > high[:, None])
    shift = torch.zeros(logits_nC.shape[1], dtype=torch.float64)
    for _ in range(_STEPS):
        log_p = (logits_nC + shift).log_softmax(dim=1)
        expected, seen = log_p.exp(), log_p.masked_fill(outside, -torch.inf).softmax(dim=1)
        excess = weight @ (expected - seen) + _RIDGE * shift
        # A censored row bends less than a plain one: taken as plain, steps are shorter and the answer is the same.
        curvature = torch.diag(weight @ expected + _RIDGE) - (expected * weight[:, None]).T @ expected
        shift = shift - torch.linalg.solve(curvature, excess).clamp(-_LONGEST_STEP, _LONGEST_STEP)
    return shift
