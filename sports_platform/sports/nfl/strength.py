"""Draws of how strong teams may really be, around what the features say of them.

Belongs here: perturbed copies of `game_context` rows. Playing scenarios on them is `simulation.runner`.

A team's rates are estimates from some weighted games. How far they may be off is read from how far the same rates of
real teams moved over their next eight games: each draw adds to an offence (with its quarterback) and to a defence the
whole change that some team went through, stretched, so that rates move together as they did. Draws are balanced, since
a few at random would have a mean of their own, and forecasts with it: they come in pairs that move opposite ways.
Shares of players stray by themselves in every scenario (`tendencies`). Legend: R rows of a week's context, C columns.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sports_platform.core.errors import MissingDataError

F64 = npt.NDArray[np.float64]

# Games ahead over which a change is taken: the half-life of the rates.
_AHEAD = 8
# The network learns from rates that are measured with error, and so answers a change of them by less than a change of
# the true strength is worth. Without draws teams' statistics of 2014 spread 4 to 11 % too little; with eight draws of
# changes stretched so far they spread within 4 % of the real ones, sacks alone 8 % too little. That was before `forms`,
# with which yards spread too far by eight draws (docs/fidelity.md).
_STRETCH = 1.6
# Market, rest and venue are known, not estimated; the share of a quarterback's attempts is bounded and not a rate.
_KNOWN = ("market", "rest", "known_attempts", "recent_share")


def strength_draws(history: pa.Table, context: pa.Table, draws: int, seed: int) -> list[pa.Table]:
    """`draws` copies of a week's context; `history` are the rows of the weeks before it.

    Raises MissingDataError where the history has no team with enough games to see a change.
    """
    frame, past = pl.DataFrame(context), pl.DataFrame(history)
    offence, defence = _columns(frame, ("off_", "qb_")), _columns(frame, ("def_",))
    changes = [
        (offence, _changes(past, "posteam", offence)),
        (defence, _changes(past, "defteam", defence)),
    ]
    generator = np.random.default_rng(seed)
    drawn = [_moved(frame, changes, moves) for moves in _opposites(changes, draws, frame.height, generator)]
    return [moved.to_arrow().cast(context.schema) for moved in drawn]


def _columns(frame: pl.DataFrame, prefixes: tuple[str, ...]) -> list[str]:
    return [
        name
        for name in frame.columns
        if name.startswith(prefixes) and not any(part in name for part in _KNOWN) and frame[name].dtype.is_float()
    ]


def _changes(past: pl.DataFrame, side: str, columns: Sequence[str]) -> F64:
    """Changes [M, C] of the columns from a game of a team to its game `_AHEAD` later."""
    ordered = past.sort("week_key", "game_id")
    moved = ordered.select((pl.col(name).shift(-_AHEAD).over(side) - pl.col(name)).alias(name) for name in columns)
    changes = moved.drop_nulls().to_numpy().astype(np.float64)
    if not len(changes):
        raise MissingDataError(
            found=f"game context of {past['week_key'].n_unique()} earlier week(s), no team with {_AHEAD + 1} games",
            needed="a team whose rates can be seen to change",
            remedy="build the features of earlier weeks, or simulate without strength draws (SPORTS_STRENGTH_DRAWS=1)",
        )
    return _STRETCH * changes


def _opposites(
    changes: Sequence[tuple[list[str], F64]], draws: int, rows: int, generator: np.random.Generator
) -> list[list[F64]]:
    """Of each draw the move [R, C] of each group of columns; a last one without its opposite moves nothing."""
    found: list[list[F64]] = []
    for _ in range(draws // 2):
        # One game a team and week: a row of the context is a team's offence or defence of its own.
        moves = [seen[generator.integers(len(seen), size=rows)] for _, seen in changes]
        found += [moves, [-move for move in moves]]
    return found + [[np.zeros((rows, len(columns))) for columns, _ in changes]] * (draws % 2)


def _moved(frame: pl.DataFrame, changes: Sequence[tuple[list[str], F64]], moves: Sequence[F64]) -> pl.DataFrame:
    for (columns, _), move in zip(changes, moves, strict=True):
        moved = frame.select(columns).to_numpy().astype(np.float64) + move
        rates = np.array([not name.endswith(("_pg", "_play", "_attempt", "_carry", "_target")) for name in columns])
        moved[:, rates] = np.clip(moved[:, rates], 0.0, None)
        frame = frame.with_columns(pl.Series(name, moved[:, place]) for place, name in enumerate(columns))
    return frame
