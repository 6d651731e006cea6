"""The terms of the end of a game: nothing before it has learned, before the fourth quarter or its last minutes."""

import pytest
import torch

from sports_platform.models.blocks import PACE
from sports_platform.sports.nfl.end_game import KNOTS, MARGINS, EndGame
from sports_platform.sports.nfl.outcomes import FORMATIONS, PLAY_TYPES

FIELD_GOAL = PLAY_TYPES.index("field_goal")


def test_it_adds_nothing_until_it_has_learned() -> None:
    terms = EndGame()(torch.ones(3), torch.tensor([0.0, 100.0, 900.0]), torch.zeros(3))
    assert terms.shape == (3, len(FORMATIONS) * len(PLAY_TYPES))
    assert (terms == 0).all()
    assert EndGame()(torch.empty(0), torch.empty(0), torch.empty(0)).shape == (0, len(FORMATIONS) * len(PLAY_TYPES))


def test_terms_are_linear_between_knots_and_end_at_the_last() -> None:
    part = EndGame()
    with torch.no_grad():
        part.terms[:, KNOTS.index(60), FIELD_GOAL] = 2.0 / PACE
        part.terms[:, KNOTS.index(120), FIELD_GOAL] = 6.0 / PACE
        part.terms[:, KNOTS.index(200), FIELD_GOAL] = 5.0 / PACE
    seconds = torch.tensor([60.0, 90.0, 120.0, 250.0, 300.0, 800.0])
    terms = part.by_state(torch.ones(6), seconds, torch.zeros(6))
    torch.testing.assert_close(terms[:, FIELD_GOAL], torch.tensor([2.0, 4.0, 6.0, 2.5, 0.0, 0.0]))
    assert (terms[:, :FIELD_GOAL] == 0).all()
    assert (part.by_state(torch.zeros(6), seconds, torch.zeros(6)) == 0).all()  # another quarter


@pytest.mark.parametrize(
    ("margins", "place"),
    [
        ((-60, -17), 0),
        ((-16, -12), 1),
        ((-11, -9), 2),
        ((-8, -4), 3),
        ((-3,), 4),
        ((-2, -1), 5),
        ((0,), 6),
        ((17, 60), 10),
    ],
)
def test_margins_that_ask_for_the_same_share_a_term(margins: tuple[int, ...], place: int) -> None:
    part = EndGame()
    with torch.no_grad():
        part.terms[place, 0] = 1.0 / PACE
    every = torch.arange(-60.0, 61.0)
    terms = part(torch.ones(len(every)), torch.zeros(len(every)), every)
    within = (every >= margins[0]) & (every <= margins[-1])
    assert (terms[within] == 1.0).all()
    assert (terms[~within] == 0.0).all()
    assert len(part.terms) == len(MARGINS) + 1
