import pickle
import shutil
from pathlib import Path

import pytest
import torch

from sports_platform.core.errors import ArtefactError
from sports_platform.core.settings import Settings
from sports_platform.models.artefacts import ModelVersion, model_dir, open_version, week_version
from sports_platform.models.dataset import PlayData
from sports_platform.models.predictor import PlayPredictor
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic


@pytest.fixture
def copy(trained: ModelVersion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained.path, tmp_path / trained.name))


def load(folder: Path) -> None:
    PlayPredictor.load(ModelVersion(folder, synthetic.WEEK, "0" * 64), NflDomain())


def test_a_version_holds_no_format_that_can_run_code(trained: ModelVersion):
    files = {path.relative_to(trained.path).as_posix() for path in trained.path.rglob("*") if path.is_file()}
    assert files == {
        "weights.safetensors",
        "model.yaml",
        "metrics.json",
        "auxiliary.json",
        "lineage.json",
        "SHA256SUMS",
        "plots/learning_curves.png",
        "plots/reliability_play_type.png",
        "plots/class_shares.png",
        "plots/pit.png",
    }
    load(trained.path)


@pytest.mark.parametrize(
    "name", ["weights.safetensors", "model.yaml", "auxiliary.json", "metrics.json", "plots/pit.png", "lineage.json"]
)
def test_a_flipped_byte_and_a_missing_file_are_refused(copy: Path, name: str):
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ArtefactError, match=name):
        load(copy)
    (copy / name).unlink()
    with pytest.raises(ArtefactError, match="no such file"):
        load(copy)


def test_pickles_are_refused_before_anything_is_read(copy: Path):
    torch.save({"a": torch.zeros(1)}, copy / "weights.pt")
    with pytest.raises(ArtefactError, match=r"weights\.pt"):
        load(copy)
    (copy / "weights.pt").unlink()
    (copy / "extra.pkl").write_bytes(pickle.dumps([1]))
    with pytest.raises(ArtefactError, match=r"extra\.pkl"):
        load(copy)


def test_a_consistent_forgery_does_not_pass_for_the_version(copy: Path):
    """Digests rewritten to fit: the folder's name no longer fits them."""
    (copy / "auxiliary.json").write_text("{}")
    import hashlib

    lines = (copy / "SHA256SUMS").read_text().splitlines()
    fresh = hashlib.sha256(b"{}").hexdigest()
    (copy / "SHA256SUMS").write_text(
        "\n".join(f"{fresh}  auxiliary.json" if line.endswith("auxiliary.json") else line for line in lines)
    )
    with pytest.raises(ArtefactError, match="folder named by its content"):
        open_version(copy)


def test_training_a_week_again_keeps_the_earlier_version(settings: Settings, plays: PlayData):
    first = synthetic.train(settings, plays)
    second = synthetic.train(settings, plays, config=synthetic.QUICK.model_copy(update={"epochs": 1}))
    assert first.name != second.name
    assert week_version(settings, synthetic.WEEK) == second
    assert open_version(first.path) == first
    assert synthetic.train(settings, plays) == first
    assert week_version(settings, synthetic.WEEK) == first


def test_a_failure_while_writing_leaves_nothing(settings: Settings, plays: PlayData, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("sports_platform.models.plots.draw_all", fail)
    with pytest.raises(OSError, match="disk full"):
        synthetic.train(settings, plays, config=synthetic.QUICK.model_copy(update={"epochs": 1}))
    assert list(model_dir(settings).iterdir()) == []
    with pytest.raises(ArtefactError, match="train the week"):
        week_version(settings, synthetic.WEEK)
