"""Candidate against champion on the same games: losses, calibration and simulated games.

Belongs here: which numbers are compared and by how much they may differ. How a family of them is judged is `paired.py`;
limits are `verdict.Thresholds`.
"""

from collections.abc import Sequence

import numpy as np

from sports_platform.models.bootstrap import F64
from sports_platform.models.evaluate import Evaluation, HeadCalibration, HeadScore
from sports_platform.models.evidence import SimulatedGames, TeamStat
from sports_platform.models.minimums import COVERAGE
from sports_platform.models.paired import Number, Pair, calibration_error, checks, pit_gap, ratio, weighted
from sports_platform.models.verdict import Check, Thresholds

Heads = tuple[HeadScore, HeadScore]  # of candidate and champion


def loss_checks(own: Evaluation, other: Evaluation, limits: Thresholds, weights_DG: F64) -> list[Check]:
    """Log loss of all heads together and of each, CRPS of ordered heads."""
    totals = [ratio(found.total_by_game, own.plays_by_game, weights_DG) for found in (own, other)]
    pairs = [_shares("log loss, all heads", totals, limits.negligible_total, limits.total_tolerance)]
    for name, both in _heads(own, other, limits).items():
        tolerance = limits.head_tolerance if name in limits.primary_heads else None
        losses = [ratio(head.loss_by_game, head.rows_by_game, weights_DG) for head in both]
        pairs.append(_shares(f"log loss, {name}", losses, limits.negligible_loss, tolerance))
        crps = [ratio(head.crps_by_game, head.ranked_by_game, weights_DG) for head in both if head.crps_by_game]
        if crps:
            pairs.append(_shares(f"CRPS, {name}", crps, limits.negligible_loss, tolerance))
    return checks(pairs, len(own.game_ids), limits.family_error)


def calibration_checks(own: Evaluation, other: Evaluation, limits: Thresholds, weights_DG: F64) -> list[Check]:
    """Brier score and debiased calibration error, of all heads together and of each."""
    both = [np.sum([head.brier_by_game for head in found.heads.values()], axis=0) for found in (own, other)]
    totals = [ratio(by_game, own.plays_by_game, weights_DG) for by_game in both]
    pairs = [_shares("Brier score, all heads", totals, limits.negligible_brier)]
    heads = _heads(own, other, limits)
    for name, found in heads.items():
        briers = [ratio(head.brier_by_game, head.exact_by_game, weights_DG) for head in found]
        pairs.append(_shares(f"Brier score, {name}", briers, limits.negligible_brier))
    errors, cells = [], []
    for name, (mine, theirs) in heads.items():
        if mine.calibration is not None and theirs.calibration is not None:
            rows_G = mine.exact_by_game
            errors.append(_error_pair(name, (mine.calibration, theirs.calibration), rows_G, limits, weights_DG))
            cells.append((sum(rows_G), mine.calibration.classes))
    if errors:
        pairs.append(_overall(errors, cells, limits))
    return checks([*pairs, *errors], len(own.game_ids), limits.family_error)


def game_checks(own: SimulatedGames, other: SimulatedGames, limits: Thresholds, weights_DG: F64) -> list[Check]:
    """Team statistics and players' points of the simulated games."""
    gaps = [pit_gap(found, weights_DG) for found in (own, other)]
    pairs = [_pair("PIT of players' points, distance from uniform", gaps, limits.negligible_pit)]
    for name, stat in own.stats.items():
        pairs += _stat_pairs(name, (stat, other.stats[name]), own.teams_by_game, limits, weights_DG)
    return checks(pairs, len(own.game_ids), limits.family_error)


def _stat_pairs(
    name: str, both: tuple[TeamStat, TeamStat], teams_G: Sequence[int], limits: Thresholds, weights_DG: F64
) -> list[Pair]:
    real = abs(sum(both[0].actual_by_game)) / sum(teams_G)
    errors = [ratio(stat.error_by_game, teams_G, weights_DG).distance() for stat in both]
    covered = [ratio(stat.covered_by_game, teams_G, weights_DG).distance(COVERAGE) for stat in both]
    crps = [ratio(stat.crps_by_game, teams_G, weights_DG) for stat in both]
    return [
        _pair(f"mean error, {name}", errors, limits.negligible_error * real),
        _shares(f"CRPS, {name}", crps, limits.negligible_crps, limits.games_tolerance),
        _pair(f"error of the 80 % interval's coverage, {name}", covered, limits.negligible_coverage),
    ]


def _heads(own: Evaluation, other: Evaluation, limits: Thresholds) -> dict[str, Heads]:
    """Heads with enough rows to be judged alone."""
    return {name: (head, other.heads[name]) for name, head in own.heads.items() if head.rows >= limits.min_rows}


def _pair(name: str, both: Sequence[Number], negligible: float) -> Pair:
    own, other = both
    return Pair(name, own, other, negligible)


def _shares(name: str, both: Sequence[Number], negligible: float, tolerance: float | None = None) -> Pair:
    """A pair whose limits are shares of the champion's number."""
    own, other = both
    return Pair(name, own, other, negligible * other.value, None if tolerance is None else tolerance * other.value)


def _error_pair(
    name: str,
    both: tuple[HeadCalibration, HeadCalibration],
    rows_G: Sequence[int],
    limits: Thresholds,
    weights_DG: F64,
) -> Pair:
    own, other = (calibration_error(found, rows_G, weights_DG) for found in both)
    band, classes = both[0].floor_p95 - both[0].floor_mean, both[0].classes
    within = f"the candidate's {own.value:+.5f} lies within a perfect model's noise, {band:.5f}"
    excuse = within if own.value <= band else ""
    return Pair(f"debiased calibration error, {name}", own, other, limits.negligible_ece / classes, excuse=excuse)


def _overall(errors: Sequence[Pair], cells: Sequence[tuple[int, int]], limits: Thresholds) -> Pair:
    """Errors summed over a row's classes, so that heads of few and of many count alike, and averaged over rows.

    `cells` are the rows and classes of each head.
    """
    shares = [rows * classes / sum(rows for rows, _ in cells) for rows, classes in cells]
    own, other = (weighted([getattr(pair, side) for pair in errors], shares) for side in ("own", "other"))
    excuse = "every head lies within a perfect model's noise" if all(pair.excuse for pair in errors) else ""
    return Pair("debiased calibration error, all heads", own, other, limits.negligible_ece, excuse=excuse)
