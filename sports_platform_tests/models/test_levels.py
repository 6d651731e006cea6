"""Levels give the rows' weighted frequencies back, and touch the heads named alone."""

import numpy as np
import pytest
import torch

from sports_platform.core.domain import Head, HeadLabels, Levelling
from sports_platform.models.dataset import PlayData
from sports_platform.models.levels import fit_levels, recency

HEADS = (Head("kind", 1, 3), Head("yards", 2, 4, (0, 1, 2, 3, 4)))
ROWS, WIDTH = 20_000, 11
HALF = np.arange(ROWS) < ROWS // 2
ALL_ALIKE = 1e9  # weeks: no row is older than another


def _data(seen: HeadLabels, weeks: np.ndarray | None = None) -> PlayData:
    rows = len(seen.low)
    none = np.zeros(rows, np.int64)
    weeks = np.full(rows, "2015_wk01") if weeks is None else weeks
    labels = {"kind": HeadLabels(none, none, none), "yards": seen}
    return PlayData(np.zeros((rows, 1), np.float32), ("x",), labels, none, ("G",), weeks)


def _drawn(seed: int) -> tuple[torch.Tensor, HeadLabels]:
    """Logits that are off by a constant for each class, and what was drawn from the truth behind them."""
    draw = np.random.default_rng(seed)
    truth = torch.from_numpy(draw.normal(size=(ROWS, WIDTH)))
    group = draw.integers(2, size=ROWS)
    p = torch.stack([truth[:, 3:7], truth[:, 7:11]], dim=1)[torch.arange(ROWS), torch.from_numpy(group)].softmax(dim=1)
    low = (draw.random(ROWS)[:, None] > p.numpy().cumsum(axis=1)).sum(axis=1).clip(max=3)
    return truth + torch.from_numpy(draw.normal(size=WIDTH)), HeadLabels(group, low, low)


def test_expected_and_seen_frequencies_agree_in_every_group_and_other_heads_stay():
    logits, seen = _drawn(1)
    shift = fit_levels([logits], [_data(seen)], HEADS, {"yards": Levelling()}, ALL_ALIKE)
    assert (shift[:3] == 0).all()
    for group, columns in ((0, slice(3, 7)), (1, slice(7, 11))):
        rows = torch.from_numpy(seen.group == group)
        expected = (logits[rows, columns] + shift[columns]).softmax(dim=1).mean(dim=0).numpy()
        frequencies = np.bincount(seen.low[rows.numpy()], minlength=4) / rows.sum().item()
        # The pull towards no shift costs a little: 20 nats against 10,000 rows.
        assert expected == pytest.approx(frequencies, abs=0.005)


def test_classes_move_together_where_a_plan_says_so():
    logits, seen = _drawn(4)
    tilt = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
    shift = fit_levels([logits], [_data(seen)], HEADS, {"yards": Levelling(tilt)}, ALL_ALIKE)
    rows = torch.from_numpy(seen.group == 0)
    values = torch.arange(4.0, dtype=torch.float64)
    assert shift[3:7].diff().numpy() == pytest.approx((shift[4] - shift[3]).item(), abs=1e-6)
    expected = ((logits[rows, 3:7] + shift[3:7]).softmax(dim=1) @ values).mean().item()
    assert expected == pytest.approx(seen.low[rows.numpy()].mean(), abs=0.01)


def test_a_censored_row_counts_to_the_classes_it_may_have_been():
    logits, seen = _drawn(2)
    unclear = seen.low >= 2
    censored = HeadLabels(seen.group, np.where(unclear, 2, seen.low), np.where(unclear, 3, seen.low))
    shift = fit_levels([logits], [_data(censored)], HEADS, {"yards": Levelling()}, ALL_ALIKE)
    rows = torch.from_numpy(seen.group == 0)
    expected = (logits[rows, 3:7] + shift[3:7]).softmax(dim=1)[:, 2:].sum(dim=1).mean().item()
    assert expected == pytest.approx(unclear[seen.group == 0].mean(), abs=0.005)


def test_later_weeks_have_more_say():
    logits = torch.zeros(ROWS, WIDTH)
    low = np.repeat([0, 3], ROWS // 2)  # the first week all of class 0, the last all of class 3
    seen = HeadLabels(np.zeros(ROWS, np.int64), low, low)
    weeks = np.repeat(["2014_wk01", "2015_wk01"], ROWS // 2)
    shift = fit_levels([logits], [_data(seen, weeks)], HEADS, {"yards": Levelling()}, half_life=0.5)
    assert shift[3:7].softmax(dim=0)[3].item() == pytest.approx(0.8, abs=0.01)  # 1 against a quarter


def test_rows_of_several_data_count_together():
    logits, seen = _drawn(3)
    first, last = (HeadLabels(seen.group[half], seen.low[half], seen.high[half]) for half in (HALF, ~HALF))
    weeks = np.where(HALF, "2014_wk01", "2015_wk01")
    parts = [_data(first, weeks[HALF]), _data(last, weeks[~HALF])]
    apart = fit_levels([logits[HALF], logits[~HALF]], parts, HEADS, {"yards": Levelling()}, 1.0)
    together = fit_levels([logits], [_data(seen, weeks)], HEADS, {"yards": Levelling()}, 1.0)
    assert apart.numpy() == pytest.approx(together.numpy(), abs=1e-6)


def test_weights_halve_with_the_weeks_present():
    weeks = np.array(["2014_wk01", "2014_wk05", "2015_wk01"])
    assert recency(weeks, 1.0).tolist() == [0.25, 0.5, 1.0]
