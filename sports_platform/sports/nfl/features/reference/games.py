"""What teams and players did in a game: scrimmage snaps counted into one row each.

Belongs here: kinds of plays and the conditions of every count. All counts are whole numbers. Over which games they are
summed is the business of `teams` and `players`.
"""

import polars as pl

from sports_platform.core.tables import KNOWN_TIME
from sports_platform.sports.nfl.outcomes import PLAY_TYPES, TIME_CAP

_GAME = ("game_id", "version")
_DOWN, _TO_GO, _YARDLINE, _LEAD = (pl.col(n) for n in ("down", "ydstogo", "yardline_100", "score_differential"))
_KIND, _YARDS, _AIR, _CLOCK = (pl.col(n) for n in ("kind", "yards_gained", "air_yards", "half_seconds_remaining"))
_RECEIVER, _RECEIVER_POSITION = pl.col("receiver_player_id"), pl.col("receiver_position")

_PLAY = _KIND.is_in(["pass", "run", "sack", "scramble"])
_DROPBACK = _KIND.is_in(["pass", "sack", "scramble"])
_PASS, _RUN, _NO_PLAY = _KIND == "pass", _KIND == "run", _KIND == "no_play"
_CAUGHT = _PASS & (pl.col("complete_pass") == 1)
_AIMED = _PASS & _RECEIVER.is_not_null() & _AIR.is_between(-15, 70)
_NEUTRAL = (_LEAD.abs() <= 8) & (_CLOCK > 120)
_TIMED = _PLAY & pl.col("seconds").is_between(0, TIME_CAP)
_SHOTGUN, _INTERCEPTED = pl.col("shotgun") == 1, pl.col("interception") == 1
_INSIDE_20 = _PLAY & (_YARDLINE <= 20)
# In tenths, so that 40 % of the distance is compared without rounding.
_NEEDED = pl.when(_DOWN == 1).then(4 * _TO_GO).when(_DOWN == 2).then(6 * _TO_GO).otherwise(10 * _TO_GO)
_KEPT = (pl.col("interception") == 0) & (pl.col("fumble_lost") == 0)
_SUCCESS = _PLAY & _KEPT & (10 * _YARDS >= _NEEDED)

# Where plays are split into runs and dropbacks.
_SITUATIONS: dict[str, pl.Expr] = {
    "neutral": _NEUTRAL,
    "early": _NEUTRAL & (_DOWN <= 2),
    "third": (_DOWN == 3) & (_TO_GO > 2),
    "short": (_DOWN >= 3) & (_TO_GO <= 2),
    "red_zone": _YARDLINE <= 20,
    "leading": _LEAD >= 8,
    "trailing": _LEAD <= -8,
    "shotgun": _SHOTGUN,
    "under": pl.col("shotgun") == 0,
}
_POSITIONS = {
    "wr": _RECEIVER_POSITION == "WR",
    "te": _RECEIVER_POSITION == "TE",
    "rb": _RECEIVER.is_not_null() & ~_RECEIVER_POSITION.fill_null("").is_in(["WR", "TE"]),
}


def snaps(plays: pl.DataFrame) -> pl.DataFrame:
    """Plays that were run, of games in their `version`, with their kind and the clock to the next."""
    in_order = plays.filter(pl.col("play_type").is_not_null()).sort("game_id", "version", "play_index")
    scrambled = pl.col("play_type").is_in(["pass", "run"]) & (pl.col("qb_scramble") == 1)
    sacked = (pl.col("play_type") == "pass") & (pl.col("sack") == 1)
    kind = pl.when(scrambled).then(pl.lit("scramble")).when(sacked).then(pl.lit("sack")).otherwise(pl.col("play_type"))
    return in_order.with_columns(
        kind=kind, seconds=_CLOCK - _CLOCK.shift(-1).over("game_id", "version", "game_half", order_by="play_index")
    )


