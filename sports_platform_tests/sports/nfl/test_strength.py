"""Strength draws: around the features, as wide as real changes, the same for a seed, and only of what is uncertain."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.sports.nfl.concentration import share_concentrations
from sports_platform.sports.nfl.strength import strength_draws

TEAMS = [f"T{i:02d}" for i in range(16)]


def _context(week: int) -> pl.DataFrame:
    """A week in which team i meets team i + 8; offences drift by 0.5 yards from week to week, defences stay."""
    rows = len(TEAMS)
    shares: dict[str, object] = {}
    for role, slots, known, share in (("receiver", 10, 4, 0.15), ("rusher", 5, 2, 0.5)):
        shares |= {f"{role}_{n}_share": np.full(rows, share if n <= known else 0.0) for n in range(1, slots + 1)}
        shares |= {f"{role}_{n}_id": [f"{team}_{role}_{n}" for team in TEAMS] for n in range(1, slots + 1)}
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
            "qb_id": TEAMS,
            **shares,
        }
    ).with_columns(pl.col(pl.Float64).cast(pl.Float32))


def _walk(week: int) -> np.ndarray:
    steps = np.random.default_rng(7).normal(0, 0.5, size=(40, len(TEAMS)))
    return steps[:week].sum(axis=0)


@pytest.fixture
def history() -> pa.Table:
    return pl.concat([_context(week) for week in range(1, 21)]).to_arrow()


@pytest.fixture
def plays(history: pa.Table) -> pa.Table:
    """Forty targets and runs of every team game, whose shares lie around the expected ones by 30 and 10 tries."""
    draw = np.random.default_rng(11)
    rows = []
    for game in pl.DataFrame(history).iter_rows(named=True):
        for role, kind, slots, concentration in (("receiver", "pass", 10, 30.0), ("rusher", "run", 5, 10.0)):
            expected = np.array([game[f"{role}_{n}_share"] for n in range(1, slots + 1)])
            expected = np.append(expected, 1 - expected.sum()).clip(1e-9)
            counts = draw.multinomial(40, draw.dirichlet(concentration * expected))
            ids = [*(game[f"{role}_{n}_id"] for n in range(1, slots + 1)), "anybody else"]
            key = {"game_id": game["game_id"], "posteam": game["posteam"], "play_type": kind, "down": 1}
            rows += [key | {f"{role}_player_id": who} for who, n in zip(ids, counts, strict=True) for _ in range(n)]
    names = ("sack", "qb_scramble", "receiver_player_id", "rusher_player_id")
    return pl.DataFrame([dict.fromkeys(names) | row for row in rows], infer_schema_length=None).to_arrow()


@pytest.fixture
def week() -> pa.Table:
    return _context(21).to_arrow()


def _values(tables: list[pa.Table], name: str) -> np.ndarray:
    return np.stack([table[name].to_numpy() for table in tables])


def test_draws_lie_around_the_features_and_as_wide_as_rates_moved(
    history: pa.Table, plays: pa.Table, week: pa.Table
) -> None:
    moved = (
        _values(strength_draws(history, plays, week, 400, seed=3), "off_yards_per_play")
        - week["off_yards_per_play"].to_numpy()
    )
    # Stretched, eight steps of 0.5 a week: 2.26, within what 16 walks of 12 overlapping changes show.
    assert moved.std() == pytest.approx(1.6 * 0.5 * np.sqrt(8), rel=0.25)
    assert abs(moved.mean()) < 4 * moved.std() / np.sqrt(moved.size)


def test_what_is_known_stays(history: pa.Table, plays: pa.Table, week: pa.Table) -> None:
    drawn = strength_draws(history, plays, week, 3, seed=3)
    for table in drawn:
        assert table.schema == week.schema
        for name in ("def_yards_per_play", "off_market_total", "off_rest_days", "qb_id", "posteam", "game_id"):
            assert table[name].equals(week[name]), name


def test_shares_keep_their_sum_and_mean_and_empty_slots_stay_empty(
    history: pa.Table, plays: pa.Table, week: pa.Table
) -> None:
    drawn = strength_draws(history, plays, week, 400, seed=5)
    shares = np.stack([_values(drawn, f"receiver_{n}_share") for n in range(1, 11)])
    np.testing.assert_allclose(shares.sum(axis=0), 0.6, rtol=1e-5)
    assert (shares[4:] == 0).all()
    # Of a Dirichlet over four equal parts of 0.6 with 0.15 * 30 = 4.5 each: sd 0.6 * sqrt(.25 * .75 / 19).
    assert shares[0].std() == pytest.approx(0.6 * np.sqrt(0.1875 / 19), rel=0.15)
    assert shares[0].mean() == pytest.approx(0.15, abs=0.003)


@pytest.mark.parametrize("draws", [2, 7, 8])
def test_few_draws_have_the_mean_that_was_expected(
    history: pa.Table, plays: pa.Table, week: pa.Table, draws: int
) -> None:
    drawn = strength_draws(history, plays, week, draws, seed=9)
    names = [f"{role}_{n}_share" for role, slots in (("receiver", 10), ("rusher", 5)) for n in range(1, slots + 1)]
    for name in ("off_yards_per_play", *names):
        np.testing.assert_allclose(_values(drawn, name).mean(axis=0), week[name].to_numpy(), atol=2e-3, err_msg=name)
    assert _values(drawn, "rusher_1_share").std(axis=0).min() > 0.01


def test_the_concentration_of_shares_is_found_again(history: pa.Table, plays: pa.Table) -> None:
    found = share_concentrations(history, plays)
    # Of 320 team games; a step of the grid is 7 %.
    assert found["receiver"] == pytest.approx(30, rel=0.2)
    assert found["rusher"] == pytest.approx(10, rel=0.2)


def test_plays_of_other_games_are_refused(history: pa.Table, plays: pa.Table, week: pa.Table) -> None:
    with pytest.raises(MissingDataError, match="no game with targets and runs"):
        strength_draws(history, plays.slice(0, 0), week, 2, seed=1)


def test_a_seed_gives_the_same_draws_and_another_others(history: pa.Table, plays: pa.Table, week: pa.Table) -> None:
    first, same, other = (strength_draws(history, plays, week, 2, seed=seed) for seed in (1, 1, 2))
    assert first[1].equals(same[1])
    assert not first[0].equals(first[1])
    assert not first[0].equals(other[0])


def test_a_history_too_short_is_refused(history: pa.Table, plays: pa.Table, week: pa.Table) -> None:
    short = history.filter(pa.compute.less(history["week_key"], "2015_wk05"))
    with pytest.raises(MissingDataError, match="9 games"):
        strength_draws(short, plays, week, 2, seed=1)
