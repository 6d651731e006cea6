"""A small league whose truth is known: plays drawn from the distributions stated in `Truth`, by seed.

`LeagueSource` implements `core.domain.RawSource` in nflverse's columns. It is football only as far as the
stages need: no penalties but those that wipe out a down, no returns, no overtime (ties stand).
"""

from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa

from sports_platform.core.errors import MissingDataError
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl.raw import RAW_COLUMNS
from sports_platform.sports.nfl.tables import PLAYS
from sports_platform.streams.sources.draftkings import SALARY_SCHEMA
from sports_platform_tests.league.game import Game, Team
from sports_platform_tests.league.truth import Truth

_CODES = ("ARI", "ATL", "BAL", "BUF", "CAR", "CHI", "CIN", "CLE", "DAL", "DEN", "DET", "GB")
_PLAY_SCHEMA = {
    column.name: pl.String if column.type == "string" else pl.Int32
    for column in PLAYS.columns
    if column.name in RAW_COLUMNS["play_by_play"]
}
_BASE_SALARY = {"QB": 6500, "RB": 5500, "WR": 5000, "TE": 4000, "DST": 3000}


class LeagueSource:
    """`teams` (even, at most 12) play each other for `weeks` weeks in each season; the same seed, the same plays."""

    name = "league"

    def __init__(
        self, seed: int, teams: int = 4, seasons: tuple[int, ...] = (2021,), weeks: int = 4, truth: Truth | None = None
    ) -> None:
        self.truth = truth or Truth()
        self.teams = tuple(Team(code) for code in _CODES[:teams])
        self._seed, self._seasons, self._weeks = seed, seasons, weeks

    def seasons(self) -> list[int]:
        return list(self._seasons)

    def frame(self, table: str, season: int) -> pa.Table:
        if season not in self._seasons or table not in RAW_COLUMNS:
            raise MissingDataError(found=f"{table} {season}", needed=f"seasons {self._seasons}", remedy="ask another")
        frame = self._players if table == "players" else self._tables[table].filter(season=season)
        return frame.select(RAW_COLUMNS[table]).to_arrow()

    def salaries(self, week: Week) -> pa.Table | None:
        """Every player at a price that falls with his place in the depth chart."""
        rows = []
        for team in self.teams:
            priced = [*team.skill_players, (team.code, f"{team.code} Defence", "DST")]
            for depth, (player, name, position) in enumerate(priced):
                salary = _BASE_SALARY[position] - 100 * depth
                rows.append(("league", name, position, team.code, None, None, salary, player))
        return pa.table(list(zip(*rows, strict=True)), schema=SALARY_SCHEMA)

    @cached_property
    def _players(self) -> pl.DataFrame:
        everyone = [player for team in self.teams for player in team.players]
        return pl.DataFrame(everyone, schema=["gsis_id", "full_name", "position"], orient="row")

    @cached_property
    def _tables(self) -> dict[str, pl.DataFrame]:
        plays: list[dict[str, object]] = []
        games: list[dict[str, object]] = []
        for season in self._seasons:
            for week in range(1, self._weeks + 1):
                for away, home in _pairs(self.teams, week):
                    rng = np.random.default_rng([self._seed, season, week, self.teams.index(home)])
                    game = Game(rng, self.truth, season, week, away, home)
                    plays += game.play()
                    games.append(_fixture(game))
        both = pl.DataFrame(games)
        return {
            "play_by_play": pl.DataFrame(plays, schema=_PLAY_SCHEMA),
            "schedules": both,
            "lines": both.with_columns(
                spread_open=pl.lit(2.5), spread_line=3.0, total_line=44.5, roof=pl.lit("outdoors")
            ),
        }


def _pairs(teams: tuple[Team, ...], week: int) -> list[tuple[Team, Team]]:
    """A round of the circle method: each team plays once; who is at home alternates."""
    rest = teams[1:]
    turn = (week - 1) % len(rest)
    circle = (teams[0], *rest[turn:], *rest[:turn])
    pairs = [(circle[i], circle[-1 - i]) for i in range(len(teams) // 2)]
    return pairs if week % 2 else [(home, away) for away, home in pairs]


def _fixture(game: Game) -> dict[str, object]:
    first_sunday = next(day for n in range(7) if (day := date(game.season, 9, 8) + timedelta(days=n)).weekday() == 6)
    return {
        "game_id": game.game_id,
        "season": game.season,
        "game_type": "REG",
        "week": game.week,
        "gameday": str(first_sunday + timedelta(weeks=game.week - 1)),
        "gametime": "13:00",
        "away_team": game.away.code,
        "away_score": game.score[game.away],
        "home_team": game.home.code,
        "home_score": game.score[game.home],
        "overtime": 0,
    }
