"""What the end zone does to passes: terms for how deep they are thrown and what comes of them, by depth and yard line.

Close to the goal line receivers have no room left to run into, and the feed counts air yards no further than the line:
a pass of the class that reaches it is caught a fifth less often than one as deep in the middle of the field, and deeper
classes are empty. A trunk that encodes the yard line for all heads is too smooth to learn this of few thousand passes.
Legend: N rows, D depths, R results, K knots.
"""

import torch
from torch import nn

from sports_platform.models.blocks import PACE, Hats
from sports_platform.sports.nfl.outcomes import DEPTHS, PASS_RESULTS

# Corners of the terms, by yards to the goal line: both sides of where a class of depths begins to reach the line.
KNOTS = (1, 3, 5, 6, 8, 10, 11, 14, 17, 19, 20, 24, 30)
_LENGTH = 100
_RESULTS = len(DEPTHS) * len(PASS_RESULTS)


class EndZone(nn.Module):
    """Yards to the goal line [N] -> terms that are added to the logits of depths [N, D] and of results [N, D * R]."""

    weights: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        lines = Hats(0, KNOTS)(torch.arange(_LENGTH, dtype=torch.float32)[:, None])
        self.register_buffer("weights", lines[:, :-1], persistent=False)  # past the last knot there are no terms
        self.terms = nn.Parameter(torch.zeros(len(KNOTS) - 1, len(DEPTHS) + _RESULTS))

    def forward(self, yardline: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Terms of every depth, and of every depth's results."""
        terms = nn.functional.embedding(yardline.long().clamp(0, _LENGTH - 1), self.by_line())
        return terms[:, : len(DEPTHS)], terms[:, len(DEPTHS) :]

    def by_line(self) -> torch.Tensor:
        """Terms of depths, then of results, at each yard line [_LENGTH, D + D * R]."""
        return self.weights @ (PACE * self.terms)
