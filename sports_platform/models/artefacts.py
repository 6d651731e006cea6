"""Model artefacts on disk: safetensors, JSON, YAML and plots, each with its SHA-256.

Belongs here: the folder of a version, written whole or not at all, and its verification; the seal itself
is `sealed.py`. Which version serves is `pointer.py`.

    models/play_model/versions/2015_wk12-<sha12>/   a version; named by what its predictions depend on
    models/play_model/2015_wk12 -> versions/...     link to the week's newest version

The drive model has another folder beside `play_model`; the functions are of the play model unless told.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict

from sports_platform.core.domain import Head
from sports_platform.core.errors import ArtefactError
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.calibrate import GroupCalibration
from sports_platform.models.curve import Epoch
from sports_platform.models.evaluate import Evaluation
from sports_platform.models.fit import TrainConfig
from sports_platform.models.sealed import file_digest, read_record, read_seal, read_tensors, seal, verify_seal

MODEL_NAME, DRIVE_MODEL = "play_model", "drive_model"
MODEL_NAMES = (MODEL_NAME, DRIVE_MODEL)
WEIGHTS, MODEL, METRICS, AUXILIARY, LINEAGE = (
    "weights.safetensors",
    "model.yaml",
    "metrics.json",
    "auxiliary.json",
    "lineage.json",
)
_IDENTITY = (WEIGHTS, MODEL, AUXILIARY)


class HeadSpec(BaseModel):
    """A head as stored with the weights, to be compared with the running code's."""

    model_config = ConfigDict(frozen=True)

    name: str
    groups: int
    classes: int
    edges: tuple[int, ...]

    @classmethod
    def of(cls, head: Head) -> "HeadSpec":
        """The stored form of a head."""
        return cls(name=head.name, groups=head.groups, classes=head.classes, edges=head.edges)


class ModelCard(BaseModel):
    """`model.yaml`: what is needed to rebuild the network around the weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sport: str
    week: str
    feature_table: str
    feature_version: str
    state_names: tuple[str, ...]
    context_names: tuple[str, ...]
    heads: tuple[HeadSpec, ...]
    config: TrainConfig

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The network's inputs in order."""
        return self.state_names + self.context_names


class Metrics(BaseModel):
    """`metrics.json`: scores on the held-out weeks, each member's learning curve and what calibration chose."""

    model_config = ConfigDict(frozen=True)

    evaluation: Evaluation
    curves: list[list[Epoch]]
    calibration: tuple[GroupCalibration, ...]


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A trained model on disk: the week it is as of, and the digest of what its predictions depend on."""

    path: Path
    week: Week
    sha256: str

    @property
    def name(self) -> str:
        """`2015_wk12-<first 12 digits of the digest>`."""
        return f"{self.week}-{self.sha256[:12]}"

    def card(self) -> ModelCard:
        """The verified `model.yaml`."""
        return read_record(ModelCard, verify(self.path) / MODEL)

    def metrics(self) -> Metrics:
        """The verified `metrics.json`."""
        return read_record(Metrics, verify(self.path) / METRICS)

    def lineage(self) -> Lineage:
        """The version's lineage record."""
        return Lineage.read(self.path)


def model_dir(settings: Settings, model: str = MODEL_NAME) -> Path:
    """Folder of all versions and of the pointer."""
    return settings.stage_dir("models", model)


def open_version(path: Path) -> ModelVersion:
    """The verified version in a folder (or behind a week's link); raises ArtefactError."""
    path = verify(path.resolve())
    week, _, _ = path.name.partition("-")
    version = ModelVersion(path, Week.parse(week), _identity(read_seal(path)))
    if version.name != path.name:
        raise ArtefactError(
            found=f"{path} holds version {version.name}",
            needed="a folder named by its content",
            remedy="restore the folder's name or train the week again",
        )
    return version


def week_version(settings: Settings, week: Week, model: str = MODEL_NAME) -> ModelVersion:
    """The week's newest trained version; raises ArtefactError."""
    return open_version(model_dir(settings, model) / str(week))


def stored_version(settings: Settings, model: str, week: Week, name: str | None) -> ModelVersion:
    """A week's version by name, its newest without one; raises ArtefactError."""
    if model not in MODEL_NAMES or (name is not None and not name.startswith(f"{week}-")):
        raise ArtefactError(
            found=f"model {model!r}, version {name or 'newest'} of {week}",
            needed=f"{' or '.join(MODEL_NAMES)} and a version of that week, such as {week}-<digest>",
            remedy=f"see {settings.home / 'models'} for the versions stored",
        )
    if name is None:
        return week_version(settings, week, model)
    return open_version(model_dir(settings, model) / "versions" / name)


def publish(settings: Settings, week: Week, staged: Path, model: str = MODEL_NAME) -> ModelVersion:
    """Seal a staged folder, move it to its place and link the week to it, each in one step.

    A version that exists already, from the same inputs, is kept: it may be serving.
    """
    seal(staged)
    verify(staged)
    place = model_dir(settings, model) / "versions" / staged_name(week, staged)
    place.parent.mkdir(exist_ok=True)
    if place.exists():
        shutil.rmtree(staged)
    else:
        staged.rename(place)
    _link(model_dir(settings, model) / str(week), place)
    return open_version(place)


def staged_name(week: Week, staged: Path) -> str:
    """The name a staged folder will have; weights, description and auxiliary tables must be written."""
    return ModelVersion(staged, week, _identity({name: file_digest(staged / name) for name in _IDENTITY})).name


def verify(folder: Path) -> Path:
    """Check every file against SHA256SUMS; returns the folder; raises ArtefactError."""
    verify_seal(folder, {*_IDENTITY, METRICS, LINEAGE})
    return folder


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The verified weights; raises ArtefactError, also for another format under their name."""
    return read_tensors(verify(folder) / WEIGHTS)


def _identity(sums: Mapping[str, str]) -> str:
    return hashlib.sha256("".join(sums[name] for name in _IDENTITY).encode()).hexdigest()


def _link(link: Path, target: Path) -> None:
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.relative_to(link.parent))
    fresh.replace(link)
