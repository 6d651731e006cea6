"""Levels: what a trained model says on average of past plays is put right, class by class.

A network that stopped early and dropped inputs while it learned is a little off on average when it serves, and the
game drifts away from what it learned; no single play shows it, but a game of a hundred of them does. Belongs here: the
shift of each group of classes that gives the rows' weighted frequencies back, or the means of what a plan lets them
move with. Whether a calibration pays on later plays is `calibrate.py`.
Legend: N rows, n rows of a group, C classes, B moves of them, H columns of a head, W output columns.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch

from sports_platform.core.domain import Head, HeadLabels, Levelling
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices

_STEPS = 20
_LONGEST_STEP = 2.0  # nats: far from the answer the curvature says little


def fit_levels(
    logits: Sequence[torch.Tensor],
    data: Sequence[PlayData],
    heads: Sequence[Head],
    levelled: Mapping[str, Levelling],
    half_life: float,
) -> torch.Tensor:
    """Shift of every output column [W], from logits [N, W] of rows of each data; zero but for the heads `levelled`.

    A row's weight halves with every `half_life` weeks of data that came after it: the game changes slowly.
    """
    slices = head_slices(heads)
    shift_W = torch.zeros(sum(head.width for head in heads))
    weight_N = torch.from_numpy(recency(np.concatenate([part.weeks_N for part in data]), half_life))
    for head in heads:
        if head.name in levelled:
            logits_NH = torch.cat([part[:, slices[head.name]] for part in logits])
            labels = _joined([part.labels[head.name] for part in data])
            shift_W[slices[head.name]] = _head_levels(logits_NH, labels, head, weight_N, levelled[head.name]).float()
    return shift_W


def recency(weeks_N: npt.NDArray[np.str_], half_life: float) -> npt.NDArray[np.float64]:
    """Weight of each row: 1 in the last week, halved with every `half_life` weeks present after its own."""
    _, place_N = np.unique(weeks_N, return_inverse=True)
    weights: npt.NDArray[np.float64] = 0.5 ** ((place_N.max() - place_N) / half_life)
    return weights


def _joined(parts: Sequence[HeadLabels]) -> HeadLabels:
    group, low, high = (np.concatenate([getattr(part, name) for part in parts]) for name in ("group", "low", "high"))
    return HeadLabels(group, low, high)


def _basis(moves: npt.NDArray[np.float32] | None, head: Head) -> torch.Tensor:
    """What shifts of a group's classes are made of [C, B]: of these moves, or each class of its own."""
    return torch.eye(head.classes, dtype=torch.float64) if moves is None else torch.from_numpy(moves).double()


def _head_levels(
    logits_NH: torch.Tensor, labels: HeadLabels, head: Head, weight_N: torch.Tensor, levelling: Levelling
) -> torch.Tensor:
    basis_CB = _basis(levelling.moves, head)
    shifts = torch.zeros(head.groups, head.classes, dtype=torch.float64)
    for group in range(head.groups):
        rows = np.flatnonzero(labels.group == group)
        at = torch.from_numpy(rows)
        columns = slice(group * head.classes, (group + 1) * head.classes)
        low, high = (torch.from_numpy(ends[rows]) for ends in (labels.low, labels.high))
        shifts[group] = _shift(logits_NH[at, columns].double(), low, high, weight_N[at], basis_CB, levelling.pull)
    return shifts.flatten()


def _shift(
    logits_nC: torch.Tensor,
    low: torch.Tensor,
    high: torch.Tensor,
    weight: torch.Tensor,
    basis_CB: torch.Tensor,
    pull: float,
) -> torch.Tensor:
    """The shift [C] under which expected and seen moves agree, by Newton's method."""
    classes = torch.arange(logits_nC.shape[1])
    outside = (classes < low[:, None]) | (classes > high[:, None])
    moves = torch.zeros(basis_CB.shape[1], dtype=torch.float64)
    ridge = pull * torch.eye(len(moves), dtype=torch.float64)
    for _ in range(_STEPS):
        log_p = (logits_nC + basis_CB @ moves).log_softmax(dim=1)
        expected, seen = log_p.exp(), log_p.masked_fill(outside, -torch.inf).softmax(dim=1)
        excess = basis_CB.T @ (weight @ (expected - seen)) + ridge @ moves
        # A censored row bends less than a plain one: taken as plain, steps are shorter and the answer is the same.
        curvature = torch.diag(weight @ expected) - (expected * weight[:, None]).T @ expected
        step = torch.linalg.solve(basis_CB.T @ curvature @ basis_CB + ridge, excess)
        moves = moves - step.clamp(-_LONGEST_STEP, _LONGEST_STEP)
    return basis_CB @ moves
