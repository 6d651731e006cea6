"""A training killed in its midst goes on to the same bits; damaged and foreign checkpoints are told from its own."""

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sports_platform.core.errors import ArtefactError
from sports_platform.core.settings import Settings
from sports_platform.models import fit as loop
from sports_platform.models.artefacts import model_dir
from sports_platform.models.checkpoint import Checkpoints
from sports_platform.models.curve import Epoch
from sports_platform.models.fit import Fitted, TrainConfig, fit
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic
from sports_platform_tests.models.member_process import KILLED, SEED, rows

_CHILD = [sys.executable, "-m", "sports_platform_tests.models.member_process", "checkpoints"]
PLAN = NflDomain().model
SHORT = KILLED.model_copy(update={"epochs": 2, "batch_size": 512})


def epoch_of(number: int) -> Epoch:
    return Epoch(epoch=number, training=1.0, validation=1.0 / (number + 1), heads={})


def same(one: Fitted, other: Fitted) -> bool:
    mine, theirs = one.network.state_dict(), other.network.state_dict()
    return one.curve == other.curve and all(torch.equal(mine[name], theirs[name]) for name in mine | theirs)


@pytest.fixture
def trained_epochs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs that were really trained, as they come."""
    seen: list[int] = []
    whole = loop._epoch

    def counted(course, state, called, epoch, tick):
        seen.append(epoch)
        return whole(course, state, called, epoch, tick)

    monkeypatch.setattr(loop, "_epoch", counted)
    return seen


@pytest.mark.timeout(600)
def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path, trained_epochs: list[int]):
    folder = tmp_path / "member"
    child = subprocess.Popen([*_CHILD, str(folder)])
    deadline = time.monotonic() + 500
    while not (folder / "epoch_0001").exists():
        assert child.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    # The kill may fall between the newest checkpoint's rename and the removal of the one before it.
    done = int(max(folder.glob("epoch_*")).name.removeprefix("epoch_")) + 1
    assert 2 <= done < KILLED.epochs
    resumed = fit(*rows(), PLAN, KILLED, seed=SEED, checkpoints=folder)
    assert trained_epochs == list(range(done, KILLED.epochs))
    assert same(resumed, fit(*rows(), PLAN, KILLED, seed=SEED))
    # Trained to its end: nothing is left to do.
    trained_epochs.clear()
    assert same(fit(*rows(), PLAN, KILLED, seed=SEED, checkpoints=folder), resumed)
    assert trained_epochs == []


def test_an_early_stop_is_remembered(tmp_path: Path, trained_epochs: list[int]):
    # 1200 plays, learnt by heart: validation turns soon.
    config = TrainConfig(epochs=30, patience=1, batch_size=64, dropout=0.0, learning_rate=0.01)
    first = fit(*rows(), PLAN, config, seed=SEED, checkpoints=tmp_path)
    assert len(trained_epochs) < config.epochs
    trained_epochs.clear()
    assert same(fit(*rows(), PLAN, config, seed=SEED, checkpoints=tmp_path), first)
    assert trained_epochs == []


@pytest.mark.parametrize("other", ["seed", "config", "rows", "labels"])
def test_a_checkpoint_of_another_training_is_not_resumed(tmp_path: Path, trained_epochs: list[int], other: str):
    training, held_out = rows()
    fit(training, held_out, PLAN, SHORT, seed=SEED, checkpoints=tmp_path)
    config, seed = SHORT, SEED
    if other == "seed":
        seed += 1
    elif other == "config":
        config = SHORT.model_copy(update={"ema_decay": 0.9})
    elif other == "rows":
        features = training.features_NF.copy()
        features[5, 3] += 1
        training = replace(training, features_NF=features)
    else:
        low = training.labels["time"].low.copy()
        low[7] -= low[7] > 0
        training = replace(training, labels=training.labels | {"time": replace(training.labels["time"], low=low)})
    trained_epochs.clear()
    found = fit(training, held_out, PLAN, config, seed=seed, checkpoints=tmp_path)
    assert trained_epochs == [0, 1]
    assert same(found, fit(training, held_out, PLAN, config, seed=seed))


@pytest.mark.parametrize("name", ["tensors.safetensors", "record.json"])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, name: str):
    store = Checkpoints(tmp_path / "member", "me")
    store.save({"a": torch.arange(3)}, [epoch_of(0)])
    path = tmp_path / "member" / "epoch_0000" / name
    content = bytearray(path.read_bytes())
    content[0 if name == "record.json" else -1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtefactError, match=name):
        store.newest()


def test_a_checkpoint_replaces_the_one_before_and_what_was_half_written_is_not_seen(tmp_path: Path):
    store = Checkpoints(tmp_path, "me")
    assert store.newest() is None
    store.save({"a": torch.zeros(2)}, [epoch_of(0)])
    store.save({"a": torch.ones(2)}, [epoch_of(0), epoch_of(1)])
    assert [path.name for path in tmp_path.iterdir()] == ["epoch_0001"]
    shutil.copytree(tmp_path / "epoch_0001", tmp_path / ".epoch_0002.77")
    (tmp_path / ".epoch_0002.77" / "record.json").unlink()
    found = store.newest()
    assert found is not None
    assert found.tensors["a"].tolist() == [1.0, 1.0]
    assert [point.epoch for point in found.curve] == [0, 1]
    assert Checkpoints(tmp_path, "another").newest() is None


def test_a_checkpoint_is_safetensors_and_json(tmp_path: Path):
    fit(*rows(), PLAN, SHORT, seed=SEED, checkpoints=tmp_path)
    assert sorted(path.name for path in (tmp_path / "epoch_0001").iterdir()) == ["record.json", "tensors.safetensors"]
    assert set(json.loads((tmp_path / "epoch_0001" / "record.json").read_text())) == {"identity", "sha256", "curve"}


def test_a_loss_that_is_no_number_is_an_error():
    config = TrainConfig(epochs=2, learning_rate=1e30, batch_size=128)
    with pytest.raises(loop.DivergedError, match="learning_rate"):
        fit(*rows(), PLAN, config, seed=SEED)


def test_a_week_trained_again_after_a_kill_takes_up_each_member(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained_epochs: list[int]
):
    config = synthetic.QUICK.model_copy(update={"epochs": 2, "members": 2, "batch_size": 512})
    plays = synthetic.data(1600)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sports_platform.models.ensemble.fit_calibration", killed)
        with pytest.raises(KeyboardInterrupt):
            synthetic.train(settings, plays, config=config)
    assert trained_epochs == [0, 1, 0, 1]
    (key,) = (model_dir(settings) / ".checkpoints").iterdir()
    assert {path.name for path in key.iterdir()} == {"member_0", "member_1"}
    version = synthetic.train(settings, plays, config=config)
    assert trained_epochs == [0, 1, 0, 1]
    assert not (model_dir(settings) / ".checkpoints").exists()
    elsewhere = settings.model_copy(update={"home": tmp_path / "elsewhere"})
    assert synthetic.train(elsewhere, plays, config=config).name == version.name
    assert trained_epochs == [0, 1] * 4
