"""What the line to gain does to the yards of a play: a term for each class of one yard that ends close to it.

Spots are rounded to yards but never across the line to gain, and runners know where it is: a play that makes just the
yards to go is half as common as the yardages around it, one a yard short much commoner. No smooth function of the
distance says so. Legend: N rows, C classes of yards, D distances.
"""

from itertools import pairwise

import torch
from torch import nn

from sports_platform.sports.nfl.outcomes import YARD_CAP, YARD_GROUPS, YARD_LOWS

_NEAR = 2  # yards short of the line or past it, up to which a class has a term
_LONGEST = 100


class Sticks(nn.Module):
    """Yards to go [N] -> terms [N, groups * C] that are added to the logits of the yards."""

    past: torch.Tensor
    near: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        past = torch.tensor(YARD_LOWS) - torch.arange(_LONGEST)[:, None]
        single = torch.tensor([high - low == 1 for low, high in pairwise((*YARD_LOWS, YARD_CAP))])
        self.register_buffer("past", past.clamp(-_NEAR, _NEAR) + _NEAR, persistent=False)
        self.register_buffer("near", single & (past.abs() <= _NEAR), persistent=False)
        self.terms = nn.Parameter(torch.zeros(len(YARD_GROUPS), 2 * _NEAR + 1))

    def forward(self, to_go: torch.Tensor) -> torch.Tensor:
        """Terms of every group's classes."""
        return nn.functional.embedding(to_go.long().clamp(0, _LONGEST - 1), self.by_distance())

    def by_distance(self) -> torch.Tensor:
        """Terms of every group's classes at each distance [_LONGEST, groups * C]."""
        return (self.terms[:, self.past] * self.near).transpose(0, 1).flatten(1)
