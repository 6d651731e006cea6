"""Real plays as records that the engine's rules can be fed, and what the feed says of the state after each.

Belongs here: the layout of a record (the twin of Play and Situation in native/src/nfl/replay.h) and what of a row makes
it. A record says what happened on its own play and never reads where the next one starts; of later rows it takes the
clock alone, for the seconds the play used. Penalties are `fouls`, spots that no column tells `play_text`.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt
import polars as pl

from sports_platform.sports.nfl.fouls import FOUL_FIELDS, MOST_FOULS, with_fouls
from sports_platform.sports.nfl.play_text import with_text_spots
from sports_platform.sports.nfl.raw import RAW_COLUMNS
from sports_platform.sports.nfl.rulebook import season_rules

Int32 = npt.NDArray[np.int32]


class Event(IntEnum):
    """What kind of play it was; order of Event in native/src/nfl/replay.h."""

    OPENING, KICKOFF, SNAP, PUNT, FIELD_GOAL, TRY, FOUL = range(7)


class Ending(IntEnum):
    """How it ended; order of Ending in native/src/nfl/replay.h."""

    DEAD, TOUCHDOWN, SAFETY, TOUCHBACK, GOOD, OUT_OF_BOUNDS = range(6)


class Next(IntEnum):
    """What is next; order of Next in native/src/nfl/replay.h."""

    SNAP, KICKOFF, TRY, NOTHING = range(4)


PLAY_FIELDS = (
    "playoff", "overtime_seconds", "overtime", "kickoff_touchback", "out_of_bounds_yards",
    "half", "clock", "offence", "down", "to_go", "yardline", "score_0", "score_1",
    "event", "ending", "side", "changed", "spot", "loose", "points", "seconds", "toss", "fouls",
    *(f"foul_{number}_{name}" for number in range(MOST_FOULS) for name in FOUL_FIELDS),
)  # fmt: skip
STATE_FIELDS = ("next", "half", "side", "down", "to_go", "yardline", "score_0", "score_1")

FEED_COLUMNS = (*RAW_COLUMNS["play_by_play"], "desc", "kickoff_out_of_bounds")
END_ZONE_YARDS = 10  # a field goal's length counts the end zone
HALF_SECONDS, OVERTIME = 1800, 2


def records(feed: pl.DataFrame) -> pl.DataFrame:
    """The feed's plays of one season with the columns PLAY_FIELDS, in playing order, an opening first in each game."""
    played = feed.with_columns(row=pl.int_range(pl.len())).filter(pl.col("play_type").is_not_null(), ~_UNDER_REVIEW)
    stated = played.with_columns(*_state(), *_rules(feed))
    told = with_fouls(with_text_spots(stated))
    full = (
        told.with_columns(_event()).with_columns(_ending()).with_columns(*_outcome()).with_columns(_seconds(), _toss())
    )
    return _with_openings(full.with_columns(pl.col(PLAY_FIELDS).fill_null(0).cast(pl.Int32)))


# Rows that announce a review, beside the play's own.
_UNDER_REVIEW = (pl.col("play_type") == "no_play") & pl.col("desc").str.contains("play under review")


def _flag(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0) == 1


def _side(team: str) -> pl.Expr:
    return pl.when(pl.col(team) == pl.col("home_team")).then(1).when(pl.col(team) == pl.col("away_team")).then(0)


def _state() -> list[pl.Expr]:
    period = pl.when(pl.col("qtr") <= 2).then(0).when(pl.col("qtr") <= 4).then(1).otherwise(2)
    at_home = pl.col("posteam") == pl.col("home_team")
    ours, theirs = pl.col("posteam_score"), pl.col("defteam_score")
    return [
        period.alias("half"),
        # Each period of overtime has a clock of its own.
        pl.when(pl.col("qtr") <= 4).then(period).otherwise(pl.col("qtr").cast(pl.Int32)).alias("clock_of"),
        pl.col("half_seconds_remaining").alias("clock"),
        _side("posteam").alias("offence"),
        pl.col("ydstogo").alias("to_go"),
        pl.col("yardline_100").alias("yardline"),
        pl.when(at_home).then(theirs).otherwise(ours).alias("score_0"),
        pl.when(at_home).then(ours).otherwise(theirs).alias("score_1"),
    ]


