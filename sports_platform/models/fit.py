"""The training loop: one network, all heads, early stop on later weeks.

Belongs here: the loop and what makes it repeatable. Reading data and storing artefacts is `train.py`.
On the CPU the same rows, config and seed give the same weights, bit for bit, whether or not it was killed between:
no generator lives longer than an epoch.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt
from rich.progress import Progress

from sports_platform.core.domain import ModelPlan
from sports_platform.core.errors import PlatformError
from sports_platform.core.lineage import git_commit
from sports_platform.core.seeds import derive_seed
from sports_platform.models.blocks import fit_standardise
from sports_platform.models.checkpoint import Checkpoints
from sports_platform.models.curve import Epoch, best_of
from sports_platform.models.dataset import PlayData
from sports_platform.models.distributed import ALONE, Ranks
from sports_platform.models.gradients import Rows, gradients_of
from sports_platform.models.losses import head_losses
from sports_platform.models.training_state import TrainingState

_ROWS = 8192  # of one pass over held-out plays: memory stays flat


class DivergedError(PlatformError):
    """The loss of a training is no number any more."""


class TrainConfig(BaseModel):
    """How the play model is trained. Hashed into its lineage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: PositiveInt = 2  # networks trained apart, whose probabilities are averaged
    epochs: PositiveInt = 10
    batch_size: PositiveInt = 512
    learning_rate: PositiveFloat = 2e-3
    weight_decay: float = 1e-2
    dropout: float = 0.15
    warmup: float = Field(default=0.0, ge=0.0, lt=1.0)  # share of all steps in which the rate rises to its height
    clip_norm: PositiveFloat | None = None  # longest gradient of a step
    # Averaged weights are evaluated and kept; 0: off. Without them the epoch three weeks like best is one of noise:
    # 2009-2013 on 2014, a member of ten epochs, 7.898 nats a play against 7.891.
    ema_decay: float = Field(default=0.998, ge=0.0, lt=1.0)
    # Weeks in which a play's say in the levels halves: the game changes slowly. On the seasons after
    # 2009-2011 to 2009-2014 levels gain, in 10,000 nats of a play's time, by 10 weeks 23.3, 14 23.0, 21 20.7, 42 14.9.
    level_half_life: PositiveFloat = 14.0
    stopping_weeks: PositiveInt = 3  # before the validation weeks: they end training early and fit the calibration
    validation_weeks: PositiveInt = 4  # the last weeks: the gate judges on them, nothing is chosen by them
    patience: PositiveInt = 4  # epochs without a better validation loss before stopping
    device: Literal["cpu", "cuda"] = "cpu"
    # One, whatever the machine: the weights depend on it, and two threads waiting for each other on a busy
    # 2-core machine took 40 s of CPU an epoch where one took 3 (105,000 plays).
    threads: PositiveInt = 1


@dataclass(frozen=True)
class Fitted:
    """The best network by validation loss and how training went."""

    network: torch.nn.Module
    curve: list[Epoch]

    @property
    def best(self) -> Epoch:
        """The epoch whose weights were kept."""
        return best_of(self.curve)


