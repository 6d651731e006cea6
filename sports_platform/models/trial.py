"""A trial of a sweep as CLI, Dagster and MLflow show it: its name, how it ended, what it was trained with.

Belongs here: the record. What proposes, trains and stores trials is `sweep.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["complete", "pruned", "failed"]


@dataclass(frozen=True, slots=True)
class Trial:
    """A trained config; `losses` are those on the stopping rows, an epoch each."""

    name: str
    state: State
    params: Mapping[str, int | float]
    losses: tuple[float, ...]

    @property
    def objective(self) -> float:
        """What trials are ranked by: the loss of the epoch whose weights a training would keep."""
        return min(self.losses)

    @property
    def best_epoch(self) -> int:
        """That epoch, from 0."""
        return self.losses.index(self.objective)


def trial_names(count: int) -> list[str]:
    """`trial_000` and on: partitions in Dagster, runs in MLflow. Their order is that of the alphabet."""
    return [f"trial_{index:03d}" for index in range(count)]


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """Best first; pruned ones behind all that came to their end."""
    return sorted(trials, key=lambda trial: (trial.state != "complete", trial.objective))
