"""What lies within a bin: yards and seconds of past plays, as equally likely whole numbers of each group and bin.

The network tells bins apart; within a wide one low values are more usual than high ones, and a uniform draw would
lengthen every game's plays a little. Belongs here: counting, for the tables that travel with a model version.
"""

from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sports_platform.sports.nfl.outcomes import (
    TIME_CAP,
    TIME_GROUPS,
    TIME_LOWS,
    YARD_CAP,
    YARD_GROUPS,
    YARD_LOWS,
)

PARTS = 32  # of a bin
_PRIOR = 8  # plays spread evenly over the bin, so that a bin seen twice is not two numbers

_RUN = pl.col("play_type") == "run"
_KEPT = pl.col("qb_scramble").fill_null(0) == 1
_SACKED = pl.col("sack").fill_null(0) == 1
_CAUGHT = pl.col("complete_pass").fill_null(0) == 1
_MISSED = (pl.col("play_type") == "pass") & ~_CAUGHT & ~_SACKED & ~_KEPT
# Kinds of yards, by the start of a group's name; punts are counted as they are drawn, evenly.
_YARD_KINDS = {
    "complete": _CAUGHT,
    "run": _RUN & ~_KEPT,
    "scramble": _KEPT,
    "sack": _SACKED,
}
_TIME_KINDS = {
    "complete": _CAUGHT & ~_SACKED,
    "incomplete": (pl.col("play_type") == "qb_spike")
    | ((pl.col("play_type") == "pass") & ~_CAUGHT & ~_SACKED & ~_KEPT),
    "run": _RUN | _KEPT,
    "sack": _SACKED,
    **{name: pl.col("play_type") == name for name in ("punt", "field_goal", "qb_kneel", "no_play")},
}

# A play that scores was stopped by the goal line: its yards are not those of its bin. In the last bin, which no other
# follows, it counts as one that would have gone all the way: nearly all that get so far do.
_SCORED = pl.col("touchdown").fill_null(0) == 1
_YARDS = pl.when(~_SCORED).then(pl.col("yards_gained")).when(pl.col("yards_gained") >= YARD_LOWS[-1]).then(YARD_CAP - 1)


def fit_within(plays: pa.Table) -> dict[str, list[list[list[int]]]]:
    """`yards` [yard groups, bins, PARTS] and `seconds` [time groups, bins, PARTS] of silver `plays`, in order."""
    frame = cast(pl.DataFrame, pl.from_arrow(plays))
    snaps = frame.filter(pl.col("down").is_not_null()).with_columns(yards=_YARDS).drop_nulls("yards")
    timed = _with_seconds(frame)
    return {
        "yards": [_parts(snaps, _kind(group), "yards", (*YARD_LOWS, YARD_CAP)) for group in YARD_GROUPS],
        "seconds": [_parts(timed, _TIME_KINDS[group], "seconds", (*TIME_LOWS, TIME_CAP)) for group in TIME_GROUPS],
    }


def _kind(group: str) -> pl.Expr:
    return next((rows for name, rows in _YARD_KINDS.items() if group.startswith(name)), pl.lit(False))


def _with_seconds(plays: pl.DataFrame) -> pl.DataFrame:
    """Scrimmage snaps that neither score nor lose the ball, with the `seconds` to the next play of their half."""
    upcoming = pl.col("half_seconds_remaining").shift(-1).over("game_id", "game_half")
    ordered = plays.filter(pl.col("play_type").is_not_null()).sort("game_id", "play_index")
    timed = ordered.with_columns(seconds=pl.col("half_seconds_remaining") - upcoming)
    ended = pl.any_horizontal(pl.col("touchdown", "fumble_lost", "interception").fill_null(0) == 1)
    return timed.filter(pl.col("down").is_not_null(), ~ended, pl.col("seconds").is_between(0, TIME_CAP))


def _parts(rows: pl.DataFrame, kind: pl.Expr, value: str, edges: tuple[int, ...]) -> list[list[int]]:
    values = rows.filter(kind)[value].cast(pl.Int64).to_numpy()
    # The last bin holds its upper edge too.
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return [_equal_parts(values[place == i], edges[i], edges[i + 1] - 1) for i in range(len(edges) - 1)]


def _equal_parts(seen: npt.NDArray[np.int64], low: int, high: int) -> list[int]:
    prior = np.linspace(low, high, _PRIOR) if len(seen) < 10 * _PRIOR else np.empty(0)
    steps = (np.arange(PARTS) + 0.5) / PARTS
    inside = np.clip(np.concatenate([seen, prior]), low, high)
    return [int(v) for v in np.quantile(inside, steps, method="inverted_cdf").round()]
