"""Raw nflverse tables as polars frames: the columns the platform reads, and when games kick off.

Belongs here: which raw columns are needed and reading them. Turning them into events is `events`.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

import polars as pl

from sports_platform.core.domain import RawSource
from sports_platform.core.errors import DataQualityError, SchemaError
from sports_platform.sports.nfl.names import team_code
from sports_platform.sports.nfl.tables import PLAYS

RAW_COLUMNS: dict[str, tuple[str, ...]] = {
    "play_by_play": tuple(name for name in PLAYS.column_names if name != "play_index"),
    "schedules": tuple(
        "game_id season game_type week gameday gametime away_team away_score home_team home_score overtime".split()
    ),
    "players": ("gsis_id", "full_name", "position"),
    "lines": (
        "game_id",
        "season",
        "week",
        "home_team",
        "away_team",
        "spread_open",
        "spread_line",
        "total_line",
        "roof",
    ),
}
GAME_KNOWN_AFTER = timedelta(
    hours=5
)  # the statistics are complete; a rare weather delay ends later, days before a cut-off
_TIME_ZONE = "America/New_York"  # `gametime` is US Eastern wherever the game is played
_TUESDAY = 2  # polars' weekday: Monday is 1


@lru_cache(maxsize=32)
def read_raw(source: RawSource, table: str, season: int) -> pl.DataFrame:
    """The needed columns of a raw table, in file order; raises SchemaError naming those that are missing."""
    return read_columns(source, table, season, RAW_COLUMNS[table])


def read_columns(source: RawSource, table: str, season: int, columns: Sequence[str]) -> pl.DataFrame:
    """As `read_raw`, of any columns."""
    raw = source.frame(table, season)
    missing = [name for name in columns if name not in raw.column_names]
    if missing:
        raise SchemaError(
            found=f"{table} of {season} from source {source.name!r} without {', '.join(missing)}",
            needed=f"the nflverse columns {', '.join(columns)}",
            remedy="name the columns as nflverse does, or update the file",
        )
    return _normalised(pl.DataFrame(raw.select(list(columns))), season)


def _normalised(rows: pl.DataFrame, season: int) -> pl.DataFrame:
    """Publishers differ in two things: later cities of moved teams, and the play type of timeouts."""
    teams = [name for name in rows.columns if name.endswith("team")]
    found = pl.concat([rows[name].alias("team") for name in teams]).unique().drop_nulls() if teams else ()
    same = rows.with_columns(pl.col(teams).cast(pl.String).replace({code: team_code(code, season) for code in found}))
    if "play_type" not in rows.columns:
        return same
    bare_timeout = (pl.col("timeout") == 1) & (pl.col("play_type") == "no_play") & (pl.col("penalty") == 0)
    return same.with_columns(pl.when(bare_timeout).then(None).otherwise("play_type").alias("play_type"))


@lru_cache(maxsize=32)
def games(source: RawSource, season: int) -> pl.DataFrame:
    """The season's schedule with `kickoff` and `week_opens` (UTC) instead of the local date and time.

    `week_opens` is when the week's lines and prices are taken to appear: the last Tuesday 12:00 UTC
    before its first game. No archive carries the true time.
    """
    local = pl.concat_str("gameday", "gametime", separator=" ").str.to_datetime("%Y-%m-%d %H:%M", time_unit="us")
    kickoff = local.dt.replace_time_zone(_TIME_ZONE).dt.convert_time_zone("UTC").alias("kickoff")
    first = pl.col("kickoff").min().over("week")
    noon = first.dt.truncate("1d") + pl.duration(hours=12)
    tuesday = noon - pl.duration(days=(first.dt.weekday().cast(pl.Int64) - _TUESDAY) % 7)
    opens = pl.when(tuesday < first).then(tuesday).otherwise(tuesday - pl.duration(days=7)).alias("week_opens")
    schedule = read_raw(source, "schedules", season)
    return schedule.with_columns(kickoff).with_columns(opens).drop("gameday", "gametime")


def with_kickoff(rows: pl.DataFrame, source: RawSource, season: int) -> pl.DataFrame:
    """Adds `kickoff` of each row's game; raises DataQualityError for games the schedule lacks."""
    kickoffs = games(source, season).select("game_id", "kickoff")
    timed = rows.join(kickoffs, on="game_id", how="left", maintain_order="left")
    unknown = timed.filter(pl.col("kickoff").is_null())["game_id"].unique().sort()
    if len(unknown):
        raise DataQualityError(
            found=f"play_by_play of {season} with games {', '.join(unknown[:5])}",
            needed="every game in schedules, for its kick-off",
            remedy="use schedules and play_by_play of one publication",
        )
    return timed
