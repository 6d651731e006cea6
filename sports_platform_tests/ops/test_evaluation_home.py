"""The home of an evaluation: named by what the folder holds; its versions come before the user's own."""

import shutil
from pathlib import Path

import pytest

from sports_platform.core.errors import ArtefactError
from sports_platform.core.settings import Settings
from sports_platform.models import artefacts
from sports_platform.ops import evaluation_home
from sports_platform.ops.evaluation_home import evaluation_settings, named_version
from sports_platform.sports.nfl import NflDomain

DOMAIN = NflDomain()


def home(settings: Settings, folder: Path) -> Path:
    return evaluation_settings(settings, DOMAIN, folder).home


def test_a_copy_of_a_folder_has_its_home_and_changed_data_another(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    first, copy = tmp_path / "one" / "nfl", tmp_path / "two" / "nfl"
    first.mkdir(parents=True)
    (first / "schedules.parquet").write_bytes(b"rows")
    shutil.copytree(first, copy, copy_function=shutil.copyfile)
    assert home(settings, copy) == home(settings, first)
    (copy / "schedules.parquet").write_bytes(b"worn")  # as long as before
    assert home(settings, copy) != home(settings, first)
    (first / "players.parquet").write_bytes(b"more")
    assert home(settings, copy) != home(settings, first)


def test_a_version_is_looked_for_in_the_evaluations_home_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, user = Settings(home=tmp_path / "own"), Settings(home=tmp_path / "user")
    monkeypatch.setattr(evaluation_home, "open_version", lambda folder: folder)
    theirs, ours = (artefacts.model_dir(at) / "versions" / "2015_wk01-x" for at in (user, own))
    theirs.mkdir(parents=True)
    assert named_version(own, user, "2015_wk01-x") == theirs
    ours.mkdir(parents=True)
    assert named_version(own, user, "2015_wk01-x") == ours


def test_an_unknown_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="2015_wk01-nowhere"):
        named_version(Settings(home=tmp_path / "own"), Settings(home=tmp_path / "user"), "2015_wk01-nowhere")
