"""The gate's verdict: every number it looked at, with its interval, and why it passed or not; and the gate's limits.

Belongs here: the records and how they read. What is compared is `versus.py` and `minimums.py`.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from sports_platform.core.domain import ModelPlan

Standing = Literal["better", "equal", "worse"]


class Thresholds(BaseModel):
    """The gate's limits; docs/gate.md says why each is what it is."""

    model_config = ConfigDict(frozen=True)

    primary_heads: tuple[str, ...]
    calibrated_head: str
    min_accuracy: float
    draws: int = 2000
    min_rows: int = 300  # a head with fewer is in the total only
    family_error: float = 0.0125  # of each of three families: losses, calibration, simulation

    # Shares of the champion's number. Tolerance: what a 95 % bound must stay under. Negligible: held against nobody.
    total_tolerance: float = 0.005
    head_tolerance: float = 0.02
    games_tolerance: float = 0.15  # CRPS of simulated team statistics
    negligible_total: float = 0.0005
    negligible_loss: float = 0.002
    negligible_brier: float = 0.002
    negligible_crps: float = 0.01
    # Of the mean probability of a class; of the statistic's real mean; in shares of games and of players.
    negligible_ece: float = 0.02
    negligible_error: float = 0.01
    negligible_coverage: float = 0.02
    negligible_pit: float = 0.01

    # Without a champion. Beyond the 95th percentile of a perfect model: drift between weeks is real.
    ece_margin: float = 0.01
    head_ece_margin: float = 0.15  # of the mean probability of a class
    error_margin: float = 0.1  # of the statistic's real mean
    coverage_margin: float = 0.1
    pit_margin: float = 0.05

    # Too good to be true: shares of the loss that no honest change of a model was seen to gain.
    gain_on_champion: float = 0.25
    gain_on_frequencies: float = 0.6

    @classmethod
    def of(cls, plan: ModelPlan) -> "Thresholds":
        """The sport's bar with the platform's statistics."""
        return cls(
            primary_heads=plan.primary_heads, calibrated_head=plan.calibrated_head, min_accuracy=plan.min_accuracy
        )


class Check(BaseModel):
    """One number of the verdict, its interval where it has one, and why it passed or failed.

    `standing` is against the champion, of numbers that are compared with it: what the interval shows.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    value: float
    low: float | None = None
    high: float | None = None
    reason: str
    standing: Standing | None = None


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
    def standing(self) -> str:
        """How many of the numbers compared with the champion are better, and of how many that is shown."""
        compared = [check for check in self.checks if check.standing is not None]
        better = sum(check.value < 0 for check in compared)
        shown = sum(check.standing == "better" for check in compared)
        return f"{better} of {len(compared)} numbers better than the champion's, {shown} of them shown to be"

    @property
    def summary(self) -> str:
        """One line for logs and headings."""
        failed = "; ".join(check.reason for check in self.checks if not check.passed)
        against = f" against {self.champion}, {self.standing}" if self.champion else ", first of its kind"
        return f"{self.candidate}{against}: " + ("promoted" if self.passed else f"refused: {failed}")

    def markdown(self) -> str:
        """The checks as a table."""
        lines = ["| check | value | interval | passed | reason |", "|---|---|---|---|---|"]
        for check in self.checks:
            interval = "" if check.low is None else f"{check.low:+.4f} .. {check.high:+.4f}"
            passed = "yes" if check.passed else "NO"
            lines.append(f"| {check.name} | {check.value:+.4f} | {interval} | {passed} | {check.reason} |")
        return "\n".join(lines)
