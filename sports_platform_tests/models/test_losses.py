import numpy as np
import pytest
import torch

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.models.losses import LabelTensors, head_losses, total_loss
from sports_platform.models.scores import log_losses, select

HEADS = (Head("kind", 1, 3), Head("yards", 2, 4, (0, 1, 2, 3, 9)))


def labels() -> dict[str, HeadLabels]:
    return {
        "kind": HeadLabels(np.array([0, 0, -1]), np.array([1, 2, -1]), np.array([1, 2, -1])),
        # Row 0 exact, row 1 not in play, row 2 stopped by the goal line at class 1 or later.
        "yards": HeadLabels(np.array([0, -1, 1]), np.array([2, 0, 1]), np.array([2, 0, 3])),
    }


def test_losses_of_exact_and_censored_rows_match_brute_force():
    logits = torch.randn(3, 11, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    p = np.exp(logits.numpy())
    first = p[0, 3:7] / p[0, 3:7].sum()
    third = p[2, 7:11] / p[2, 7:11].sum()
    expected = [-np.log(first[2]), -np.log(third[1] + third[2] + third[3])]
    tensors = {name: LabelTensors.of(seen, torch.device("cpu")) for name, seen in labels().items()}
    losses = head_losses(logits, tensors, HEADS)
    assert losses["yards"].numpy() == pytest.approx(expected)
    assert len(losses["kind"]) == 2
    assert total_loss(losses, 3).item() == pytest.approx((losses["kind"].sum() + losses["yards"].sum()).item() / 3)


def test_stored_probabilities_score_as_the_training_loss_does():
    logits = torch.randn(3, 11, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    tensors = {name: LabelTensors.of(seen, torch.device("cpu")) for name, seen in labels().items()}
    p = torch.cat([logits[:, :3].softmax(1), logits[:, 3:7].softmax(1), logits[:, 7:].softmax(1)], dim=1).numpy()
    trained = head_losses(logits, tensors, HEADS)["yards"].numpy()
    assert log_losses(select(p, HEADS[1], slice(3, 11), labels()["yards"])) == pytest.approx(trained)


def test_a_censored_row_pushes_mass_beyond_the_bound_only():
    logits = torch.zeros(1, 4, requires_grad=True)
    seen = LabelTensors(torch.tensor([0]), torch.tensor([2]), torch.tensor([3]))
    head_losses(logits, {"yards": seen}, (Head("yards", 1, 4),))["yards"].sum().backward()
    gradient = logits.grad[0]
    assert (gradient[:2] > 0).all()
    assert (gradient[2:] < 0).all()
    assert gradient[2] == gradient[3]
