"""Probabilities of the play model, the same bits for a row whatever rows come with it.

Belongs here: inference from a verified artefact. Legend: N rows, F features, W output columns.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import torch

from sports_platform.core.domain import Head, SportDomain
from sports_platform.core.errors import ArtefactError, SchemaError
from sports_platform.models.artefacts import HeadSpec, ModelCard, ModelVersion, read_weights
from sports_platform.models.ensemble import Ensemble, assemble
from sports_platform.models.heads import distributions, output_width
from sports_platform.models.resident import ResidentEnsemble, device_of
from sports_platform.models.serving import PASS_ROWS, SituatedEnsemble, one_thread

if TYPE_CHECKING:
    from sports_platform.core.domain import np_f32


class PlayPredictor:
    """A loaded model version."""

    def __init__(
        self, network: Ensemble, card: ModelCard, heads: tuple[Head, ...], threads: int = 1, device: str = "cpu"
    ) -> None:
        self._network = network
        self._heads = heads
        self._threads = threads
        self._device = device_of(device)
        self.state_names = card.state_names
        self.context_names = card.context_names
        self.feature_names = card.feature_names
        self.feature_version = card.feature_version
        self.width = output_width(heads)

    @classmethod
    def load(cls, version: ModelVersion, domain: SportDomain, *, threads: int = 1, device: str = "cpu") -> Self:
        """Verify and load a version; raises ArtefactError, and SettingsError for a device that is not there.

        A situated model answers on `device`, or on the processor by so many `threads`.
        """
        card = version.card()
        wanted = tuple(HeadSpec.of(head) for head in domain.model.heads)
        if card.sport != domain.name or card.heads != wanted:
            raise ArtefactError(
                found=f"{version.name}: a {card.sport} model with heads {', '.join(h.name for h in card.heads)}",
                needed=f"a {domain.name} model with the heads and classes of this release",
                remedy="train the week again with this release",
            )
        config = card.config
        network = assemble(domain.model, card.feature_names, members=config.members, dropout=config.dropout)
        weights = read_weights(version.path)
        _require_same_parts(network, weights, version.name)
        network.load_state_dict(weights)
        return cls(network.eval(), card, domain.model.heads, threads, device)

    def probabilities(self, features_NF: "np_f32", out: "np_f32 | None" = None) -> "np_f32":
        """Probabilities [N, W], each group of classes summing to one; written to `out` when given.

        `features_NF` is float32 in the order of `feature_names`; `out` a C-contiguous float32 [N, W].
        """
        out = np.empty((len(features_NF), self.width), dtype=np.float32) if out is None else out
        self._require(features_NF, (len(features_NF), len(self.feature_names)), "features")
        self._require(out, (len(features_NF), self.width), "output buffer")
        result = torch.from_numpy(out)
        with one_thread():
            for start in range(0, len(features_NF), PASS_ROWS):
                rows = min(PASS_ROWS, len(features_NF) - start)
                self._write(features_NF[start : start + rows], result[start : start + rows])
        return out

    def situated(self, contexts_MF: "np_f32") -> SituatedEnsemble | ResidentEnsemble:
        """The model before known sides, for the engine: context features in the order of `context_names`."""
        if self._device.type != "cpu":
            return ResidentEnsemble(self._network, contexts_MF, self._device)
        return self._network.situated(contexts_MF, len(self.state_names), self._threads)

    def _write(self, features: "np_f32", result: torch.Tensor) -> None:
        padded = torch.zeros((PASS_ROWS, features.shape[1]))
        padded[: len(features)] = torch.from_numpy(np.ascontiguousarray(features))
        result.copy_(distributions(self._network(padded), self._heads)[: len(result)])

    def _require(self, array: npt.NDArray[np.float32], shape: tuple[int, int], what: str) -> None:
        if array.shape != shape or array.dtype != np.float32 or (what != "features" and not array.flags.c_contiguous):
            raise SchemaError(
                found=f"{what} of shape {array.shape}, {array.dtype}",
                needed=f"C-contiguous float32 of shape {shape}",
                remedy="order the inputs by `feature_names` and size the buffer by `width`",
            )


def _require_same_parts(network: torch.nn.Module, weights: Mapping[str, torch.Tensor], version: str) -> None:
    """Raise ArtefactError unless the weights are of a network built like this release's."""
    own = {name: value.shape for name, value in network.state_dict().items()}
    theirs = {name: value.shape for name, value in weights.items()}
    different = sorted(name for name in own.keys() | theirs.keys() if own.get(name) != theirs.get(name))
    if different:
        raise ArtefactError(
            found=f"{version}: weights of another network, different in {', '.join(different[:4])}",
            needed="the parts of this release's network",
            remedy="train the week again with this release",
        )
