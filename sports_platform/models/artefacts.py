"""Model artefacts on disk: safetensors, JSON, YAML and plots, each with its SHA-256.

Belongs here: the folder of a version, written whole or not at all, and its verification. No format
that can run code is read or written. Which version serves is `pointer.py`.

    models/play_model/versions/2015_wk12-<sha12>/   a version; named by what its predictions depend on
    models/play_model/2015_wk12 -> versions/...     link to the week's newest version
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file

from sports_platform.core.domain import Head
from sports_platform.core.errors import ArtefactError
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.calibrate import GroupCalibration
from sports_platform.models.curve import Epoch
from sports_platform.models.evaluate import Evaluation
from sports_platform.models.fit import TrainConfig

MODEL_NAME = "play_model"
WEIGHTS, MODEL, METRICS, AUXILIARY, LINEAGE = (
    "weights.safetensors",
    "model.yaml",
    "metrics.json",
    "auxiliary.json",
    "lineage.json",
)
_IDENTITY = (WEIGHTS, MODEL, AUXILIARY)
_SUMS = "SHA256SUMS"
_ALLOWED_SUFFIXES = {".safetensors", ".yaml", ".json", ".png"}
_UNLISTED_SUFFIX = ".json"  # of what is said about a version later, such as the gate's verdict
_Record = TypeVar("_Record", bound=BaseModel)


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
        text = (verify(self.path) / MODEL).read_text()
        return _parsed(ModelCard, self.path / MODEL, yaml.safe_load(text))

    def metrics(self) -> Metrics:
        """The verified `metrics.json`."""
        return _parsed(Metrics, self.path / METRICS, (verify(self.path) / METRICS).read_text())

    def lineage(self) -> Lineage:
        """The version's lineage record."""
        return Lineage.read(self.path)


def model_dir(settings: Settings) -> Path:
    """Folder of all versions and of the pointer."""
    return settings.stage_dir("models", MODEL_NAME)


def open_version(path: Path) -> ModelVersion:
    """The verified version in a folder (or behind a week's link); raises ArtefactError."""
    path = verify(path.resolve())
    week, _, _ = path.name.partition("-")
    version = ModelVersion(path, Week.parse(week), _identity(_sums(path)))
    if version.name != path.name:
        raise ArtefactError(
            found=f"{path} holds version {version.name}",
            needed="a folder named by its content",
            remedy="restore the folder's name or train the week again",
        )
    return version


def week_version(settings: Settings, week: Week) -> ModelVersion:
    """The week's newest trained version; raises ArtefactError."""
    return open_version(model_dir(settings) / str(week))


def stored_version(settings: Settings, model: str, week: Week, name: str | None) -> ModelVersion:
    """A week's version by name, its newest without one; raises ArtefactError."""
    if model != MODEL_NAME or (name is not None and not name.startswith(f"{week}-")):
        raise ArtefactError(
            found=f"model {model!r}, version {name or 'newest'} of {week}",
            needed=f"{MODEL_NAME} and a version of that week, such as {week}-<digest>",
            remedy=f"see {model_dir(settings) / 'versions'} for the versions stored",
        )
    return week_version(settings, week) if name is None else open_version(model_dir(settings) / "versions" / name)


def publish(settings: Settings, week: Week, staged: Path) -> ModelVersion:
    """Seal a staged folder, move it to its place and link the week to it, each in one step.

    A version that exists already, from the same inputs, is kept: it may be serving.
    """
    sums = {name: file_digest(staged / name) for name in _files(staged)}
    (staged / _SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))
    verify(staged)
    place = model_dir(settings) / "versions" / staged_name(week, staged)
    place.parent.mkdir(exist_ok=True)
    if place.exists():
        shutil.rmtree(staged)
    else:
        staged.rename(place)
    _link(model_dir(settings) / str(week), place)
    return open_version(place)


def staged_name(week: Week, staged: Path) -> str:
    """The name a staged folder will have; weights, description and auxiliary tables must be written."""
    return ModelVersion(staged, week, _identity({name: file_digest(staged / name) for name in _IDENTITY})).name


def verify(folder: Path) -> Path:
    """Check every file against SHA256SUMS; returns the folder; raises ArtefactError."""
    sums = _sums(folder)
    missing = sorted({*_IDENTITY, METRICS, LINEAGE} - sums.keys())
    refused = [name for name in _files(folder) if _is_refused(name, listed=name in sums)]
    if missing or refused:
        raise ArtefactError(
            found=f"{folder}: " + "; ".join([f"no digest of {m}" for m in missing] + [f"file {r}" for r in refused]),
            needed="safetensors, JSON, YAML and PNG with their digests; formats that can run code are refused",
            remedy="train the week again",
        )
    for name, digest in sums.items():
        found = file_digest(folder / name) if (folder / name).is_file() else "no such file"
        if found != digest:
            raise ArtefactError(
                found=f"{folder / name}: {found}",
                needed=f"SHA-256 {digest} as listed in {_SUMS}",
                remedy="restore the file from a copy, or train the week again",
            )
    return folder


def _is_refused(name: str, *, listed: bool) -> bool:
    suffix = Path(name).suffix
    return name != _SUMS and (suffix not in _ALLOWED_SUFFIXES or not (listed or suffix == _UNLISTED_SUFFIX))


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The verified weights; raises ArtefactError, also for another format under their name."""
    path = verify(folder) / WEIGHTS
    try:
        return load_file(path)
    except SafetensorError as error:
        raise ArtefactError(
            found=f"{path}: {error}",
            needed="weights in the safetensors format; formats that can run code are refused",
            remedy="train the week again",
        ) from error


def _sums(folder: Path) -> dict[str, str]:
    path = folder / _SUMS
    if not path.is_file():
        raise ArtefactError(
            found=f"no {_SUMS} in {folder}", needed="a complete model version", remedy="train the week first"
        )
    # By "\n" alone, and a bad byte replaced: a damaged line becomes a name or digest that nothing matches.
    lines = path.read_text(errors="replace").split("\n")
    pairs = [line.partition("  ") for line in lines if line]
    return {name: digest for digest, _, name in pairs}


def _identity(sums: Mapping[str, str]) -> str:
    return hashlib.sha256("".join(sums[name] for name in _IDENTITY).encode()).hexdigest()


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def file_digest(path: Path) -> str:
    """SHA-256 of a file, as in SHA256SUMS."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _link(link: Path, target: Path) -> None:
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.relative_to(link.parent))
    fresh.replace(link)


def _parsed(kind: type[_Record], path: Path, content: object) -> _Record:
    try:
        return kind.model_validate_json(content) if isinstance(content, str) else kind.model_validate(content)
    except ValidationError as error:
        raise ArtefactError(
            found=f"{path}: {error.error_count()} field(s) do not fit, first {error.errors()[0]['loc']}",
            needed=f"the fields of {kind.__name__} in this release",
            remedy="train the week again with this release",
        ) from error
