from pathlib import Path

import pytest

from sports_platform.core.errors import SettingsError
from sports_platform.core.settings import Settings
from sports_platform.models.config import training_config
from sports_platform.models.fit import TrainConfig


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings that name a file of two changed fields."""
    path = tmp_path / "training.yaml"
    path.write_text("epochs: 3\ndropout: 0.25\n")
    return Settings(home=tmp_path, training=path)


def test_without_a_file_the_defaults_train(settings: Settings) -> None:
    assert training_config(settings) == TrainConfig()


def test_the_settings_file_changes_the_defaults_and_a_caller_changes_both(own: Settings) -> None:
    assert training_config(own) == TrainConfig(epochs=3, dropout=0.25)
    assert training_config(own, {"epochs": 5}) == TrainConfig(epochs=5, dropout=0.25)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"epoch": 3}, "epoch=3"), ({"epochs": 0}, "epochs=0"), (["epochs"], "config=")],
)
def test_what_is_no_config_is_refused(own: Settings, changes: object, expected: str) -> None:
    with pytest.raises(SettingsError, match=expected):
        training_config(own, changes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("epoch: 3", "epoch=3"), ("- epochs", "config="), ("epochs: [", "bad"), (None, "No such file")],
)
def test_a_bad_or_missing_file_is_refused(tmp_path: Path, text: str | None, expected: str) -> None:
    path = tmp_path / "bad.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match=expected):
        training_config(Settings(home=tmp_path, training=path))


def test_the_file_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load({"SPORTS_TRAINING": "training.yaml"})
    assert settings.training == tmp_path / "training.yaml"
