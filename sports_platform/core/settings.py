"""Settings: the only reader of the environment.

`Settings.load()` reads SPORTS_* variables once; tests build `Settings(home=tmp_path, ...)` directly.
"""

import json
import os
import warnings
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from sports_platform.core.errors import ServiceDownError, SettingsError

_REPOSITORY = Path(__file__).resolve().parents[2]
_PREFIX = "SPORTS_"
_NAMED_SOURCES = {"sample", "nflverse"}
_FOREIGN = {"SPORTS_DATA_DIR"}  # read by the tests alone


class Endpoints(BaseModel):
    """Addresses of the running services, as `host:port` or URL."""

    model_config = ConfigDict(frozen=True)

    kafka: str
    registry: str
    redis: str


class Settings(BaseModel):
    """Everything the platform can be told from outside. Each field is the variable SPORTS_<NAME>."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Literal["local"] = "local"
    home: Path = _REPOSITORY / ".platform"
    tools: Path = _REPOSITORY / ".platform"
    source: str = "sample"  # sample | nflverse | a folder of nflverse-named parquet
    salaries: Path | None = None  # a DraftKings file or weekly salary parquet; None: the source's own
    seed: int = 20151126
    scenarios: int = 10_000
    strength_draws: PositiveInt = 1  # draws of team strength that share the scenarios; 1: as expected
    training: Path | None = None  # YAML of the play model's TrainConfig fields that differ from its defaults
    lineups: int = 20
    trials: int = Field(default=30, ge=1, le=1000)  # of a sweep: its partitions
    workers: int = 2
    threads: int = 2
    device: Literal["cpu", "cuda"] = "cpu"  # where the play network answers the engine
    kafka_port: int = 0  # 0: any free port
    registry_port: int = 0
    redis_port: int = 0

    @classmethod
    def load(cls, environment: dict[str, str] | None = None) -> Self:
        """Settings from SPORTS_* variables; an unknown one warns, a bad value raises SettingsError."""
        variables = dict(os.environ) if environment is None else environment
        values = {
            name.removeprefix(_PREFIX).lower(): text
            for name, text in variables.items()
            if name.startswith(_PREFIX) and name not in _FOREIGN and text
        }
        for name in sorted(set(values) - set(cls.model_fields)):
            warnings.warn(f"{_PREFIX}{name.upper()} is set but means nothing: ignored", stacklevel=2)
            del values[name]
        try:
            return cls.model_validate(values).with_absolute_paths()
        except ValidationError as error:
            raise SettingsError(
                found="; ".join(f"{_PREFIX}{str(e['loc'][0]).upper()}={e['input']!r}" for e in error.errors()),
                needed="; ".join(e["msg"] for e in error.errors()),
                remedy="correct the variable or unset it",
            ) from error

    def with_absolute_paths(self) -> Self:
        """The same settings with every path absolute, so that child processes agree."""
        paths: dict[str, Path | str] = {"home": self.home.resolve(), "tools": self.tools.resolve()}
        if self.source not in _NAMED_SOURCES:
            paths["source"] = str(Path(self.source).resolve())
        for name in ("salaries", "training"):
            if getattr(self, name) is not None:
                paths[name] = getattr(self, name).resolve()
        return self.model_copy(update=paths)

    @property
    def warehouse(self) -> Path:
        """Folder of the Iceberg tables."""
        return self.home / "warehouse"

    @property
    def catalog(self) -> Path:
        """SQLite file of the Iceberg catalog."""
        return self.home / "catalog.db"

    @property
    def sweeps(self) -> Path:
        """SQLite file of the studies of sweeps."""
        return self.home / "sweeps.db"

    @property
    def endpoints_file(self) -> Path:
        """Where the running local services write their addresses."""
        return self.home / "services" / "endpoints.json"

    def stage_dir(self, stage: str, *parts: str) -> Path:
        """The folder `home/<stage>/<parts...>`, made if missing."""
        path = self.home.joinpath(stage, *parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def endpoints(self) -> Endpoints:
        """Addresses of the running services; raises ServiceDownError when none were started."""
        try:
            return Endpoints.model_validate(json.loads(self.endpoints_file.read_text()))
        except FileNotFoundError as error:
            raise ServiceDownError(
                found=f"no running services recorded in {self.endpoints_file}",
                needed="Kafka, the schema registry and Redis",
                remedy="run `sports-platform services start` (or `make dev`)",
            ) from error
