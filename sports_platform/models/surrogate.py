"""Surrogate of a lineup's simulated metrics: a differentiable map from a selection of players to them.

Belongs here: the network. Mean and variance are exact, the shape of the distribution is learned; how, is
`surrogate_fit`, where it is stored `surrogate_artefact`. A selection x stands for the points x'Z, where Z are
the players' points: x is 0 or 1 for a lineup and anything between while an optimiser is under way.

Legend: N selections, P players, S scenarios, K players of a lineup, Q quantile levels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn.functional import softplus

from sports_platform.core.errors import SchemaError
from sports_platform.models.blocks import Standardise

# A selection of nobody has no variance; the square root would have no slope there. In squared points.
_LEAST_VARIANCE = 1e-6
_SHAPE_FEATURES = 5


class LineupMetrics(NamedTuple):
    """Metrics in points: `quantiles` [N, Q] rise with the level; `tail_mean` is the mean above the highest level."""

    mean: torch.Tensor
    variance: torch.Tensor
    quantiles: torch.Tensor
    tail_mean: torch.Tensor

    @property
    def sd(self) -> torch.Tensor:
        """Standard deviation [N]."""
        return self.variance.clamp(min=_LEAST_VARIANCE).sqrt()

    def columns(self) -> torch.Tensor:
        """All metrics [N, Q + 3] in the order of `metric_names`."""
        return torch.cat([self.mean[:, None], self.sd[:, None], self.quantiles, self.tail_mean[:, None]], dim=1)


class _Moments(NamedTuple):
    """Central moments [N] of x'Z; `own_` those it had were the players independent."""

    mean: torch.Tensor
    variance: torch.Tensor
    own_variance: torch.Tensor
    third: torch.Tensor
    own_third: torch.Tensor
    fourth: torch.Tensor
    own_fourth: torch.Tensor


def metric_names(levels: Sequence[float]) -> tuple[str, ...]:
    """`mean, sd, p10, ..., above_p99` for the quantile levels."""
    shares = [f"p{100 * level:g}" for level in levels]
    return ("mean", "sd", *shares, f"above_{shares[-1]}")


