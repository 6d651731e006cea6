"""What lies within a bin: values of the bin, as usual as they were; evenly spread where nothing was seen."""

from itertools import pairwise

import numpy as np
import pytest

from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.within import PARTS, fit_within
from sports_platform_tests.sports.nfl.test_special import snap, table

EDGES = {
    "yards": (outcomes.YARD_GROUPS, (*outcomes.YARD_LOWS, outcomes.YARD_CAP)),
    "seconds": (outcomes.TIME_GROUPS, (*outcomes.TIME_LOWS, outcomes.TIME_CAP)),
}


def runs(*yards: int) -> list[dict[str, object]]:
    """Runs of so many yards, 40 seconds apart but for the last."""
    clock = {"half_seconds_remaining": 0, "play_type": "run", "qb_scramble": 0}
    return [
        {**snap("A", 90), **clock, "yards_gained": gain, "half_seconds_remaining": 40 * (len(yards) - i)}
        for i, gain in enumerate(yards)
    ]


def test_every_value_lies_in_its_bin_and_in_order():
    found = fit_within(table(runs(*range(-25, 99))).to_arrow())
    for name, (groups, edges) in EDGES.items():
        assert np.array(found[name]).shape == (len(groups), len(edges) - 1, PARTS)
        for bins in found[name]:
            for values, (low, high) in zip(bins, pairwise(edges), strict=True):
                assert low <= values[0] <= values[-1] < high
                assert values == sorted(values)


def test_values_are_as_usual_as_they_were_and_of_their_own_kind():
    found = fit_within(table(runs(*[22] * 300, *[25] * 100)).to_arrow())
    place = outcomes.YARD_LOWS.index(22)  # 22 to 25
    run, caught = (found["yards"][outcomes.YARD_GROUPS.index(name)][place] for name in ("run_under", "complete_flat"))
    assert np.mean(np.array(run) == 22) == pytest.approx(0.75)
    assert np.mean(caught) == pytest.approx(23.5, abs=0.1)  # nothing seen: even


def test_seconds_are_to_the_next_play_and_touchdowns_do_not_count():
    rows = [{**play, "touchdown": 1} for play in runs(*[22] * 200)] + runs(*[25] * 100)
    found = fit_within(table(rows).to_arrow())
    assert set(found["yards"][outcomes.YARD_GROUPS.index("run_under")][outcomes.YARD_LOWS.index(22)]) == {25}
    assert set(found["seconds"][outcomes.TIME_GROUPS.index("run")][outcomes.TIME_LOWS.index(40)]) == {40}


def test_a_touchdown_of_the_last_bin_is_one_from_wherever_it_began():
    scored = [{**play, "touchdown": 1} for play in runs(*[80] * 90)]
    found = fit_within(table(scored + runs(*[76] * 10)).to_arrow())
    last = np.array(found["yards"][outcomes.YARD_GROUPS.index("run_under")][-1])
    assert set(last) == {76, outcomes.YARD_CAP - 1}
    assert np.mean(last == 76) == pytest.approx(0.1, abs=0.5 / PARTS)
