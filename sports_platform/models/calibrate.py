"""Calibration of an ensemble's logits on held-out plays, kept only where it helps on plays it was not fitted to.

Belongs here: temperature and vector scaling of each group of classes, chosen by cross-fitting over games.
Legend: N rows, n rows of a group, C classes, W output columns.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict

from sports_platform.core.domain import Head
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices
from sports_platform.models.losses import log_range

Method = Literal["none", "temperature", "vector"]
METHODS: tuple[Method, ...] = ("temperature", "vector")

_FOLDS = 4
_MIN_ROWS = 300  # below, a fit would follow noise
# Pull of scales to 1 and shifts to 0, in nats: a class seen a few times cannot move its own probability by much.
_RIDGE = 5.0
# A method must gain this many standard errors (over games) out of sample: ties keep what is simpler.
_MIN_GAIN_ERRORS = 2.0


class GroupCalibration(BaseModel):
    """What was chosen for a group of a head and its gain on plays it was not fitted to, in nats a row."""

    model_config = ConfigDict(frozen=True)

    head: str
    group: int
    rows: int
    method: Method
    gain: float
    gain_error: float


class Calibration(NamedTuple):
    """Scale and shift of every column [W], and the choices behind them."""

    scale_W: torch.Tensor
    shift_W: torch.Tensor
    choices: tuple[GroupCalibration, ...]


class _Rows(NamedTuple):
    """A group's rows: uncalibrated logits [n, C], the classes seen, the game of each."""

    logits: torch.Tensor
    low: torch.Tensor
    high: torch.Tensor
    games: npt.NDArray[np.int64]

    def take(self, mask: npt.NDArray[np.bool_]) -> "_Rows":
        rows = torch.from_numpy(np.flatnonzero(mask))
        return _Rows(self.logits[rows], self.low[rows], self.high[rows], self.games[mask])


_Fitted = tuple[torch.Tensor, torch.Tensor]  # scale [C], shift [C]


def fit_calibration(logits_NW: torch.Tensor, data: PlayData, heads: Sequence[Head]) -> Calibration:
    """Choose and fit each group's calibration on the rows of `data`, from uncalibrated logits [N, W]."""
    scale_W, shift_W = torch.ones(logits_NW.shape[1]), torch.zeros(logits_NW.shape[1])
    choices = []
    for head in heads:
        columns, labels = head_slices(heads)[head.name], data.labels[head.name]
        for group in range(head.groups):
            seen = np.flatnonzero(labels.group == group)
            first = columns.start + group * head.classes
            rows = _Rows(
                logits_NW[torch.from_numpy(seen), first : first + head.classes].double(),
                torch.from_numpy(labels.low[seen]),
                torch.from_numpy(labels.high[seen]),
                data.game_index_N[seen],
            )
            method, gain, error = _choose(rows)
            choices.append(
                GroupCalibration(
                    head=head.name, group=group, rows=len(seen), method=method, gain=gain, gain_error=error
                )
            )
            scale, shift = _fit(rows, method)
            scale_W[first : first + head.classes], shift_W[first : first + head.classes] = scale.float(), shift.float()
    return Calibration(scale_W, shift_W, tuple(choices))


def _choose(rows: _Rows) -> tuple[Method, float, float]:
    """The method with the largest sure gain on games it was not fitted to, that gain and its standard error."""
    if len(rows.games) < _MIN_ROWS or len(np.unique(rows.games)) < 2 * _FOLDS:
        return "none", 0.0, 0.0
    best: tuple[Method, float, float] = ("none", 0.0, 0.0)
    before = _losses(rows, _fit(rows, "none"))
    for method in METHODS:
        gain, error = _by_game(before - _cross_fitted(rows, method), rows.games)
        if gain > _MIN_GAIN_ERRORS * error and gain > best[1]:
            best = (method, gain, error)
    return best


def _cross_fitted(rows: _Rows, method: Method) -> torch.Tensor:
    """Losses [n] of rows under a calibration fitted on the other folds of games."""
    folds = np.unique(rows.games, return_inverse=True)[1] % _FOLDS
    losses = torch.empty(len(rows.games), dtype=torch.float64)
    for fold in range(_FOLDS):
        inside = folds == fold
        losses[torch.from_numpy(inside)] = _losses(rows.take(inside), _fit(rows.take(~inside), method))
    return losses


def _by_game(gains: torch.Tensor, games: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Mean gain a row and its standard error, plays of a game taken together."""
    values = gains.numpy()
    mean = float(values.mean())
    sums = np.bincount(games, weights=values - mean)
    return mean, float(np.sqrt((sums**2).sum()) / len(values))


def _fit(rows: _Rows, method: Method) -> _Fitted:
    classes = rows.logits.shape[1]
    ones, zeros = torch.ones(classes, dtype=torch.float64), torch.zeros(classes, dtype=torch.float64)
    if method == "none":
        return ones, zeros
    log_scale = torch.zeros(1 if method == "temperature" else classes, dtype=torch.float64, requires_grad=True)
    shift = torch.zeros(classes, dtype=torch.float64, requires_grad=method == "vector")
    free = [log_scale, shift] if method == "vector" else [log_scale]
    # As its base class: torch gives the step of LBFGS no types.
    optimizer: torch.optim.Optimizer = torch.optim.LBFGS(free, max_iter=50, line_search_fn="strong_wolfe")

    def objective() -> float:
        optimizer.zero_grad()
        loss = _losses(rows, (log_scale.exp().expand(classes), shift)).sum()
        loss = loss + _RIDGE * ((log_scale**2).sum() + (shift**2).sum())
        torch.autograd.backward(loss)
        return loss.item()

    optimizer.step(objective)
    return log_scale.detach().exp() * ones, shift.detach()


def _losses(rows: _Rows, fitted: _Fitted) -> torch.Tensor:
    """Negative log likelihood of each row [n] of the classes seen."""
    scale, shift = fitted
    return -log_range(rows.logits * scale + shift, rows.low, rows.high)
