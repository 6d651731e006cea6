"""What a model must be by itself: readable inputs, playable, better than nothing, not too good to be true, lifelike.

Belongs here: checks against fixed limits, those that hold for every candidate and those for one without a champion
before it. Limits are `verdict.Thresholds`.
"""

import numpy as np

from sports_platform.models.bootstrap import F64, interval, together
from sports_platform.models.evaluate import Evaluation, HeadCalibration
from sports_platform.models.evidence import Evidence, SimulatedGames
from sports_platform.models.paired import Number, pit_cdf, pit_gap, ratio
from sports_platform.models.verdict import Check, Thresholds

# Nats: below, a head's outcome is all but certain, and a share of its loss says nothing.
_LEAST_LOSS = 0.02
COVERAGE = 0.8  # of the interval of which `TeamStat.covered_by_game` counts


def always(candidate: Evidence, limits: Thresholds) -> list[Check]:
    """What holds for every candidate: it reads what is served, can be played, and is not too good to be true."""
    differences = ", ".join(candidate.input_differences)
    inputs = Check(
        name="inputs that differ from the feature version's",
        passed=not candidate.input_differences,
        value=len(candidate.input_differences),
        reason=f"inputs must be those of the feature version, no other: {differences or 'none differs'}",
    )
    games = 0 if candidate.games is None else len(candidate.games.game_ids)
    reason = "held-out games must have been simulated with the candidate"
    played = Check(name="games simulated", passed=games > 0, value=games, reason=reason)
    own = candidate.evaluation
    frequencies = {name: head.baseline_log_loss for name, head in own.heads.items()}
    return [inputs, played, plausible(own, frequencies, "class frequencies", limits.gain_on_frequencies, limits)]


def plausible(own: Evaluation, losses: dict[str, float], whose: str, most: float, limits: Thresholds) -> Check:
    """The largest gain in log loss of any head with enough rows, which no honest model drives above `most`."""
    judged = [name for name, head in own.heads.items() if head.rows >= limits.min_rows and losses[name] >= _LEAST_LOSS]
    gains = {name: 1 - own.heads[name].log_loss / losses[name] for name in judged}
    head = max(gains, key=lambda name: gains[name], default="no head")
    return Check(
        name=f"largest gain on {whose}, share of the log loss",
        passed=gains.get(head, 0.0) <= most,
        value=gains.get(head, 0.0),
        reason=f"{head}: more than {most:.2f} is too good to be true: look for an input that knows the outcome",
    )


def at_least_frequencies(own: Evaluation, limits: Thresholds, weights_DG: F64) -> list[Check]:
    """With a champion: no primary head is shown to be worse than class frequencies, however many steps led here."""
    return [_gain(own, name, weights_DG, level=0.99, surely=False) for name in limits.primary_heads]


def first_model(own: Evaluation, limits: Thresholds, weights_DG: F64) -> list[Check]:
    """Without a champion: primary heads beat class frequencies, calls are accurate, every head is calibrated."""
    gains = [_gain(own, name, weights_DG, level=0.90, surely=True) for name in limits.primary_heads]
    accuracy = Check(
        name="accuracy",
        passed=own.accuracy >= limits.min_accuracy,
        value=own.accuracy,
        reason=f"accuracy must be at least {limits.min_accuracy:.2f}",
    )
    errors = [
        _calibrated(name, head.calibration, limits)
        for name, head in own.heads.items()
        if head.calibration is not None and head.rows >= limits.min_rows
    ]
    return [*gains, accuracy, *errors]


def _gain(own: Evaluation, name: str, weights_DG: F64, *, level: float, surely: bool) -> Check:
    head = own.heads[name]
    gain_G = np.subtract(head.baseline_by_game, head.loss_by_game)
    low, high = interval(gain_G, np.asarray(head.rows_by_game), weights_DG, level)
    must = "must lie above 0" if surely else "must not lie below 0"
    return Check(
        name=f"{name} gain on class frequencies, nats",
        passed=(low if surely else high) > 0,
        value=head.baseline_log_loss - head.log_loss,
        low=low,
        high=high,
        reason=f"{name}: the {level:.0%} interval of the gain on class frequencies {must}",
    )


def _calibrated(name: str, found: HeadCalibration, limits: Thresholds) -> Check:
    margin = limits.ece_margin if name == limits.calibrated_head else limits.head_ece_margin / found.classes
    bound = found.floor_p95 - found.floor_mean + margin
    return Check(
        name=f"debiased calibration error, {name}",
        passed=found.debiased <= bound,
        value=found.debiased,
        reason=f"{name}: class-wise ECE, less a perfect model's, must not exceed its noise and a margin, {bound:.4f}",
    )


def first_games(games: SimulatedGames, limits: Thresholds, weights_DG: F64) -> list[Check]:
    """Without a champion: team statistics and players' points are not shown to be far from the real ones."""
    names, numbers, margins = [], [], []
    for name, stat in games.stats.items():
        real = abs(sum(stat.actual_by_game)) / sum(games.teams_by_game)
        names += [f"mean error, {name}", f"coverage of the 80 % interval less 0.8, {name}"]
        numbers.append(ratio(stat.error_by_game, games.teams_by_game, weights_DG))
        covered = ratio(stat.covered_by_game, games.teams_by_game, weights_DG)
        numbers.append(Number(covered.value - COVERAGE, covered.drawn_D - COVERAGE))
        margins += [limits.error_margin * real, limits.coverage_margin]
    # Half the error on each side of zero: a statistic may be too high or too low.
    drawn_DM = np.stack([number.drawn_D for number in numbers], axis=1)
    values_M = np.array([number.value for number in numbers])
    bounds = together(values_M, drawn_DM, len(games.game_ids), limits.family_error / 2)
    ends = zip(names, numbers, bounds.low_M, bounds.high_M, margins, strict=True)
    return [
        *(_off(name, number, float(low), float(high), margin) for name, number, low, high, margin in ends),
        _pit(games, limits, weights_DG),
    ]


def _off(name: str, number: Number, low: float, high: float, margin: float) -> Check:
    errors = number.value / number.drawn_D.std() if number.drawn_D.any() else 0.0
    return Check(
        name=name,
        passed=low <= margin and high >= -margin,
        value=number.value,
        low=low,
        high=high,
        reason=f"{name}, here {errors:+.1f} standard errors: the interval must meet -{margin:.2f} .. {margin:.2f}",
    )


def _pit(games: SimulatedGames, limits: Thresholds, weights_DG: F64) -> Check:
    """A perfect model's gap is its resamples' distance from their own middle."""
    once = np.ones((1, len(games.game_ids)))
    noise_D = np.sqrt(((pit_cdf(games, weights_DG) - pit_cdf(games, once)) ** 2).mean(axis=1))
    bound = float(np.quantile(noise_D, 1 - limits.family_error)) + limits.pit_margin
    gap = pit_gap(games, weights_DG)
    return Check(
        name="PIT of players' points, distance from uniform",
        passed=gap.value <= bound,
        value=gap.value,
        reason=f"players' points: the PIT's distance must not exceed its sampling noise and a margin, {bound:.4f}",
    )
