"""The table of simulated against real football, and what the engine is told about open-ended bins."""

import numpy as np
import polars as pl
import pytest

from sports_platform.sports.nfl import football, outcomes
from sports_platform.sports.nfl.simulation import outcome_tables


def test_the_table_compares_means_and_deviations(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pl.DataFrame({"points": [20, 24, 28]})
    monkeypatch.setattr(football, "team_games", lambda plays, schedules: real.to_arrow())
    simulated = {"points": np.array([[[18, 24], [24, 30]]], np.int16)}
    empty = pl.DataFrame().to_arrow()
    (row,) = football.compare(simulated, empty, empty).to_pylist()
    assert (row["statistic"], row["real_mean"], row["simulated_mean"]) == ("points", 24.0, 24.0)
    assert row["difference_percent"] == pytest.approx(0.0)
    assert row["real_sd"] == pytest.approx(np.std([20, 24, 28]))
    assert row["simulated_sd"] == pytest.approx(np.std([18, 24, 24, 30]))


def test_bins_are_drawn_from_within_the_labels_bins() -> None:
    tables = outcome_tables()
    for name, edges in (
        ("yard_edges", (*outcomes.YARD_LOWS, outcomes.YARD_CAP)),
        ("time_edges", (*outcomes.TIME_LOWS, outcomes.TIME_CAP)),
    ):
        assert tables[name][1:-1].tolist() == list(edges[1:-1])
        assert edges[0] <= tables[name][0] < edges[1]
        assert edges[-2] < tables[name][-1] <= edges[-1]
