"""The training loop: one network, all heads, early stop on later weeks.

Belongs here: the loop and what makes it repeatable. Reading data and storing artefacts is `train.py`.
On the CPU the same rows, config and seed give the same weights, bit for bit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt
from rich.progress import Progress

from sports_platform.core.domain import ModelPlan
from sports_platform.core.seeds import derive_seed
from sports_platform.models.blocks import fit_standardise
from sports_platform.models.dataset import PlayData
from sports_platform.models.losses import LabelTensors, head_losses, total_loss


class TrainConfig(BaseModel):
    """How the play model is trained. Hashed into its lineage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: PositiveInt = 2  # networks trained apart, whose probabilities are averaged
    epochs: PositiveInt = 10
    batch_size: PositiveInt = 512
    learning_rate: PositiveFloat = 2e-3
    weight_decay: float = 1e-2
    dropout: float = 0.15
    stopping_weeks: PositiveInt = 3  # before the validation weeks: they end training early and fit the calibration
    validation_weeks: PositiveInt = 4  # the last weeks: the gate judges on them, nothing is chosen by them
    patience: PositiveInt = 4  # epochs without a better validation loss before stopping
    device: Literal["cpu", "cuda"] = "cpu"
    # One, whatever the machine: the weights depend on it, and two threads waiting for each other on a busy
    # 2-core machine took 40 s of CPU an epoch where one took 3 (105,000 plays).
    threads: PositiveInt = 1


class Epoch(BaseModel):
    """A point of the learning curves: nats a play, and a row of each head on validation."""

    model_config = ConfigDict(frozen=True)

    epoch: int
    training: float
    validation: float
    heads: dict[str, float]


@dataclass(frozen=True)
class Fitted:
    """The best network by validation loss and how training went."""

    network: torch.nn.Module
    curve: list[Epoch]

    @property
    def best(self) -> Epoch:
        """The epoch whose weights were kept."""
        return min(self.curve, key=lambda point: point.validation)


@dataclass(frozen=True)
class _Rows:
    """Rows resident on the device."""

    features: torch.Tensor
    labels: dict[str, LabelTensors]

    @classmethod
    def of(cls, data: PlayData, device: torch.device) -> "_Rows":
        labels = {name: LabelTensors.of(seen, device) for name, seen in data.labels.items()}
        return cls(torch.from_numpy(data.features_NF).to(device), labels)

    def take(self, rows: torch.Tensor) -> "_Rows":
        return _Rows(self.features[rows], {name: seen.take(rows) for name, seen in self.labels.items()})

    def __len__(self) -> int:
        return len(self.features)


def fit(training: PlayData, validation: PlayData, plan: ModelPlan, config: TrainConfig, *, seed: int) -> Fitted:
    """Train on `training`, keep the weights best on `validation`, which never enters a gradient."""
    device = torch.device(config.device)
    with repeatable(seed, config.threads, deterministic=device.type == "cpu"):
        rows, held_out = _Rows.of(training, device), _Rows.of(validation, device)
        network = plan.network(training.feature_names, dropout=config.dropout).to(device)
        fit_standardise(network, rows.features)
        shuffler = torch.Generator().manual_seed(derive_seed(seed, "shuffle"))
        return _loop(network, rows, held_out, plan, config, shuffler)


def _loop(
    network: torch.nn.Module,
    rows: _Rows,
    held_out: _Rows,
    plan: ModelPlan,
    config: TrainConfig,
    shuffler: torch.Generator,
) -> Fitted:
    steps = config.epochs * -(-len(rows) // config.batch_size)
    optimizer = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    curve: list[Epoch] = []
    kept: dict[str, torch.Tensor] = {}
    with Progress(transient=True) as progress:
        bar = progress.add_task("training", total=steps)
        for epoch in range(config.epochs):
            summed = 0.0
            for batch in torch.split(torch.randperm(len(rows), generator=shuffler), config.batch_size):
                summed += _step(network, rows.take(batch.to(rows.features.device)), plan, optimizer) * len(batch)
                schedule.step()
                progress.advance(bar)
            curve.append(_validated(network, held_out, plan, epoch, summed / len(rows)))
            best = min(curve, key=lambda point: point.validation)
            progress.update(bar, description=f"validation {best.validation:.4f}")
            if best.epoch == epoch:
                kept = {name: value.detach().clone() for name, value in network.state_dict().items()}
            elif epoch - best.epoch >= config.patience:
                break
    network.load_state_dict(kept)
    return Fitted(network.eval().cpu(), curve)


def _step(network: torch.nn.Module, batch: _Rows, plan: ModelPlan, optimizer: torch.optim.Optimizer) -> float:
    """One gradient step; returns the loss before it."""
    network.train()
    loss = total_loss(head_losses(network(batch.features), batch.labels, plan.heads), len(batch))
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.item()


def _validated(network: torch.nn.Module, held_out: _Rows, plan: ModelPlan, epoch: int, training: float) -> Epoch:
    network.eval()
    with torch.inference_mode():
        losses = head_losses(network(held_out.features), held_out.labels, plan.heads)
        heads = {name: loss.mean().item() for name, loss in losses.items() if len(loss)}
        total = total_loss(losses, len(held_out)).item()
    return Epoch(epoch=epoch, training=training, validation=total, heads=heads)


@contextmanager
def repeatable(seed: int, threads: int, *, deterministic: bool) -> Iterator[None]:
    """Fix torch's seed, thread count and algorithms for the block; restore them after it."""
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic)
        try:
            yield
        finally:
            torch.set_num_threads(before[0])
            torch.use_deterministic_algorithms(before[1])
