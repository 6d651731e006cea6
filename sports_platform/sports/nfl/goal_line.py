"""What the goal line does to the yards of a play: a term for each class by how far short of the line it ends.

A distribution of yards that is only cut off at the line gets touchdowns wrong: the defence has less field to cover and
stops more plays just short. But a pass from the 5, which is caught in the end zone or nowhere, is not stopped like one
from the 12, and who has run for thirty yards hardly is. A class of several yards that begins short of the line has
fewer of them to hold. Legend: N rows, C classes of yards, D distances.
"""

from itertools import pairwise

import torch
from torch import nn

from sports_platform.models.blocks import PACE
from sports_platform.sports.nfl.outcomes import YARD_CAP, YARD_GROUPS, YARD_LOWS

# Ends of a play at least so many yards short of the line are like those of plays far from it.
_FAR = 12
_SIZES = (6, 13)  # yards from which a gain is middling, and long
_LENGTH = 100


class GoalLine(nn.Module):
    """Yards to the goal line [N] -> terms [N, groups * C] that are added to the logits of the yards.

    A class' term depends on its least gain: how long that is, and how many yards it leaves to the line, of which none
    is a touchdown. Where the line cuts through a class, all that is past it is the next ones', and the class keeps its
    part: the log of that is added.
    """

    size: torch.Tensor
    short: torch.Tensor
    kept: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        lows = torch.tensor(YARD_LOWS)
        left = torch.arange(_LENGTH)[:, None] - lows
        self.register_buffer("size", torch.bucketize(lows, torch.tensor(_SIZES), right=True), persistent=False)
        self.register_buffer("short", left.clamp(0, _FAR), persistent=False)
        self.register_buffer("kept", _kept(left), persistent=False)
        self.terms = nn.Parameter(torch.zeros(len(YARD_GROUPS), len(_SIZES) + 1, _FAR))  # a distance of _FAR has none

    def forward(self, yardline: torch.Tensor) -> torch.Tensor:
        """Terms of every group's classes."""
        return nn.functional.embedding(yardline.long().clamp(0, _LENGTH - 1), self.by_line())

    def by_line(self) -> torch.Tensor:
        """Terms of every group's classes at each yard line [_LENGTH, groups * C]."""
        terms = PACE * torch.cat([self.terms, torch.zeros_like(self.terms[..., :1])], dim=2)
        return (terms[:, self.size, self.short] + self.kept).transpose(0, 1).flatten(1)


def _kept(left: torch.Tensor) -> torch.Tensor:
    """Log of the part of a class short of the line [groups, _LENGTH, C]; `left` are the yards its least gain leaves.

    Nought for punts, which no line stops, and for the last class, which holds touchdowns whatever the line.
    """
    wide = torch.tensor([high - low for low, high in pairwise((*YARD_LOWS, YARD_CAP))])
    part = torch.where((left > 0) & (left < wide), left / wide, torch.ones(()))
    part[:, -1] = 1.0
    stopped = torch.tensor([group != "punt_net" for group in YARD_GROUPS], dtype=torch.float32)
    return stopped[:, None, None] * part.log()
