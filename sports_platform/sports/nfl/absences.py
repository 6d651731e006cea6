"""How likely a candidate for targets or runs takes no part in a game: hurt, benched or not even dressed.

Before a game nobody knows for sure who plays. Whoever is expected to get little of the ball is absent more often.
Belongs here: fitting how often by what is expected of him, and saying it of the candidates of a game. What a scenario
makes of it is `tendencies`. Legend: T team games, K candidates.
"""

from collections.abc import Mapping

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit

from sports_platform.sports.nfl.moments import F64, Mask

# Log odds of being absent with the whole ball, how they move with the logarithm of the share, and the logarithm of the
# concentration of who plays, until games say more: about those of 2012 to 2015, give or take one.
_USUAL, _GIVE_OR_TAKE = np.array([-5.0, -1.5, 3.0]), 1.0
_MOST = 0.8  # somebody of whom nothing is known is no candidate
_MOST_SHARE = 0.95


def fit_absences(got_TK: F64, expected_TK: F64, plays_T1: F64, counts_TK: Mask) -> dict[str, float]:
    """`log_odds` and `by_log_share` of being absent, by the likelihood of how often each got the ball.

    Somebody absent never does. Who plays gets a beta-binomial number of the plays of his side, about what is expected
    of him if he plays; `expected_TK` is what is if he may be absent. `counts_TK` says whom to count.
    """
    got, mean = got_TK[counts_TK], (expected_TK / plays_T1)[counts_TK]
    plays = np.broadcast_to(plays_T1, got_TK.shape)[counts_TK]

    def loss(parameters: F64) -> float:
        absent, concentration = _absence(parameters, mean), np.exp(parameters[2])
        share = np.clip(mean / (1.0 - absent), None, _MOST_SHARE)
        his, others = concentration * share, concentration * (1.0 - share)
        # But for the number of ways in which so many plays can fall to him, which is always the same.
        likelihood = (1.0 - absent) * np.exp(betaln(got + his, plays - got + others) - betaln(his, others))
        surprise = -np.log(np.where(got == 0, absent, 0.0) + likelihood).sum()
        return float(surprise + 0.5 * (((parameters - _USUAL) / _GIVE_OR_TAKE) ** 2).sum())

    found = minimize(loss, _USUAL, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3})
    return {"log_odds": float(found.x[0]), "by_log_share": float(found.x[1])}


def absence(fitted: Mapping[str, float], shares: F64) -> F64:
    """The chance that candidates of these shares, all above nought, are absent."""
    return _absence(np.array([fitted["log_odds"], fitted["by_log_share"]]), shares)


def _absence(parameters: F64, shares: F64) -> F64:
    odds: F64 = expit(parameters[0] + parameters[1] * np.log(shares))
    return np.minimum(odds, _MOST)
