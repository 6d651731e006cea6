"""Sealed folders: files in formats that cannot run code, each with its SHA-256.

Belongs here: the seal, its verification and reading records from verified files. Which files a folder must
hold and how it is named is said by its owner: `artefacts`, `surrogate_artefact`.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

import torch
import yaml
from pydantic import BaseModel, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file

from sports_platform.core.errors import ArtefactError

SUMS = "SHA256SUMS"
_ALLOWED_SUFFIXES = {".safetensors", ".yaml", ".json", ".png"}
_UNLISTED_SUFFIX = ".json"  # of what is said about a version later, such as the gate's verdict
_Record = TypeVar("_Record", bound=BaseModel)


def seal(folder: Path) -> dict[str, str]:
    """Write the digests of all files; returns file -> digest."""
    digests = {name: file_digest(folder / name) for name in files(folder)}
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in digests.items()))
    return digests


def verify_seal(folder: Path, needed: Collection[str]) -> dict[str, str]:
    """Check every file against its digest; returns file -> digest; raises ArtefactError."""
    digests = read_seal(folder)
    missing = sorted(set(needed) - digests.keys())
    refused = [name for name in files(folder) if _is_refused(name, listed=name in digests)]
    if missing or refused:
        raise ArtefactError(
            found=f"{folder}: " + "; ".join([f"no digest of {m}" for m in missing] + [f"file {r}" for r in refused]),
            needed="safetensors, JSON, YAML and PNG with their digests; formats that can run code are refused",
            remedy="train the week again",
        )
    for name, digest in digests.items():
        found = file_digest(folder / name) if (folder / name).is_file() else "no such file"
        if found != digest:
            raise ArtefactError(
                found=f"{folder / name}: {found}",
                needed=f"SHA-256 {digest} as listed in {SUMS}",
                remedy="restore the file from a copy, or train the week again",
            )
    return digests


def _is_refused(name: str, *, listed: bool) -> bool:
    suffix = Path(name).suffix
    return name != SUMS and (suffix not in _ALLOWED_SUFFIXES or not (listed or suffix == _UNLISTED_SUFFIX))


def read_seal(folder: Path) -> dict[str, str]:
    """File -> digest as listed, unchecked; raises ArtefactError where nothing is."""
    path = folder / SUMS
    if not path.is_file():
        raise ArtefactError(
            found=f"no {SUMS} in {folder}", needed="a complete model version", remedy="train the week first"
        )
    # By "\n" alone, and a bad byte replaced: a damaged line becomes a name or digest that nothing matches.
    lines = path.read_text(errors="replace").split("\n")
    pairs = [line.partition("  ") for line in lines if line]
    return {name: digest for digest, _, name in pairs}


def file_digest(path: Path) -> str:
    """SHA-256 of a file, as in SHA256SUMS."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(folder: Path) -> list[str]:
    """Every file of the folder, relative to it."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def read_tensors(path: Path) -> dict[str, torch.Tensor]:
    """Tensors of a verified safetensors file; raises ArtefactError, also for another format under its name."""
    try:
        return load_file(path)
    except SafetensorError as error:
        raise ArtefactError(
            found=f"{path}: {error}",
            needed="weights in the safetensors format; formats that can run code are refused",
            remedy="train the week again",
        ) from error


def read_record(kind: type[_Record], path: Path) -> _Record:
    """The record in a YAML or JSON file of this release; raises ArtefactError."""
    try:
        if path.suffix == ".json":
            return kind.model_validate_json(path.read_text())
        return kind.model_validate(yaml.safe_load(path.read_text()))
    except ValidationError as error:
        raise ArtefactError(
            found=f"{path}: {error.error_count()} field(s) do not fit, first {error.errors()[0]['loc']}",
            needed=f"the fields of {kind.__name__} in this release",
            remedy="train the week again with this release",
        ) from error
