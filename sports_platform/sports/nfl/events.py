"""NFL events: raw nflverse tables to rows that say when they happened and from when they may be used.

Belongs here: the point-in-time conventions of plays, schedules, players and lines, none of which carry
a publication time in the feed. Salaries become rows in `slates`, plays become players in
`players`.
"""

from collections.abc import Callable
from functools import lru_cache

import polars as pl
import pyarrow as pa

from sports_platform.core.domain import RawSource
from sports_platform.core.errors import MissingDataError
from sports_platform.core.tables import EVENT_TIME, KNOWN_TIME, WEEK_COLUMN, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl.players import season_players
from sports_platform.sports.nfl.raw import GAME_KNOWN_AFTER, games, read_raw, with_kickoff
from sports_platform.sports.nfl.slates import slate_rows
from sports_platform.streams.schemas import conform

_QUARTER, _REGULATION = 900, 3600  # seconds
_ROOFS_OF_GAME_DAY = ("open", "closed")  # a retractable roof is decided shortly before kick-off


class NflEvents:
    """Implements `core.domain.EventPlan`."""

    def weeks(self, source: RawSource) -> list[Week]:
        """Every week of the source's schedules, in order."""
        numbers = {season: games(source, season)["week"].unique() for season in source.seasons()}
        return sorted(Week(season, number) for season, of_season in numbers.items() for number in of_season)

    def events(self, source: RawSource, spec: TableSpec, week: Week) -> pa.Table:
        """The week's rows with `spec.all_columns`, in the order in which they became known.

        A week still to come has fixtures, opening lines and slates only; a week that no salary file
        covers has no slate rows. A week without games raises MissingDataError.
        """
        fixtures = games(source, week.season).filter(week=week.number)
        if fixtures.is_empty():
            known = self.weeks(source)
            raise _missing(source, f"games in {week}", f"a week of the schedule, {known[0]} to {known[-1]}")
        if spec.name == "slates":
            rows = slate_rows(source, week)
        else:
            rows = _SEASON_ROWS[spec.name](source, week.season).filter(week=week.number)
            if rows.is_empty() and fixtures["home_score"].is_not_null().any():
                raise _missing(source, f"{spec.name} in {week}, though its games are over", "the week's raw rows")
        stamped = rows.with_columns(pl.lit(str(week)).alias(WEEK_COLUMN)).sort(KNOWN_TIME, maintain_order=True)
        return conform(stamped.to_arrow(), spec)


def _missing(source: RawSource, what: str, needed: str) -> MissingDataError:
    return MissingDataError(
        found=f"no {what} (source {source.name!r})", needed=needed, remedy="choose another week or another source"
    )


@lru_cache(maxsize=4)
def _plays(source: RawSource, season: int) -> pl.DataFrame:
    overtime = _QUARTER * (pl.col("qtr").cast(pl.Int32) - 4) - pl.col("quarter_seconds_remaining")
    elapsed = (
        pl.when(pl.col("qtr") <= 4)
        .then(_REGULATION - pl.col("game_seconds_remaining"))
        .otherwise(_REGULATION + overtime)
        .forward_fill()  # the live feed leaves the clock out of some rows that are not plays
        .over("game_id")
    )
    return with_kickoff(read_raw(source, "play_by_play", season), source, season).select(
        pl.exclude("kickoff"),
        pl.int_range(pl.len(), dtype=pl.Int32).over("game_id").alias("play_index"),
        (pl.col("kickoff") + pl.duration(seconds=elapsed)).alias(EVENT_TIME),
        (pl.col("kickoff") + GAME_KNOWN_AFTER).alias(KNOWN_TIME),
    )


@lru_cache(maxsize=4)
def _schedules(source: RawSource, season: int) -> pl.DataFrame:
    """A fixture and, where the game is over, a result; play-off pairings are known in their week only."""
    scores = ("home_score", "away_score", "overtime")
    timed = games(source, season).with_columns(pl.col("kickoff").alias(EVENT_TIME))
    published = pl.when(game_type="REG").then(pl.datetime(season, 5, 1, time_zone="UTC")).otherwise("week_opens")
    fixtures = timed.with_columns(*(pl.lit(None).alias(name) for name in scores), published.alias(KNOWN_TIME))
    results = timed.filter(pl.col("home_score").is_not_null()).with_columns(
        (pl.col("kickoff") + GAME_KNOWN_AFTER).alias(KNOWN_TIME)
    )
    return pl.concat([fixtures, results], how="vertical_relaxed")


@lru_cache(maxsize=4)
def _lines(source: RawSource, season: int) -> pl.DataFrame:
    schedule = games(source, season).select("game_id", "kickoff", "week_opens")
    lines = read_raw(source, "lines", season).join(schedule, on="game_id")
    timed = lines.with_columns(pl.col("kickoff").alias(EVENT_TIME))
    fixed_roof = pl.when(pl.col("roof").is_in(_ROOFS_OF_GAME_DAY)).then(None).otherwise("roof").alias("roof")
    closing = (pl.lit(None, pl.Float64).alias(name) for name in ("spread_line", "total_line"))
    opened = timed.with_columns(*closing, fixed_roof, pl.col("week_opens").alias(KNOWN_TIME))
    return pl.concat([opened, timed.with_columns(pl.col("kickoff").alias(KNOWN_TIME))])


_SEASON_ROWS: dict[str, Callable[[RawSource, int], pl.DataFrame]] = {
    "plays": _plays,
    "schedules": _schedules,
    "players": season_players,
    "lines": _lines,
}
