"""Semantic buckets of a game state: reading buckets.yaml, look-up arrays for the engine, canonical features.

Belongs here: from bins to features and back. Which bins there are, and why, stands in buckets.yaml.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from sports_platform.sports.nfl.special import MAX_MARGIN
from sports_platform.sports.nfl.state import state_features

Ints = npt.NDArray[np.integer]

_DOWNS = (1, 2, 3, 4)
_HALF_SECONDS = 1800
_QUARTER_SECONDS = 900
_FILE = Path(__file__).with_name("buckets.yaml")


class Bins(BaseModel):
    """Bins by their lowest values; values below the first bin count to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lows: list[int]
    canonical: list[int]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lows != sorted(set(self.lows)) or len(self.lows) != len(self.canonical):
            raise ValueError("bins need ascending lows and a canonical value each")
        return self

    def lookup(self, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The bin of each value."""
        return np.clip(np.searchsorted(self.lows, values, side="right") - 1, 0, len(self.lows) - 1)


class ClockBins(BaseModel):
    """Bins of a half's clock, from the top down, and which margin bins go with each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tops: list[int]
    canonical: list[int]
    margins: list[str]
    # Of the team with the ball and of the other, when the former trails, is level, leads.
    timeouts: list[tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        falling = self.tops == sorted(set(self.tops), reverse=True)
        if not falling or not len(self.tops) == len(self.canonical) == len(self.margins) == len(self.timeouts):
            raise ValueError("clock bins need descending tops, and a canonical value, margin bins and timeouts each")
        return self

    def lookup(self, seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The bin of each clock reading."""
        ascending = np.array(self.tops[::-1])
        place = np.searchsorted(ascending, seconds, side="left")
        return np.clip(len(self.tops) - 1 - place, 0, len(self.tops) - 1)


class BucketSpec(BaseModel):
    """buckets.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    distance: dict[int, Bins]  # by down
    yardline: dict[int, Bins]
    margin: dict[str, Bins]
    clock: dict[str, ClockBins]

    @model_validator(mode="after")
    def _every_down(self) -> Self:
        if list(self.distance) != list(_DOWNS) or list(self.yardline) != list(_DOWNS):
            raise ValueError("distance and yardline need bins for the downs 1, 2, 3, 4")
        return self


@dataclass(frozen=True)
class Buckets:
    """The bins with the clock's halves strung together; descriptors are (down, distance, yardline, clock, margin)."""

    spec: BucketSpec

    @classmethod
    def load(cls, path: Path = _FILE) -> Self:
        """The bins of a YAML file."""
        return cls(BucketSpec.model_validate(yaml.safe_load(path.read_text())))

    def tables(self) -> dict[str, npt.NDArray[np.float64]]:
        """Look-up arrays: yards to go and yard line 0-99 by down, seconds 0-1800 by half, margin -60..60 by clock."""
        yards, margins = np.arange(100), np.arange(-MAX_MARGIN, MAX_MARGIN + 1)
        halves, first = [], 0
        for clock in self.spec.clock.values():
            halves.append(clock.lookup(np.arange(_HALF_SECONDS + 1)) + first)
            first += len(clock.tops)
        distances, yardlines, of_margin = (
            list(axis.values()) for axis in (self.spec.distance, self.spec.yardline, self.spec.margin)
        )
        sizes = (_most(distances), _most(yardlines), first, _most(of_margin))
        arrays = {
            "bin_counts": np.array(sizes),
            "distance_bins": np.stack([bins.lookup(yards) for bins in distances]),
            "yardline_bins": np.stack([bins.lookup(yards) for bins in yardlines]),
            "clock_bins": np.concatenate(halves),
            "score_bins": np.stack([bins.lookup(margins) for bins in self._margins_of_clock()]),
        }
        return {name: array.astype(np.float64) for name, array in arrays.items()}

    def features(self, buckets: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """State features of descriptors [N, 5] at their canonical values."""
        down, _, _, clock, margin = buckets.T
        half, seconds = self._clock_values()
        margins = _values(self._margins_of_clock())[clock, margin]
        distances, yards = self.yards(buckets)
        return self._features(down, distances, yards, half[clock], seconds[clock], margins, clock)

    def yards(self, buckets: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Canonical yards to a first down and to the goal line of descriptors [N, 5]."""
        down, distance, yardline = buckets[:, :3].T
        distances, yardlines = (_values(list(axis.values())) for axis in (self.spec.distance, self.spec.yardline))
        return distances[down - 1, distance], yardlines[down - 1, yardline]

    def exact_features(self, states: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """State features of states [N, 5] as they are: (down, yards to go, yard line, half * 1801 + clock, margin)."""
        down, distance, yards, moment, margins = states.astype(np.int64).T
        half, seconds = np.divmod(moment, _HALF_SECONDS + 1)
        clock = self.tables()["clock_bins"].astype(np.int64)[moment]
        return self._features(down, distance, yards, half, seconds, margins, clock)

    def _features(
        self, down: Ints, distance: Ints, yards: Ints, half: Ints, seconds: Ints, margins: Ints, clock: Ints
    ) -> npt.NDArray[np.float32]:
        overtime, first_half = half == 2, half == 0
        early = seconds > _QUARTER_SECONDS
        timeouts = np.array([rows for bins in self.spec.clock.values() for rows in bins.timeouts])
        timeouts_N2 = timeouts[clock, 1 + np.sign(margins)]
        quarter = np.where(overtime, 5, np.where(first_half, 2, 4) - early)
        return state_features(
            down=down,
            # At most the goal line: no snap has farther to go for a first down than for a touchdown.
            ydstogo=np.minimum(distance, yards),
            yardline_100=yards,
            qtr=quarter,
            half_seconds_remaining=seconds,
            game_seconds_remaining=seconds + _HALF_SECONDS * first_half,
            score_differential=margins,
            posteam_timeouts_remaining=timeouts_N2[:, 0],
            defteam_timeouts_remaining=timeouts_N2[:, 1],
        )

    def _margins_of_clock(self) -> list[Bins]:
        return [self.spec.margin[name] for clock in self.spec.clock.values() for name in clock.margins]

    def _clock_values(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        pairs = [(half, seconds) for half, clock in enumerate(self.spec.clock.values()) for seconds in clock.canonical]
        halves, seconds = np.array(pairs).T
        return halves, seconds


def _most(bins: Sequence[Bins]) -> int:
    return max(len(each.lows) for each in bins)


def _values(bins: Sequence[Bins]) -> npt.NDArray[np.int64]:
    """Canonical values, a row for each set of bins; the shorter are filled up with zeros."""
    values = np.zeros((len(bins), _most(bins)), np.int64)
    for row, each in zip(values, bins, strict=True):
        row[: len(each.canonical)] = each.canonical
    return values
