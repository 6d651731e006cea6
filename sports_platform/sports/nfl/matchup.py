"""A straight path from how strong the two teams are to what a play brings.

A play says next to nothing of the teams, a game's plays together say much: an effect too small for a network that
drops its inputs and stops early decides games all the same. Here it is a linear term of a few inputs, beside the
network and not within it. Legend: N rows, S strength inputs, C classes.
"""

from collections.abc import Sequence

import torch
from torch import nn

from sports_platform.sports.nfl.outcomes import (
    DEPTHS,
    FORMATIONS,
    PASS_RESULTS,
    PLAY_TYPES,
    YARD_GROUPS,
)
from sports_platform.sports.nfl.tilts import yard_tilts

_RATES = ("points_pg", "yards_per_play", "success_rate", "yards_per_attempt", "yards_per_carry", "sack_rate")
STRENGTH_INPUTS = (
    *(f"{side}_adjusted_{rate}" for side in ("off", "def") for rate in (*_RATES, "completion_rate")),
    *(f"{side}_market_{part}" for side in ("off", "def") for part in ("total", "points")),
    *(f"qb_{rate}_rate" for rate in ("completion", "interception", "sack", "scramble")),
    "qb_yards_per_attempt",
    "spread_open_posteam",
    "is_home_field",
)

# Yards of a kind of play are tilted alike: catches however deep, runs from either formation.
_KINDS = ("complete", "run", "scramble", "sack", "punt_net")


class Matchup(nn.Module):
    """Strength inputs [N, S] -> terms that are added to the logits of three heads.

    Yards are tilted exponentially: a class' logit moves with its yards, with whether it is a loss and whether it is an
    explosive gain, so that a stronger offence shifts a whole distribution by three numbers. The call (sacks and
    scrambles are among its classes) and the result of a pass move class by class, the same in all their groups.
    """

    basis: torch.Tensor
    kinds: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("basis", torch.from_numpy(yard_tilts().T.copy()), persistent=False)
        kinds = [next(place for place, kind in enumerate(_KINDS) if group.startswith(kind)) for group in YARD_GROUPS]
        self.register_buffer("kinds", torch.tensor(kinds), persistent=False)
        # One product for all terms: those of a few columns alone sum a row in another order beside other rows.
        self.widths = [len(_KINDS) * len(self.basis), len(PLAY_TYPES), len(PASS_RESULTS)]
        self.terms = nn.Linear(len(STRENGTH_INPUTS), sum(self.widths), bias=False)
        nn.init.zeros_(self.terms.weight)  # adds nothing until it has learned

    def forward(self, strength: torch.Tensor) -> dict[str, torch.Tensor]:
        """Head name -> [N, groups * C]."""
        yards, calls, results = torch.split(self.terms(strength), self.widths, dim=1)
        tilts = yards.reshape(len(strength), len(_KINDS), len(self.basis))
        return {
            "play_type": calls.repeat(1, len(FORMATIONS)),
            "result_pass": results.repeat(1, len(DEPTHS)),
            "yards": (tilts[:, self.kinds] @ self.basis).flatten(1),
        }


def strength_places(names: Sequence[str]) -> list[int]:
    """Columns of the strength inputs."""
    return [names.index(name) for name in STRENGTH_INPUTS]
