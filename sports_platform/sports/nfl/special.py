"""What is counted rather than learnt: kicks, tries, returns of turnovers, and seconds of plays that end a drive.

Belongs here: rates and distributions from past plays, as the JSON that travels with a model version. How
the engine uses them is native/src/nfl/field.h. Rates carry a prior of the stated weight, the league's
long-run figure, so that an early cut-off with few cases still has usable ones.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa

from sports_platform.sports.nfl.clock_stops import MOST_BEHIND, REACHES

EQUAL_PARTS = 64  # a distribution is stored as this many equally likely whole numbers
TOUCHBACK = 0  # among starts after kick-offs: where that is depends on the season played
MAX_MARGIN = 60
ONSIDE_SECONDS = 300

_LONGEST_RETURN = 15  # seconds
_LAST_SECONDS = 6  # of a half, for which a side that wants a field goal stops the clock
_LONGEST_PLAY = 30  # the same, of one that scores or changes hands: a longer one has a wrong clock
YARDS_A_SECOND = 10  # run by who scores from farther away; `Snap::seconds` in native/src/nfl/snap.h
_RECENT_WEEKS = 21  # about a season

_PRIOR_WEIGHT = 20
_TRY_WEIGHT = 10


def fit_special_teams(plays: pa.Table) -> dict[str, object]:
    """Rates and distributions of the given silver `plays`; yards in the offence's direction."""
    frame = _with_next_snap(cast(pl.DataFrame, pl.from_arrow(plays)))
    rates = _kickoff_rates(frame) | _try_rates(frame) | _turnover_rates(frame) | _kick_rates(frame)
    rates["foul_after_play"] = _rate(_standing_plays(frame), _FOULED, 0.015)
    return {"rates": rates, "values": _values(frame), "two_point_try": _two_point_tries(frame)}


