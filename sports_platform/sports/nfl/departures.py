"""When a quarterback who starts a game leaves it for good: hurt, benched, or spared once it is decided.

One start in eight ends so, and what is thrown afterwards is not his. Belongs here: counting it. How the engine uses it
is native/src/nfl/usage.h.
"""

from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa

from sports_platform.sports.nfl.tendencies import LEVELS

NEVER = 32_767  # seconds of a game: longer than any

_HALF_SECONDS = 1800
_FEWEST_AFTER = 2  # passes of others after his last: a single one is a trick and not a departure
_PRIOR_STARTS, _PRIOR_STAYED = 20, 18


def fit_departures(plays: pa.Table) -> list[int]:
    """Seconds of the game played when the starter is gone, LEVELS equally likely values in rising order.

    The starter is who throws first; gone from the first pass of somebody else after his last. NEVER where he is not.
    """
    snaps = cast(pl.DataFrame, pl.from_arrow(plays)).filter(
        pl.col("down").is_not_null(), pl.col("play_type") == "pass", pl.col("passer_player_id").is_not_null()
    )
    played = _HALF_SECONDS * (pl.col("game_half") != "Half1").cast(pl.Int64) + _HALF_SECONDS
    thrown = (
        snaps.filter(pl.col("game_half") != "Overtime")
        .sort("game_id", "play_index")
        .select("game_id", "posteam", "passer_player_id", played=played - pl.col("half_seconds_remaining"))
        .with_columns(his=pl.col("passer_player_id") == pl.col("passer_player_id").first().over("game_id", "posteam"))
        # Of the passes from this one on, how many he threw.
        .with_columns(his_left=pl.col("his").cast(pl.Int64).cum_sum(reverse=True).over("game_id", "posteam"))
    )
    after = thrown.filter(pl.col("his_left") == 0).group_by("game_id", "posteam").agg(pl.len(), pl.col("played").min())
    left = after.filter(pl.col("len") >= _FEWEST_AFTER)["played"].to_numpy()
    starts = thrown.select("game_id", "posteam").unique().height
    # Few games say little: the prior's departures are spread evenly over the game.
    usual = np.linspace(0, 2 * _HALF_SECONDS, _PRIOR_STARTS - _PRIOR_STAYED + 2)[1:-1]
    stayed = np.full(starts - len(left) + _PRIOR_STAYED, NEVER)
    seen = np.concatenate([left, usual, stayed])
    steps = (np.arange(LEVELS) + 0.5) / LEVELS
    return [int(value) for value in np.quantile(seen, steps, method="nearest")]
