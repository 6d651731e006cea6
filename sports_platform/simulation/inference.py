"""The engine's callback: buckets to probabilities by way of canonical state, team context and play model.

Belongs here: gathering the network's inputs. Legend: N buckets, S states, M sides, F features,
W output columns, G games.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sports_platform.core.domain import EngineInput, SimulationPlan, Wait
from sports_platform.core.errors import SchemaError


class Situated(Protocol):
    """The play model before the sides of a week."""

    def __call__(
        self,
        states_SF: npt.NDArray[np.float32],
        state_N: npt.NDArray[np.int64],
        side_N: npt.NDArray[np.int64],
        out_NW: npt.NDArray[np.float32],
    ) -> Wait:
        """Begin to write the probabilities of rows that are each a state and a side, by their numbers."""
        ...


class Predictor(Protocol):
    """The play model as inference needs it (`models.predictor.PlayPredictor`)."""

    state_names: tuple[str, ...]
    context_names: tuple[str, ...]

    def situated(self, contexts_MF: npt.NDArray[np.float32]) -> Situated:
        """The model before sides of these context features."""
        ...


class BucketInference:
    """Implements `native.Infer`; a row's result never depends on the rows beside it."""

    def __init__(self, plan: SimulationPlan, predictor: Predictor, context_G2F: npt.NDArray[np.float32]) -> None:
        self._plan, self._state_names = plan, tuple(predictor.state_names)
        self._situated = predictor.situated(context_G2F.reshape(-1, context_G2F.shape[2]))

    def __call__(self, buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> Wait:
        """Begin to write the probabilities of `buckets`, whose first two columns are game and side, to `out`."""
        first, state_N = _distinct(buckets[:, 2:])
        states = self._plan.bucket_features(buckets[first], self._state_names)
        side_N = buckets[:, 0].astype(np.int64) * 2 + buckets[:, 1]
        return self._situated(states, state_N, side_N, out)


def _distinct(states: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """A row of each distinct state, and which state each row is; descriptors are small and not negative."""
    keys = np.ravel_multi_index(tuple(states.T), tuple(states.max(axis=0) + 1))
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    return first, place


def context_matrix(table: pa.Table, inputs: EngineInput, names: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """Context features [G, 2, F] of (away, home); raises SchemaError on a missing column or value."""
    missing = [name for name in names if name not in table.column_names or table[name].null_count]
    if missing:
        raise SchemaError(
            found=f"game context without values in {', '.join(missing)}",
            needed="every context column of the model, never null",
            remedy="build the week's features with the model's feature version",
        )
    columns = np.stack([table[name].to_numpy().astype(np.float32) for name in names], axis=1)
    return np.ascontiguousarray(columns[inputs.context_rows_G2])
