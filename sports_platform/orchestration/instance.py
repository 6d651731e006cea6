"""The Dagster instance of a home: SQLite under `home/dagster`, shared by the UI, the daemon and in-process runs."""

import shutil
from pathlib import Path

import dagster as dg

from sports_platform.core.settings import Settings

_CONFIGURATION = Path(__file__).with_name("dagster.yaml")


def instance_folder(settings: Settings) -> Path:
    """DAGSTER_HOME of this home, configured if it is new."""
    folder = settings.stage_dir("dagster")
    if not (folder / _CONFIGURATION.name).exists():
        shutil.copy(_CONFIGURATION, folder)
    return folder


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The persistent instance; use it as a context manager."""
    return dg.DagsterInstance.from_config(str(instance_folder(settings)))
