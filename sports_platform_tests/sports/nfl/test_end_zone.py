"""The terms of the end zone: nothing before it has learned and nothing far from it, linear in between."""

import torch

from sports_platform.models.blocks import PACE
from sports_platform.sports.nfl.end_zone import KNOTS, EndZone
from sports_platform.sports.nfl.outcomes import DEPTHS, PASS_RESULTS

LINES = torch.tensor([1.0, 8.0, 9.0, 29.0, 30.0, 80.0])


def test_it_adds_nothing_until_it_has_learned() -> None:
    depths, results = EndZone()(LINES)
    assert depths.shape == (len(LINES), len(DEPTHS))
    assert results.shape == (len(LINES), len(DEPTHS) * len(PASS_RESULTS))
    assert (depths == 0).all()
    assert (results == 0).all()
    assert EndZone()(torch.empty(0))[0].shape == (0, len(DEPTHS))


def test_terms_are_linear_between_knots_and_end_at_the_last() -> None:
    part = EndZone()
    at = KNOTS.index(8), KNOTS.index(10)
    with torch.no_grad():
        part.terms[at[0]], part.terms[at[1]], part.terms[-1] = 2.0 / PACE, 6.0 / PACE, 5.0 / PACE
    for terms in part(LINES):
        expected = torch.tensor([0.0, 2.0, 4.0, 5.0 / (KNOTS[-1] - KNOTS[-2]), 0.0, 0.0])
        torch.testing.assert_close(terms, expected[:, None].expand_as(terms))


def test_depths_come_before_results() -> None:
    part = EndZone()
    with torch.no_grad():
        part.terms[0, : len(DEPTHS)] = 1.0
    depths, results = part(LINES)
    assert (depths[0] > 0).all()
    assert (results == 0).all()
