"""Who stops the clock at the end of a half: shares found again in plays made with known ones."""

import numpy as np
import numpy.typing as npt
import pytest

from sports_platform.core.domain import HeadLabels
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.clock_stops import REACHES, fit_clock_stops
from sports_platform.sports.nfl.outcomes import HEADS, OUTPUT_WIDTH, TIME_GROUPS, TIME_LOWS, YARD_LOWS

NAMES = ("half_seconds_remaining", "yardline_100", "qtr_1", "qtr_2", "qtr_3", "qtr_4", "score_differential")
LAST = len(TIME_LOWS) - 1


def fitted(rows: int, *, quarter: int = 2, after: int = 30, lead: int = 0, stops: float = 0.0) -> list[list[float]]:
    """What is found of runs of three yards with thirty seconds left: half last longer, but for clocks stopped."""
    draw = np.random.default_rng(3)
    chances = np.zeros((len(TIME_GROUPS), len(TIME_LOWS)), np.float32)
    chances[:, TIME_LOWS.index(7)] = chances[:, TIME_LOWS.index(37)] = 0.5
    output = np.zeros((rows, OUTPUT_WIDTH), np.float32)
    output[:, head_slices(HEADS)["time"]] = chances.ravel()
    ended = (draw.random(rows) < 0.5) & (draw.random(rows) >= stops)
    low = np.where(ended, TIME_LOWS.index(29), TIME_LOWS.index(7))
    seconds = HeadLabels(np.full(rows, TIME_GROUPS.index("run")), low, np.where(ended, LAST, low))

    def everywhere(value: int) -> npt.NDArray[np.int64]:
        return np.full(rows, value)

    labels = {
        "time": seconds,
        "play_type": HeadLabels(everywhere(0), everywhere(1), everywhere(1)),
        "yards": HeadLabels(everywhere(5), everywhere(YARD_LOWS.index(3)), everywhere(YARD_LOWS.index(3))),
    }
    state = {"half_seconds_remaining": 30, "yardline_100": after + 3, f"qtr_{quarter}": 1, "score_differential": lead}
    features = np.tile(np.array([state.get(name, 0) for name in NAMES], np.float32), (rows, 1))
    return fit_clock_stops(output, labels, features, NAMES)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
@pytest.mark.parametrize(
    ("quarter", "after", "place"), [(2, REACHES[0], (0, 0)), (2, REACHES[1], (0, 1)), (4, 5, (1, 0))]
)
def test_shares_are_found_again(share: float, quarter: int, after: int, place: tuple[int, int]) -> None:
    found = fitted(20_000, quarter=quarter, after=after, stops=share)
    assert found[place[0]][place[1]] == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize(
    "other", [{"after": REACHES[-1] + 1}, {"quarter": 4, "lead": 1}, {"quarter": 4, "lead": -4}, {"quarter": 3}]
)
def test_nobody_else_tells(other: dict[str, int]) -> None:
    assert fitted(20_000, **other) == fitted(0)


def test_few_plays_leave_the_long_run() -> None:
    few, none = fitted(10), fitted(0)
    assert few != none
    np.testing.assert_allclose(few, none, atol=0.25)
