"""NFL players of a week, from the plays they are credited with."""

from functools import lru_cache

import polars as pl

from sports_platform.core.domain import RawSource
from sports_platform.core.tables import EVENT_TIME, KNOWN_TIME
from sports_platform.sports.nfl.raw import GAME_KNOWN_AFTER, read_raw, with_kickoff

_ON_OFFENCE = "passer receiver rusher lateral_receiver lateral_rusher kickoff_returner".split()
_ON_DEFENCE = "interception sack half_sack_1 half_sack_2 blocked punt_returner".split()
_TEAM_IN_COLUMN = "fumbled_1 fumbled_2 fumble_recovery_1 fumble_recovery_2 td".split()


@lru_cache(maxsize=4)
def season_players(source: RawSource, season: int) -> pl.DataFrame:
    """Each week's players by the plays they are credited with: their team and position then.

    Positions are those of the raw players table, some of which come from metadata of 2017-18: for a few
    players they say what only later seasons showed. Names and ids identify a person and forecast nothing.
    """
    credited = _credits(read_raw(source, "play_by_play", season))
    of_week = ("season", "week", "gsis_id")
    teams = (
        credited.group_by(*of_week, "team", "game_id")
        .len()
        .sort("len", "team", descending=[True, False])
        .unique(of_week, keep="first", maintain_order=True)  # a few credits of the feed name the other team
        .sort(of_week)
    )
    named = teams.join(read_raw(source, "players", season), on="gsis_id", how="left", maintain_order="left")
    return with_kickoff(named, source, season).with_columns(
        pl.col("kickoff").alias(EVENT_TIME), (pl.col("kickoff") + GAME_KNOWN_AFTER).alias(KNOWN_TIME)
    )


def _credits(plays: pl.DataFrame) -> pl.DataFrame:
    """`season, week, game_id, gsis_id, team`, one row a credited role of a play."""
    # On a kick-off posteam is the receiving team; a scoring kick is the offence's own.
    kicking = pl.when(kickoff_attempt=1).then("defteam").otherwise("posteam")
    team_of: dict[str, pl.Expr] = {
        "kicker": kicking,
        **{role: pl.col("posteam") for role in _ON_OFFENCE},
        **{role: pl.col("defteam") for role in _ON_DEFENCE},
        **{role: pl.col(f"{role}_team") for role in _TEAM_IN_COLUMN},
    }
    roles = [
        plays.select("season", "week", "game_id", gsis_id=f"{role}_player_id", team=team)
        for role, team in team_of.items()
    ]
    return pl.concat(roles, how="vertical_relaxed").drop_nulls()
