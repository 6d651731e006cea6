"""What the play network says of a team's candidates: who gets the ball, and how deep a pass to him goes.

Belongs here: scorers shared by all candidates, so that their order does not matter and a new roster needs no training.
Legend: N rows, F features, K candidates, H hidden, C depths.
"""

from collections.abc import Sequence

import torch
from torch import nn

from sports_platform.models.blocks import Dropout, Hats, StandardiseSlots
from sports_platform.sports.nfl.outcomes import DEPTHS, RECEIVER_INPUTS, RECEIVER_SLOTS

SCORER = 32
# Depth is the head where trees were ahead: it gets a scorer of its own, of two layers.
DEPTH_WIDTHS = (64, 32)
DEPTH_DROPOUT = 0.1
# Air yards that a receiver is usually thrown to; corners of a piecewise-linear encoding.
AIR_KNOTS = (-1, 1, 3, 5, 7, 9, 11, 13, 16)
# How deep the two teams' passes go, straight to the depths like `matchup.STRENGTH_INPUTS` to the yards.
STYLE_INPUTS = (
    *(f"{side}_{rate}" for side in ("off", "def") for rate in ("deep_pass_rate", "flat_pass_rate", "completion_rate")),
    *(f"{side}_air_yards_per_target" for side in ("off", "def", "qb")),
    "qb_deep_pass_rate",
    "qb_completion_rate",
    "qb_yards_per_attempt",
)

# Below this a share is noise; it keeps the logarithm of an empty slot finite (-7.6).
_LEAST_SHARE = 5e-4
_LEAST_OTHER = 0.01


class Candidates(nn.Module):
    """Scores [N, K + 1, outputs] of a team's candidates for a part in the play, and of anybody else."""

    shares: torch.Tensor

    def __init__(self, places: Sequence[Sequence[int]], hidden: int, outputs: int) -> None:
        super().__init__()
        self.slots = StandardiseSlots(places)
        self.register_buffer("shares", torch.tensor([place[0] for place in places]), persistent=False)
        self.situation = nn.Linear(hidden, SCORER)
        self.candidate = nn.Linear(len(places[0]), SCORER)
        self.anybody = nn.Parameter(torch.zeros(SCORER))
        self.score = nn.Linear(SCORER, outputs)

    def forward(self, features: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """From the inputs [N, F] and the trunk's [N, H]."""
        met = self.known(features) + self.situation(hidden)[:, None]
        scores: torch.Tensor = self.score(met.relu())
        return scores

    def known(self, features: torch.Tensor) -> torch.Tensor:
        """What is known of the candidates, and of anybody else, before the situation [N, K + 1, SCORER]."""
        anybody = self.anybody.expand(len(features), 1, -1)
        return torch.cat([self.candidate(self.slots(features)), anybody], dim=1)

    def log_shares(self, features: torch.Tensor) -> torch.Tensor:
        """Log of the candidates' shares and of what they leave to anybody else [N, K + 1]."""
        shares = features[:, self.shares]
        other = (1.0 - shares.sum(dim=1, keepdim=True)).clamp(min=_LEAST_OTHER)
        return torch.cat([shares.clamp(min=_LEAST_SHARE), other], dim=1).log()


class Depths(nn.Module):
    """Logits [N, (K + 1) * C] of how deep a pass to each candidate is thrown, and to anybody else."""

    air_columns: torch.Tensor
    style_columns: torch.Tensor

    def __init__(self, names: Sequence[str], hidden: int, snap: int, dropout: float) -> None:
        super().__init__()
        first, second = DEPTH_WIDTHS
        air = [names.index(f"receiver_{slot}_air_yards") for slot in range(1, RECEIVER_SLOTS + 1)]
        self.register_buffer("air_columns", torch.tensor(air), persistent=False)
        self.register_buffer(
            "style_columns", torch.tensor([names.index(name) for name in STYLE_INPUTS]), persistent=False
        )
        self.air = Hats(0, AIR_KNOTS)
        self.situation = nn.Linear(hidden, first)
        self.snap = nn.Linear(snap, first)
        self.candidate = nn.Linear(len(RECEIVER_INPUTS) + len(AIR_KNOTS), first)
        self.anybody = nn.Parameter(torch.zeros(first))
        self.score = nn.Sequential(
            nn.ReLU(),
            Dropout(DEPTH_DROPOUT if dropout else 0.0),
            nn.Linear(first, second),
            nn.ReLU(),
            nn.Linear(second, len(DEPTHS)),
        )
        self.style = nn.Linear(len(STYLE_INPUTS), len(DEPTHS), bias=False)
        nn.init.zeros_(self.style.weight)

    def forward(
        self,
        features: torch.Tensor,
        scaled: torch.Tensor,
        slots: torch.Tensor,
        snap: torch.Tensor,
        hidden: torch.Tensor,
    ) -> torch.Tensor:
        """From inputs [N, F] raw and scaled, candidates [N, K, inputs], the snap's encoding and the trunk's [N, H]."""
        met = self.known(features, slots) + (self.situation(hidden) + self.snap(snap))[:, None]
        logits: torch.Tensor = (self.score(met) + self.style(scaled[:, self.style_columns])[:, None]).flatten(1)
        return logits

    def known(self, features: torch.Tensor, slots: torch.Tensor) -> torch.Tensor:
        """What is known of the candidates, and of anybody else, before the situation [N, K + 1, first width]."""
        air = self.air(features[:, self.air_columns].reshape(-1, 1)).view(len(features), RECEIVER_SLOTS, len(AIR_KNOTS))
        known = self.candidate(torch.cat([slots, air], dim=2))
        return torch.cat([known, self.anybody.expand(len(features), 1, -1)], dim=1)


def places(names: Sequence[str], role: str, slots: int, of_each: Sequence[str]) -> list[list[int]]:
    """Columns of each slot's features."""
    return [[names.index(f"{role}_{slot}_{name}") for name in of_each] for slot in range(1, slots + 1)]
