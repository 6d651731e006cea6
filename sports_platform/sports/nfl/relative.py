"""Figures of teams beside where the league stands.

Rates drift over the years: of 100 plays of 2009 37 came from the shotgun, of those of 2015 62; closing totals rose by
three points in five years. A network that learns what an absolute rate means takes a league that moved on for one of
unusual teams. So it sees what a team's figures have above the league's of the same week, but for those that heads
foretell themselves, and the league's not at all; where the game moves, `models.levels` follows.
Legend: N rows, F features.
"""

from collections.abc import Sequence

import torch

from sports_platform.models.blocks import Standardise

LEAGUE = ("league_", "level_")  # prefixes of what is said of the league, not of a team
# How often a formation, a completion or a sack comes up and how long a play takes is what heads foretell: where all
# teams move, games move with them, and so these stay as they are.
_ABSOLUTE = (
    "off_shotgun_rate",
    "off_no_huddle_rate",
    *(f"{side}_{rate}" for side in ("off", "def", "qb") for rate in ("completion_rate", "sack_rate")),
    *(f"{side}_adjusted_{rate}" for side in ("off", "def") for rate in ("completion_rate", "sack_rate")),
    *(f"{side}_{pace}_per_play" for side in ("off", "def") for pace in ("seconds", "neutral_seconds")),
)
_TEAM = ("off_", "def_", "qb_")
# A club's part of a closing total is half of it in the mean.
_PART = {"market_points": ("level_market_total", 0.5)}


class StandardiseRelative(Standardise):
    """Inputs [N, F] of these names: those of teams less their level, all standardised."""

    level: torch.Tensor
    times: torch.Tensor

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(len(names))
        levels = [_level(name, names) for name in names]
        self.register_buffer("level", torch.tensor([names.index(level) for level, _ in levels]), persistent=False)
        self.register_buffer("times", torch.tensor([times for _, times in levels]), persistent=False)

    def fit(self, inputs: torch.Tensor) -> None:
        """Take mean and deviation from what the training rows have above their levels."""
        super().fit(self._relative(inputs))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Standardised rows."""
        return super().forward(self._relative(inputs))

    def _relative(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs - self.times * inputs.index_select(1, self.level)


def _level(name: str, names: Sequence[str]) -> tuple[str, float]:
    """The column that a figure is seen beside, and how much of it is taken off; of other columns nothing is."""
    figure = name.removeprefix("off_").removeprefix("def_")
    level, times = _PART.get(figure, (f"level_{figure}", 1.0))
    seen_beside = name.startswith(_TEAM) and name not in _ABSOLUTE and level in names
    return (level, times) if seen_beside else (name, 0.0)