def _rules(feed: pl.DataFrame) -> list[pl.Expr]:
    season = int(feed["season"][0])
    columns = []
    for name in ("overtime", "overtime_seconds", "kickoff_touchback", "out_of_bounds_yards"):
        late, regular = (int(getattr(season_rules(season, playoff=playoff), name)) for playoff in (True, False))
        columns.append(pl.when(pl.col("season_type") == "POST").then(late).otherwise(regular).alias(name))
    return [*columns, (pl.col("season_type") == "POST").cast(pl.Int32).alias("playoff")]


def _event() -> pl.Expr:
    kind, is_try = pl.col("play_type"), _flag("two_point_attempt") | (pl.col("play_type") == "extra_point")
    return (
        pl.when(kind == "no_play").then(Event.FOUL)
        .when(is_try).then(Event.TRY)
        .when(kind == "kickoff").then(Event.KICKOFF)
        .when(kind == "punt").then(Event.PUNT)
        .when(kind == "field_goal").then(Event.FIELD_GOAL)
        .otherwise(Event.SNAP)
        .cast(pl.Int32).alias("event")
    )  # fmt: skip


# The flag outlives a reversal.
_TOUCHBACK_STANDS = pl.col("desc").str.split("REVERSED").list.last().str.contains("Touchback")


def _ending() -> pl.Expr:
    event = pl.col("event")
    return (
        pl.when(event.is_in((Event.TRY, Event.FOUL))).then(Ending.DEAD)
        .when(_flag("touchdown")).then(Ending.TOUCHDOWN)
        .when(_flag("safety")).then(Ending.SAFETY)
        .when(pl.col("field_goal_result") == "made").then(Ending.GOOD)
        .when((event == Event.KICKOFF) & _flag("kickoff_out_of_bounds")).then(Ending.OUT_OF_BOUNDS)
        .when(_flag("touchback") & _TOUCHBACK_STANDS).then(Ending.TOUCHBACK)
        .otherwise(Ending.DEAD)
        .cast(pl.Int32).alias("ending")
    )  # fmt: skip


def _outcome() -> list[pl.Expr]:
    scored = pl.col("ending") == Ending.TOUCHDOWN
    return [
        pl.when(scored).then(_side("td_team")).otherwise(_holder()).alias("side"),
        _ball_lost().cast(pl.Int32).alias("changed"),
        _spot().alias("spot"),
        pl.coalesce("text_loose", _spot()).alias("loose"),
        _try_points().alias("points"),
    ]


_KICKED_AFTER_ALL = pl.col("kick_distance").is_not_null() & (pl.col("fumbled_1_team") == pl.col("posteam"))
_LAST_RECOVERY = (
    pl.when((pl.col("event") == Event.PUNT) & _KICKED_AFTER_ALL)
    .then(None)
    .otherwise(pl.coalesce("fumble_recovery_2_team", "fumble_recovery_1_team"))
)
# Fumbled out of the end zone by who took the ball away.
_LOST_AGAIN = _flag("interception") & _flag("touchback") & (pl.col("fumbled_1_team") == pl.col("defteam"))
_BLOCKED = _flag("punt_blocked") | (pl.col("field_goal_result") == "blocked").fill_null(False)


def _holder() -> pl.Expr:
    """Who has the ball in the end, or makes the try good."""
    event, offence = pl.col("event"), pl.col("offence")
    turned = _flag("defensive_two_point_conv") | _flag("defensive_extra_point_conv")
    recovered = pl.when(pl.col("home_team") == _LAST_RECOVERY).then(1).otherwise(0)
    told = pl.when(pl.col("text_team") == pl.col("home_team")).then(1).otherwise(0)
    kicked_away = ((event == Event.PUNT) & ~_flag("punt_blocked")) | (event == Event.FIELD_GOAL)
    return (
        pl.when(event == Event.FOUL).then(offence)
        .when(_LOST_AGAIN).then(offence)
        .when(event == Event.TRY).then(pl.when(turned).then(1 - offence).otherwise(offence))
        .when(pl.col("text_team").is_not_null() & ~_KICKED_AFTER_ALL.fill_null(False)).then(told)
        .when(_LAST_RECOVERY.is_not_null()).then(recovered)
        .when(_flag("own_kickoff_recovery") | _flag("interception") | kicked_away).then(1 - offence)
        .when((event == Event.SNAP) & _flag("fumble_lost")).then(1 - offence)
        .otherwise(offence)
    )  # fmt: skip


