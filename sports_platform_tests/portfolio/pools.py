"""Small and real slates, and scenarios of stated shape, for the portfolio's tests."""

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.portfolio.lineup import SlatePlayer
from sports_platform.portfolio.slate import Slate, slate_of
from sports_platform.simulation.scenarios import Scenarios
from sports_platform.sports.nfl import DOMAIN
from sports_platform.streams.sources.opening import open_source

# Two games of two teams each; every position twice or more, so that lineups can differ.
_POSITIONS = ("QB", "RB", "RB", "WR", "WR", "TE", "DST")
_TEAMS = {"AAA": "g1", "BBB": "g1", "CCC": "g2"}


def small_pool(seed: int = 1) -> tuple[SlatePlayer, ...]:
    """21 players of three teams in two games, at prices where the cap decides."""
    prices = np.random.default_rng(seed).integers(30, 90, size=len(_TEAMS) * len(_POSITIONS)) * 100
    places = [(team, position) for team in _TEAMS for position in _POSITIONS]
    return tuple(
        SlatePlayer(
            player_id=f"id{number:02d}",
            name=f"Player {number}",
            position=position,
            team=team,
            game_id=_TEAMS[team],
            salary=int(price),
            site_player_id=str(9000 + number),
        )
        for number, ((team, position), price) in enumerate(zip(places, prices, strict=True))
    )


def small_slate(seed: int = 1) -> Slate:
    return Slate(Week(2015, 12), ("g1", "g2"), small_pool(seed), (), 0, {"nfl.slates": 1})


def scenarios_for(slate: Slate, *, scenarios: int = 400, seed: int = 5) -> Scenarios:
    """Skewed points with means that follow the prices."""
    salary_P = np.array([player.salary for player in slate.players])
    shape = (len(salary_P), scenarios)
    units_PS = np.random.default_rng(seed).gamma(1.5, 1.0, shape) * (salary_P / 1000 * 2.2 / 1.5 * 50)[:, None]
    players = pa.table({"player_id": [player.player_id for player in slate.players]})
    return Scenarios(
        week=str(slate.week),
        model_version="test",
        seed=seed,
        game_ids=slate.games,
        players=players,
        points_PS=units_PS.clip(0, 3000).astype(np.int16),
        team_scores_G2S=np.zeros((len(slate.games), 2, scenarios), dtype=np.int16),
        team_stats={},
        lineage=Lineage(step="simulation", sport="nfl", week=str(slate.week)),
    )


def real_slate(data_dir: Path, week: Week, salaries: Path | None = None) -> Slate:
    """A week's slate straight from the source's events, without a lake."""
    source = open_source(Settings(source=str(data_dir / "nfl"), salaries=salaries), DOMAIN)
    rows, fixtures = (DOMAIN.events.events(source, DOMAIN.tables[name], week) for name in ("slates", "schedules"))
    return slate_of(DOMAIN, week, rows, pl.DataFrame(fixtures).unique("game_id").to_arrow())
