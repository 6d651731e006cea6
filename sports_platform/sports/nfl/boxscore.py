"""Box scores from plays: a player's DraftKings points and a team's statistics of a game.

Belongs here: what the league's scorers credit for a play. The scoring constants are `rules`. Input
are silver-shaped `plays` and finished `schedules`, one row a key.
"""

from typing import cast

import polars as pl
import pyarrow as pa

from sports_platform.sports.nfl.drives import drive_endings
from sports_platform.sports.nfl.rules import (
    DRAFTKINGS_SCORING,
    KICKING_STATS,
    POINTS_ALLOWED_UNITS,
    UNITS_PER_POINT,
    Scoring,
)

_SCRIMMAGE = ("pass", "run", "qb_kneel", "qb_spike")
_CREDIT = ("game_id", "player_id", "team", "stat", "value")


def player_points(plays: pa.Table, schedules: pa.Table, scoring: Scoring = DRAFTKINGS_SCORING) -> pa.Table:
    """`game_id, player_id, team, points` of everybody credited with something and of both defences.

    A defence's `player_id` is its team code. Individual defenders score for their defence alone; kickers are left out
    where the site does not score them.
    """
    credits = pl.concat([player_credits(plays), defence_credits(plays, schedules)])
    if scoring.scores_kickers:
        credits = pl.concat([credits, kicker_credits(plays)])
    points = pl.col("value") * pl.col("stat").replace_strict(_units(scoring), return_dtype=pl.Int32)
    rows = (
        credits.group_by("game_id", "player_id", "team")
        .agg((points.sum() / UNITS_PER_POINT).cast(pl.Float64).alias("points"))
        .sort("game_id", "team", "player_id")
    )
    return rows.to_arrow()


def player_credits(plays: pa.Table) -> pl.DataFrame:
    """Counting statistics of offence, returns and tries as rows `game_id, player_id, team, stat, value`."""
    frame = _frame(plays)
    credits = pl.concat(
        [*_passing(frame), *_rushing_and_receiving(frame), *_touchdowns_and_tries(frame), _fumbles(frame)]
    )
    return pl.concat([credits, _bonuses(credits)])


def kicker_credits(plays: pa.Table) -> pl.DataFrame:
    """Field goals by distance and extra points as rows `game_id, player_id, team, stat, value`."""
    frame = _frame(plays)
    return pl.concat(
        _credit(frame.filter(kicked), "kicker_player_id", "posteam", KICKING_STATS[stat])
        for stat, kicked in _KICKS.items()
    )


def defence_credits(plays: pa.Table, schedules: pa.Table) -> pl.DataFrame:
    """Counting statistics of team defences and special teams; stat `points_allowed_N` names the band."""
    frame = _frame(plays)
    return pl.concat([*_defence_events(frame), _points_allowed(frame, schedules)])


def team_games(plays: pa.Table, schedules: pa.Table) -> pa.Table:
    """A row per team and game: `game_id, team, opponent, points, points_allowed` and counts of the offence.

    `scrimmage_plays` are passes, sacks, runs, kneels and spikes; `pass_attempts` exclude sacks;
    kneels count as rushes, spikes as passes; two-point tries count nowhere; `touchdowns` are all of the team, those
    of returns too; a play gives one first down at most, and a touchdown of the offence gives one; drives are `drives`.
    """
    frame = _frame(plays)
    snaps = frame.filter(pl.col("play_type").is_in(_SCRIMMAGE), ~_flag("two_point_attempt"))
    offence = snaps.group_by("game_id", pl.col("posteam").alias("team")).agg(
        pl.len().alias("scrimmage_plays"),
        (_flag("pass_attempt") & ~_flag("sack")).sum().alias("pass_attempts"),
        _flag("complete_pass").sum().alias("completions"),
        (_total("passing_yards")).alias("pass_yards"),
        _flag("rush_attempt").sum().alias("rush_attempts"),
        (_total("rushing_yards") + _total("lateral_rushing_yards")).alias("rush_yards"),
        _flag("sack").sum().alias("sacks"),
        _flag("interception").sum().alias("interceptions"),
        _flag("pass_touchdown").sum().alias("passing_touchdowns"),
        _flag("rush_touchdown").sum().alias("rushing_touchdowns"),
    )
    kicks = frame.group_by("game_id", pl.col("posteam").alias("team")).agg(
        (pl.col("play_type") == "punt").sum().alias("punts"),
        (pl.col("field_goal_result") == "made").sum().alias("field_goals_made"),
        _flag("field_goal_attempt").sum().alias("field_goal_attempts"),
        *(kicked.sum().alias(stat) for stat, kicked in _KICKS.items()),
        _flag("first_down").sum().alias("first_downs"),
    )
    lost = _lost_fumbles(frame).group_by("game_id", "team").agg(pl.len().alias("fumbles_lost"))
    scored = (
        _touchdown_plays(frame).group_by("game_id", pl.col("td_team").alias("team")).agg(pl.len().alias("touchdowns"))
    )
    result = _both_teams(schedules)
    for part in (offence, kicks, lost, scored, drive_endings(frame)):
        result = result.join(part, on=["game_id", "team"], how="left")
    counts = pl.exclude("game_id", "team", "opponent", "points", "points_allowed")
    return result.with_columns(counts.fill_null(0).cast(pl.Int32)).sort("game_id", "team").to_arrow()


