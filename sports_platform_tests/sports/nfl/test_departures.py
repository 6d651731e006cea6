"""Departures of quarterbacks, counted from plays."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from sports_platform.sports.nfl.departures import NEVER, fit_departures
from sports_platform.sports.nfl.tendencies import LEVELS


def game(number: int, throws: str) -> list[dict[str, object]]:
    """A pass a minute of one team, by the passers named by letters."""
    return [
        {
            "game_id": f"G{number}",
            "play_index": minute,
            "posteam": "A",
            "play_type": "pass",
            "down": 1,
            "game_half": "Half1" if minute < 30 else "Half2" if minute < 60 else "Overtime",
            "half_seconds_remaining": 1800 - 60 * minute % 1800,
            "passer_player_id": passer,
        }
        for minute, passer in enumerate(throws)
    ]


def fit(games: list[str]) -> list[int]:
    return fit_departures(pa.Table.from_pylist([play for n, throws in enumerate(games) for play in game(n, throws)]))


@pytest.mark.parametrize(
    ("throws", "leaves"),
    [
        ("a" * 60, NEVER),
        ("a" * 20 + "b" * 40, 20 * 60),
        ("a" * 45 + "b" * 15, 45 * 60),
        ("a" * 45 + "b" + "a" * 14, NEVER),  # a trick, or a few snaps off
        ("a" * 59 + "b", NEVER),  # one pass may be a trick
        ("a" * 60 + "b" * 5, NEVER),  # overtime is no longer counted
        ("a" * 10 + "b" * 10 + "a" * 10 + "c" * 30, 30 * 60),
    ],
)
def test_a_starter_is_gone_when_others_throw_after_his_last_pass(throws: str, leaves: int) -> None:
    values = np.array(fit([throws] * 2000))
    assert len(values) == LEVELS
    assert (values == leaves).mean() > 0.97
    assert (np.diff(values) >= 0).all()


def test_departures_are_as_frequent_as_in_the_games() -> None:
    values = np.array(fit(["a" * 60] * 700 + ["a" * 30 + "b" * 30] * 300))
    assert (values < NEVER).mean() == pytest.approx(0.3, abs=0.01)


def test_without_games_the_usual_share_of_starters_leaves() -> None:
    none = pl.DataFrame(game(0, "a")).clear().to_arrow()
    values = np.array(fit_departures(none))
    assert (values < NEVER).mean() == pytest.approx(0.1, abs=0.03)
