"""Strength draws: around the features, as wide as real changes, the same for a seed, and only of what is uncertain."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.sports.nfl.strength import strength_draws

TEAMS = [f"T{i:02d}" for i in range(16)]


def _context(week: int) -> pl.DataFrame:
    """A week in which team i meets team i + 8; offences drift by 0.5 yards from week to week, defences stay."""
    rows = len(TEAMS)
    return pl.DataFrame(
        {
            "week_key": f"2015_wk{week:02d}",
            "game_id": [f"G{week:02d}_{i % 8}" for i in range(rows)],
            "posteam": TEAMS,
            "defteam": TEAMS[8:] + TEAMS[:8],
            "off_yards_per_play": 5.0 + _walk(week),
            "def_yards_per_play": np.full(rows, 5.0),
            "off_market_total": np.full(rows, 44.0),
            "off_rest_days": np.full(rows, 7.0),
            "receiver_1_share": np.full(rows, 0.15),
            "qb_id": TEAMS,
        }
    ).with_columns(pl.col(pl.Float64).cast(pl.Float32))


def _walk(week: int) -> np.ndarray:
    steps = np.random.default_rng(7).normal(0, 0.5, size=(40, len(TEAMS)))
    return steps[:week].sum(axis=0)


@pytest.fixture
def history() -> pa.Table:
    return pl.concat([_context(week) for week in range(1, 21)]).to_arrow()


@pytest.fixture
def week() -> pa.Table:
    return _context(21).to_arrow()


def _values(tables: list[pa.Table], name: str) -> np.ndarray:
    return np.stack([table[name].to_numpy() for table in tables])


def test_draws_lie_around_the_features_and_as_wide_as_rates_moved(history: pa.Table, week: pa.Table) -> None:
    moved = (
        _values(strength_draws(history, week, 400, seed=3), "off_yards_per_play")
        - week["off_yards_per_play"].to_numpy()
    )
    # Stretched, eight steps of 0.5 a week: 2.26, within what 16 walks of 12 overlapping changes show.
    assert moved.std() == pytest.approx(1.6 * 0.5 * np.sqrt(8), rel=0.25)
    assert abs(moved.mean()) < 4 * moved.std() / np.sqrt(moved.size)


def test_what_is_known_stays(history: pa.Table, week: pa.Table) -> None:
    drawn = strength_draws(history, week, 3, seed=3)
    for table in drawn:
        assert table.schema == week.schema
        for name in (
            "def_yards_per_play",
            "off_market_total",
            "off_rest_days",
            "receiver_1_share",
            "qb_id",
            "posteam",
            "game_id",
        ):
            assert table[name].equals(week[name]), name


@pytest.mark.parametrize("draws", [2, 7, 8])
def test_few_draws_have_the_mean_that_was_expected(history: pa.Table, week: pa.Table, draws: int) -> None:
    drawn = strength_draws(history, week, draws, seed=9)
    moved = _values(drawn, "off_yards_per_play")
    np.testing.assert_allclose(moved.mean(axis=0), week["off_yards_per_play"].to_numpy(), atol=2e-3)
    assert moved.std(axis=0).min() > 0.1


def test_a_seed_gives_the_same_draws_and_another_others(history: pa.Table, week: pa.Table) -> None:
    first, same, other = (strength_draws(history, week, 2, seed=seed) for seed in (1, 1, 2))
    assert first[1].equals(same[1])
    assert not first[0].equals(first[1])
    assert not first[0].equals(other[0])


def test_a_history_too_short_is_refused(history: pa.Table, week: pa.Table) -> None:
    short = history.filter(pa.compute.less(history["week_key"], "2015_wk05"))
    with pytest.raises(MissingDataError, match="9 games"):
        strength_draws(short, week, 2, seed=1)
