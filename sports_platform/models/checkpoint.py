"""Checkpoints: where a training stood after an epoch, on disk whole or not at all.

Belongs here: the files and what may be resumed. What a training's tensors mean is `training_state.py`.

    <folder>/epoch_0003/tensors.safetensors   network, optimizer and best weights
    <folder>/epoch_0003/record.json           whose training it is, its curve, and the digest of the tensors
"""

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors.torch import load, save

from sports_platform.core.errors import ArtefactError
from sports_platform.models.curve import Epoch

_TENSORS, _RECORD = "tensors.safetensors", "record.json"


class Record(BaseModel):
    """`record.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    identity: str
    sha256: str
    curve: list[Epoch]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a training goes on from."""

    tensors: dict[str, torch.Tensor]
    curve: list[Epoch]


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The folder of one training. `identity` names everything its weights follow from: no other is resumed."""

    folder: Path
    identity: str

    def save(self, tensors: Mapping[str, torch.Tensor], curve: Sequence[Epoch]) -> None:
        """Write beside, rename, then drop what it replaces: a kill at any moment leaves a whole checkpoint."""
        place = self.folder / f"epoch_{curve[-1].epoch:04d}"
        beside = self.folder / f".{place.name}.{os.getpid()}"
        if beside.exists():  # of a killed process that had the same number
            shutil.rmtree(beside)
        beside.mkdir(parents=True)
        content = save({name: value.contiguous() for name, value in tensors.items()})
        (beside / _TENSORS).write_bytes(content)
        record = Record(identity=self.identity, sha256=hashlib.sha256(content).hexdigest(), curve=list(curve))
        (beside / _RECORD).write_text(record.model_dump_json())
        beside.rename(place)
        for old in self._places():
            if old != place:
                shutil.rmtree(old)

    def newest(self) -> Checkpoint | None:
        """The last checkpoint, if it is of this training; raises ArtefactError when it is damaged."""
        places = self._places()
        if not places:
            return None
        record = _record(places[-1] / _RECORD)
        if record.identity != self.identity:
            return None
        content = (places[-1] / _TENSORS).read_bytes()
        if (digest := hashlib.sha256(content).hexdigest()) != record.sha256:
            raise _damaged(places[-1] / _TENSORS, f"SHA-256 {digest}", f"SHA-256 {record.sha256}")
        return Checkpoint(load(content), record.curve)

    def clear(self) -> None:
        """Remove what is in the folder: checkpoints of another training, and what a killed one was writing."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _places(self) -> list[Path]:
        return sorted(self.folder.glob("epoch_*"))


def remove(folder: Path) -> None:
    """Remove the checkpoints of a training that is done, and the folder above them once it is empty."""
    shutil.rmtree(folder)
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()


def _record(path: Path) -> Record:
    try:
        return Record.model_validate_json(path.read_text())
    except ValidationError as error:
        raise _damaged(path, str(error.errors()[0]["msg"]), "the record of a checkpoint") from error


def _damaged(path: Path, found: str, needed: str) -> ArtefactError:
    return ArtefactError(
        found=f"{path}: {found}", needed=needed, remedy=f"remove {path.parents[1]} and train again from the start"
    )
