"""Salary rows of a week to rows of the `slates` table: teams in one spelling, games and player ids found.

Belongs here: which game and player a site's row means. File formats are `streams.sources.draftkings`.
"""

from collections import defaultdict
from functools import lru_cache
from typing import TypedDict

import polars as pl

from sports_platform.core.domain import RawSource
from sports_platform.core.errors import SalaryWeekError
from sports_platform.core.tables import EVENT_TIME, KNOWN_TIME
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl.names import plain_name, team_code, team_of_nickname
from sports_platform.sports.nfl.players import season_players
from sports_platform.sports.nfl.raw import games, read_raw
from sports_platform.sports.nfl.tables import SLATES

_SITE = "dk"
_POSITION_GROUP = {"FB": "RB", "HB": "RB", "PK": "K"}


class SalaryRow(TypedDict):
    """A row of `RawSource.salaries`: the site's spelling, `game` as away@home where the file says."""

    slate: str
    player_name: str
    position: str
    team: str | None
    game: str | None
    site_player_id: str | None
    salary: int
    gsis_id: str | None


def slate_rows(source: RawSource, week: Week) -> pl.DataFrame:
    """The week's prices with event and known time; no rows where no salary file covers the week.

    Raises SalaryWeekError when the file's games are mostly not those of the week.
    """
    raw = source.salaries(week)
    rows: list[SalaryRow] = raw.to_pylist() if raw is not None else []
    schedule = games(source, week.season).filter(week=week.number)
    fixtures = _Fixtures(week, schedule)
    fixtures.check(rows)
    people = _People(source, week)
    slate = [_slate_row(row, week, fixtures, people) for row in rows]
    return pl.DataFrame(slate, schema=_SCHEMA, orient="row").with_columns(
        pl.lit(schedule["kickoff"].min()).alias(EVENT_TIME), pl.lit(schedule["week_opens"][0]).alias(KNOWN_TIME)
    )


_SCHEMA = {column.name: pl.Int32 if column.type == "int" else pl.String for column in SLATES.columns}


def _slate_row(row: SalaryRow, week: Week, fixtures: "_Fixtures", people: "_People") -> dict[str, object]:
    teams = fixtures.teams_of(row)
    position = row["position"].upper()
    if position == "DST":
        named = team_of_nickname(row["player_name"], week.season)
        team, player = (teams[0], teams[0]) if len(teams) == 1 else (named or "/".join(teams), named)
    else:
        player, team = people.find(row["player_name"], position, teams)
    return {
        "season": week.season,
        "week": week.number,
        "site": _SITE,
        "slate": row["slate"],
        "player_name": row["player_name"],
        "position": position,
        "team": team,
        "game_id": fixtures.game_of(team),
        "site_player_id": row["site_player_id"],
        "salary": row["salary"],
        "gsis_id": row["gsis_id"] or player,
    }


class _Fixtures:
    """The week's games, to tell which of them a salary row belongs to."""

    def __init__(self, week: Week, schedule: pl.DataFrame) -> None:
        self._week = week
        pairs = schedule.select("game_id", "away_team", "home_team").iter_rows()
        self._games = {(away, home): game_id for game_id, away, home in pairs}
        self._game_of_team = {team: game_id for pair, game_id in self._games.items() for team in pair}

    def check(self, rows: list[SalaryRow]) -> None:
        """Raises SalaryWeekError when most games the rows name are not games of the week."""
        named = {game for row in rows if (game := self._pair(row)) is not None}
        strange = sorted("@".join(game) for game in named if game not in self._games)
        if 2 * len(strange) > len(named):
            raise SalaryWeekError(
                found=f"{len(strange)} of the salary file's {len(named)} games are not in {self._week}: {strange[:4]}",
                needed=f"prices for the games of {self._week}, such as {sorted('@'.join(g) for g in self._games)[:4]}",
                remedy="choose the week the file was made for, or the file of that week",
            )

    def teams_of(self, row: SalaryRow) -> tuple[str, ...]:
        """The row's team, or both teams of its game in files without a team column."""
        if row["team"]:
            return (team_code(row["team"], self._week.season),)
        return self._pair(row) or ()

    def game_of(self, team: str) -> str | None:
        """Id of the team's game; None for a team that is idle that week."""
        return self._game_of_team.get(team)

    def _pair(self, row: SalaryRow) -> tuple[str, str] | None:
        if row["game"] is None:
            return None
        away, home = row["game"].split("@")
        return team_code(away, self._week.season), team_code(home, self._week.season)


class _People:
    """Players by name, and where each was last seen before the week."""

    def __init__(self, source: RawSource, week: Week) -> None:
        self._named = _players_by_name(source, week.season)
        self._team = _last_teams(source, week)

    def find(self, name: str, position: str, teams: tuple[str, ...]) -> tuple[str | None, str]:
        """The one player meant and his team; no id when nobody or several fit.

        Of namesakes those at the position go first, then those last seen with the team. Somebody at
        another position must have been seen with the team.
        """
        namesakes = self._named.get(plain_name(name), ())
        group = _POSITION_GROUP.get(position, position)
        at_position = [gsis_id for gsis_id, his in namesakes if his == group]
        on_team = [gsis_id for gsis_id in at_position or dict(namesakes) if self._team.get(gsis_id) in teams]
        fitting = on_team if len(on_team) == 1 else at_position
        if len(fitting) != 1:
            return None, "/".join(teams)
        return fitting[0], teams[0] if len(teams) == 1 else self._team.get(fitting[0], "/".join(teams))


@lru_cache(maxsize=4)
def _players_by_name(source: RawSource, season: int) -> dict[str, tuple[tuple[str, str], ...]]:
    """Plain name -> (id, position group) of everybody so called."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    players = read_raw(source, "players", season).drop_nulls(["gsis_id", "full_name"])
    for gsis_id, name, position in players.select("gsis_id", "full_name", "position").iter_rows():
        found[plain_name(name)].append((gsis_id, _POSITION_GROUP.get(position, position)))
    return {name: tuple(people) for name, people in found.items()}


def _last_teams(source: RawSource, week: Week) -> dict[str, str]:
    """Player -> team of his latest play before the week, looking back one season at most."""
    seasons = [season for season in (week.season - 1, week.season) if season in source.seasons()]
    seen = pl.concat([season_players(source, season).select("season", "week", "gsis_id", "team") for season in seasons])
    before = seen.filter((pl.col("season") < week.season) | (pl.col("week") < week.number)).sort("season", "week")
    return dict(before.select("gsis_id", "team").iter_rows())
