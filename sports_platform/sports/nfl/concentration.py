"""How far the shares of a game stray from those expected: the concentration of a Dirichlet distribution around them.

A team plans for its opponent, players leave with injuries, and where no price list tells who dresses some do not play
at all: targets and runs are spread more unevenly than draws from the expected shares would be. Belongs here: measuring
it on games that have been played. Legend: T team games, K candidates and anybody else.
"""

from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import torch

from sports_platform.sports.nfl.outcomes import RECEIVER_SLOTS, RUSHER_SLOTS

F64 = npt.NDArray[np.float64]

SLOTS = {"receiver": RECEIVER_SLOTS, "rusher": RUSHER_SLOTS}
_TRIES = {
    "receiver": (pl.col("play_type") == "pass") & (pl.col("sack").fill_null(0) == 0),
    "rusher": (pl.col("play_type") == "run") & (pl.col("qb_scramble").fill_null(0) == 0),
}
_KEY = ["game_id", "posteam"]
_LEAST_SHARE = 1e-4
# Candidates of the concentration, in tries; each is 7 % above the one before.
_GRID = np.geomspace(2.0, 500.0, 80)


def share_concentrations(history: pa.Table, plays: pa.Table) -> dict[str, float]:
    """By role, the concentration under which the shares of the games in both tables are likeliest.

    `history` are rows of game_context, `plays` the plays of their games; without a common game a role has no entry.
    """
    context, snaps = (cast(pl.DataFrame, pl.from_arrow(table)) for table in (history, plays))
    found = {}
    for role, slots in SLOTS.items():
        counts_TK, shares_TK = _games(context, snaps, role, slots)
        if len(counts_TK):
            found[role] = _likeliest(counts_TK, shares_TK)
    return found


def _games(context: pl.DataFrame, plays: pl.DataFrame, role: str, slots: int) -> tuple[F64, F64]:
    """Tries of each candidate and of anybody else [T, K], and the shares expected of them [T, K]."""
    tries = plays.filter(pl.col("down").is_not_null(), _TRIES[role])
    own = tries.group_by(*_KEY, pl.col(f"{role}_player_id").alias("id")).agg(own=pl.len())
    games = context.join(tries.group_by(_KEY).agg(total=pl.len()), on=_KEY).sort(_KEY)
    for slot in range(1, slots + 1):
        games = games.join(own, left_on=[*_KEY, f"{role}_{slot}_id"], right_on=[*_KEY, "id"], how="left").rename(
            {"own": f"tries_{slot}"}
        )
    counts = games.select(pl.col(f"tries_{slot}").fill_null(0) for slot in range(1, slots + 1)).to_numpy()
    shares = games.select(f"{role}_{slot}_share" for slot in range(1, slots + 1)).to_numpy()
    others = games["total"].to_numpy()[:, None] - counts.sum(axis=1, keepdims=True)
    left = 1.0 - shares.sum(axis=1, keepdims=True)
    return np.hstack([counts, others]).astype(np.float64), np.hstack([shares, left]).astype(np.float64)


def _likeliest(counts_TK: F64, shares_TK: F64) -> float:
    """Maximum likelihood of the Dirichlet-multinomial, over the grid."""
    expected_TK = _levelled(counts_TK, np.clip(shares_TK, _LEAST_SHARE, None))
    return float(_GRID[np.argmax([_log_likelihood(counts_TK, value * expected_TK) for value in _GRID])])


def _levelled(counts_TK: F64, shares_TK: F64) -> F64:
    """Shares that are right on average in every slot: what a slot is usually given less or more is no surprise."""
    shares_TK = shares_TK / shares_TK.sum(axis=1, keepdims=True)
    usual_K = counts_TK.sum(axis=0) / (shares_TK * counts_TK.sum(axis=1, keepdims=True)).sum(axis=0)
    moved_TK = np.clip(shares_TK * usual_K, _LEAST_SHARE, None)
    levelled: F64 = moved_TK / moved_TK.sum(axis=1, keepdims=True)
    return levelled


def _log_likelihood(counts_TK: F64, alpha_TK: F64) -> float:
    counts, alpha = torch.from_numpy(counts_TK), torch.from_numpy(alpha_TK)
    whole = torch.lgamma(alpha.sum(dim=1)) - torch.lgamma(alpha.sum(dim=1) + counts.sum(dim=1))
    return float((whole + (torch.lgamma(alpha + counts) - torch.lgamma(alpha)).sum(dim=1)).sum())
