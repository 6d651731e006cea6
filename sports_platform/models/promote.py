"""The gate's decision: is a candidate good enough, and no worse than the champion?

Belongs here: a pure function of two evaluations of the same plays. Running it on stored models is `gate.py`.

Plays of a game share its surprises, so every interval is a bootstrap over games. Against the champion
the question is non-inferiority, since a model as of a later week is worth having when merely equal:
  - the upper end of the 90 % interval of the difference in total loss stays under `tolerance` of the champion's loss;
  - the candidate is not shown to be worse: the lower end of the 95 % interval is not above zero, so that
    losses too small for the tolerance cannot add up over many weeks.
An equal model fails the second by chance in 2.5 % of comparisons and practically never the first.
"""

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from sports_platform.core.domain import ModelPlan
from sports_platform.core.weeks import Week
from sports_platform.models.bootstrap import game_weights, interval
from sports_platform.models.evaluate import Evaluation


class Thresholds(BaseModel):
    """What a candidate must reach. Shares are of the champion's loss; `ece_margin` is in probability."""

    model_config = ConfigDict(frozen=True)

    primary_heads: tuple[str, ...]
    min_accuracy: float
    tolerance: float = 0.005
    # Beyond the 95th percentile of a perfect model: drift between training and validation weeks is real.
    ece_margin: float = 0.01
    draws: int = 2000

    @classmethod
    def of(cls, plan: ModelPlan) -> "Thresholds":
        """The sport's bar with the platform's statistics."""
        return cls(primary_heads=plan.primary_heads, min_accuracy=plan.min_accuracy)


class Check(BaseModel):
    """One number of the verdict, its interval where it has one, and why it passed or failed."""

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    value: float
    low: float | None = None
    high: float | None = None
    reason: str


class Verdict(BaseModel):
    """The decision on a candidate, with every number behind it."""

    model_config = ConfigDict(frozen=True)

    candidate: str
    champion: str | None
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether the candidate may serve."""
        return all(check.passed for check in self.checks)

    @property
    def summary(self) -> str:
        """One line for logs and headings."""
        failed = "; ".join(check.reason for check in self.checks if not check.passed)
        against = f" against {self.champion}" if self.champion else ", first of its kind"
        return f"{self.candidate}{against}: " + ("promoted" if self.passed else f"refused: {failed}")

    def markdown(self) -> str:
        """The checks as a table."""
        lines = ["| check | value | interval | passed | reason |", "|---|---|---|---|---|"]
        for check in self.checks:
            interval = "" if check.low is None else f"{check.low:+.4f} .. {check.high:+.4f}"
            passed = "yes" if check.passed else "NO"
            lines.append(f"| {check.name} | {check.value:+.4f} | {interval} | {passed} | {check.reason} |")
        return "\n".join(lines)


def judge(candidate: Evaluation, champion: Evaluation | None, thresholds: Thresholds, seed: int) -> Verdict:
    """Decide on a candidate; both evaluations must be of the same plays."""
    weights_DG = game_weights(len(candidate.game_ids), thresholds.draws, seed)
    checks = [_beats_baseline(candidate, name, weights_DG) for name in thresholds.primary_heads]
    checks += [_accuracy(candidate, thresholds), _calibrated(candidate, thresholds)]
    if champion is not None:
        checks += _against(candidate, champion, thresholds, weights_DG)
    return Verdict(candidate=candidate.version, champion=champion.version if champion else None, checks=tuple(checks))


def _beats_baseline(candidate: Evaluation, name: str, weights_DG: npt.NDArray[np.float64]) -> Check:
    head = candidate.heads[name]
    gain_G = np.subtract(head.baseline_by_game, head.loss_by_game)
    low, high = interval(gain_G, np.asarray(head.rows_by_game), weights_DG, 0.90)
    return Check(
        name=f"{name} gain on class frequencies, nats",
        passed=low > 0,
        value=head.baseline_log_loss - head.log_loss,
        low=low,
        high=high,
        reason=f"{name}: the 90 % interval of the gain must lie above 0",
    )


def _accuracy(candidate: Evaluation, thresholds: Thresholds) -> Check:
    accuracy = candidate.calibration.accuracy
    return Check(
        name="accuracy",
        passed=accuracy >= thresholds.min_accuracy,
        value=accuracy,
        reason=f"accuracy must be at least {thresholds.min_accuracy:.2f}",
    )


def _calibrated(candidate: Evaluation, thresholds: Thresholds) -> Check:
    calibration = candidate.calibration
    bound = calibration.ece_floor_p95 + thresholds.ece_margin
    return Check(
        name="calibration error",
        passed=calibration.ece <= bound,
        value=calibration.ece,
        reason=f"class-wise ECE must not exceed {bound:.4f}, a perfect model's 95th percentile and a margin",
    )


def _against(
    candidate: Evaluation, champion: Evaluation, thresholds: Thresholds, weights_DG: npt.NDArray[np.float64]
) -> list[Check]:
    newer = Week.parse(candidate.week) >= Week.parse(champion.week)
    reason = f"candidate is as of {candidate.week}, champion as of {champion.week}"
    checks = [Check(name="as of the champion's week or later", passed=newer, value=float(newer), reason=reason)]
    if (candidate.game_ids, candidate.plays_by_game) != (champion.game_ids, champion.plays_by_game):
        reason = "both must be scored on the same plays"
        return [*checks, Check(name="same plays", passed=False, value=0.0, reason=reason)]
    return checks + _no_worse(candidate, champion, thresholds, weights_DG)


def _no_worse(
    candidate: Evaluation, champion: Evaluation, thresholds: Thresholds, weights_DG: npt.NDArray[np.float64]
) -> list[Check]:
    difference_G = np.subtract(candidate.total_by_game, champion.total_by_game)
    plays_G = np.asarray(candidate.plays_by_game)
    value = float(difference_G.sum() / plays_G.sum())
    low90, high90 = interval(difference_G, plays_G, weights_DG, 0.90)
    low95, high95 = interval(difference_G, plays_G, weights_DG, 0.95)
    allowed = thresholds.tolerance * champion.total_loss
    return [
        Check(
            name="total loss less the champion's, nats a play",
            passed=high90 <= allowed,
            value=value,
            low=low90,
            high=high90,
            reason=f"the 90 % interval must end below the tolerance of {allowed:.4f}",
        ),
        Check(
            name="not shown to be worse, nats a play",
            passed=low95 <= 0,
            value=value,
            low=low95,
            high=high95,
            reason="the 95 % interval must not lie above 0",
        ),
    ]
