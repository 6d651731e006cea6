"""How far the plays of a game stray together from what is expected of them one by one.

A team plans for its opponent, players leave with injuries, a coach stays with who does well: a game's targets, runs and
calls are spread more unevenly than independent draws from the network's probabilities would be. Belongs here: measuring
it on games that have been played (moments: what the squares of a game's sums have above the variance of independent
draws), and the numbers the engine draws a scenario's own tendencies from.
Legend: N rows, T team games, K candidates and anybody else, M sides, L levels of a draw.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import nnls
from scipy.special import gammainc, gammaincinv, ndtri

from sports_platform.core.domain import HeadLabels
from sports_platform.core.errors import MissingDataError
from sports_platform.sports.nfl.moments import F32, F64, I64, seen, spread, sums
from sports_platform.sports.nfl.outcomes import PLAY_TYPES, RECEIVER_SLOTS, RUSHER_SLOTS

_SLOTS = {"receiver": RECEIVER_SLOTS, "rusher": RUSHER_SLOTS}
ROLES = tuple(_SLOTS)
_ROLE_HEADS = {"receiver": "target_pass", "rusher": "target_run"}
_THROWS = ("pass", "sack", "scramble")

LEVELS = 256  # equally likely values of a weight or tilt, kUsageLevels in native/src/nfl/tables.h
WEIGHT_UNIT = 512  # a weight of one
_MOST_WEIGHT = 32_767  # kMostWeight in native/src/engine/weighted.h
TILT_UNIT = 64  # 2^kCallBits in native/src/nfl/usage.h
_MOST_TILT = 16  # kMostTilt

_LEAST_SHARE = 0.005  # a Dirichlet distribution has no slot without a share
# Concentrations beyond these are no matter of a few games more or less: shares that hardly move, or one man alone.
_CONCENTRATIONS = (2.0, 1000.0)


def fit_tendencies(
    output_NW: F32, labels: Mapping[str, HeadLabels], features_NF: F32, names: Sequence[str], game_N: I64
) -> dict[str, object]:
    """Of played games: by role `concentrations` and `levels`, and `call_spread`; JSON-able.

    Shares of a game lie around those expected like those of a Dirichlet distribution with a concentration for each
    slot, as the less used stray further; `levels` are how much of the ball the network gives each slot, in parts of
    its share in the features. `call_spread` is the standard
    deviation of what a side's game adds to the chance that a call to throw stands, and takes from that of a run.
    Raises MissingDataError where nobody was thrown to or ran.
    """
    team_N = team_games(features_NF, names, game_N)
    roles = {role: _shares(role, output_NW, labels, features_NF, names, team_N) for role in ROLES}
    return {**roles, "call_spread": _call_spread(output_NW, labels["play_type"], team_N)}


def share_names(role: str) -> list[str]:
    """Columns of what is expected of each slot, in the features and in the context of a game."""
    return [f"{role}_{slot}_share" for slot in range(1, _SLOTS[role] + 1)]


def with_anybody(shares_MK: F64) -> F64:
    """Shares with what they leave to anybody else [M, K + 1]."""
    left = np.clip(1.0 - shares_MK.sum(axis=1, keepdims=True), _LEAST_SHARE, None)
    return np.hstack([shares_MK, left])


def usage_weights(shares_MK: F64, concentrations_K: F64) -> F64:
    """Weights [M, K, L] of candidates with these expected shares (which need not sum to one), in WEIGHT_UNIT.

    A gamma variable of shape concentration * share and mean one, cut into L equally likely levels of which each stands
    for its mean: with one concentration, shares times weights, summed to one, are then a Dirichlet distribution's.
    """
    shape_MK1 = (concentrations_K * np.clip(shares_MK, _LEAST_SHARE, None))[:, :, None]
    edges_MKL = gammaincinv(shape_MK1, np.linspace(0.0, 1.0, LEVELS + 1))
    # The mean of a gamma variable up to an edge is the distribution function of one of the next shape.
    means_MKL = LEVELS * np.diff(gammainc(shape_MK1 + 1.0, edges_MKL))
    weights: F64 = np.clip(np.rint(WEIGHT_UNIT * means_MKL), 1.0, _MOST_WEIGHT)
    return weights


def tilts(deviation: float) -> F64:
    """Tilts [L] of a call, or forms, in TILT_UNIT, normal with this standard deviation and of mean nought."""
    normal = ndtri((np.arange(LEVELS) + 0.5) / LEVELS)
    found: F64 = np.clip(np.rint(TILT_UNIT * deviation * normal), -_MOST_TILT, _MOST_TILT)
    return found


def team_games(features_NF: F32, names: Sequence[str], game_N: I64) -> I64:
    """The number of each row's team game: rows of a game whose candidates have the same shares are one team's."""
    columns = [names.index(name) for role in ROLES for name in share_names(role)]
    rows = np.column_stack([game_N.astype(np.float64), features_NF[:, columns].astype(np.float64)])
    team_N: I64 = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return team_N


def _shares(
    role: str, output_NW: F32, labels: Mapping[str, HeadLabels], features_NF: F32, names: Sequence[str], team_N: I64
) -> dict[str, object]:
    chances_NK, seen_N, live_N = seen(_ROLE_HEADS[role], output_NW, labels)
    if not live_N.any():
        raise MissingDataError(
            found=f"no play with a known {role} among the last weeks to train on",
            needed="games that show how unevenly their plays are spread",
            remedy="build the features of earlier weeks first",
        )
    chances_NK, seen_N, team_N = chances_NK[live_N], seen_N[live_N], team_N[live_N]
    columns = [names.index(name) for name in share_names(role)]
    shares_NK = with_anybody(features_NF[live_N][:, columns].astype(np.float64))
    expected_K = shares_NK.mean(axis=0)
    # A slot that was empty all the time has no level of its own.
    levels_K = np.divide(chances_NK.mean(axis=0), expected_K, out=np.ones_like(expected_K), where=expected_K > 0)
    strayed_TK = sums(np.eye(chances_NK.shape[1])[seen_N] - chances_NK, team_N)
    excess_K = (strayed_TK**2 - sums(chances_NK * (1.0 - chances_NK), team_N)).sum(axis=0)
    answers_KK = _answers(chances_NK, np.clip(shares_NK * levels_K, _LEAST_SHARE, None), team_N)
    low, high = _CONCENTRATIONS
    spreads_K = np.clip(nnls(answers_KK, excess_K)[0], 1.0 / (high + 1.0), None)
    # The variance of a share that is Dirichlet's is share * (1 - share) / (concentration + 1).
    concentrations_K = np.clip(1.0 / spreads_K - 1.0, low, high)
    return {"concentrations": concentrations_K.tolist(), "levels": levels_K.tolist()}


def _answers(chances_NK: F64, shares_NK: F64, team_N: I64) -> F64:
    """What `excess` of each candidate [K] would be if the weight of each [K] had the variance 1 / share.

    Moments of the first order in the weights.
    """
    candidates = chances_NK.shape[1]
    answers_KK = np.zeros((candidates, candidates))
    for moved in range(candidates):
        answer_NK = -chances_NK * chances_NK[:, [moved]]
        answer_NK[:, moved] += chances_NK[:, moved]
        answers_KK[:, moved] = (sums(answer_NK / np.sqrt(shares_NK[:, [moved]]), team_N) ** 2).sum(axis=0)
    return answers_KK


def _call_spread(output_NW: F32, labels: HeadLabels, team_N: I64) -> float:
    chances_NC, seen_N, live_N = seen("play_type", output_NW, {"play_type": labels})
    throws = [PLAY_TYPES.index(name) for name in _THROWS]
    throw_N, run_N = chances_NC[:, throws].sum(axis=1), chances_NC[:, PLAY_TYPES.index("run")]
    strayed_N = np.where(live_N, np.isin(seen_N, throws) - throw_N, 0.0)
    variance_N = np.where(live_N, throw_N * (1.0 - throw_N), 0.0)
    answer_N = np.where(live_N, throw_N * (1.0 - (throw_N - run_N)), 0.0)
    return spread(strayed_N, variance_N, answer_N, team_N)
