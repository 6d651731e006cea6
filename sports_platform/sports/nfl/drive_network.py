"""The NFL drive network: the state of a drive's first snap beside a narrow view of the teams.

Inputs are the feature columns in the order of their names; outputs are the logits of `drive_outcomes.DRIVE_HEADS`.
Legend: N rows, F features, I encoded inputs, H hidden, G groups, C classes, W output columns.
"""

from collections.abc import Sequence

import torch
from torch import nn

from sports_platform.core.domain import Head
from sports_platform.models.blocks import Dropout, Hats, trunk
from sports_platform.sports.nfl.drive_outcomes import DRIVE_HEADS, DRIVE_STARTS
from sports_platform.sports.nfl.relative import LEAGUE, StandardiseRelative
from sports_platform.sports.nfl.state import STATE_NAMES

TRUNK = (96, 64)
# Of 30,000 drives a team starts a thousand: what is known of the teams passes this width, much of it dropped.
TEAM_WIDTH = 4
TEAM_DROPOUT = 0.5
GROUP_WIDTH = 64

# Corners of piecewise-linear encodings, where drives change: goal lines, kicking range, ends of halves, whole scores.
KNOTS = {
    "yardline_100": (1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 75, 80, 85, 90, 95, 99),
    "half_seconds_remaining": (0, 10, 20, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1800),
    "game_seconds_remaining": (0, 30, 60, 120, 180, 240, 300, 420, 600, 900, 1800, 3600),
    "score_differential": (-21, -17, -14, -11, -9, -8, -7, -4, -3, -1, 0, 1, 3, 4, 7, 8, 9, 11, 14, 17, 21),
}

_STATE = {*STATE_NAMES, *(f"start_{name}" for name in DRIVE_STARTS)}
# Who of an offence has the ball says little of a drive that the offence's own figures do not.
_UNSEEN = ("receiver_", "rusher_", *LEAGUE)


class DriveNetwork(nn.Module):
    """Features [N, F] -> logits [N, W] of all heads, in the order of `DRIVE_HEADS`."""

    def __init__(self, feature_names: Sequence[str], *, dropout: float) -> None:
        super().__init__()
        names = tuple(feature_names)
        self.standardise = StandardiseRelative(names)
        self.hats = nn.ModuleList(Hats(names.index(name), knots) for name, knots in KNOTS.items())
        state = [place for place, name in enumerate(names) if name in _STATE]
        teams = [place for place, name in enumerate(names) if name not in _STATE and not name.startswith(_UNSEEN)]
        self.register_buffer("state_columns", torch.tensor(state), persistent=False)
        self.register_buffer("team_columns", torch.tensor(teams), persistent=False)
        self.teams = nn.Sequential(Dropout(TEAM_DROPOUT if dropout else 0.0), nn.Linear(len(teams), TEAM_WIDTH))
        encoded = len(state) + sum(map(len, KNOTS.values())) + TEAM_WIDTH
        self.trunk = trunk(encoded, TRUNK, dropout)
        self.heads = nn.ModuleList(_GroupedHead(encoded + TRUNK[-1], head) for head in DRIVE_HEADS)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of all heads, from the encoded inputs themselves and from what the trunk makes of them."""
        scaled = self.standardise(features)
        parts = [scaled[:, self.state_columns], *(hat(features) for hat in self.hats)]
        encoded = torch.cat([*parts, self.teams(scaled[:, self.team_columns])], dim=1)
        seen = torch.cat([encoded, self.trunk(encoded)], dim=1)
        return torch.cat([head(seen) for head in self.heads], dim=1)


class _GroupedHead(nn.Module):
    """Inputs [N, I + H] -> logits [N, G x C]; groups share all but a scale and shift of the hidden layer and a bias.

    A head with one group is linear: it has rows enough for its classes and the trunk before it.
    """

    def __init__(self, inputs: int, head: Head) -> None:
        super().__init__()
        self.linear = head.groups == 1
        self.hidden = nn.Linear(inputs, head.classes if self.linear else GROUP_WIDTH)
        if not self.linear:
            self.scale = nn.Parameter(torch.ones(head.groups, GROUP_WIDTH))
            self.shift = nn.Parameter(torch.zeros(head.groups, GROUP_WIDTH))
            self.output = nn.Linear(GROUP_WIDTH, head.classes)
            self.bias = nn.Parameter(torch.zeros(head.groups, head.classes))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Logits, group by group."""
        hidden: torch.Tensor = self.hidden(inputs)
        if self.linear:
            return hidden
        of_groups = (hidden[:, None] * self.scale + self.shift).relu()
        logits: torch.Tensor = self.output(of_groups) + self.bias
        return logits.flatten(1)
