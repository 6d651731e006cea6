"""The engine's rules against a season of real plays: what share of them it carries on as they went on.

Belongs here: holding the states the engine's rules give against the feed's next row, and naming what
differs. Records are made in `replay`.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl

from sports_platform.core.domain import RawSource, ReplayReport
from sports_platform.sports.nfl.raw import read_columns, read_raw
from sports_platform.sports.nfl.replay import FEED_COLUMNS, STATE_FIELDS, Event, Next, records, rows_of

Rules = Callable[[npt.NDArray[np.int32], int], npt.NDArray[np.int32]]
"""The engine's states [N, width] after records [N, P]."""

# What is compared of the next row, by what the engine says is next; a foul before a kick-off or a try has no down.
_NEXT = ("event", "half", "clock", "offence", "down", "to_go", "yardline", "score_0", "score_1")


def replay_season(source: RawSource, season: int, rules: Rules) -> ReplayReport:
    """Replay a season of a source's play-by-play and compare each play with the next, each game with its result."""
    compared = compared_plays(read_columns(source, "play_by_play", season, FEED_COLUMNS), rules)
    schedules = read_raw(source, "schedules", season).select("game_id", "away_score", "home_score")
    # An opening's next row is the kick-off that it was made from.
    plays = compared.filter(pl.col("event") != Event.OPENING)
    missed = plays.drop_nulls("cause")["cause"].value_counts(sort=True)
    finals = _finals(compared).join(schedules, on="game_id")
    level = (pl.col("final_0") == pl.col("away_score")) & (pl.col("final_1") == pl.col("home_score"))
    return ReplayReport(
        season=season,
        plays=plays.height,
        reproduced=plays["cause"].null_count(),
        causes=dict(missed.iter_rows()),
        games=finals.height,
        other_finals=tuple(finals.filter(~level)["game_id"].sort()),
    )


def compared_plays(feed: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The records, the engine's state after each (`engine_*`), the feed's (`next_*`), and `cause` if they differ."""
    plays = records(feed)
    after_NS = rules(rows_of(plays), len(STATE_FIELDS))
    engine = [pl.Series(f"engine_{name}", after_NS[:, place]) for place, name in enumerate(STATE_FIELDS)]
    following = [pl.col(name).shift(-1).over("game_id").alias(f"next_{name}") for name in _NEXT]
    return plays.with_columns(*engine, *following).with_columns(expected=_expected()).with_columns(cause=_cause())


def _expected() -> pl.Expr:
    """What follows by the feed; null for a foul that is no snap's, which may stand before a kick-off or a try."""
    event = pl.col("next_event")
    return (
        pl.when(event.is_null()).then(Next.NOTHING)
        .when(event == Event.KICKOFF).then(Next.KICKOFF)
        .when(event == Event.TRY).then(Next.TRY)
        .when((event == Event.FOUL) & (pl.col("next_down") == 0)).then(None)
        .otherwise(Next.SNAP)
    )  # fmt: skip


def _differs(name: str, other: str | None = None) -> pl.Expr:
    return pl.col(f"engine_{name}") != pl.col(f"next_{other or name}")


def _cause() -> pl.Expr:
    expected, fouled = pl.col("expected"), pl.col("fouls") > 0
    yard = (pl.col("engine_yardline") - pl.col("next_yardline")).abs() == 1
    changed_hands = pl.col("engine_side") != pl.col("offence")
    at_snap = expected == Next.SNAP
    return (
        pl.when((expected != pl.col("engine_next")) & (pl.col("next_clock") == 0)).then(pl.lit("a snap at 0:00"))
        .when(expected != pl.col("engine_next")).then(pl.lit("what follows"))
        .when(expected == Next.NOTHING).then(None)
        .when(_differs("score_0") | _differs("score_1")).then(pl.lit("score"))
        .when(expected.is_null()).then(None)
        .when(_differs("side", "offence")).then(pl.lit("possession"))
        .when(~at_snap).then(None)
        .when(_differs("yardline") & fouled & yard).then(pl.lit("spot after a foul, by a yard"))
        .when(_differs("yardline") & fouled).then(pl.lit("spot after a foul"))
        .when(_differs("yardline") & changed_hands & yard).then(pl.lit("spot after the ball changed hands, by a yard"))
        .when(_differs("yardline")).then(pl.lit("spot"))
        .when((_differs("down") | _differs("to_go")) & fouled).then(pl.lit("down or distance after a foul"))
        .when(_differs("down") | _differs("to_go")).then(pl.lit("down or distance"))
    )  # fmt: skip


def _finals(compared: pl.DataFrame) -> pl.DataFrame:
    """Points that the engine gave in each game, play by play."""
    gained = {f"final_{side}": pl.col(f"engine_score_{side}") - pl.col(f"score_{side}") for side in (0, 1)}
    return compared.group_by("game_id").agg(**{name: points.sum() for name, points in gained.items()})
