import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import parent_process
from pathlib import Path

import pytest
import torch

from sports_platform.core.errors import ArtefactError
from sports_platform.models.dataset import PlayData, split_by_week
from sports_platform.models.side_by_side import EnsembleTask, WorkerLostError, fit_members, processes_for
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.model import NflModel
from sports_platform_tests.models import synthetic

BRIEF = synthetic.QUICK.model_copy(update={"members": 3, "epochs": 2, "dropout": 0.1})


class LeavingModel(NflModel):
    """A plan at which every process but the first ends without a word."""

    def network(self, feature_names: Sequence[str], *, dropout: float) -> torch.nn.Module:
        if parent_process() is not None:
            os._exit(3)
        return super().network(feature_names, dropout=dropout)


class EndlessModel(NflModel):
    """A plan at which every process but the first says who it is and waits for ever."""

    def network(self, feature_names: Sequence[str], *, dropout: float) -> torch.nn.Module:
        if parent_process() is not None:
            print(os.getpid(), flush=True)
            time.sleep(3600)
        return super().network(feature_names, dropout=dropout)


def task(plays: PlayData) -> EnsembleTask:
    return EnsembleTask(*split_by_week(plays, 2), NflDomain().model, BRIEF, seed=5)


def test_members_are_the_same_to_the_bit_however_many_processes_train_them(plays: PlayData):
    alone, shared = (fit_members(task(plays), processes) for processes in (1, 2))
    assert [member.curve for member in shared] == [member.curve for member in alone]
    for one, other in zip(alone, shared, strict=True):
        weights, found = one.network.state_dict(), other.network.state_dict()
        assert weights.keys() == found.keys()
        assert all(torch.equal(weights[name], found[name]) for name in weights)
        assert not other.network.training


def test_what_another_process_raises_is_raised_here(plays: PlayData, tmp_path: Path):
    damaged = tmp_path / "member_1" / "epoch_0000" / "record.json"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("{}")
    with pytest.raises(ArtefactError, match="member_1"):
        fit_members(replace(task(plays), checkpoints=tmp_path), 2)


def test_a_process_that_ends_without_an_answer_is_told(plays: PlayData):
    with pytest.raises(WorkerLostError, match="code 3"):
        fit_members(replace(task(plays), plan=LeavingModel()), 2)


def test_no_process_outlives_the_one_that_trains():
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    for _ in range(600):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.05)
    pytest.fail(f"process {worker} is still there")


def test_processes_are_as_many_as_pay(plays: PlayData):
    few, many = (replace(task(plays), config=BRIEF.model_copy(update={"epochs": epochs})) for epochs in (1, 10**6))
    assert processes_for(few) == 1
    assert processes_for(many) == min(3, len(os.sched_getaffinity(0)))
    on_a_device = many.config.model_copy(update={"device": "cuda"})
    assert processes_for(replace(many, config=on_a_device)) == 1


if __name__ == "__main__":
    fit_members(replace(task(synthetic.data(1600)), plan=EndlessModel()), 2)
