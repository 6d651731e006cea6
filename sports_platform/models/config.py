"""Which `TrainConfig` a play model is trained with: the defaults, what SPORTS_TRAINING changes, what a caller changes.

Belongs here: reading and checking changes. The fields are in `fit.py`.
"""

from collections.abc import Mapping

import yaml
from pydantic import ValidationError

from sports_platform.core.errors import SettingsError
from sports_platform.core.settings import Settings
from sports_platform.models.fit import TrainConfig


def training_config(settings: Settings, changes: object = None) -> TrainConfig:
    """The settings' config with the changes of a mapping; raises SettingsError."""
    if settings.training is None:
        return _checked({}, changes)
    try:
        own = yaml.safe_load(settings.training.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(
            found=f"SPORTS_TRAINING={settings.training}: {error}",
            needed="a YAML file of TrainConfig fields, such as the one that `sports-platform sweep` prints",
            remedy="correct the file or unset the variable",
        ) from error
    return _checked(_checked({}, own).model_dump(), changes)


def _checked(start: Mapping[str, object], changes: object) -> TrainConfig:
    changes = {} if changes is None else changes
    try:
        return TrainConfig.model_validate({**start, **changes} if isinstance(changes, Mapping) else changes)
    except ValidationError as error:
        raise SettingsError(
            found="; ".join(f"{'.'.join(map(str, e['loc'])) or 'config'}={e['input']!r}" for e in error.errors()),
            needed="; ".join(e["msg"] for e in error.errors()),
            remedy="give fields of TrainConfig (sports_platform/models/fit.py) as a mapping",
        ) from error
