"""Dagster's entry point: `dagster dev` loads `defs` as workspace.yaml says."""

from sports_platform.core.settings import Settings
from sports_platform.orchestration.build import build_definitions

defs = build_definitions(Settings.load())
