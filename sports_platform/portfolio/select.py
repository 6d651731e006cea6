"""Choosing the portfolio among the candidates, on the scenarios.

Utility: U(A) = mean over scenarios s of max over lineups l in A of points(l, s), the expected best
lineup of the portfolio. U is monotone and submodular, so the greedy choice reaches at least 1 - 1/e
of the best U. A player may stand in at most `max_exposure` of the lineups.

Legend: L candidates, S scenarios, P players, K roster slots.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sports_platform.core.errors import InfeasibleError

PERCENTILES = (10, 50, 90, 99)


def score(points_PS: npt.NDArray[np.int16], players_LK: npt.NDArray[np.intp]) -> npt.NDArray[np.int32]:
    """Units of each candidate in each scenario [L, S]; a lineup's sum can pass int16."""
    units_LS = np.zeros((len(players_LK), points_PS.shape[1]), dtype=np.int32)
    for slot_L in players_LK.T:
        units_LS += points_PS[slot_L]
    return units_LS


def choose(
    units_LS: npt.NDArray[np.int32], players_LK: npt.NDArray[np.intp], *, lineups: int, max_exposure: float
) -> list[int]:
    """Indices of the chosen candidates, in the order of choice; ties go to the earlier candidate.

    Raises InfeasibleError when the candidates run out under the exposure limit.
    """
    limit = max(1, int(max_exposure * lineups))
    exposure_P = np.zeros(players_LK.max() + 1, dtype=np.int64)
    best_S = np.zeros(units_LS.shape[1], dtype=np.int32)
    open_L = np.ones(len(units_LS), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < lineups:
        open_L &= (exposure_P[players_LK] < limit).all(axis=1)
        if not open_L.any():
            raise _exhausted(len(chosen), lineups, len(units_LS), max_exposure)
        candidates = np.flatnonzero(open_L)
        gains = [np.maximum(units_LS[index], best_S).sum(dtype=np.int64) for index in candidates]
        pick = int(candidates[int(np.argmax(gains))])
        chosen.append(pick)
        open_L[pick] = False
        exposure_P[players_LK[pick]] += 1
        best_S = np.maximum(best_S, units_LS[pick])
    return chosen


def percentiles(units_S: Sequence[int] | npt.NDArray[np.int32]) -> dict[str, float]:
    """`p10, p50, p90, p99` of a lineup's simulated units."""
    values = np.percentile(units_S, PERCENTILES)
    return {f"p{share}": float(value) for share, value in zip(PERCENTILES, values, strict=True)}


def _exhausted(chosen: int, lineups: int, candidates: int, max_exposure: float) -> InfeasibleError:
    return InfeasibleError(
        found=f"{chosen} of {lineups} lineups, then none of {candidates} candidates within the exposure limit",
        needed=f"{lineups} lineups with no player in more than {max_exposure:.0%} of them",
        remedy="raise max_exposure or candidates_per_lineup, or widen the pool of players",
    )
