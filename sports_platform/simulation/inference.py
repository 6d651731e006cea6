"""The engine's callback: buckets to probabilities by way of canonical state, team context and play model.

Belongs here: gathering the network's inputs. Legend: N buckets, F features, W output columns, G games.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sports_platform.core.domain import EngineInput, SimulationPlan
from sports_platform.core.errors import EngineError, SchemaError


class Predictor(Protocol):
    """The play model as inference needs it (`models.predictor.PlayPredictor`)."""

    state_names: tuple[str, ...]
    context_names: tuple[str, ...]

    def probabilities(
        self, features_NF: npt.NDArray[np.float32], out: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Probabilities [N, W], written to `out`."""
        ...


class BucketInference:
    """Callable of (descriptors [N, D], out [N, W]); a row's result never depends on the rows beside it."""

    def __init__(self, plan: SimulationPlan, predictor: Predictor, context_G2F: npt.NDArray[np.float32]) -> None:
        self._plan, self._predictor, self._context_G2F = plan, predictor, context_G2F

    def __call__(self, buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        """Write the probabilities of `buckets`, whose first two columns are game and side, to `out`."""
        state = self._plan.bucket_features(buckets, self._predictor.state_names)
        context = self._context_G2F[buckets[:, 0], buckets[:, 1]]
        written = self._predictor.probabilities(np.hstack([state, context]), out=out)
        if written.shape != out.shape or not np.shares_memory(written, out):
            raise EngineError(
                found=f"probabilities of shape {written.shape}",
                needed=f"shape {out.shape}, written into the engine's buffer",
                remedy="use a predictor that honours `out=`",
            )


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
