"""The term of the goal line: nothing before it has learned, and the same for ends as far from the line."""

import torch

from sports_platform.sports.nfl.goal_line import GoalLine
from sports_platform.sports.nfl.outcomes import YARD_GROUPS, YARD_LOWS

SHAPE = (len(YARD_GROUPS), len(YARD_LOWS))


def test_it_adds_nothing_until_it_has_learned():
    assert (GoalLine()(torch.tensor([1.0, 50.0, 99.0])) == 0).all()
    assert GoalLine()(torch.empty(0)).shape == (0, len(YARD_GROUPS) * len(YARD_LOWS))


def test_a_class_has_the_term_of_the_yards_it_leaves_to_the_line():
    part = GoalLine()
    with torch.no_grad():
        part.terms[2, 0], part.terms[2, 1] = 5.0, -3.0
    terms = part(torch.tensor([4.0, 40.0])).view(2, *SHAPE)
    lows = torch.tensor(YARD_LOWS)
    assert (terms[0, 2, lows >= 4] == 5.0).all()  # over the line: a touchdown
    assert (terms[0, 2, lows == 3] == -3.0).all()  # a yard short
    assert (terms[0, 2, lows < 3] == 0.0).all()
    assert (terms[0, [0, 1, 3]] == 0.0).all()  # other groups
    assert (terms[1, 2, lows < 38] == 0.0).all()  # and classes that end far from it
