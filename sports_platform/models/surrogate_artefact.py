"""A week's surrogate on disk: safetensors, JSON and YAML with their SHA-256, replaced whole or not at all.

Belongs here: the folder and its verification. How the surrogate came about is the caller's business.

    models/surrogate/<sport>/<week>/   weights.safetensors, surrogate.yaml, metrics.json, lineage.json, SHA256SUMS
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from pydantic import BaseModel, ConfigDict
from safetensors.torch import save_file

from sports_platform.core.errors import ArtefactError
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.sealed import SUMS, files, read_record, read_tensors, seal, verify_seal
from sports_platform.models.surrogate import Surrogate
from sports_platform.models.surrogate_fit import FittedSurrogate, MetricError, SurrogateConfig, SurrogateEpoch

_WEIGHTS, _CARD, _METRICS, _LINEAGE = "weights.safetensors", "surrogate.yaml", "metrics.json", "lineage.json"
_FILES = (_WEIGHTS, _CARD, _METRICS, _LINEAGE)


class SurrogateCard(BaseModel):
    """`surrogate.yaml`: what is needed to rebuild the network, and what its columns and answers stand for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sport: str
    week: str
    player_ids: tuple[str, ...]  # the columns of a selection
    scenarios: int
    config: SurrogateConfig


class SurrogateMetrics(BaseModel):
    """`metrics.json`: errors on selections not trained on, by their source, and the learning curve."""

    model_config = ConfigDict(frozen=True)

    trained_on: int
    held_out: dict[str, int]
    errors: dict[str, list[MetricError]]
    curve: list[SurrogateEpoch]


@dataclass(frozen=True, slots=True)
class StoredSurrogate:
    """A verified surrogate."""

    path: Path
    card: SurrogateCard
    metrics: SurrogateMetrics
    lineage: Lineage

    @classmethod
    def load(cls, folder: Path) -> "StoredSurrogate":
        """The surrogate in a folder; raises ArtefactError when it is damaged, incomplete or holds anything else."""
        digests = verify_seal(folder, _FILES)
        unknown = sorted(set(files(folder)) - {*_FILES, SUMS} | (digests.keys() - {*_FILES}))
        if unknown:
            raise ArtefactError(
                found=f"{folder}: {', '.join(unknown)}",
                needed=f"{', '.join(_FILES)} and {SUMS}, nothing else",
                remedy="remove what does not belong there, or train the surrogate again",
            )
        card, metrics = read_record(SurrogateCard, folder / _CARD), read_record(SurrogateMetrics, folder / _METRICS)
        return cls(folder, card, metrics, Lineage.read(folder))

    def network(self) -> Surrogate:
        """The network with its weights; raises ArtefactError when they do not fit the card."""
        verify_seal(self.path, _FILES)
        config = self.card.config
        surrogate = Surrogate(len(self.card.player_ids), config.levels, config.widths)
        weights = read_tensors(self.path / _WEIGHTS)
        needed = _described(surrogate.state_dict())
        if _described(weights) != needed:
            raise ArtefactError(
                found=f"{self.path / _WEIGHTS}: tensors {_described(weights)}",
                needed=f"{needed}, as {_CARD} says",
                remedy="train the surrogate again with this release",
            )
        surrogate.load_state_dict(weights)
        return surrogate.eval()


def surrogate_dir(settings: Settings, sport: str, week: Week) -> Path:
    """Where a week's surrogate is kept."""
    return settings.stage_dir("models", "surrogate", sport) / str(week)


def store_surrogate(
    folder: Path, fitted: FittedSurrogate, card: SurrogateCard, metrics: SurrogateMetrics, lineage: Lineage
) -> StoredSurrogate:
    """Write the folder beside its place, verify it, then replace what was there in one step."""
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    save_file(fitted.surrogate.state_dict(), fresh / _WEIGHTS)
    (fresh / _CARD).write_text(yaml.safe_dump(card.model_dump(mode="json"), sort_keys=False))
    (fresh / _METRICS).write_text(metrics.model_dump_json(indent=2))
    lineage.write(fresh)
    seal(fresh)
    StoredSurrogate.load(fresh).network()
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return StoredSurrogate.load(folder)


def _described(tensors: dict[str, torch.Tensor]) -> dict[str, str]:
    return {name: f"{tensor.dtype} {tuple(tensor.shape)}" for name, tensor in sorted(tensors.items())}
