"""Building blocks the sports' networks share. A sport's own network is one file of its folder."""

import math
from collections.abc import Sequence

import torch
from torch import nn

# Beyond this many standard deviations an input says nothing that training has seen.
CLAMP = 8.0
# An optimiser's steps are alike for all parameters: terms that few rows teach are to learn so many times as fast.
PACE = 4.0


class Paced(nn.Module):
    """A module whose parameters learn `pace` times as fast as the network's others."""

    pace: float


_BYTES = 256


class Standardise(nn.Module):
    """Inputs minus mean over standard deviation of the training rows, stored with the weights."""

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("scale", torch.ones(features))

    def fit(self, inputs: torch.Tensor) -> None:
        """Take mean and deviation from the rows [N, F]; a constant column becomes zero."""
        wide = inputs.double()
        deviation = wide.std(dim=0, correction=0)
        mean = wide.mean(dim=0)
        # Rounding leaves a tiny deviation in a constant column, which would blow up new values.
        constant = deviation <= 1e-6 * mean.abs().clamp(min=1.0)
        self.mean.copy_(mean)
        self.scale.copy_(torch.where(constant, torch.ones_like(deviation), deviation))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Standardised rows [N, F]."""
        scaled: torch.Tensor = (inputs - self.mean) / self.scale
        return scaled.clamp(-CLAMP, CLAMP)


class StandardiseSlots(Standardise):
    """The columns of like slots, scaled alike in each: inputs [N, F] to [N, K, features of a slot]."""

    columns: torch.Tensor

    def __init__(self, columns: Sequence[Sequence[int]]) -> None:
        super().__init__(len(columns[0]))
        self.register_buffer("columns", torch.tensor(columns), persistent=False)

    def fit(self, inputs: torch.Tensor) -> None:
        """Take mean and deviation over the slots of all rows."""
        super().fit(inputs[:, self.columns].flatten(0, 1))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Standardised slots."""
        return super().forward(inputs[:, self.columns])


class Hats(nn.Module):
    """One column as weights of the knots around its value: linear between knots, constant beyond the ends."""

    knots: torch.Tensor

    def __init__(self, column: int, knots: Sequence[float]) -> None:
        super().__init__()
        self.column = column
        self.register_buffer("knots", torch.tensor(knots, dtype=torch.float32), persistent=False)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Weights [N, knots] of the rows [N, F], each row summing to one."""
        value = inputs[:, self.column, None].clamp(self.knots[0], self.knots[-1])
        rising = ((value - self.knots[:-1]) / self.knots.diff()).clamp(0.0, 1.0)
        ones, zeros = torch.ones_like(value), torch.zeros_like(value)
        return torch.cat([ones, rising], dim=1) - torch.cat([rising, zeros], dim=1)


class Dropout(nn.Module):
    """Inputs [N, ..., H] of which a training row drops some of the H, the same ones in all of its slots.

    One random byte decides.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.dropped = round(rate * _BYTES)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """What is kept, scaled up to the same mean; all of it while the network serves."""
        if not (self.training and self.dropped):
            return inputs
        shape = (len(inputs), *(1,) * (inputs.dim() - 2), inputs.shape[-1])
        kept = _random_bytes(shape, inputs.device) >= self.dropped
        return inputs * (kept.to(inputs.dtype) * (_BYTES / (_BYTES - self.dropped)))


def _random_bytes(shape: Sequence[int], device: torch.device) -> torch.Tensor:
    if device.type != "cpu":
        return torch.randint(_BYTES, shape, dtype=torch.uint8, device=device)
    # On the processor torch draws 53 bits for each of these, which took a sixth of a training step.
    count = math.prod(shape)
    words = torch.empty(-(-count // 8), dtype=torch.int64, device=device).random_(-(2**63), None)
    return words.view(torch.uint8)[:count].view(shape)


def fit_standardise(network: nn.Module, inputs: torch.Tensor) -> None:
    """Fit every `Standardise` of the network to the training rows [N, F]."""
    for module in network.modules():
        if isinstance(module, Standardise):
            module.fit(inputs)


def trunk(inputs: int, widths: Sequence[int], dropout: float) -> nn.Sequential:
    """Linear-ReLU-dropout layers of the given widths."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Linear(inputs, width), nn.ReLU(), Dropout(dropout)]
        inputs = width
    return nn.Sequential(*layers)
