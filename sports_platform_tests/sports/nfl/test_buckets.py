"""Bins: every state finds one whose canonical value lies in it."""

import numpy as np

from sports_platform.sports.nfl.buckets import Buckets
from sports_platform.sports.nfl.state import STATE_NAMES

BUCKETS = Buckets.load()


def test_canonical_values_lie_in_their_own_bins() -> None:
    spec = BUCKETS.spec
    for bins in (*spec.distance.values(), *spec.yardline.values(), *spec.margin.values()):
        assert bins.lookup(np.array(bins.canonical)).tolist() == list(range(len(bins.lows)))
    for clock in spec.clock.values():
        assert clock.lookup(np.array(clock.canonical)).tolist() == list(range(len(clock.tops)))


def test_the_clock_is_looked_up_from_the_top_down() -> None:
    clock = BUCKETS.spec.clock["first_half"]
    later = np.array(clock.tops[1:])
    assert clock.tops[0] == 1800
    assert clock.lookup(later).tolist() == list(range(1, len(clock.tops)))
    assert clock.lookup(later + 1).tolist() == list(range(len(clock.tops) - 1))
    assert clock.lookup(np.array([1800, 1, 0])).tolist() == [0, len(clock.tops) - 1, len(clock.tops) - 1]


def test_a_leader_meets_a_defence_that_has_spent_its_timeouts() -> None:
    spec = BUCKETS.spec
    last = sum(len(clock.tops) for clock in list(spec.clock.values())[:2]) - 1
    margins = len(spec.margin["fine"].lows)
    buckets = np.array([(1, 5, 8, last - 4, margin) for margin in range(margins)], np.int32)
    named = dict(zip(STATE_NAMES, BUCKETS.features(buckets).T, strict=True))
    leads = named["score_differential"] > 0
    assert leads.any()
    assert (named["defteam_timeouts"][leads] < named["defteam_timeouts"][~leads].min()).all()
    assert (named["can_kneel_out"] == leads).all()


def test_features_of_every_bucket_are_those_of_a_possible_snap() -> None:
    clocks = sum(len(clock.tops) for clock in BUCKETS.spec.clock.values())
    buckets = np.array([(down, 5, 8, clock, 1) for down in (1, 2, 3, 4) for clock in range(clocks)], np.int32)
    named = dict(zip(STATE_NAMES, BUCKETS.features(buckets).T, strict=True))
    quarters = named["qtr_1"] + named["qtr_2"] + named["qtr_3"] + named["qtr_4"] + named["is_overtime"]
    assert (quarters == 1).all()
    assert (named["down_1"] + named["down_2"] + named["down_3"] + named["down_4"] == 1).all()
    first_half = (named["qtr_1"] + named["qtr_2"]) == 1
    assert (named["game_seconds_remaining"] - named["half_seconds_remaining"] == 1800 * first_half).all()
    assert (named["ydstogo"] <= named["yardline_100"]).all()
