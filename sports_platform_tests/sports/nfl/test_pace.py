"""Pace of a side: found again in games drawn with a known one, and balanced as the engine draws it."""

import numpy as np
import pytest

from sports_platform.core.domain import HeadLabels
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.outcomes import HEADS, OUTPUT_WIDTH, TIME_CAP, TIME_GROUPS, TIME_LOWS
from sports_platform.sports.nfl.pace import RUNNING, UNSEEN, fit_pace, paces
from sports_platform.sports.nfl.tendencies import LEVELS, ROLES, share_names

GAMES, PLAYS = 1200, 60  # team games, and plays of each
NAMES = [name for role in ROLES for name in share_names(role)]
SHORT = TIME_LOWS.index(5)


def fitted(deviation: float, *, cut_short: float = 0.0) -> float:
    """What is found of games whose sides have paces with this deviation: half of the plays stop the clock."""
    draw, rows = np.random.default_rng(7), GAMES * PLAYS
    team = np.repeat(np.arange(GAMES), PLAYS)
    long = np.flatnonzero(np.array(TIME_LOWS) >= RUNNING)
    chances = np.zeros((len(TIME_GROUPS), len(TIME_LOWS)), np.float32)
    chances[:, SHORT] = 0.5
    seconds = np.clip(draw.normal(34.0, 6.0, 200_000), RUNNING, TIME_CAP - 1)
    classes = np.searchsorted(TIME_LOWS, seconds, side="right") - 1
    chances[:, long] = 0.5 * np.bincount(classes, minlength=len(TIME_LOWS))[long] / len(seconds)
    output = np.zeros((rows, OUTPUT_WIDTH), np.float32)
    output[:, head_slices(HEADS)["time"]] = chances.ravel()
    played = draw.normal(34.0, 6.0, rows) + draw.normal(0.0, deviation, GAMES)[team]
    played = np.clip(np.where(draw.random(rows) < 0.5, 5.0, played), 5.0, TIME_CAP - 1)
    low = np.searchsorted(TIME_LOWS, played, side="right") - 1
    at_least = draw.random(rows) < cut_short
    high = np.where(at_least, len(TIME_LOWS) - 1, low)
    labels = {"time": HeadLabels(np.zeros(rows, np.int64), np.where(at_least, low // 2, low), high)}
    features = np.full((rows, len(NAMES)), 0.05, np.float32)
    features[:, 0] = team / GAMES
    return fit_pace(output, labels, features, NAMES, team // 2)


@pytest.mark.parametrize("cut_short", [0.0, 0.2])
def test_a_pace_is_found_again(cut_short: float) -> None:
    assert fitted(2.0, cut_short=cut_short) == pytest.approx(UNSEEN * 2.0, rel=0.1)


def test_games_that_go_as_expected_have_no_pace() -> None:
    assert fitted(0.0) < 0.4


def test_paces_balance_and_are_as_wide_as_was_asked() -> None:
    found = paces(2.0)
    assert found.shape == (LEVELS,)
    assert found.sum() == 0
    assert found.std() == pytest.approx(2.0, rel=0.05)
    assert (paces(0.0) == 0).all()
    assert np.abs(paces(9.0)).max() == 8
