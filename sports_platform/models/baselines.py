"""Climatology: the class frequencies of the training rows, the least any head must beat."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.models.dataset import PlayData

# Half an observation a class (Jeffreys), so that a class unseen in training is not impossible.
PSEUDO_COUNT = 0.5
_EM_STEPS = 30


def climatology(data: PlayData, heads: Sequence[Head]) -> npt.NDArray[np.float32]:
    """One row [W] of class frequencies for each group of each head."""
    return np.concatenate([_frequencies(data.labels[head.name], head).ravel() for head in heads]).astype(np.float32)


def _frequencies(labels: HeadLabels, head: Head) -> npt.NDArray[np.float64]:
    """Frequencies [groups, classes]; censored rows are shared out by expectation-maximisation."""
    seen = labels.group >= 0
    cells, counts = np.unique(
        np.stack([labels.group[seen], labels.low[seen], labels.high[seen]], axis=1), axis=0, return_counts=True
    )
    classes = np.arange(head.classes)
    inside = (classes >= cells[:, 1:2]) & (classes <= cells[:, 2:3])
    p = np.full((head.groups, head.classes), 1.0 / head.classes)
    for _ in range(_EM_STEPS):
        share = np.where(inside, p[cells[:, 0]], 0.0)
        share *= (counts / share.sum(axis=1))[:, None]
        p = np.full_like(p, PSEUDO_COUNT)
        np.add.at(p, cells[:, 0], share)
        p /= p.sum(axis=1, keepdims=True)
    return p
