"""Drives of real games by their ending, a row a team and game: what the engine counts of simulated ones.

Belongs here: the endings of `drive_outcomes` told from silver `plays`, as features/drives.sql tells them for the drive
model. What is counted of plays is `boxscore`.
"""

import polars as pl

from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES
from sports_platform.sports.nfl.outcomes import PLAY_TYPES

_DRIVE = ("game_id", "drive")
_HALF = pl.min_horizontal((pl.col("qtr") + 1) // 2, 3)  # drives go on from one period of overtime to the next


def drive_endings(plays: pl.DataFrame) -> pl.DataFrame:
    """`game_id, team, drives` and `drives_<outcome>`; one whose ending the feed leaves open is in `drives` only."""
    ended = _drives(plays).with_columns(outcome=_outcome())
    counts = [(pl.col("outcome") == name).sum().alias(f"drives_{name}") for name in DRIVE_OUTCOMES]
    return ended.group_by("game_id", "team").agg(pl.len().alias("drives"), *counts)


def _drives(plays: pl.DataFrame) -> pl.DataFrame:
    """A row a drive: its last play that was not wiped out, and who has the ball next in the same half."""
    is_snap = pl.col("down").is_not_null() & pl.col("play_type").is_in(PLAY_TYPES)
    events = (
        plays.with_columns(half=_HALF)
        .filter(is_snap | (pl.col("play_type") == "kickoff"))
        .sort("game_id", "play_index")
        .with_columns(next_half=pl.col("half").shift(-1).over("game_id"))
        .with_columns(next_team=pl.col("posteam").shift(-1).over("game_id"))
    )
    snaps = events.filter(is_snap, pl.col("drive").is_not_null(), pl.col("posteam").is_not_null())
    ran = pl.col("play_type") != "no_play"
    last = ("play_type", "down", "interception", "fumble_lost", "touchdown", "td_team", "field_goal_result")
    return snaps.group_by(_DRIVE, maintain_order=True).agg(
        pl.col("posteam").first().alias("team"),
        (pl.col("next_half").last() == pl.col("half").first()).fill_null(False).alias("half_goes_on"),
        pl.col("next_team").last(),
        pl.col("safety").max(),
        *(pl.col(name).filter(ran).last() for name in last),
    )


def _outcome() -> pl.Expr:
    scored = pl.col("touchdown") == 1
    kick, team = pl.col("play_type"), pl.col("team")
    return (
        pl.when(scored & (pl.col("td_team") == team))
        .then(pl.lit("touchdown"))
        .when(scored & (pl.col("td_team") != team))
        .then(pl.lit("opponent_touchdown"))
        .when(pl.col("safety") == 1)
        .then(pl.lit("safety"))
        .when(kick == "field_goal")
        .then(pl.when(field_goal_result="made").then(pl.lit("field_goal")).otherwise(pl.lit("missed_field_goal")))
        .when(kick == "punt")
        .then(pl.lit("punt"))
        .when((pl.col("interception") == 1) | (pl.col("fumble_lost") == 1))
        .then(pl.lit("turnover"))
        .when(~pl.col("half_goes_on"))
        .then(pl.lit("end_of_half"))
        .when(pl.col("next_team") == team)
        .then(None)
        .when(pl.col("down") == 4)
        .then(pl.lit("downs"))
        .otherwise(pl.lit("turnover"))
    )