@dataclass(frozen=True)
class _Course:
    """What stays the same from the first step of a training to its last."""

    rows: Rows
    held_out: Rows
    plan: ModelPlan
    config: TrainConfig
    seed: int
    ranks: Ranks
    shown: bool  # a progress bar

    @property
    def device(self) -> torch.device:
        return self.rows.features.device

    @property
    def steps(self) -> int:
        """Of an epoch."""
        return -(-len(self.rows) // self.config.batch_size)

    def learning_rate(self, step: int) -> float:
        """Linear warm-up, then half a cosine down to zero at the last of all steps."""
        total = self.config.epochs * self.steps
        rising = round(self.config.warmup * total)
        if step < rising:
            return self.config.learning_rate * (step + 1) / rising
        return self.config.learning_rate * (1 + math.cos(math.pi * (step - rising) / (total - rising))) / 2

    def finished(self, curve: list[Epoch]) -> bool:
        """Whether the last epoch is done or validation has not improved for too long."""
        waited = curve[-1].epoch - best_of(curve).epoch if curve else 0
        return len(curve) == self.config.epochs or waited >= self.config.patience


def fit(
    training: PlayData,
    validation: PlayData,
    plan: ModelPlan,
    config: TrainConfig,
    *,
    seed: int,
    checkpoints: Path | None = None,
    ranks: Ranks = ALONE,
    on_epoch: Callable[[Epoch], None] | None = None,
    shown: bool = True,
) -> Fitted:
    """Train on `training`, keep the weights best on `validation`, which never enters a gradient.

    With a folder of checkpoints, a training that was killed goes on after its last whole epoch. `on_epoch` is told
    each epoch that was trained here, and ends the training by raising. `shown`: with a progress bar.
    """
    device = ranks.device(config.device)
    with repeatable(seed, config.threads, deterministic=device.type == "cpu"):
        course = _Course(
            Rows.of(training, plan.heads, device),
            Rows.of(validation, plan.heads, device),
            plan,
            config,
            seed,
            ranks,
            shown and ranks.first,
        )
        network = plan.network(training.feature_names, dropout=config.dropout).to(device)
        fit_standardise(network, course.rows.features)
        state = TrainingState.of(
            network,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            averaged=config.ema_decay > 0,
        )
        store = Checkpoints(checkpoints, _identity(training, validation, course, network)) if checkpoints else None
        curve = _loop(course, state, _resumed(state, store, ranks), store, on_epoch)
        network.load_state_dict(state.kept)
        return Fitted(network.eval().cpu(), curve)


def _loop(
    course: _Course,
    state: TrainingState,
    curve: list[Epoch],
    store: Checkpoints | None,
    on_epoch: Callable[[Epoch], None] | None,
) -> list[Epoch]:
    """Epochs after those of `curve`, until the course is finished."""
    state.network.train()  # before a pass is recorded
    gradients = gradients_of(state.network, course.rows, course.plan.heads, course.ranks, course.config.batch_size)
    with Progress(transient=True, disable=not course.shown) as progress:
        total = course.config.epochs * course.steps
        bar = progress.add_task("training", total=total, completed=len(curve) * course.steps)
        while not course.finished(curve):
            epoch = len(curve)
            training = _epoch(course, state, gradients, epoch, lambda: progress.advance(bar))
            curve.append(_validated(course, state, epoch, training))
            best = best_of(curve)
            progress.update(bar, description=f"validation {best.validation:.4f}")
            if best.epoch == epoch:
                state.keep()
            if store and course.ranks.first:
                store.save(state.tensors(), curve)
            if on_epoch:
                on_epoch(curve[-1])
    return curve


def _epoch(
    course: _Course,
    state: TrainingState,
    gradients: Callable[[torch.Tensor], torch.Tensor],
    epoch: int,
    tick: Callable[[], None],
) -> float:
    """One pass over all rows; returns the mean loss of its batches before their steps."""
    torch.manual_seed(derive_seed(course.seed, "dropout", epoch, course.ranks.rank))
    shuffler = torch.Generator().manual_seed(derive_seed(course.seed, "shuffle", epoch))
    order = torch.randperm(len(course.rows), generator=shuffler).to(course.device)
    state.network.train()
    summed = torch.zeros((), dtype=torch.float64, device=course.device)
    for step, batch in enumerate(torch.split(order, course.config.batch_size), start=epoch * course.steps):
        summed += gradients(batch) * len(batch)
        state.step(course.learning_rate(step), course.config.clip_norm)
        state.average(course.config.ema_decay, step)
        tick()
    return course.ranks.sum(summed).item() / len(course.rows)


@torch.inference_mode()
def _validated(course: _Course, state: TrainingState, epoch: int, training: float) -> Epoch:
    """The served weights on the held-out rows; raises DivergedError."""
    state.served.eval()
    heads = course.plan.heads
    sums = torch.zeros(2, len(heads), dtype=torch.float64, device=course.device)
    own = course.ranks.part(torch.arange(len(course.held_out), device=course.device))
    for chunk in torch.split(own, _ROWS):
        seen = course.held_out.take(chunk)
        losses = head_losses(state.served(seen.features), seen.labels, heads)
        sums += torch.stack([losses.double().sum(dim=0), (seen.labels[:, :, 0] >= 0).double().sum(dim=0)])
    summed, counts = course.ranks.sum(sums).tolist()
    total = sum(summed) / len(course.held_out)
    if not math.isfinite(total):
        raise DivergedError(
            found=f"validation loss {total} after epoch {epoch}, training loss {training}",
            needed="a finite loss",
            remedy="train with a smaller learning_rate, a warmup, or a clip_norm",
        )
    means = {head.name: s / n for head, s, n in zip(heads, summed, counts, strict=True) if n}
    return Epoch(epoch=epoch, training=training, validation=total, heads=means)


def _resumed(state: TrainingState, store: Checkpoints | None, ranks: Ranks) -> list[Epoch]:
    """The curve so far, with the state as it was then; of another training's checkpoints nothing stays."""
    if store is None:
        return []
    found = store.newest()
    ranks.wait()
    if found is None:
        if ranks.first:
            store.clear()
        return []
    state.restore(found.tensors)
    return found.curve


def _identity(training: PlayData, validation: PlayData, course: _Course, network: torch.nn.Module) -> str:
    """Digest of everything the weights follow from: code, config, seed, rows and the weights before the first step."""
    config = course.config.model_dump(mode="json")
    names = [git_commit(), torch.__version__, config, course.seed, course.ranks.size, training.feature_names]
    digest = hashlib.sha256(json.dumps(names).encode())
    for data in (training, validation):
        digest.update(data.features_NF.data)
        for seen in data.labels.values():
            for column in (seen.group, seen.low, seen.high):
                digest.update(column.tobytes())
    for value in network.state_dict().values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()


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
