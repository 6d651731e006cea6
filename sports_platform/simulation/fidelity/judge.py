"""One comparison of simulated with real: the difference, its interval over games, and whether the goal is met.

Belongs here: what is the same of every row. A comparison is a function of sums over games, so that drawing games anew
is one product of matrices. Legend: D resamples, G games, K sums.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from sports_platform.models.bootstrap import game_weights

F64 = npt.NDArray[np.float64]

LEVEL = 0.95
_DRAWS = 2000

Compared = tuple[F64, F64, F64]  # real (or a reference's), simulated, difference
Statistic = Callable[[F64], Compared]  # of sums over games [..., K]


class Met(StrEnum):
    """Whether a difference is where it should be, by its interval and not by its value alone."""

    YES = "yes"
    NO = "no"
    OPEN = "not distinguishable"
    UNJUDGED = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the difference should lie."""

    text: str
    low: float = -inf
    high: float = inf
    same_sign: bool = False  # of what is compared

    @classmethod
    def within(cls, distance: float, unit: str = "", *, same_sign: bool = False) -> "Goal":
        """No further from 0 than `distance`."""
        text = f"within {distance:g}{unit}" + ", same sign" * same_sign
        return cls(text, -distance, distance, same_sign)

    @classmethod
    def at_most(cls, most: float, unit: str = "") -> "Goal":
        """Of differences that are better the lower they are."""
        return cls(f"at most {most:g}{unit}", high=most)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report: `inside` is whether the difference itself is in the goal, `met` whether that is sure."""

    theme: str
    name: str
    count: int  # of what is compared: team games, games, players' games
    real: float
    simulated: float
    difference: float
    low: float
    high: float
    goal: str
    inside: bool | None
    met: Met


class Judge:
    """Compares by games drawn with replacement; one for all rows, so that their intervals belong together."""

    def __init__(self, games: int, seed: int) -> None:
        self._weights_DG = game_weights(games, _DRAWS, seed)

    def row(
        self, theme: str, name: str, count: int, sums_GK: F64, statistic: Statistic, goal: Goal | None = None
    ) -> Row:
        """The row of a statistic of sums over games; resamples in which it is not defined are left out."""
        return self._row(theme, name, count, sums_GK, statistic, goal, (inf, -inf))

    def share(self, theme: str, name: str, sums_GK: F64, goal: Goal) -> Row:
        """The row of a share of what happened: sums (count, real, simulated), both in percent.

        What never or always happened is the same in every resample: the interval holds Wilson's of independent cases.
        """
        count, real, simulated = sums_GK.sum(axis=0)
        low, high = wilson(real / 100, count)
        ends = (simulated / count - 100 * high, simulated / count - 100 * low)
        return self._row(theme, name, int(count), sums_GK, mean_difference, goal, ends)

    def _row(
        self,
        theme: str,
        name: str,
        count: int,
        sums_GK: F64,
        statistic: Statistic,
        goal: Goal | None,
        least: tuple[float, float],
    ) -> Row:
        """The interval holds `least`, whatever the resamples say."""
        with np.errstate(divide="ignore", invalid="ignore"):
            real, simulated, difference = (float(value) for value in statistic(sums_GK.sum(axis=0)))
            drawn = statistic(self._weights_DG @ sums_GK)
        spread_D = drawn[2][np.isfinite(drawn[2])]
        tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
        low, high = np.quantile(spread_D, tails) if spread_D.size else (-inf, inf)
        low, high = min(float(low), least[0]), max(float(high), least[1])
        inside = met = None
        if goal is not None:
            signs_differ = goal.same_sign and real * simulated < 0
            inside = goal.low <= difference <= goal.high and not signs_differ
            met = _met(goal, low, high, drawn)
        return Row(
            theme, name, count, real, simulated, difference, low, high,
            goal.text if goal else "", inside, met or Met.UNJUDGED,
        )  # fmt: skip


def _met(goal: Goal, low: float, high: float, drawn: Compared) -> Met:
    """Decided when the interval lies wholly in the goal or wholly outside; signs must be as sure as the interval."""
    differ = float((drawn[0] * drawn[1] < 0).mean()) if goal.same_sign else 0.0
    if low > goal.high or high < goal.low or differ > LEVEL:
        return Met.NO
    surely_alike = differ <= (1 - LEVEL) / 2
    return Met.YES if goal.low <= low and high <= goal.high and surely_alike else Met.OPEN


def wilson(seen: float, count: float) -> tuple[float, float]:
    """Interval of a chance by which something was seen in `seen` of `count` independent cases (Wilson 1927)."""
    z2 = NormalDist().inv_cdf((1 + LEVEL) / 2) ** 2
    share = seen / count
    centre, reach = share + z2 / (2 * count), sqrt(z2 * (share * (1 - share) + z2 / (4 * count)) / count)
    return (centre - reach) / (1 + z2 / count), (centre + reach) / (1 + z2 / count)


def mean_difference(sums: F64) -> Compared:
    """Of sums (count, real, simulated): both means and their difference."""
    real, simulated = sums[..., 1] / sums[..., 0], sums[..., 2] / sums[..., 0]
    return real, simulated, simulated - real


def mean_percent(sums: F64) -> Compared:
    """Of sums (count, real, simulated): both means and by how many percent the second is larger."""
    real, simulated, _ = mean_difference(sums)
    return real, simulated, 100 * (simulated / real - 1)


def deviation_percent(sums: F64) -> Compared:
    """Of sums (count, real, its square, simulated, its square): both standard deviations and percent between them.

    The real variance is a sample's; the simulated one is over all scenarios, whose number makes no such difference.
    """
    count, real, real2, simulated, simulated2 = (sums[..., place] for place in range(5))
    spread = np.sqrt((real2 / count - (real / count) ** 2) * count / (count - 1))
    simulated_spread = np.sqrt(simulated2 / count - (simulated / count) ** 2)
    return spread, simulated_spread, 100 * (simulated_spread / spread - 1)


def correlation_difference(sums: F64) -> Compared:
    """Of sums (count, then x, y, xx, yy, xy of the real and of the simulated): both correlations and the difference."""
    count = sums[..., :1]
    real, simulated = (_correlation(sums[..., start : start + 5] / count) for start in (1, 6))
    return real, simulated, simulated - real


def _correlation(means: F64) -> F64:
    x, y, xx, yy, xy = (means[..., place] for place in range(5))
    value: F64 = (xy - x * y) / np.sqrt((xx - x**2) * (yy - y**2))
    return value
