"""The network as it serves: members that were trained apart, their mean, its levels and a calibration of each outcome.

Belongs here: how several networks become one. The training loop is `fit.py`, the fit of what is multiplied and added
`levels.py` and `calibrate.py`.
Legend: N rows, F features, W output columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from sports_platform.core.domain import Head, ModelPlan
from sports_platform.models.calibrate import GroupCalibration, fit_calibration
from sports_platform.models.curve import Epoch
from sports_platform.models.dataset import PlayData
from sports_platform.models.fit import TrainConfig, repeatable
from sports_platform.models.heads import grouped, head_slices, output_width
from sports_platform.models.levels import fit_levels
from sports_platform.models.serving import Serving, SituatedEnsemble, one_thread
from sports_platform.models.side_by_side import EnsembleTask, fit_members, processes_for

if TYPE_CHECKING:
    from sports_platform.core.domain import np_f32

_ROWS = 4096  # of one pass over held-out plays: memory stays flat


class Ensemble(nn.Module):
    """Features [N, F] -> calibrated logits [N, W]; of each group of classes, from the members' mean probability.

    Levels and calibration multiply and shift these logits, column by column; until fitted they change nothing.
    """

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, members: Sequence[nn.Module], heads: Sequence[Head]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.heads = tuple(heads)
        self.register_buffer("scale", torch.ones(output_width(heads)))
        self.register_buffer("shift", torch.zeros(output_width(heads)))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Calibrated logits."""
        return self.mean_logits(features) * self.scale + self.shift

    def mean_logits(self, features: torch.Tensor) -> torch.Tensor:
        """Logs of the members' mean probabilities, before calibration."""
        logs = torch.stack([self._log_probabilities(member(features)) for member in self.members])
        return logs.logsumexp(dim=0) - torch.log(torch.tensor(float(len(self.members))))

    def calibrate(self, scale_W: torch.Tensor, shift_W: torch.Tensor) -> None:
        """Take over a fitted calibration."""
        self.scale.copy_(scale_W)
        self.shift.copy_(shift_W)

    def situated(self, sides_MF: "np_f32", states: int, threads: int) -> SituatedEnsemble:
        """The ensemble before known sides, for the engine; `states` features, which come first, are the state's."""
        with one_thread():
            members = [cast(Serving, member).serving() for member in self.members]
        return SituatedEnsemble(members, self.heads, (self.scale, self.shift), sides_MF, states, threads)

    def _log_probabilities(self, logits: torch.Tensor) -> torch.Tensor:
        slices = head_slices(self.heads)
        return torch.cat(
            [grouped(logits, head, slices[head.name]).log_softmax(dim=2).flatten(1) for head in self.heads], dim=1
        )


def assemble(plan: ModelPlan, feature_names: Sequence[str], *, members: int, dropout: float) -> Ensemble:
    """An untrained ensemble of the sport's networks, to be filled from stored weights."""
    return Ensemble([plan.network(feature_names, dropout=dropout) for _ in range(members)], plan.heads)


@dataclass(frozen=True)
class FittedEnsemble:
    """The trained ensemble, how training of each member went, and what was chosen to calibrate it."""

    ensemble: Ensemble
    curves: list[list[Epoch]]
    choices: tuple[GroupCalibration, ...]


def fit_ensemble(
    training: PlayData,
    stopping: PlayData,
    plan: ModelPlan,
    config: TrainConfig,
    *,
    seed: int,
    checkpoints: Path | None = None,
) -> FittedEnsemble:
    """Train the members, each with a seed of its own; put their mean's levels right on all rows, and calibrate it on
    those that stopped them.
    """
    task = EnsembleTask(training, stopping, plan, config, seed, checkpoints)
    fitted = fit_members(task, processes_for(task))
    ensemble = Ensemble([member.network for member in fitted], plan.heads).eval()
    with repeatable(seed, config.threads, deterministic=True):
        rows = (training, stopping)
        logits = [_mean_logits(ensemble, data) for data in rows]
        level_W = fit_levels(logits, rows, plan.heads, plan.levelled_heads, config.level_half_life)
        calibration = fit_calibration(logits[-1] + level_W, stopping, plan.heads)
    ensemble.calibrate(calibration.scale_W, calibration.scale_W * level_W + calibration.shift_W)
    return FittedEnsemble(ensemble, [member.curve for member in fitted], calibration.choices)


def _mean_logits(ensemble: Ensemble, data: PlayData) -> torch.Tensor:
    logits_NW = torch.empty(data.rows, output_width(ensemble.heads))
    with torch.no_grad():
        for start in range(0, data.rows, _ROWS):
            rows = slice(start, start + _ROWS)
            logits_NW[rows] = ensemble.mean_logits(torch.from_numpy(data.features_NF[rows]))
    return logits_NW
