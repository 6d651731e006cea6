"""The NFL play network: the state of the snap beside a narrow view of the teams, a scorer of candidates, a matchup.

Inputs are the feature columns in the order of their names; outputs are the logits of `outcomes.HEADS`.
Legend: N rows, F features, K candidates, H hidden, W output columns.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn

from sports_platform.core.domain import Head
from sports_platform.models.blocks import PACE, Dropout, Hats, Paced, trunk
from sports_platform.sports.nfl.candidates import Candidates, Depths, places
from sports_platform.sports.nfl.end_game import EndGame
from sports_platform.sports.nfl.end_zone import EndZone
from sports_platform.sports.nfl.goal_line import GoalLine
from sports_platform.sports.nfl.matchup import Matchup, strength_places
from sports_platform.sports.nfl.outcomes import (
    HEADS,
    RECEIVER_INPUTS,
    RECEIVER_SLOTS,
    RUN_FORMATIONS,
    RUSHER_INPUTS,
    RUSHER_SLOTS,
)
from sports_platform.sports.nfl.relative import LEAGUE, StandardiseRelative
from sports_platform.sports.nfl.state import STATE_NAMES
from sports_platform.sports.nfl.sticks import Sticks

if TYPE_CHECKING:
    from sports_platform.sports.nfl.serving import ServingPlayNetwork

TRUNK = (256, 192, 128)
# The teams meet a few thousand times in the data, snaps are many: what is known of the teams passes this width, so
# that the network learns what kind of team acts how and not each game by heart.
TEAM_WIDTH = 24
TEAM_DROPOUT = 0.3
# A few thousand field goals and penalties would learn the teams by heart: they see the state of the snap alone.
SNAP_WIDTH = 64
SNAP_DROPOUT = 0.3

# Corners of piecewise-linear encodings, where football changes: goal lines, kicking range, the sticks, ends of halves.
KNOTS = {
    "yardline_100": (1, 2, 3, 5, 10, 20, 28, 33, 38, 43, 50, 60, 75, 90, 95, 99),
    "ydstogo": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20),  # after an incompletion teams run more: ten is no nine
    # A play late in a period cannot last longer than the period; nor, for the clock, past the two-minute warning.
    "half_seconds_remaining": (
        0,
        3,
        6,
        10,
        15,
        20,
        25,
        30,
        40,
        50,
        60,
        90,
        115,
        120,
        125,
        130,
        137,
        145,
        153,
        162,
        175,
        240,
        300,
        600,
        895,
        900,
        905,
        910,
        917,
        925,
        933,
        942,
        955,
        1200,
        1800,
    ),
    "game_seconds_remaining": (0, 30, 60, 120, 180, 240, 300, 420, 600, 900, 1800, 3600),
    "score_differential": (-17, -14, -11, -8, -7, -4, -3, -1, 0, 1, 3, 4, 7, 8, 11, 14, 17),
}

_LEAST_RATE = 0.01

_OF_CANDIDATES = ("target_pass", "depth", "target_run")
SNAP_HEADS = tuple(head for head in HEADS if head.name in ("field_goal", "penalty"))
OTHER_HEADS = tuple(head for head in HEADS if head.name not in _OF_CANDIDATES and head not in SNAP_HEADS)


class PlayNetwork(nn.Module):
    """Features [N, F] -> logits [N, W] of all heads, in the order of `outcomes.HEADS`.

    The logit of a target is log(prior share) plus a score of the candidate in the situation, by one scorer for all
    candidates: their order does not matter, and a change of share moves a probability directly. The formation starts
    from the offence's own rates in the same way, and what the strengths of the teams bring is added at the end. All
    figures of teams are seen beside the league's. Rare heads see the snap alone.
    """

    state_columns: torch.Tensor
    end_game_columns: torch.Tensor
    formation_columns: torch.Tensor

    def __init__(self, feature_names: Sequence[str], *, dropout: float) -> None:
        super().__init__()
        names = tuple(feature_names)
        self.standardise = StandardiseRelative(names)
        self.hats = nn.ModuleList(Hats(names.index(name), knots) for name, knots in KNOTS.items())
        state = [place for place, name in enumerate(feature_names) if name in STATE_NAMES]
        teams = [place for place, name in enumerate(names) if name not in STATE_NAMES and not name.startswith(LEAGUE)]
        self.register_buffer("state_columns", torch.tensor(state), persistent=False)
        self.register_buffer("team_columns", torch.tensor(teams), persistent=False)
        self.register_buffer("strength_columns", torch.tensor(strength_places(names)), persistent=False)
        self.matchup = Matchup()
        self.goal_line = GoalLine()
        self.sticks = Sticks()
        self.end_zone = EndZone()
        self.end_game = EndGame()
        of_end_game = [names.index(name) for name in ("qtr_4", "half_seconds_remaining", "score_differential")]
        self.register_buffer("end_game_columns", torch.tensor(of_end_game), persistent=False)
        self.yardline_column = names.index("yardline_100")
        self.to_go_column = names.index("ydstogo")
        of_formation = [names.index(f"off_{name}_rate") for name in ("shotgun", "no_huddle")]
        self.register_buffer("formation_columns", torch.tensor(of_formation), persistent=False)
        self.teams = nn.Sequential(Dropout(TEAM_DROPOUT if dropout else 0.0), nn.Linear(len(teams), TEAM_WIDTH))
        snap = len(state) + sum(map(len, KNOTS.values()))
        self.trunk = trunk(snap + TEAM_WIDTH, TRUNK, dropout)
        self.output = nn.Linear(TRUNK[-1], sum(head.width for head in OTHER_HEADS))
        self.rare = RareHeads(snap, dropout)
        self.receivers = Candidates(places(names, "receiver", RECEIVER_SLOTS, RECEIVER_INPUTS), TRUNK[-1], 1)
        self.rushers = Candidates(places(names, "rusher", RUSHER_SLOTS, RUSHER_INPUTS), TRUNK[-1], len(RUN_FORMATIONS))
        self.depths = Depths(names, TRUNK[-1], snap, dropout)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of all heads."""
        scaled = self.standardise(features)
        teams = self.teams(scaled[:, self.team_columns])
        snap = self.snap(features, scaled)
        hidden = self.trunk(torch.cat([snap, teams], dim=1))
        parts = self._of_candidates(features, scaled, snap, hidden)
        parts |= named(OTHER_HEADS, self.output(hidden)) | named(SNAP_HEADS, self.rare(snap))
        for name, term in self.matchup(scaled[:, self.strength_columns]).items():
            parts[name] = parts[name] + term
        yardline = features[:, self.yardline_column]
        parts["yards"] = parts["yards"] + self.goal_line(yardline) + self.sticks(features[:, self.to_go_column])
        depths, results = self.end_zone(yardline)
        parts["depth"] = parts["depth"] + depths.repeat(1, RECEIVER_SLOTS + 1)
        parts["result_pass"] = parts["result_pass"] + results
        parts["play_type"] = parts["play_type"] + self.end_game(*features[:, self.end_game_columns].T)
        parts["formation"] = parts["formation"] + log_formations(features[:, self.formation_columns])
        return torch.cat([parts[head.name] for head in HEADS], dim=1)

    def snap(self, features: torch.Tensor, scaled: torch.Tensor) -> torch.Tensor:
        """The encoding of the snap's state, from the inputs raw and scaled."""
        return torch.cat([scaled[:, self.state_columns], *(hat(features) for hat in self.hats)], dim=1)

    def serving(self) -> "ServingPlayNetwork":
        """This network, once trained, in the form in which it answers the engine."""
        from sports_platform.sports.nfl.serving import ServingPlayNetwork

        return ServingPlayNetwork(self)

    def _of_candidates(
        self, features: torch.Tensor, scaled: torch.Tensor, snap: torch.Tensor, hidden: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Logits of the heads that ask who gets the ball, and how deep."""
        runs = self.rushers.log_shares(features)[:, None] + self.rushers(features, hidden).transpose(1, 2)
        return {
            "target_pass": self.receivers.log_shares(features) + self.receivers(features, hidden)[:, :, 0],
            "depth": self.depths(features, scaled, self.receivers.slots(features), snap, hidden),
            "target_run": runs.flatten(1),
        }


class RareHeads(Paced):
    """From the snap's encoding to the logits of the rare heads, in the order of `SNAP_HEADS`.

    Of their groups, which a few thousand plays do not tell apart by the state, each class has a term of its own. One
    play in eleven has such a head: at the pace of the others they would learn too little.
    """

    pace = 2.0

    def __init__(self, snap: int, dropout: float) -> None:
        super().__init__()
        rate = SNAP_DROPOUT if dropout else 0.0
        width = sum(head.classes for head in SNAP_HEADS)
        self.classes = nn.Sequential(
            Dropout(rate), nn.Linear(snap, SNAP_WIDTH), nn.ReLU(), Dropout(rate), nn.Linear(SNAP_WIDTH, width)
        )
        self.terms = nn.Parameter(torch.zeros(sum(head.width for head in SNAP_HEADS)))

    def forward(self, snap: torch.Tensor) -> torch.Tensor:
        """Logits [N, width of the rare heads]."""
        parts = torch.split(self.classes(snap), [head.classes for head in SNAP_HEADS], dim=1)
        groups = [part.repeat(1, head.groups) for head, part in zip(SNAP_HEADS, parts, strict=True)]
        return torch.cat(groups, dim=1) + PACE * self.terms


def named(heads: Sequence[Head], logits: torch.Tensor) -> dict[str, torch.Tensor]:
    """The heads' own columns of logits [N, width of all of them]."""
    parts, start = {}, 0
    for head in heads:
        parts[head.name] = logits[:, start : start + head.width]
        start += head.width
    return parts


def log_formations(rates: torch.Tensor) -> torch.Tensor:
    """Log of how often a team lines up so [N, 4], from its rates of shotgun and of no huddle [N, 2]."""
    shotgun, hurried = rates.clamp(_LEAST_RATE, 1 - _LEAST_RATE).T
    settled = 1 - hurried
    return torch.stack(
        [(1 - shotgun) * settled, shotgun * settled, (1 - shotgun) * hurried, shotgun * hurried], dim=1
    ).log()