def _with_next_snap(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `next_team`, `next_yardline` and `next_clock`: who has the ball where and when on the half's next snap.

    `seconds` are those to the next play of any kind.
    """
    snap = pl.col("down").is_not_null()
    within = ("game_id", "game_half")
    upcoming = [
        pl.when(snap).then(pl.col(column)).shift(-1).fill_null(strategy="backward").over(within).alias(name)
        for column, name in (
            ("posteam", "next_team"),
            ("yardline_100", "next_yardline"),
            ("half_seconds_remaining", "next_clock"),
        )
    ]
    played = pl.when(pl.col("play_type").is_not_null()).then(pl.col("half_seconds_remaining"))
    following = played.shift(-1).fill_null(strategy="backward").over(within)
    ordered = frame.sort("game_id", "play_index")
    return ordered.with_columns(*upcoming, seconds=pl.col("half_seconds_remaining") - following)


def _flag(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0) == 1


def _rate(frame: pl.DataFrame, event: pl.Expr, prior: float, weight: int = _PRIOR_WEIGHT) -> float:
    hits = frame.select(event.fill_null(False).sum()).item()
    return float((hits + prior * weight) / (frame.height + weight))


def _scored_by(team: str) -> pl.Expr:
    return _flag("touchdown") & (pl.col("td_team") == pl.col(team))


_ONSIDE = pl.col("kick_distance") <= 20
_LATE_AND_BEHIND = (
    (pl.col("qtr") == 4)
    & (pl.col("game_seconds_remaining") <= ONSIDE_SECONDS)
    & (
        pl.col("score_differential") > 0  # of the receiving team
    )
)


def _kickoffs(frame: pl.DataFrame, *, free: bool) -> pl.DataFrame:
    """Kick-offs (from the 30 or further), or kicks after a safety (from the 20)."""
    return frame.filter(pl.col("play_type") == "kickoff", (pl.col("yardline_100") <= 25) == free)


def _recent(frame: pl.DataFrame) -> pl.DataFrame:
    """The last weeks: since kick-offs are from the 35 (2011) touchbacks went from 17 to 45 % and on to 58 %."""
    week = 100 * pl.col("season") + pl.col("week")
    return frame.filter(week.rank("dense", descending=True) <= _RECENT_WEEKS)


def _kickoff_rates(frame: pl.DataFrame) -> dict[str, float]:
    kicks = _kickoffs(frame, free=False)
    late, deep = kicks.filter(_LATE_AND_BEHIND), kicks.filter(~_ONSIDE)
    returned = deep.filter(~_flag("touchback"))
    return {
        "kickoff_touchdown": _rate(deep, _scored_by("posteam"), 0.003),
        "kickoff_lost": _rate(returned, _flag("fumble_lost") & (pl.col("next_team") == pl.col("defteam")), 0.006),
        "onside_attempt": _rate(late, _ONSIDE, 0.3),
        "onside_recovered": _rate(late.filter(_ONSIDE), pl.col("next_team") == pl.col("defteam"), 0.18),
    }


def _try_rates(frame: pl.DataFrame) -> dict[str, float]:
    kicked = frame.filter(_flag("extra_point_attempt"))
    good, moved_back = pl.col("extra_point_result") == "good", pl.col("yardline_100") >= 10
    near, far = (_newest_season(kicked.filter(part)) for part in (~moved_back, moved_back))
    # Field goals from where tries are kicked since 2015 speak for them until there are enough tries.
    alike = frame.filter(_flag("field_goal_attempt"), pl.col("kick_distance").is_between(30, 36))
    as_far = _rate(alike, pl.col("field_goal_result") == "made", 0.93)
    twos = frame.filter(_flag("two_point_attempt"))
    return {
        "extra_point": _rate(near, good, 0.99),
        "extra_point_from_15": _rate(far, good, as_far),
        "two_point": _rate(twos, pl.col("two_point_conv_result") == "success", 0.48),
        "two_point_pass": _rate(twos, pl.col("passer_player_id").is_not_null(), 0.7),
    }


def _newest_season(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("season") == pl.col("season").max())


def _lost_fumbles(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(_flag("fumble_lost"), pl.col("play_type").is_in(("pass", "run")))


def _turnover_rates(frame: pl.DataFrame) -> dict[str, float]:
    thrown = frame.filter(_flag("interception"))
    return {
        "interception_touchdown": _rate(thrown, _scored_by("defteam"), 0.1),
        "fumble_touchdown": _rate(_lost_fumbles(frame), _scored_by("defteam"), 0.09),
    }


_FOULED = _flag("penalty") & (pl.col("foul_yards") != 0)


def _standing_plays(frame: pl.DataFrame) -> pl.DataFrame:
    """Passes and runs after which the offence keeps the ball, with `foul_yards`: marked off for it after the play."""
    return frame.filter(
        pl.col("play_type").is_in(("pass", "run")),
        pl.col("down").is_not_null(),
        pl.col("next_team") == pl.col("posteam"),
        ~_flag("touchdown"),
        ~_flag("fumble_lost"),
        ~_flag("interception"),
    ).with_columns(foul_yards=pl.col("yardline_100") - pl.col("yards_gained") - pl.col("next_yardline"))


def _kick_rates(frame: pl.DataFrame) -> dict[str, float]:
    punts = frame.filter(pl.col("play_type") == "punt")
    blocked, kicked = punts.filter(_flag("punt_blocked")), punts.filter(~_flag("punt_blocked"))
    missed = frame.filter(_flag("field_goal_attempt"), pl.col("field_goal_result") != "made")
    stuffed = missed.filter(pl.col("field_goal_result") == "blocked")
    return {
        "punt_blocked": _rate(punts, _flag("punt_blocked"), 0.006),
        "punt_blocked_touchdown": _rate(blocked, _scored_by("defteam"), 0.25),
        "punt_touchdown": _rate(kicked, _scored_by("defteam"), 0.006),
        "punt_muffed": _rate(kicked, _flag("fumble_lost") & (pl.col("next_team") == pl.col("posteam")), 0.012),
        "field_goal_blocked": _rate(missed, pl.col("field_goal_result") == "blocked", 0.15),
        "field_goal_blocked_touchdown": _rate(stuffed, _scored_by("defteam"), 0.06),
    }


def _values(frame: pl.DataFrame) -> dict[str, list[int]]:
    """Start of drives after kicks (yards to go to the goal), the seconds of a kick-off that is returned,
    and net yards until the other side has the ball.
    """
    changed = frame.filter(pl.col("next_team") == pl.col("defteam"), ~_flag("touchdown"), ~_flag("safety"))
    net = pl.col("yardline_100") - (100 - pl.col("next_yardline"))
    # A touchback's net must carry the ball over the goal line wherever it is thrown from.
    thrown = pl.when(_flag("touchback")).then(pl.col("yardline_100")).otherwise(net)
    kept = frame.filter(pl.col("next_team") == pl.col("posteam"), ~_flag("touchdown"))
    start = pl.col("next_yardline")
    deep = _recent(_kickoffs(kept, free=False).filter(~_ONSIDE))
    scrimmage = frame.filter(pl.col("play_type").is_in(("pass", "run")), pl.col("down").is_not_null())
    ended = scrimmage.filter(pl.col("seconds").is_between(0, _LONGEST_PLAY))
    scored = ended.filter(_scored_by("posteam"))
    failed = ended.filter(
        pl.col("down") == 4, pl.col("next_team") == pl.col("defteam"), ~_TURNED_OVER, ~_flag("touchdown")
    )
    return_seconds = (pl.col("half_seconds_remaining") - pl.col("next_clock")).clip(0, _LONGEST_RETURN)
    return {
        "kickoff_seconds": _equal_parts(deep.filter(~_flag("touchback")), return_seconds, (4, 5, 5, 6, 6)),
        "kickoff_start": _equal_parts(deep, pl.when(_flag("touchback")).then(TOUCHBACK).otherwise(start), _DEEP_STARTS),
        "free_kick_start": _equal_parts(_kickoffs(kept, free=True), start, (50, 58, 62, 66, 70)),
        "interception_net": _equal_parts(changed.filter(_flag("interception")), thrown, (-10, 0, 8, 16, 30)),
        "fumble_net": _equal_parts(_lost_fumbles(changed), net - pl.col("yards_gained"), (-10, -2, 0, 0, 3)),
        "foul_after_play_net": _equal_parts(
            _standing_plays(frame).filter(_FOULED), pl.col("foul_yards"), (15, 15, 5, -10, -15)
        ),
        "punt_blocked_net": _equal_parts(changed.filter(_flag("punt_blocked")), net, (-20, -15, -12, -8, 0)),
        "touchdown_seconds": _equal_parts(
            scored, (pl.col("seconds") - pl.col("yards_gained") // YARDS_A_SECOND).clip(0), (4, 5, 5, 5, 6)
        ),
        "turnover_seconds": _equal_parts(ended.filter(_TURNED_OVER), pl.col("seconds"), (6, 8, 9, 10, 12)),
        "downs_seconds": _equal_parts(failed, pl.col("seconds"), (4, 5, 6, 6, 8)),
        "last_seconds": _equal_parts(_last_snaps(frame), pl.col("half_seconds_remaining"), (2, 3, 4, 5, 6)),
    }


def _last_snaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Snaps within reach of a field goal that helps, seconds before the end of a half."""
    behind = (pl.col("qtr") == 4) & pl.col("score_differential").is_between(-MOST_BEHIND, 0)
    return frame.filter(
        pl.col("down").is_not_null(),
        pl.col("yardline_100") <= REACHES[-1],
        pl.col("half_seconds_remaining").is_between(1, _LAST_SECONDS),
        (pl.col("qtr") == 2) | behind,
    )


_TURNED_OVER = _flag("interception") | _flag("fumble_lost")
_DEEP_STARTS = (75, TOUCHBACK, TOUCHBACK, TOUCHBACK, 82)


def _equal_parts(frame: pl.DataFrame, value: pl.Expr, prior: Sequence[int]) -> list[int]:
    seen = frame.select(value.cast(pl.Float64).drop_nulls()).to_series().to_numpy()
    steps = (np.arange(EQUAL_PARTS) + 0.5) / EQUAL_PARTS
    return [int(v) for v in np.quantile(np.concatenate([seen, prior]), steps, method="nearest")]


def _two_point_tries(frame: pl.DataFrame) -> list[list[float]]:
    """Share of tries played for two, [before the fourth quarter, from then on][margin before the try + 60]."""
    tries = frame.filter(_flag("extra_point_attempt") | _flag("two_point_attempt"))
    chart = []
    for part in (tries.filter(pl.col("qtr") < 4), tries.filter(pl.col("qtr") >= 4)):
        base = _rate(part, _flag("two_point_attempt"), 0.04)
        shares = np.full(2 * MAX_MARGIN + 1, base)
        for (margin,), rows in part.drop_nulls("score_differential").group_by("score_differential"):
            place = int(np.clip(cast(int, margin), -MAX_MARGIN, MAX_MARGIN)) + MAX_MARGIN
            shares[place] = _rate(rows, _flag("two_point_attempt"), base, _TRY_WEIGHT)
        chart.append([float(share) for share in shares])
    return chart
