"""What changes while a network is trained: its weights, their moving average, the optimizer, the best weights so far.

Belongs here: how these move in a step and become named tensors and back. Which rows make a step is `fit.py`.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import torch
from torch import nn

from sports_platform.models.blocks import Paced


@dataclass
class TrainingState:
    """A network in training. `served` is the one that is evaluated and kept: the network itself, or its average."""

    network: nn.Module
    served: nn.Module
    optimizer: torch.optim.Optimizer
    kept: dict[str, torch.Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, network: nn.Module, *, learning_rate: float, weight_decay: float, averaged: bool) -> Self:
        """The state before the first step. A module with a `pace` learns so many times as fast as the rest."""
        optimizer = torch.optim.AdamW(_groups(network), lr=learning_rate, weight_decay=weight_decay, fused=True)
        return cls(network, copy.deepcopy(network) if averaged else network, optimizer)

    def step(self, learning_rate: float, clip_norm: float | None) -> None:
        """Move the weights along the gradients that the last backward pass left."""
        if clip_norm is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), clip_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate * group["pace"]
        self.optimizer.step()

    @torch.no_grad()
    def average(self, decay: float, step: int) -> None:
        """Move the average towards the weights after `step` steps; early on faster, so that the start is forgotten."""
        if self.served is not self.network:
            rate = 1.0 - min(decay, (1.0 + step) / (10.0 + step))
            torch._foreach_lerp_(list(self.served.parameters()), list(self.network.parameters()), rate)

    def keep(self) -> None:
        """Remember the served weights as the best so far."""
        self.kept = {name: value.detach().clone() for name, value in self.served.state_dict().items()}

    def tensors(self) -> dict[str, torch.Tensor]:
        """Everything as named tensors."""
        moments = self.optimizer.state_dict()["state"]
        parts: dict[str, Mapping[str, torch.Tensor]] = {
            "network": self.network.state_dict(),
            "kept": self.kept,
            "optimizer": {f"{place}/{name}": value for place, of in moments.items() for name, value in of.items()},
        }
        if self.served is not self.network:
            parts["served"] = self.served.state_dict()
        return {f"{part}/{name}": value for part, of in parts.items() for name, value in of.items()}

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Take over what `tensors` gave."""
        self.network.load_state_dict(_below("network", tensors))
        if self.served is not self.network:
            self.served.load_state_dict(_below("served", tensors))
        self.kept = _below("kept", tensors)
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for path, value in _below("optimizer", tensors).items():
            place, name = path.split("/")
            moments.setdefault(int(place), {})[name] = value
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": moments})


def _groups(network: nn.Module) -> list[dict[str, object]]:
    """Parameters by their pace."""
    paces = dict.fromkeys(network.parameters(), 1.0)
    for module in network.modules():
        paces |= dict.fromkeys(module.parameters(), module.pace) if isinstance(module, Paced) else {}
    return [
        {"pace": pace, "params": [parameter for parameter, own in paces.items() if own == pace]}
        for pace in sorted(set(paces.values()))
    ]


def _below(part: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {path.removeprefix(f"{part}/"): value for path, value in tensors.items() if path.startswith(f"{part}/")}
