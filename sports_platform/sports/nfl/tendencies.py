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
from sports_platform.sports.nfl.absences import absence, fit_absences
from sports_platform.sports.nfl.moments import F32, F64, I64, Mask, seen, spread, sums
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
    """Of played games: by role `concentrations`, `absences` and `levels`, and `call_spread`; JSON-able.

    Some candidates take no part (`absences.fit_absences`). Shares of those who do lie around the expected ones like a
    Dirichlet distribution's with a concentration for each slot, as the less used stray further; `levels` are how much
    of the ball the network gives each slot, in parts of its share in the features. `call_spread` is the standard
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


def absent_in_role(fitted: Mapping[str, float], shares_MK: F64, is_quarterback_MK: Mask) -> F64:
    """How likely each candidate takes no part, as his role alone tells [M, K], the last of whom is anybody else.

    Anybody else always does, and the expected quarterback leaves in other ways (`departures`).
    """
    absent_MK = np.where(is_quarterback_MK, 0.0, absence(fitted, np.clip(shares_MK, _LEAST_SHARE, None)))
    absent_MK[:, -1] = 0.0
    return absent_MK


def usage_weights(shares_MK: F64, concentrations_K: F64, in_role_MK: F64, absent_MK: F64) -> F64:
    """Weights [M, K, L] of candidates with these expected shares (which need not sum to one), in WEIGHT_UNIT; mean one.

    The first levels are nought, as many as he is likely to be absent. The others are a gamma variable cut into equally
    likely levels, each of which stands for its mean: of shape concentration * share, if his role tells all of his
    absences; then shares times weights, summed to one, are by one concentration a Dirichlet distribution's. Who also
    has another role, which knows him to be there, strays as far in this one without it.
    """
    gone_MK1 = np.rint(LEVELS * absent_MK)[:, :, None]
    wider_MK = (1.0 - absent_MK) / (1.0 - in_role_MK)
    squares_MK = wider_MK * (1.0 + 1.0 / (concentrations_K * np.clip(shares_MK, _LEAST_SHARE, None)))
    shape_MK1 = 1.0 / (squares_MK - 1.0)[:, :, None]
    there_MKL = (np.arange(LEVELS + 1) - gone_MK1).clip(0.0) / (LEVELS - gone_MK1)
    # The mean of a gamma variable up to an edge is the distribution function of one of the next shape.
    means_MKL = LEVELS * np.diff(gammainc(shape_MK1 + 1.0, gammaincinv(shape_MK1, there_MKL)))
    weights: F64 = np.clip(np.rint(WEIGHT_UNIT * means_MKL), 1.0, _MOST_WEIGHT)
    return np.where(np.arange(LEVELS) < gone_MK1, 0.0, weights)


def tilts(deviation: float) -> F64:
    """Tilts [L] of a call, or forms, in TILT_UNIT, normal with this standard deviation and of mean nought."""
    return normal_levels(TILT_UNIT * deviation, _MOST_TILT)


def normal_levels(deviation: float, most: int) -> F64:
    """Whole numbers [L], normal with this standard deviation and of mean nought, none beyond `most`."""
    normal = ndtri((np.arange(LEVELS) + 0.5) / LEVELS)
    found: F64 = np.clip(np.rint(deviation * normal), -most, most)
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
    chances_NK, seen_N, team_N = chances_NK[live_N], seen_N[live_N], np.unique(team_N[live_N], return_inverse=True)[1]
    shares_NK, is_quarterback_NK = _candidates(role, features_NF[live_N].astype(np.float64), names)
    expected_K = shares_NK.mean(axis=0)
    # A slot that was empty all the time has no level of its own.
    levels_K = np.divide(chances_NK.mean(axis=0), expected_K, out=np.ones_like(expected_K), where=expected_K > 0)
    one_T = np.unique(team_N, return_index=True)[1]
    counts_TK = (shares_NK > 0)[one_T] & ~is_quarterback_NK[one_T]
    counts_TK[:, -1] = False
    shares_NK = np.clip(shares_NK * levels_K, _LEAST_SHARE, None)
    expected_TK, got_TK = sums(chances_NK, team_N), sums(np.eye(chances_NK.shape[1])[seen_N], team_N)
    absences = fit_absences(got_TK, expected_TK, got_TK.sum(axis=1, keepdims=True), counts_TK)
    absent_NK = absent_in_role(absences, shares_NK, is_quarterback_NK)
    concentrations_K = _concentrations(chances_NK, got_TK - expected_TK, shares_NK, absent_NK, team_N)
    return {"concentrations": concentrations_K.tolist(), "absences": absences, "levels": levels_K.tolist()}


def _candidates(role: str, features_NF: F64, names: Sequence[str]) -> tuple[F64, Mask]:
    """Shares of the candidates and anybody else [N, K + 1], and which of them is the quarterback."""
    shares_NK = with_anybody(features_NF[:, [names.index(name) for name in share_names(role)]])
    is_quarterback_NK = np.zeros(shares_NK.shape, np.bool_)
    if role == "rusher":
        columns = [names.index(f"{role}_{slot}_is_qb") for slot in range(1, _SLOTS[role] + 1)]
        is_quarterback_NK[:, :-1] = features_NF[:, columns] > 0
    return shares_NK, is_quarterback_NK


def _concentrations(chances_NK: F64, strayed_TK: F64, shares_NK: F64, absent_NK: F64, team_N: I64) -> F64:
    """Of each slot: what the squares of a game's sums have above independent draws and above what absences say."""
    there_NK = 1.0 - absent_NK
    excess_K = (strayed_TK**2 - sums(chances_NK * (1.0 - chances_NK), team_N)).sum(axis=0)
    excess_K -= _answers(chances_NK, absent_NK / there_NK, team_N).sum(axis=1)
    answers_KK = _answers(chances_NK, 1.0 / (shares_NK * there_NK), team_N)
    low, high = _CONCENTRATIONS
    spreads_K = np.clip(nnls(answers_KK, excess_K)[0], 1.0 / (high + 1.0), None)
    # The variance of a share that is Dirichlet's is share * (1 - share) / (concentration + 1).
    concentrations_K: F64 = np.clip(1.0 / spreads_K - 1.0, low, high)
    return concentrations_K


def _answers(chances_NK: F64, variances_NK: F64, team_N: I64) -> F64:
    """What `excess` of each candidate [K] would be if the weight of each [K] alone had its variance.

    Moments of the first order in the weights.
    """
    candidates = chances_NK.shape[1]
    answers_KK = np.zeros((candidates, candidates))
    for moved in range(candidates):
        answer_NK = -chances_NK * chances_NK[:, [moved]]
        answer_NK[:, moved] += chances_NK[:, moved]
        answers_KK[:, moved] = (sums(answer_NK * np.sqrt(variances_NK[:, [moved]]), team_N) ** 2).sum(axis=0)
    return answers_KK


def _call_spread(output_NW: F32, labels: HeadLabels, team_N: I64) -> float:
    chances_NC, seen_N, live_N = seen("play_type", output_NW, {"play_type": labels})
    throws = [PLAY_TYPES.index(name) for name in _THROWS]
    throw_N, run_N = chances_NC[:, throws].sum(axis=1), chances_NC[:, PLAY_TYPES.index("run")]
    strayed_N = np.where(live_N, np.isin(seen_N, throws) - throw_N, 0.0)
    variance_N = np.where(live_N, throw_N * (1.0 - throw_N), 0.0)
    answer_N = np.where(live_N, throw_N * (1.0 - (throw_N - run_N)), 0.0)
    return spread(strayed_N, variance_N, answer_N, team_N)
