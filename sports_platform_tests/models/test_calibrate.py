"""Calibration mends what is wrong, leaves what is right, and is judged on games it was not fitted to."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.models.calibrate import fit_calibration
from sports_platform.models.dataset import PlayData

HEADS = (Head("kind", 2, 3), Head("yards", 1, 4, (0, 1, 2, 3, 4)))
ROWS, GAMES = 6000, 60


def _truth(seed: int) -> tuple[torch.Tensor, PlayData]:
    """Logits of a known truth and plays drawn from it; the second group of `kind` is never in play."""
    draw = np.random.default_rng(seed)
    logits = torch.from_numpy(draw.normal(size=(ROWS, 10))).log_softmax(dim=1)
    labels = {}
    for head, columns in ((HEADS[0], slice(0, 3)), (HEADS[1], slice(6, 10))):
        p = logits[:, columns].softmax(dim=1).numpy()
        seen = (draw.random(ROWS)[:, None] > p.cumsum(axis=1)).sum(axis=1).clip(max=p.shape[1] - 1)
        labels[head.name] = HeadLabels(np.zeros(ROWS, np.int64), seen, seen)
    games = np.arange(ROWS) * GAMES // ROWS
    return logits, PlayData(
        np.zeros((ROWS, 1), np.float32),
        ("x",),
        labels,
        games,
        tuple(map(str, range(GAMES))),
        np.full(ROWS, "2015_wk01"),
    )


def test_too_sure_logits_are_cooled_to_the_truth():
    logits, data = _truth(1)
    found = fit_calibration(logits * 1.5, data, HEADS)
    by_group = {(choice.head, choice.group): choice for choice in found.choices}
    for key, columns in ((("kind", 0), slice(0, 3)), (("yards", 0), slice(6, 10))):
        assert by_group[key].method != "none"
        assert by_group[key].gain > 3 * by_group[key].gain_error
        # Of 6000 rows: the scale's standard error is about 0.015.
        assert found.scale_W[columns].mean().item() == pytest.approx(1 / 1.5, abs=0.06)


def test_a_shifted_class_is_put_right_by_vector_scaling():
    logits, data = _truth(2)
    wrong = logits.clone()
    wrong[:, 6] += 0.5
    found = fit_calibration(wrong, data, HEADS)
    choice = next(choice for choice in found.choices if choice.head == "yards")
    assert choice.method == "vector"
    shift = found.shift_W[6:10]
    assert (shift[0] - shift[1:].mean()).item() == pytest.approx(-0.5, abs=0.15)


def test_a_true_model_is_left_nearly_alone_and_an_unseen_group_entirely():
    logits, data = _truth(3)
    found = fit_calibration(logits, data, HEADS)
    p, q = logits.exp(), (logits * found.scale_W + found.shift_W).log_softmax(dim=1).exp()
    assert (p[:, 6:] / p[:, 6:].sum(1, keepdim=True) - q[:, 6:] / q[:, 6:].sum(1, keepdim=True)).abs().max() < 0.03
    unseen = next(choice for choice in found.choices if (choice.head, choice.group) == ("kind", 1))
    assert (unseen.method, unseen.rows) == ("none", 0)
    torch.testing.assert_close(found.scale_W[3:6], torch.ones(3))


def test_too_few_rows_are_left_alone():
    logits, data = _truth(4)
    few = {name: replace(seen, group=np.where(np.arange(ROWS) < 250, 0, -1)) for name, seen in data.labels.items()}
    found = fit_calibration(logits * 3, replace(data, labels=few), HEADS)
    assert {choice.method for choice in found.choices} == {"none"}
