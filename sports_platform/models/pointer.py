"""`current.json`: the history of promotions, and which version serves a week.

Belongs here: reading and replacing the pointer file, in one step. MLflow's alias is `registry.py`'s.
A version serves a week only when it is as of that week or an earlier one: a later model has seen the games.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.artefacts import ModelVersion, model_dir, open_version


class Promotion(BaseModel):
    """An entry of the history."""

    model_config = ConfigDict(frozen=True)

    version: str
    week: str
    sha256: str
    promoted_at: datetime
    verdict: str  # file, relative to the model folder


def pointer_file(settings: Settings) -> Path:
    """The pointer's place."""
    return model_dir(settings) / "current.json"


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the pointer against other processes while it is read, changed and replaced."""
    with (model_dir(settings) / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def history(settings: Settings) -> list[Promotion]:
    """Promotions still in force, oldest first."""
    path = pointer_file(settings)
    if not path.exists():
        return []
    return [Promotion.model_validate(entry) for entry in json.loads(path.read_text())["history"]]


def replace_history(settings: Settings, promotions: list[Promotion]) -> None:
    """Write the pointer anew; a crash leaves the old one."""
    path = pointer_file(settings)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    entries = [entry.model_dump(mode="json") for entry in promotions]
    fresh.write_text(json.dumps({"history": entries}, indent=2))
    fresh.replace(path)


def serving(promotions: list[Promotion], week: Week | None = None) -> Promotion | None:
    """The entry serving a week (None: any week): the latest week not after it, of that the last promoted."""
    usable = [entry for entry in promotions if week is None or Week.parse(entry.week) <= week]
    return max(enumerate(usable), key=lambda item: (Week.parse(item[1].week), item[0]))[1] if usable else None


def champion(settings: Settings, week: Week) -> ModelVersion:
    """The verified version serving `week`; raises MissingDataError when none was promoted by then."""
    entry = serving(history(settings), week)
    if entry is None:
        promoted = ", ".join(item.version for item in history(settings)) or "none"
        raise MissingDataError(
            found=f"promoted models: {promoted}",
            needed=f"one as of {week} or earlier",
            remedy=f"train {week} and let the gate promote it",
        )
    return open_version(model_dir(settings) / "versions" / entry.version)
