import numpy as np
import pytest
import torch

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.models.losses import head_losses, label_tensor, total_loss
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
    kind, yards = head_losses(logits, label_tensor(labels(), HEADS), HEADS).T.numpy()
    assert yards == pytest.approx([expected[0], 0.0, expected[1]])
    assert kind[:2].all()
    assert kind[2] == 0.0
    losses = head_losses(logits, label_tensor(labels(), HEADS), HEADS)
    assert total_loss(losses, 3).item() == pytest.approx((kind.sum() + yards.sum()) / 3)


def test_stored_probabilities_score_as_the_training_loss_does():
    logits = torch.randn(3, 11, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    p = torch.cat([logits[:, :3].softmax(1), logits[:, 3:7].softmax(1), logits[:, 7:].softmax(1)], dim=1).numpy()
    trained = head_losses(logits, label_tensor(labels(), HEADS), HEADS)[:, 1].numpy()
    assert log_losses(select(p, HEADS[1], slice(3, 11), labels()["yards"])) == pytest.approx(trained[[0, 2]])


def test_a_head_that_does_not_apply_has_no_gradient():
    logits = torch.randn(3, 11, generator=torch.Generator().manual_seed(3), requires_grad=True)
    head_losses(logits, label_tensor(labels(), HEADS), HEADS).sum().backward()
    assert (logits.grad[2, :3] == 0).all()
    assert (logits.grad[1, 3:] == 0).all()
    assert logits.grad.isfinite().all()


def test_a_censored_row_pushes_mass_beyond_the_bound_only():
    logits = torch.zeros(1, 4, requires_grad=True)
    head_losses(logits, torch.tensor([[[0, 2, 3]]]), (Head("yards", 1, 4),)).sum().backward()
    gradient = logits.grad[0]
    assert (gradient[:2] > 0).all()
    assert (gradient[2:] < 0).all()
    assert gradient[2] == gradient[3]
