import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from sports_platform.core.errors import ArtefactError
from sports_platform.core.settings import Settings
from sports_platform.models.artefacts import ModelVersion, model_dir, open_version, verify, week_version
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.sealed import file_digest
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


def test_a_flipped_byte_anywhere_in_any_file_is_refused(copy: Path):
    for path in [p for p in sorted(copy.rglob("*")) if p.is_file()]:
        content = path.read_bytes()
        # Every place of the list of digests, since it is what the other files are held against.
        places = range(len(content)) if path.name == "SHA256SUMS" else (0, len(content) // 3, len(content) - 1)
        for place in places:
            for bit in (0x01, 0x80):
                damaged = bytearray(content)
                damaged[place] ^= bit
                path.write_bytes(damaged)
                with pytest.raises(ArtefactError):
                    verify(copy)
        path.write_bytes(content)
    load(copy)


class Trap:
    """Something whose unpickling would be noticed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def save_pickle(path: Path, sprung: Path) -> None:
    path.write_bytes(pickle.dumps(Trap(sprung)))


def save_torch(path: Path, sprung: Path) -> None:
    torch.save({"a": Trap(sprung)}, path)


def listed(folder: Path, name: str) -> None:
    """Rewrite the digests so that the file fits them, as a forger would."""
    lines = [line for line in (folder / "SHA256SUMS").read_text().splitlines() if not line.endswith(f"  {name}")]
    lines.append(f"{file_digest(folder / name)}  {name}")
    (folder / "SHA256SUMS").write_text("".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize("save", [save_pickle, save_torch])
@pytest.mark.parametrize("is_listed", [False, True])
@pytest.mark.parametrize(
    "name", ["weights.pt", "weights.pth", "extra.pkl", "plots/a.pickle", "weights.pt2", "model.bin", "a.PT", "plots/a"]
)
def test_formats_that_can_run_code_are_refused_unread(
    copy: Path, tmp_path: Path, name: str, is_listed: bool, save: Callable[[Path, Path], None]
):
    sprung = tmp_path / "sprung"
    save(copy / name, sprung)
    if is_listed:
        listed(copy, name)
    for opened in (load, open_version):
        with pytest.raises(ArtefactError, match=re.escape(f"file {name}") + ".*\n.*can run code are refused"):
            opened(copy)
    assert not sprung.exists()


@pytest.mark.parametrize("save", [save_pickle, save_torch])
def test_a_pickle_under_the_name_of_the_weights_is_refused_unread(
    copy: Path, tmp_path: Path, save: Callable[[Path, Path], None]
):
    sprung = tmp_path / "sprung"
    save(copy / "weights.safetensors", sprung)
    with pytest.raises(ArtefactError, match=r"weights\.safetensors: [0-9a-f]{64}"):
        load(copy)
    listed(copy, "weights.safetensors")
    with pytest.raises(ArtefactError, match="safetensors format"):
        load(copy)
    with pytest.raises(ArtefactError, match="folder named by its content"):
        open_version(copy)
    assert not sprung.exists()


def test_the_trap_would_be_noticed(tmp_path: Path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").exists()


def test_an_unlisted_file_is_refused_unless_it_is_a_later_record(copy: Path):
    (copy / "verdict.json").write_text("{}")
    load(copy)
    shutil.copy(copy / "weights.safetensors", copy / "other.safetensors")
    with pytest.raises(ArtefactError, match=r"file other\.safetensors"):
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


def test_training_a_week_again_keeps_the_earlier_version(settings: Settings):
    plays = synthetic.data(1600)
    one, other = (synthetic.QUICK.model_copy(update={"epochs": epochs}) for epochs in (2, 1))
    first = synthetic.train(settings, plays, config=one)
    second = synthetic.train(settings, plays, config=other)
    assert first.name != second.name
    assert week_version(settings, synthetic.WEEK) == second
    assert open_version(first.path) == first
    assert synthetic.train(settings, plays, config=one) == first
    assert week_version(settings, synthetic.WEEK) == first


def test_a_failure_while_writing_leaves_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("sports_platform.models.plots.draw_all", fail)
    with pytest.raises(OSError, match="disk full"):
        synthetic.train(settings, synthetic.data(1600), config=synthetic.QUICK.model_copy(update={"epochs": 1}))
    assert list(model_dir(settings).iterdir()) == []
    with pytest.raises(ArtefactError, match="train the week"):
        week_version(settings, synthetic.WEEK)
