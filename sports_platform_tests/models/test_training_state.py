"""What a step does to weights, average and rate, held against formulas written out by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from sports_platform.models.blocks import Paced
from sports_platform.models.distributed import ALONE
from sports_platform.models.fit import TrainConfig, _Course
from sports_platform.models.gradients import Rows
from sports_platform.models.training_state import TrainingState
from sports_platform.sports.nfl import NflDomain


def state(*, averaged: bool) -> TrainingState:
    torch.manual_seed(1)
    return TrainingState.of(nn.Linear(3, 2), learning_rate=0.1, weight_decay=0.0, averaged=averaged)


def stepped(trained: TrainingState, clip_norm: float | None = None, size: float = 1.0) -> torch.Tensor:
    """One step along gradients that are alike in every place; returns their norm as the optimizer saw it."""
    for parameter in trained.network.parameters():
        parameter.grad = torch.full_like(parameter, size)
    trained.step(0.1, clip_norm)
    return torch.cat([p.grad.flatten() for p in trained.network.parameters() if p.grad is not None]).norm()


def course(config: TrainConfig, rows: int) -> _Course:
    resident = Rows(torch.zeros(rows, 1), torch.zeros(rows, 0, 3))
    return _Course(resident, resident, NflDomain().model, config, 1, ALONE, shown=False)


def test_the_rate_rises_in_a_line_and_falls_in_half_a_cosine():
    config = TrainConfig(epochs=5, batch_size=10, learning_rate=0.4, warmup=0.2)
    rates = [course(config, 95).learning_rate(step) for step in range(50)]
    rising = [0.4 * (step + 1) / 10 for step in range(10)]
    falling = [0.2 * (1 + np.cos(np.pi * step / 40)) for step in range(40)]
    assert rates == pytest.approx(rising + falling)
    assert max(rates) == 0.4


def test_without_warm_up_the_first_step_is_the_longest():
    rates = [course(TrainConfig(epochs=1, batch_size=10), 40).learning_rate(step) for step in range(4)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == TrainConfig().learning_rate


class Hasty(Paced):
    """Three times as fast."""

    pace = 3.0

    def __init__(self) -> None:
        super().__init__()
        self.own = nn.Linear(3, 2)


def test_a_module_with_a_pace_learns_so_many_times_as_fast() -> None:
    network = nn.Sequential(nn.Linear(3, 2), Hasty())
    before = [parameter.detach().clone() for parameter in network.parameters()]
    stepped(TrainingState.of(network, learning_rate=0.1, weight_decay=0.0, averaged=False))
    moved = [float((old - new).mean()) for old, new in zip(before, network.parameters(), strict=True)]
    assert moved == pytest.approx([0.1, 0.1, 0.3, 0.3], rel=1e-5)


def test_the_average_follows_the_weights_and_forgets_the_start():
    trained = state(averaged=True)
    expected = trained.network.weight.detach().clone()
    for step in range(30):
        stepped(trained)
        trained.average(0.6, step)
        decay = min(0.6, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * trained.network.weight.detach()
    assert trained.served is not trained.network
    torch.testing.assert_close(trained.served.weight.detach(), expected)
    assert (trained.served.weight > trained.network.weight).all()  # behind, on the way down
    trained.keep()
    assert torch.equal(trained.kept["weight"], trained.served.weight)


def test_without_an_average_the_network_itself_is_served():
    trained = state(averaged=False)
    before = trained.network.weight.detach().clone()
    stepped(trained)
    moved = trained.network.weight.detach().clone()
    trained.average(0.9, 1)
    assert trained.served is trained.network
    assert torch.equal(trained.network.weight, moved)
    assert not torch.equal(moved, before)


@pytest.mark.parametrize(("clip_norm", "norm"), [(None, 8**0.5), (1.5, 1.5), (100.0, 8**0.5)])
def test_long_gradients_are_clipped_and_short_ones_left(clip_norm: float | None, norm: float):
    assert stepped(state(averaged=False), clip_norm).item() == pytest.approx(norm, rel=1e-5)


@pytest.mark.parametrize("averaged", [False, True])
def test_a_state_restored_from_its_tensors_goes_on_alike(averaged: bool):
    first, second = state(averaged=averaged), state(averaged=averaged)
    for step in range(3):
        stepped(first)
        first.average(0.5, step)
        first.keep()
    second.restore({name: value.clone() for name, value in first.tensors().items()})
    for trained in (first, second):
        stepped(trained, size=0.3)
        trained.average(0.5, 3)
    mine, theirs = first.tensors(), second.tensors()
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
