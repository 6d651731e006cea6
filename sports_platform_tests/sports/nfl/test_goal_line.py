"""The term of the goal line: nothing before it has learned, and the same for ends as far from the line."""

import math

import pytest
import torch

from sports_platform.models.blocks import PACE
from sports_platform.sports.nfl.goal_line import GoalLine
from sports_platform.sports.nfl.outcomes import YARD_GROUPS, YARD_LOWS

SHAPE = (len(YARD_GROUPS), len(YARD_LOWS))


def test_it_adds_nothing_until_it_has_learned_where_no_class_is_cut():
    assert (GoalLine()(torch.tensor([1.0, 9.0, 48.0, 75.0, 80.0, 99.0])) == 0).all()
    assert GoalLine()(torch.empty(0)).shape == (0, len(YARD_GROUPS) * len(YARD_LOWS))


def test_a_class_that_the_line_cuts_keeps_its_part():
    """From the 50 the class of 48 to 59 yards can end at 48 or 49 alone; the last class holds touchdowns, too."""
    terms = GoalLine()(torch.tensor([50.0])).view(*SHAPE)
    cut = YARD_LOWS.index(48)
    runs = YARD_GROUPS.index("run_under")
    assert terms[runs, cut].item() == pytest.approx(math.log(2 / 12))
    assert (terms[runs, torch.arange(len(YARD_LOWS)) != cut] == 0).all()
    assert (terms[YARD_GROUPS.index("punt_net")] == 0).all()


def test_a_class_has_the_term_of_its_length_and_of_the_yards_it_leaves_to_the_line():
    part = GoalLine()
    with torch.no_grad():
        part.terms[2, 0, 0], part.terms[2, 0, 1], part.terms[2, 2, 0] = 5.0 / PACE, -3.0 / PACE, 2.0 / PACE
    terms = part(torch.tensor([4.0, 40.0])).view(2, *SHAPE)
    lows = torch.tensor(YARD_LOWS)
    assert (terms[0, 2, (lows >= 4) & (lows < 6)] == 5.0).all()  # over the line: a touchdown
    assert (terms[0, 2, (lows >= 6) & (lows < 13)] == 0.0).all()  # by a middling gain
    assert (terms[0, 2, lows >= 13] == 2.0).all()  # by a long one
    assert (terms[0, 2, lows == 3] == -3.0).all()  # a yard short
    assert (terms[0, 2, lows < 3] == 0.0).all()
    assert (terms[0, [0, 1, 3]] == 0.0).all()  # other groups
    assert (terms[1, 2, lows < 38] == 0.0).all()  # and classes that end far from it
    assert (terms[1, 2, lows >= 40] == 2.0).all()
