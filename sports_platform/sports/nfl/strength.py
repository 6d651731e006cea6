"""Draws of how strong teams and players may really be, around what the features say of them.

Belongs here: perturbed copies of `game_context` rows. Playing scenarios on them is `simulation.runner`.

A team's rates are estimates from some weighted games. How far they may be off is read from how far the same rates of
real teams moved over their next eight games: each draw adds to an offence (with its quarterback) and to a defence the
whole change that some team went through, stretched, so that rates move together as they did. Shares of a player are
drawn from a Dirichlet distribution around the expected ones, as wide as those of real games lay (`concentration`).
Legend: R rows of a week's context, C columns.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sports_platform.core.errors import MissingDataError
from sports_platform.sports.nfl.concentration import SLOTS, share_concentrations

F64 = npt.NDArray[np.float64]

# Games ahead over which a change is taken: the half-life of the rates.
_AHEAD = 8
# The network learns from rates that are measured with error, and so answers a change of them by less than a change of
# the true strength is worth. Without draws teams' statistics of 2014 spread 4 to 11 % too little; with eight draws of
# changes stretched so far they spread within 4 % of the real ones, sacks alone 8 % too little (docs/fidelity.md).
_STRETCH = 1.6
# Market, rest and venue are known, not estimated; the share of a quarterback's attempts is bounded and not a rate.
_KNOWN = ("market", "rest", "known_attempts", "recent_share")


def strength_draws(history: pa.Table, plays: pa.Table, context: pa.Table, draws: int, seed: int) -> list[pa.Table]:
    """`draws` copies of a week's context; `history` are the rows of the weeks before it, `plays` those of some of them.

    Raises MissingDataError where the history has no team with enough games to see a change, or `plays` none of them.
    """
    frame, past = pl.DataFrame(context), pl.DataFrame(history)
    offence, defence = _columns(frame, ("off_", "qb_")), _columns(frame, ("def_",))
    changes = [
        (offence, _changes(past, "posteam", offence)),
        (defence, _changes(past, "defteam", defence)),
    ]
    chances = share_concentrations(history, plays)
    if not chances.keys() >= SLOTS.keys():
        raise _too_short(past, "no game with targets and runs", "plays of games before the week")
    generator = np.random.default_rng(seed)
    return [_draw(frame, changes, chances, generator).to_arrow().cast(context.schema) for _ in range(draws)]


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
        raise _too_short(past, f"no team with {_AHEAD + 1} games", "a team whose rates can be seen to change")
    # A change is as likely as its opposite: draws leave the mean where it is.
    return _STRETCH * np.concatenate([changes, -changes])


def _too_short(past: pl.DataFrame, lacks: str, needed: str) -> MissingDataError:
    return MissingDataError(
        found=f"game context of {past['week_key'].n_unique()} earlier week(s), {lacks}",
        needed=needed,
        remedy="build the features of earlier weeks, or simulate without strength draws (SPORTS_STRENGTH_DRAWS=1)",
    )


def _draw(
    frame: pl.DataFrame,
    changes: Sequence[tuple[list[str], F64]],
    chances: Mapping[str, float],
    generator: np.random.Generator,
) -> pl.DataFrame:
    for columns, moves in changes:
        values = frame.select(columns).to_numpy().astype(np.float64)
        # One game a team and week: a row of the context is a team's offence or defence of its own.
        moved = values + moves[generator.integers(len(moves), size=len(frame))]
        rates = np.array([not name.endswith(("_pg", "_play", "_attempt", "_carry", "_target")) for name in columns])
        moved[:, rates] = np.clip(moved[:, rates], 0.0, None)
        frame = frame.with_columns(pl.Series(name, moved[:, place]) for place, name in enumerate(columns))
    return _draw_shares(frame, chances, generator)


def _draw_shares(frame: pl.DataFrame, chances: Mapping[str, float], generator: np.random.Generator) -> pl.DataFrame:
    for role, slots in SLOTS.items():
        names = [f"{role}_{slot}_share" for slot in range(1, slots + 1)]
        shares = frame.select(names).to_numpy().astype(np.float64)
        drawn = generator.gamma(shares * chances[role])
        total = drawn.sum(axis=1, keepdims=True)
        # What the slots leave to anybody else stays what it was.
        drawn *= np.divide(shares.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
        frame = frame.with_columns(pl.Series(name, drawn[:, place]) for place, name in enumerate(names))
    return frame
