"""A season's stored scenarios against results and closing lines."""

import numpy as np
import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import Lineage
from sports_platform.ops.winprob import SeasonWins, compare_season
from sports_platform.simulation.scenarios import Scenarios
from sports_platform.sports.nfl import DOMAIN
from sports_platform.sports.nfl.market import MARGIN_SD, win_probability

SCENARIOS = 200


def week(key: str, margins: dict[str, float], seed: int) -> Scenarios:
    """Scenarios of games whose home team wins by so many points on average."""
    draw = np.random.default_rng(seed)
    away = np.full((len(margins), SCENARIOS), 100)
    home = np.round(100 + np.array([*margins.values()])[:, None] + draw.normal(0, MARGIN_SD, away.shape))
    scores = np.stack([away, home], axis=1).astype(np.int16)
    players = pa.table({name: pa.array([], pa.string()) for name in ("player_id", "team", "game_id", "position")})
    lineage = Lineage(step="simulation", sport="nfl", week=key)
    return Scenarios(key, "m", 1, tuple(margins), players, np.zeros((0, SCENARIOS), np.int16), scores, {}, lineage)


def known(finals: dict[str, tuple[int | None, int | None]], spreads: dict[str, float | None]) -> dict[str, pa.Table]:
    away, home = zip(*finals.values(), strict=True)
    schedules = pa.table(
        {"game_id": [*finals], "away_score": pa.array(away, pa.int32()), "home_score": pa.array(home, pa.int32())}
    )
    return {"schedules": schedules, "lines": pa.table({"game_id": [*spreads], "spread_line": [*spreads.values()]})}


def season() -> SeasonWins:
    played = [
        week("2021_wk01", {"a": 7.0, "b": -7.0, "open": 0.0}, 1),
        week("2021_wk02", {"c": 0.0, "unlined": 3.0}, 2),
    ]
    finals = {"a": (10, 20), "b": (30, 10), "c": (7, 7), "open": (None, None), "unlined": (3, 0)}
    spreads = {"a": 7.0, "b": -7.0, "c": 0.0, "open": 0.0, "unlined": None}
    return compare_season(DOMAIN, played, known(finals, spreads), 1)


def test_only_games_with_result_and_line_are_scored() -> None:
    found = season()
    assert found.weeks == ("2021_wk01", "2021_wk02")
    assert (found.wins.simulated.games, found.unscored) == (3, 2)
    assert found.real_points == pytest.approx((10 + 20 + 30 + 10 + 7 + 7) / 6)


def test_forecasts_stand_beside_the_closing_line() -> None:
    found = season()
    p = win_probability(7.0)
    assert found.wins.reference.brier == pytest.approx((2 * (1 - p) ** 2 + 0.0) / 3)
    # Drawn from the very distribution that the line implies: four standard errors of 200 scenarios, twice (two games).
    assert found.wins.simulated.brier == pytest.approx(found.wins.reference.brier, abs=2 * 4 * 0.5 / np.sqrt(SCENARIOS))


def test_a_spread_of_the_margins_deviation_wins_as_often_as_a_normal_does() -> None:
    assert win_probability(0.0) == 0.5
    assert win_probability(MARGIN_SD) == pytest.approx(0.8413, abs=1e-4)
    assert win_probability(-3.0) == pytest.approx(1 - win_probability(3.0))


def test_nothing_simulated_is_said() -> None:
    with pytest.raises(MissingDataError, match="no game of them"):
        compare_season(DOMAIN, [], {}, 1)