def _frame(table: pa.Table) -> pl.DataFrame:
    return cast(pl.DataFrame, pl.from_arrow(table))


def _units(scoring: Scoring) -> dict[str, int]:
    bands = {f"points_allowed_{low}": units for low, units in scoring.points_allowed}
    return {**scoring.units, **bands, "target": 0}


def _flag(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0) == 1


_MADE = pl.col("field_goal_result") == "made"
_KICKS = {
    "field_goals_under_40": _MADE & (pl.col("kick_distance") < 40),
    "field_goals_40_to_49": _MADE & pl.col("kick_distance").is_between(40, 49),
    "field_goals_from_50": _MADE & (pl.col("kick_distance") >= 50),
    "extra_points": pl.col("extra_point_result") == "good",
}


def _total(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0).sum()


def _credit(frame: pl.DataFrame, player: str, team: str, stat: str, value: str | None = None) -> pl.DataFrame:
    """`value` of column `value` (1 where None) to the player and team in these columns, where there is one."""
    amount = pl.lit(1) if value is None else pl.col(value).fill_null(0)
    return frame.filter(pl.col(player).is_not_null()).select(
        "game_id",
        pl.col(player).alias("player_id"),
        pl.col(team).alias("team"),
        pl.lit(stat).alias("stat"),
        amount.cast(pl.Int32).alias("value"),
    )


def _passing(frame: pl.DataFrame) -> list[pl.DataFrame]:
    thrown = frame.filter(~_flag("two_point_attempt"))
    return [
        _credit(thrown, "passer_player_id", "posteam", "passing_yard", "passing_yards"),
        _credit(thrown.filter(_flag("pass_touchdown")), "passer_player_id", "posteam", "passing_touchdown"),
        _credit(thrown.filter(_flag("interception")), "passer_player_id", "posteam", "interception_thrown"),
    ]


def _rushing_and_receiving(frame: pl.DataFrame) -> list[pl.DataFrame]:
    snaps = frame.filter(~_flag("two_point_attempt"))
    caught = snaps.filter(_flag("complete_pass"))
    return [
        _credit(snaps, "rusher_player_id", "posteam", "rushing_yard", "rushing_yards"),
        _credit(snaps, "lateral_rusher_player_id", "posteam", "rushing_yard", "lateral_rushing_yards"),
        _credit(snaps, "receiver_player_id", "posteam", "target"),
        _credit(caught, "receiver_player_id", "posteam", "reception"),
        _credit(caught, "receiver_player_id", "posteam", "receiving_yard", "receiving_yards"),
        _credit(caught, "lateral_receiver_player_id", "posteam", "receiving_yard", "lateral_receiving_yards"),
    ]


def _touchdown_plays(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("td_team").is_not_null(), _flag("touchdown"))


def _touchdowns_and_tries(frame: pl.DataFrame) -> list[pl.DataFrame]:
    scored = _touchdown_plays(frame)
    by_offence = scored.filter(pl.col("td_team") == pl.col("posteam"))
    returned = scored.filter(
        (pl.col("td_team") != pl.col("posteam")) & (pl.col("play_type") == "punt") & _flag("return_touchdown")
    )
    tries = frame.filter(pl.col("two_point_conv_result") == "success")
    return [
        *(_credit(part, "td_player_id", "td_team", "touchdown") for part in (by_offence, returned)),
        *(
            _credit(tries, f"{role}_player_id", "posteam", "two_point_conversion")
            for role in ("passer", "receiver", "rusher")
        ),
    ]


