"""What the end of a game does to the call: a term for each play type by margin and time left.

In the last minutes of the fourth quarter the margin decides what a play is for. Behind by four to eight a field goal
gains nothing: of 2,332 such snaps of the last two minutes of 2009-2014 none was one. Behind by nine to eleven it is
half of what is needed. A trunk that encodes margin and clock for all heads smears one into the other: it expected 33
field goals of the former, and of the latter less than half of those that were tried.
Legend: N rows, T play types.
"""

import torch
from torch import nn

from sports_platform.models.blocks import PACE, Hats
from sports_platform.sports.nfl.outcomes import FORMATIONS, PLAY_TYPES

# Corners of the terms, by seconds left in the fourth quarter; from the last on there are none.
KNOTS = (0, 20, 60, 120, 200, 300)
# From each on another margin: behind by two touchdowns, by a field goal and a touchdown, by a touchdown, by a field
# goal that ties, by one that leads; level; ahead by a field goal, by a touchdown, by two scores, by more.
MARGINS = (-16, -11, -8, -3, -2, 0, 1, 4, 9, 17)


class EndGame(nn.Module):
    """Whether it is the fourth quarter, seconds left and margin, each [N] -> terms of the call's logits [N, all]."""

    margins: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.clock = Hats(0, KNOTS)
        self.register_buffer("margins", torch.tensor(MARGINS), persistent=False)
        self.terms = nn.Parameter(torch.zeros(len(MARGINS) + 1, len(KNOTS) - 1, len(PLAY_TYPES)))

    def forward(self, fourth_quarter: torch.Tensor, seconds: torch.Tensor, margin: torch.Tensor) -> torch.Tensor:
        """Terms of every formation's play types, for all formations the same."""
        return self.by_state(fourth_quarter, seconds, margin).repeat(1, len(FORMATIONS))

    def by_state(self, fourth_quarter: torch.Tensor, seconds: torch.Tensor, margin: torch.Tensor) -> torch.Tensor:
        """Terms of the play types [N, T]."""
        near: torch.Tensor = self.clock(seconds[:, None])[:, :-1] * fourth_quarter[:, None]
        place = torch.bucketize(margin.contiguous(), self.margins, right=True)
        terms = PACE * self.terms.index_select(0, place)
        return (near[:, :, None] * terms).sum(dim=1)
