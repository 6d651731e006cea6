"""What the goal line does to the yards of a play: a term for each class by how far short of the line it ends.

A distribution of yards that is only cut off at the line gets touchdowns wrong: the defence has less field to cover and
stops more plays just short. Legend: N rows, C classes of yards, D distances.
"""

import torch
from torch import nn

from sports_platform.sports.nfl.outcomes import YARD_GROUPS, YARD_LOWS

# Ends of a play at least so many yards short of the line are like those of plays far from it.
_FAR = 12
_LENGTH = 100


class GoalLine(nn.Module):
    """Yards to the goal line [N] -> terms [N, groups * C] that are added to the logits of the yards.

    A class' term depends on the yards that its least gain leaves to the line: none is a touchdown.
    """

    short: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        left = torch.arange(_LENGTH)[:, None] - torch.tensor(YARD_LOWS)
        self.register_buffer("short", left.clamp(0, _FAR), persistent=False)
        self.terms = nn.Parameter(torch.zeros(len(YARD_GROUPS), _FAR))  # a distance of _FAR has none

    def forward(self, yardline: torch.Tensor) -> torch.Tensor:
        """Terms of every group's classes."""
        return self.by_line()[yardline.long().clamp(0, _LENGTH - 1)]

    def by_line(self) -> torch.Tensor:
        """Terms of every group's classes at each yard line [_LENGTH, groups * C]."""
        terms = torch.cat([self.terms, torch.zeros_like(self.terms[:, :1])], dim=1)
        return terms[:, self.short].transpose(0, 1).flatten(1)
