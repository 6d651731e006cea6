"""The test league with the rough edges of real feeds: what is missing, what is corrected later, who has no price."""

from datetime import timedelta

import numpy as np
import polars as pl

from sports_platform_tests.features.silver import Silver

Frames = dict[str, pl.DataFrame]


def frames(silver: Silver) -> Frames:
    return {name: pl.DataFrame(rows) for name, rows in silver.items()}


def roughened(silver: Silver, seed: int) -> Frames:
    """The silver with formations, depths, throw-aways, unknown figures, and corrections a week and a month later."""
    rng = np.random.default_rng(seed)
    rows = frames(silver)
    rows["plays"] = _corrected(_plays(rows["plays"], rng), rng, yards_gained=-3, complete_pass=0)
    rows["players"] = _corrected(_players(rows["players"], rng), rng, position="TE")
    rows["lines"] = _corrected(_lines(rows["lines"], rng), rng, spread_open=-6.5, roof="dome")
    rows["slates"] = _corrected(_slates(rows["slates"], rng), rng, salary=9000)
    rows["players"] = _without_absent(rows["players"], rng)
    return rows


def _plays(plays: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    def chance(share: float) -> pl.Series:
        return pl.Series(rng.random(plays.height) < share)

    def whole(low: int, high: int) -> pl.Series:
        return pl.Series(rng.integers(low, high, plays.height), dtype=pl.Int32)

    thrown = (pl.col("play_type") == "pass") & (pl.col("sack") == 0)
    targets = pl.Series(rng.choice(plays["receiver_player_id"].drop_nulls().to_numpy(), plays.height))
    receiver = pl.when(chance(0.05)).then(targets).otherwise("receiver_player_id")  # now and then another club's
    fouled = pl.when(pl.col("penalty_team").is_not_null() & chance(0.5)).then("defteam").otherwise("penalty_team")
    return plays.with_columns(
        shotgun=whole(0, 2),
        no_huddle=pl.when(chance(0.2)).then(1).otherwise(0).cast(pl.Int32),
        air_yards=pl.when(thrown & chance(0.9)).then(whole(-20, 60)),
        receiver_player_id=pl.when(thrown & ((pl.col("complete_pass") == 1) | chance(0.8))).then(receiver),
        qb_scramble=((pl.col("play_type") == "run") & chance(0.1)).cast(pl.Int32),
        posteam_timeouts_remaining=pl.when(chance(0.9)).then(whole(0, 4)),
        defteam_timeouts_remaining=pl.when(chance(0.9)).then(whole(0, 4)),
        penalty_team=fouled,
        penalty_yards=pl.when(chance(0.9)).then(whole(0, 40)),
        first_down_penalty=whole(0, 2),
        game_half=pl.when(chance(0.97)).then("game_half"),
        play_type=pl.when(chance(0.98)).then("play_type"),
    )


def _players(players: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    draw = pl.Series(rng.random(players.height))
    other = pl.when(draw < 0.03).then(pl.lit("FB")).when(draw < 0.06).then(pl.lit("CB"))
    return players.with_columns(position=other.when(draw > 0.04).then("position"))


def _without_absent(players: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Everybody but the passer of a club misses games."""
    games = players.select("week_key", "gsis_id").unique(maintain_order=True)
    there = pl.Series(rng.random(games.height) > 0.15) | pl.col("gsis_id").str.ends_with("-0000000")
    return players.join(games.filter(there), on=["week_key", "gsis_id"], how="semi", maintain_order="left")


def _lines(lines: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    moved = pl.Series(rng.integers(-10, 11, lines.height) / 2)
    return lines.with_columns(pl.col("spread_line") + moved, pl.col("total_line") + moved, spread_open=moved)


def _slates(slates: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One club has no prices, another's lists are the site's own; a few players are left out or not recognised.

    Prices are in no order, many are the cheapest of their position, and some backs and receivers stand as quarterbacks.
    """
    prices = pl.Series(rng.integers(20, 90, slates.height).clip(min=30) * 100, dtype=pl.Int32)
    draw = pl.Series(rng.random(slates.height))
    without, *_, of_site = slates["team"].unique(maintain_order=True)
    kept = slates.with_columns(
        salary=prices,
        gsis_id=pl.when(draw > 0.05).then("gsis_id"),
        position=pl.when(draw.is_between(0.1, 0.2), pl.col("position").is_in(["WR", "RB"]))
        .then(pl.lit("QB"))
        .otherwise("position"),
        site_player_id=pl.when(pl.col("team") == of_site).then("player_name"),
        draw=draw,
    )
    return kept.filter(pl.col("team") != without, pl.col("draw") < 0.75).drop("draw")


def _corrected(rows: pl.DataFrame, rng: np.random.Generator, **values: object) -> pl.DataFrame:
    """With new versions of a few rows, some known before the next week and some much later."""
    versions = [rows]
    for later in (timedelta(days=3), timedelta(days=10), timedelta(days=300)):
        few = rows.filter(pl.Series(rng.random(rows.height) < 0.02))
        new = {name: pl.lit(value).cast(rows.schema[name]) for name, value in values.items()}
        versions.append(few.with_columns(pl.col("known_time") + later, **new))
    return pl.concat(versions)