class Surrogate(nn.Module):
    """Mean and covariance of the players, and a network from the distribution's shape to standardised quantiles.

    Moments beyond the variance take in single players and pairs, but not three different players at once: what
    those add is left to the network.
    """

    mean_P: torch.Tensor
    covariance_PP: torch.Tensor
    coskewness_PP: torch.Tensor
    cokurtosis_PP: torch.Tensor

    def __init__(self, players: int, levels: Sequence[float], widths: Sequence[int]) -> None:
        super().__init__()
        self.levels = tuple(levels)
        self.register_buffer("mean_P", torch.zeros(players))
        for name in ("covariance_PP", "coskewness_PP", "cokurtosis_PP"):
            self.register_buffer(name, torch.zeros(players, players))
        self.standardise = Standardise(_SHAPE_FEATURES)
        self.hidden = nn.Sequential()
        width = _SHAPE_FEATURES
        for wider in widths:
            # SiLU: an optimiser's second derivatives should exist too.
            self.hidden.extend([nn.Linear(width, wider), nn.SiLU()])
            width = wider
        self.output = nn.Linear(width, len(self.levels) + 1)

    @property
    def players(self) -> int:
        """Number of players P."""
        return len(self.mean_P)

    def set_moments(self, points_PS: npt.NDArray[np.floating]) -> None:
        """Take the players' moments from simulated points."""
        # By torch, not numpy: its threads are fixed while fitting, and sums depend on them in the last bits.
        points = torch.from_numpy(points_PS).double()
        mean = points.mean(dim=1)
        centred = points - mean[:, None]
        squared = centred**2
        covariance = centred @ centred.T / points.shape[1]
        variance = covariance.diagonal()
        self.mean_P.copy_(mean)
        self.covariance_PP.copy_(covariance)
        self.coskewness_PP.copy_(squared @ centred.T / points.shape[1])
        self.cokurtosis_PP.copy_(
            squared @ squared.T / points.shape[1] - torch.outer(variance, variance) - 2 * covariance**2
        )

    def forward(self, selected_NP: torch.Tensor) -> LineupMetrics:
        """Metrics of selections, by matrix products; raises SchemaError for another number of players."""
        if selected_NP.ndim != 2 or selected_NP.shape[1] != self.players:
            raise SchemaError(
                found=f"selections of shape {tuple(selected_NP.shape)}",
                needed=f"a row a selection with {self.players} players, the slate the surrogate was trained on",
                remedy="order the players as in the surrogate's card",
            )
        return self._metrics(self._moments(selected_NP))

    def of_lineups(self, players_NK: torch.Tensor) -> LineupMetrics:
        """The same metrics of lineups given as player indices: K * K look-ups where `forward` has P * P products."""
        return self._metrics(self._moments_of_lineups(players_NK))

    def shape_features(self, moments: _Moments) -> torch.Tensor:
        """What the quantiles depend on beyond mean and deviation [N, 5]: dimensionless, zero for a Gaussian but one."""
        variance = moments.variance.clamp(min=_LEAST_VARIANCE)
        cubed, fourth = variance**1.5, variance**2
        return torch.stack(
            [
                moments.third / cubed,
                moments.own_third / cubed,
                moments.fourth / fourth,
                moments.own_fourth / fourth,
                moments.own_variance / variance,
            ],
            dim=1,
        )

    def standardised(self, features: torch.Tensor) -> torch.Tensor:
        """(quantile - mean) / sd of each level, then the tail's mean [N, Q + 1]; each row rises."""
        raw = self.output(self.hidden(self.standardise(features)))
        return torch.cat([raw[:, :1], softplus(raw[:, 1:])], dim=1).cumsum(dim=1)

    def features(self, selected_NP: torch.Tensor) -> torch.Tensor:
        """The network's inputs for selections [N, 5]."""
        return self.shape_features(self._moments(selected_NP))

    def _metrics(self, moments: _Moments) -> LineupMetrics:
        sd = moments.variance.clamp(min=_LEAST_VARIANCE).sqrt()
        shape = self.standardised(self.shape_features(moments))
        values = moments.mean[:, None] + sd[:, None] * shape
        return LineupMetrics(moments.mean, moments.variance, values[:, :-1], values[:, -1])

    def _moments(self, x_NP: torch.Tensor) -> _Moments:
        squared_NP = x_NP**2
        own_third = (squared_NP * x_NP) @ self.coskewness_PP.diagonal()
        own_fourth = squared_NP**2 @ self.cokurtosis_PP.diagonal()
        # Expanding E(sum x z)^3, a pair's term stands in three orders, a single player's in one; likewise the fourth.
        third = 3 * (squared_NP @ self.coskewness_PP * x_NP).sum(dim=1) - 2 * own_third
        fourth = 3 * (squared_NP @ self.cokurtosis_PP * squared_NP).sum(dim=1) - 2 * own_fourth
        return _Moments(
            mean=x_NP @ self.mean_P,
            variance=(x_NP @ self.covariance_PP * x_NP).sum(dim=1),
            own_variance=squared_NP @ self.covariance_PP.diagonal(),
            third=third,
            own_third=own_third,
            fourth=fourth,
            own_fourth=own_fourth,
        )

    def _moments_of_lineups(self, players_NK: torch.Tensor) -> _Moments:
        pairs = players_NK[:, :, None], players_NK[:, None, :]
        own_third = self.coskewness_PP.diagonal()[players_NK].sum(dim=1)
        own_fourth = self.cokurtosis_PP.diagonal()[players_NK].sum(dim=1)
        return _Moments(
            mean=self.mean_P[players_NK].sum(dim=1),
            variance=self.covariance_PP[pairs].sum(dim=(1, 2)),
            own_variance=self.covariance_PP.diagonal()[players_NK].sum(dim=1),
            third=3 * self.coskewness_PP[pairs].sum(dim=(1, 2)) - 2 * own_third,
            own_third=own_third,
            fourth=3 * self.cokurtosis_PP[pairs].sum(dim=(1, 2)) - 2 * own_fourth,
            own_fourth=own_fourth,
        )
