"""Moments of what the plays of a team game have in common: what the squares of its sums have above independent draws.

Belongs here: the arithmetic that `tendencies` and `forms` share. Legend: N rows, T team games, C classes.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import HeadLabels
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.outcomes import HEADS

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_HEADS = {head.name: head for head in HEADS}


def seen(head: str, output_NW: F32, labels: Mapping[str, HeadLabels]) -> tuple[F64, I64, Mask]:
    """Probabilities [N, C] of each row's group, the class seen, and whether the head was in play."""
    shape, label = (-1, _HEADS[head].groups, _HEADS[head].classes), labels[head]
    live_N = label.group >= 0
    probabilities = output_NW[:, head_slices(HEADS)[head]].astype(np.float64).reshape(shape)
    return probabilities[np.arange(len(probabilities)), np.maximum(label.group, 0)], label.low, live_N


def sums(values: F64, team_N: I64) -> F64:
    """By team game [T, ...], of values [N, ...]."""
    found = np.zeros((int(team_N.max(initial=-1)) + 1, *values.shape[1:]))
    np.add.at(found, team_N, values)
    return found


def spread(strayed_N: F64, variance_N: F64, answer_N: F64, team_N: I64) -> float:
    """Standard deviation of what a team game's rows have in common, nought where nothing is above chance.

    From how far each row strayed from what was expected, the variance that chance gives it, and how far it moves by a
    unit of what is in common.
    """
    excess = (sums(strayed_N, team_N) ** 2 - sums(variance_N, team_N)).sum()
    answers = (sums(answer_N, team_N) ** 2).sum()
    return float(np.sqrt(max(excess / answers, 0.0))) if answers > 0 else 0.0