def scrimmage(snapped: pl.DataFrame, players: pl.DataFrame) -> pl.DataFrame:
    """Snaps from scrimmage with the receiver's position, as it was known when their version was published."""
    of_snap, of_player = ["season", "week", "receiver_player_id"], ["season", "week", "gsis_id"]
    positions = players.select(*of_player, position_known=KNOWN_TIME, receiver_position="position")
    return (
        snapped.filter(_DOWN.is_not_null(), _KIND.is_in(PLAY_TYPES))
        .sort("version")
        .join_asof(
            positions.sort("position_known"),
            left_on="version",
            right_on="position_known",
            by_left=of_snap,
            by_right=of_player,
            check_sortedness=False,  # both are sorted above; with `by` polars cannot check
        )
        .sort("game_id", "version", "play_index")
    )


def team_games(snapped: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """A row per game and team with the ball: `team`, `opponent` and everything counted of its offence."""
    sides = [snapped.select(*_GAME, team=f"{s}team", points=f"{s}team_score_post") for s in ("pos", "def")]
    points = pl.concat(sides).drop_nulls("team").group_by(*_GAME, "team").agg(_whole(pl.col("points").max()))
    offence = seen.rename({"posteam": "team", "defteam": "opponent"}).drop_nulls("team")
    counted = offence.group_by(*_GAME, "season", "week", "team", "opponent").agg(
        *(_whole(count).alias(name) for name, count in _team_counts().items())
    )
    return counted.join(points, on=[*_GAME, "team"])


def player_games(seen: pl.DataFrame) -> pl.DataFrame:
    """A row per game and player who was thrown at, ran or passed."""
    receiving = _part(seen.filter(_PASS), "receiver_player_id", _receiver_counts())
    running = _part(seen.filter(_RUN), "rusher_player_id", _rusher_counts())
    # A scramble is a pass play that the passer ends by running: the feed names him as the rusher.
    passer = pl.when(_KIND == "scramble").then("rusher_player_id").otherwise("passer_player_id")
    passing = _part(seen.filter(_DROPBACK).with_columns(passer=passer), "passer", _passer_counts())
    key = [*_GAME, "season", "week", "gsis_id"]
    joined = receiving.join(running, on=key, how="full", coalesce=True).join(passing, on=key, how="full", coalesce=True)
    return joined.with_columns(pl.col(joined.columns).exclude(key).fill_null(0))


def _part(rows: pl.DataFrame, who: str, counts: dict[str, pl.Expr]) -> pl.DataFrame:
    named = rows.drop_nulls(who).with_columns(gsis_id=who)
    grouped = named.group_by(*_GAME, "season", "week", "gsis_id")
    return grouped.agg(*(_whole(count).alias(name) for name, count in counts.items()))


def _whole(count: pl.Expr) -> pl.Expr:
    return count.cast(pl.Int64)


def _of(figure: pl.Expr, where: pl.Expr) -> pl.Expr:
    """The sum of a figure over the plays that meet a condition; what is unknown counts as nothing."""
    return figure.filter(where).sum()


def _team_counts() -> dict[str, pl.Expr]:
    drive = pl.col("drive")
    split = {
        f"{name}_{what}": (plays & where).sum()
        for name, where in _SITUATIONS.items()
        for what, plays in (("plays", _PLAY), ("dropbacks", _DROPBACK))
    }
    by_position = {f"{name}_targets": (_PASS & where).sum() for name, where in _POSITIONS.items()}
    by_position |= {f"{name}_yards": _of(_YARDS, _CAUGHT & where) for name, where in _POSITIONS.items()}
    return {
        **split,
        **by_position,
        **_passing_counts(),
        **_clock_and_kick_counts(),
        "plays": _PLAY.sum(),
        "dropbacks": _DROPBACK.sum(),
        "carries": _RUN.sum(),
        "yards": _of(_YARDS, _PLAY),
        "rushing_yards": _of(_YARDS, _RUN),
        "no_huddle_plays": (_PLAY & (pl.col("no_huddle") == 1)).sum(),
        "successes": _SUCCESS.sum(),
        "pass_successes": (_SUCCESS & _DROPBACK).sum(),
        "rush_successes": (_SUCCESS & _RUN).sum(),
        "explosive_runs": (_RUN & (_YARDS >= 10)).sum(),
        "stuffed_runs": (_RUN & (_YARDS <= 0)).sum(),
        "fumbles_lost": (_PLAY & (pl.col("fumble_lost") == 1)).sum(),
        "third_downs": (_PLAY & (_DOWN == 3)).sum(),
        "third_conversions": (_PLAY & (_DOWN == 3) & (_YARDS >= _TO_GO)).sum(),
        "fourth_downs": (_DOWN == 4).sum(),
        "fourth_goes": (_PLAY & (_DOWN == 4)).sum(),
        "drives": drive.filter(_PLAY).drop_nulls().n_unique(),
        "red_zone_drives": drive.filter(_INSIDE_20).drop_nulls().n_unique(),
        "red_zone_touchdowns": (_INSIDE_20 & (pl.col("touchdown") == 1) & (pl.col("td_team") == pl.col("team"))).sum(),
    }


def _passing_counts() -> dict[str, pl.Expr]:
    return {
        "attempts": _PASS.sum(),
        "targets": (_PASS & _RECEIVER.is_not_null()).sum(),
        "completions": _CAUGHT.sum(),
        "passing_yards": _of(_YARDS, _CAUGHT),
        "explosive_passes": (_CAUGHT & (_YARDS >= 20)).sum(),
        "aimed_passes": _AIMED.sum(),
        "air_yards": _of(_AIR, _AIMED),
        "deep_passes": (_AIMED & (_AIR >= 20)).sum(),
        "flat_passes": (_AIMED & (_AIR <= 0)).sum(),
        "caught_air_yards": _of(_AIR, _AIMED & _CAUGHT),
        "interceptions": (_PASS & _INTERCEPTED).sum(),
        "sacks": (_KIND == "sack").sum(),
        "scrambles": (_KIND == "scramble").sum(),
    }


def _clock_and_kick_counts() -> dict[str, pl.Expr]:
    fouled = pl.col("penalty_team")
    return {
        "timed_plays": _TIMED.sum(),
        "seconds": _of(pl.col("seconds"), _TIMED),
        "neutral_timed_plays": (_TIMED & _NEUTRAL).sum(),
        "neutral_seconds": _of(pl.col("seconds"), _TIMED & _NEUTRAL),
        "snaps": (_PLAY | _NO_PLAY).sum(),
        "own_fouls": (_NO_PLAY & (fouled == pl.col("team"))).sum(),
        "other_fouls": (_NO_PLAY & (fouled == pl.col("opponent"))).sum(),
        "kicks": (_KIND == "field_goal").sum(),
        "kicks_made": ((_KIND == "field_goal") & (pl.col("field_goal_result") == "made")).sum(),
        "punts": (_KIND == "punt").sum(),
    }


def _receiver_counts() -> dict[str, pl.Expr]:
    return {
        "targets": pl.len(),
        "catches": _CAUGHT.sum(),
        "receiving_yards": _of(_YARDS, _CAUGHT),
        "aimed_targets": _AIMED.sum(),
        "target_air_yards": _of(_AIR, _AIMED),
        "red_zone_targets": (_YARDLINE <= 20).sum(),
    }


def _rusher_counts() -> dict[str, pl.Expr]:
    return {
        "carries": pl.len(),
        "rushing_yards": _YARDS.sum(),
        "goal_line_carries": (_YARDLINE <= 10).sum(),
    }


def _passer_counts() -> dict[str, pl.Expr]:
    names = (
        "attempts completions passing_yards aimed_passes air_yards deep_passes interceptions sacks scrambles"
    ).split()
    counts = _passing_counts()
    return {**{name: counts[name] for name in names}, "pass_successes": _SUCCESS.sum()}
