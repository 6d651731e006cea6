"""Learning curves: what is recorded of each epoch, and which epoch counts.

Belongs here: the record and its reading. What computes it is `fit.py`, what draws it `plots.py`.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class Epoch(BaseModel):
    """A point of the learning curves: nats a play, and a row of each head on validation."""

    model_config = ConfigDict(frozen=True)

    epoch: int
    training: float
    validation: float
    heads: dict[str, float]


def best_of(curve: Sequence[Epoch]) -> Epoch:
    """The epoch with the least validation loss, the first of equals."""
    return min(curve, key=lambda point: point.validation)
