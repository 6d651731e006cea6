"""The term of the line to gain: nothing before it has learned, and by yards short of the line or past it."""

import torch

from sports_platform.sports.nfl.outcomes import YARD_GROUPS, YARD_LOWS
from sports_platform.sports.nfl.sticks import Sticks

SHAPE = (len(YARD_GROUPS), len(YARD_LOWS))


def test_it_adds_nothing_until_it_has_learned():
    assert (Sticks()(torch.tensor([1.0, 10.0, 99.0])) == 0).all()
    assert Sticks()(torch.empty(0)).shape == (0, len(YARD_GROUPS) * len(YARD_LOWS))


def test_a_class_of_one_yard_has_the_term_of_its_distance_from_the_line():
    part = Sticks()
    with torch.no_grad():
        part.terms[5] = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
    terms = part(torch.tensor([7.0, 1.0, 30.0])).view(3, *SHAPE)
    at = {low: place for place, low in enumerate(YARD_LOWS)}
    assert [terms[0, 5, at[low]].item() for low in (4, 5, 6, 7, 8, 9, 10)] == [0, 1, 2, 3, 4, 5, 0]
    assert [terms[1, 5, at[low]].item() for low in (-2, -1, 0, 1, 2, 3, 4)] == [0, 1, 2, 3, 4, 5, 0]
    assert (terms[2] == 0).all()  # 31 yards begin a class of several yards
    assert (terms[:, [0, 4, 6]] == 0).all()  # other groups


def test_classes_of_several_yards_have_none():
    part = Sticks()
    with torch.no_grad():
        part.terms += 1.0
    terms = part(torch.tensor([13.0])).view(*SHAPE)
    assert terms[0].nonzero().flatten().tolist() == [YARD_LOWS.index(11), YARD_LOWS.index(12)]