def _ball_lost() -> pl.Expr:
    """Whether the offence's possession ended before the play did, as far as it may have the ball again."""
    lost_first = (pl.col("fumble_recovery_1_team") == pl.col("defteam")).fill_null(False)
    kicked = (pl.col("event") == Event.PUNT) & ~_BLOCKED
    returned = (pl.col("event") == Event.FIELD_GOAL) & pl.col("text_spot").is_not_null()
    return _flag("interception") | kicked | returned | ((pl.col("event") == Event.SNAP) & lost_first)


def _spot() -> pl.Expr:
    """Where the ball is dead, as the offence counts; of a missed field goal from where it was kicked."""
    event, line, kicked = pl.col("event"), pl.col("yardline"), pl.col("kick_distance").fill_null(0)
    returned = pl.col("return_yards").fill_null(0)
    return (
        pl.when(event.is_in((Event.TRY, Event.FOUL)) | (pl.col("ending") == Ending.TOUCHBACK)).then(0)
        .when(pl.col("text_spot").is_not_null() & ~_flag("incomplete_pass")).then(pl.col("text_spot"))
        .when(event == Event.FIELD_GOAL).then(kicked - END_ZONE_YARDS)
        .when(event == Event.PUNT).then(line - kicked + returned)
        .when(event == Event.KICKOFF).then(line + kicked - returned)
        .when(_flag("interception")).then(line - pl.col("air_yards").fill_null(0) + returned)
        .otherwise(line - pl.col("yards_gained"))
        .clip(-10, 110)
    )  # fmt: skip


def _try_points() -> pl.Expr:
    turned = _flag("defensive_two_point_conv") | _flag("defensive_extra_point_conv")
    two = turned | (pl.col("two_point_conv_result") == "success").fill_null(False)
    return pl.when(two).then(2).when(pl.col("extra_point_result") == "good").then(1).otherwise(0)


def _seconds() -> pl.Expr:
    clock, following = pl.col("clock"), pl.col("clock").shift(-1).over("game_id", "clock_of")
    return (clock - following.fill_null(0)).clip(0).alias("seconds")


def _toss() -> pl.Expr:
    """Who receives first in overtime, where there is one: chance, so the engine must be told."""
    overtime = pl.col("offence").filter(pl.col("half") == OVERTIME).first()
    return overtime.over("game_id").alias("toss")


def _with_openings(plays: pl.DataFrame) -> pl.DataFrame:
    """A row before each game's first, whose toss is the first kick-off's receiver."""
    kickoffs = plays.filter(pl.col("event") == Event.KICKOFF).group_by("game_id", maintain_order=True).first()
    openings = kickoffs.with_columns(
        toss=pl.col("offence"), event=pl.lit(int(Event.OPENING), pl.Int32), row=pl.lit(-1, pl.Int64),
        clock=pl.lit(HALF_SECONDS, pl.Int32), seconds=pl.lit(0, pl.Int32), fouls=pl.lit(0, pl.Int32),
    )  # fmt: skip
    games = plays["game_id"].unique(maintain_order=True)
    order = pl.DataFrame({"game_id": games, "game": range(len(games))})
    both = pl.concat([openings.select(plays.columns), plays]).join(order, on="game_id", maintain_order="left")
    return both.sort("game", "row", maintain_order=True)


def rows_of(plays: pl.DataFrame) -> Int32:
    """The records as the engine reads them, [plays, len(PLAY_FIELDS)]."""
    return np.ascontiguousarray(plays.select(PLAY_FIELDS).to_numpy(), np.int32)
