"""Simulated against real: players' points of a past week and team statistics of the season.

Belongs here: the numbers of the report that need both sides. Drawing them is `report_plots`.

Legend: P players, S scenarios, G games.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.asof import read_as_of
from sports_platform.lake.cutoffs import week_cutoffs
from sports_platform.portfolio.artefact import Portfolio, actual_lineup_points
from sports_platform.portfolio.projections import UNITS_PER_POINT
from sports_platform.simulation.scenarios import Scenarios

_INTERVAL = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class PlayerComparison:
    """`players`: `player_id, team, position, mean, low, high, actual`, everybody simulated in a finished game."""

    players: pl.DataFrame

    @property
    def coverage(self) -> float:
        """Share of actual points inside the 80 % interval, ends included."""
        return float(cast(float, self._inside().mean()))

    @property
    def bias(self) -> float:
        """Mean of simulated less actual points."""
        return float(cast(float, (self.players["mean"] - self.players["actual"]).mean()))

    @property
    def correlation(self) -> float:
        """Correlation of simulated means with actual points."""
        return float(np.corrcoef(self.players["mean"], self.players["actual"])[0, 1])

    def by_position(self) -> pl.DataFrame:
        """`position, players, simulated, actual, mean_error, coverage` (points; error is absolute)."""
        frame = self.players.with_columns(self._inside().alias("inside"))
        return (
            frame.group_by("position")
            .agg(
                pl.len().alias("players"),
                pl.col("mean").mean().alias("simulated"),
                pl.col("actual").mean(),
                (pl.col("mean") - pl.col("actual")).abs().mean().alias("mean_error"),
                pl.col("inside").mean().alias("coverage"),
            )
            .sort("players", descending=True)
        )

    def _inside(self) -> pl.Series:
        return self.players["actual"].is_between(self.players["low"], self.players["high"])


def actual_points(settings: Settings, domain: SportDomain, week: Week) -> pa.Table | None:
    """`game_id, player_id, team, points` of the week's finished games, or None before there is one."""
    points = domain.player_points(*_played(settings, domain, [str(week)]))
    return points if points.num_rows else None


def with_actual(settings: Settings, domain: SportDomain, portfolio: Portfolio) -> Portfolio:
    """The portfolio with its lineups' real points, where its week has been played."""
    points = actual_points(settings, domain, portfolio.week)
    return portfolio if points is None else portfolio.with_actual(actual_lineup_points(portfolio, points))


def compare_players(scenarios: Scenarios, actual: pa.Table) -> PlayerComparison:
    """Everybody simulated in a finished game beside his `actual_points`; somebody without a record scored 0."""
    points = cast(pl.DataFrame, pl.from_arrow(actual)).rename({"points": "actual"})
    simulated = _simulated_players(scenarios).filter(pl.col("game_id").is_in(points["game_id"].unique().implode()))
    joined = simulated.join(
        points.select("game_id", "player_id", "actual"), on=["game_id", "player_id"], how="left"
    ).with_columns(pl.col("actual").fill_null(0))
    return PlayerComparison(joined)


def compare_teams(settings: Settings, domain: SportDomain, week: Week, scenarios: Scenarios) -> pl.DataFrame:
    """`statistic, simulated, simulated_sd, real, real_sd` per team and game.

    Simulated are this week's games in all scenarios; real are the earlier games of its season, before the season's
    first week those of the season before.
    """
    earlier = [other for other in week_cutoffs(settings, domain) if other < week]
    season = [str(other) for other in earlier if other.season == earlier[-1].season]
    plays, schedules = _played(settings, domain, season)
    real = cast(pl.DataFrame, pl.from_arrow(domain.team_games(plays, schedules)))
    rows = []
    for name in domain.simulation.team_stats:
        values_G2S = scenarios.team_stats[name]
        rows.append(
            {
                "statistic": name,
                "simulated": float(values_G2S.mean()),
                "simulated_sd": float(values_G2S.std()),
                "real": cast(float, real[name].mean()),
                "real_sd": cast(float, real[name].std()),
            }
        )
    return pl.DataFrame(rows)


def _played(settings: Settings, domain: SportDomain, weeks: list[str]) -> tuple[pa.Table, pa.Table]:
    """Plays and schedules as known today."""
    tables = [domain.tables[name] for name in (domain.model.event_table, "schedules")]
    plays, schedules = (read_as_of(settings, domain, spec, cutoff=datetime.now(UTC), weeks=weeks) for spec in tables)
    return plays, schedules


def _simulated_players(scenarios: Scenarios) -> pl.DataFrame:
    points_PS = scenarios.points_PS
    low_P, high_P = np.quantile(points_PS, _INTERVAL, axis=1) / UNITS_PER_POINT
    players = cast(pl.DataFrame, pl.from_arrow(scenarios.players)).select("game_id", "player_id", "team", "position")
    return players.with_columns(
        pl.Series("mean", points_PS.mean(axis=1) / UNITS_PER_POINT), pl.Series("low", low_P), pl.Series("high", high_P)
    )