def _lost_fumbles(frame: pl.DataFrame) -> pl.DataFrame:
    """`game_id, player_id, team` of every fumble that the other team recovered or that went over its goal line."""
    one, two = "fumble_recovery_1_team", "fumble_recovery_2_team"
    muffed_twice = pl.col("fumbled_2_player_id").is_null() & (pl.col(two) != pl.col("fumbled_1_team"))
    nobody = pl.col(one).is_null() & _flag("fumble_lost")
    first = frame.filter((pl.col(one) != pl.col("fumbled_1_team")) | muffed_twice | nobody)
    second = frame.filter(pl.col(two) != pl.col("fumbled_2_team"))
    return pl.concat(
        [
            part.filter(pl.col(f"fumbled_{number}_player_id").is_not_null()).select(
                "game_id",
                pl.col(f"fumbled_{number}_player_id").alias("player_id"),
                pl.col(f"fumbled_{number}_team").alias("team"),
            )
            for number, part in ((1, first), (2, second))
        ]
    )


def _fumbles(frame: pl.DataFrame) -> pl.DataFrame:
    return _credit(_lost_fumbles(frame), "player_id", "team", "fumble_lost")


def _bonuses(credits: pl.DataFrame) -> pl.DataFrame:
    yards = credits.group_by("game_id", "player_id", "team", "stat").agg(pl.col("value").sum())
    parts = []
    for stat, bonus in (
        ("passing_yard", "bonus_300_passing"),
        ("rushing_yard", "bonus_100_rushing"),
        ("receiving_yard", "bonus_100_receiving"),
    ):
        needed = int(bonus.split("_")[1])
        earned = yards.filter((pl.col("stat") == stat) & (pl.col("value") >= needed))
        parts.append(_credit(earned, "player_id", "team", bonus))
    return pl.concat(parts)


def _defence_events(frame: pl.DataFrame) -> list[pl.DataFrame]:
    tries = frame.filter(_flag("defensive_two_point_conv") | _flag("defensive_extra_point_conv"))
    scored = _touchdown_plays(frame)
    by_defence = scored.filter((pl.col("td_team") != pl.col("posteam")) | (pl.col("play_type") == "kickoff"))
    events = {
        "dst_sack": frame.filter(_flag("sack")),
        "dst_interception": frame.filter(_flag("interception")),
        "dst_safety": frame.filter(_flag("safety")),
        "dst_blocked_kick": frame.filter(pl.col("blocked_player_id").is_not_null()),
        "dst_two_point_return": tries,
    }
    recovered = [
        frame.filter(pl.col(f"fumble_recovery_{n}_team") != pl.col(f"fumbled_{n}_team")).with_columns(
            pl.col(f"fumble_recovery_{n}_team").alias("defteam")
        )
        for n in (1, 2)
    ]
    return [
        *(_credit(part, "defteam", "defteam", stat) for stat, part in events.items()),
        *(_credit(part, "defteam", "defteam", "dst_fumble_recovery") for part in recovered),
        _credit(by_defence, "td_team", "td_team", "dst_touchdown"),
    ]


def _both_teams(schedules: pa.Table) -> pl.DataFrame:
    games = _frame(schedules)
    sides = [
        games.select(
            "game_id",
            pl.col(f"{side}_team").alias("team"),
            pl.col(f"{other}_team").alias("opponent"),
            pl.col(f"{side}_score").cast(pl.Int32).alias("points"),
            pl.col(f"{other}_score").cast(pl.Int32).alias("points_allowed"),
        )
        for side, other in (("home", "away"), ("away", "home"))
    ]
    return pl.concat(sides)


def _points_allowed(frame: pl.DataFrame, schedules: pa.Table) -> pl.DataFrame:
    """Points scored against the defence itself: what the opponent's defence scored off its offence is left out."""
    turnover = (
        _flag("touchdown") & (pl.col("td_team") == pl.col("defteam")) & pl.col("play_type").is_in(("pass", "run"))
    )
    returned_try = _flag("defensive_two_point_conv") | _flag("defensive_extra_point_conv")
    given_up = 6 * turnover.fill_null(False).cast(pl.Int32) + 2 * (_flag("safety") | returned_try).cast(pl.Int32)
    against_offence = frame.group_by("game_id", pl.col("posteam").alias("team")).agg(given_up.sum().alias("given_up"))
    played = frame.select("game_id").unique()
    charged = (
        _both_teams(schedules)
        .join(played, on="game_id")
        .join(against_offence, on=["game_id", "team"], how="left")
        .with_columns(charged=pl.col("points_allowed") - pl.col("given_up").fill_null(0))
    )
    band = pl.lit(None, dtype=pl.String)
    for low, _ in POINTS_ALLOWED_UNITS:
        band = pl.when(pl.col("charged") >= low).then(pl.lit(f"points_allowed_{low}")).otherwise(band)
    return charged.select(
        "game_id", pl.col("team").alias("player_id"), "team", band.alias("stat"), value=pl.lit(1, pl.Int32)
    )
