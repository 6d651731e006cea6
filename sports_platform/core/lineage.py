"""Lineage: what every step records about its inputs, and the files it is kept in.

Belongs here: the record, config hashes and the git commit. Walking a chain of records is
`ops.lineage`; snapshot properties and MLflow tags are written by their stages.
"""

import hashlib
import json
import subprocess
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_REPOSITORY = Path(__file__).resolve().parents[2]


class Lineage(BaseModel):
    """One step's record. Snapshots are `table -> snapshot id`; offsets `topic -> partition -> (first, last)`."""

    model_config = ConfigDict(frozen=True)

    step: str
    sport: str
    week: str
    inputs: dict[str, str] = Field(default_factory=dict)
    snapshots: dict[str, int] = Field(default_factory=dict)
    offsets: dict[str, dict[str, tuple[int, int]]] = Field(default_factory=dict)
    row_count: int | None = None
    seed: int | None = None
    model_version: str | None = None
    config_hash: str = ""
    git_commit: str = ""

    def write(self, folder: Path) -> Path:
        """Store as `lineage.json` in `folder`."""
        path = folder / "lineage.json"
        path.write_text(self.model_dump_json(indent=2))
        return path

    @classmethod
    def read(cls, folder: Path) -> "Lineage":
        """The record stored in `folder`."""
        return cls.model_validate_json((folder / "lineage.json").read_text())


def config_hash(config: object) -> str:
    """First 16 hex digits of the SHA-256 of the config's canonical JSON."""
    text = json.dumps(config, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def git_commit() -> str:
    """The commit of the running code, with `+dirty` when the tree differs; `unknown` outside git."""
    try:
        commit = _git("rev-parse", "HEAD")
        return commit + ("+dirty" if _git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(_REPOSITORY), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
