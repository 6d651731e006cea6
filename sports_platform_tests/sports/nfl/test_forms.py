"""Forms of a side's day: found again in games that were drawn with known ones."""

import numpy as np
import pytest

from sports_platform.core.domain import HeadLabels
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.forms import FORMS, fit_forms
from sports_platform.sports.nfl.outcomes import HEADS, OUTPUT_WIDTH, PASS_RESULTS, PLAY_TYPES, YARD_GROUPS, YARD_LOWS
from sports_platform.sports.nfl.tendencies import ROLES, share_names

GAMES, PLAYS = 1500, 60  # team games, and plays of each
NAMES = ["yardline_100", *(name for role in ROLES for name in share_names(role))]
SACK, CATCH = 0.08, 0.62
GAINS = {"complete_medium": [8, 15, 20], "run_shotgun": [5, 10, 18]}  # classes, equally likely: the last two are long
AT = {name: place for place, name in enumerate(YARD_GROUPS)}


def fitted(**spreads: float) -> dict:
    """What is found of games whose forms have these spreads, the others none."""
    draw, rows = np.random.default_rng(7), GAMES * PLAYS
    team = np.repeat(np.arange(GAMES), PLAYS)
    form = {name: draw.normal(0.0, spreads.get(name, 0.0), GAMES)[team] for name in FORMS}
    output = np.zeros((rows, OUTPUT_WIDTH), np.float32)
    slices = head_slices(HEADS)

    def happens(chance: float, moved: np.ndarray) -> np.ndarray:
        return draw.random(rows) < chance + chance * (1 - chance) * moved

    calls = np.zeros(len(PLAY_TYPES), np.float32)
    calls[[PLAY_TYPES.index("sack"), PLAY_TYPES.index("pass")]] = SACK, 1 - SACK
    output[:, slices["play_type"]] = np.tile(calls, 4)
    types = np.where(happens(SACK, form["sack"]), PLAY_TYPES.index("sack"), PLAY_TYPES.index("pass"))
    output[:, slices["result_pass"]] = np.tile([CATCH, 1 - CATCH, 0.0, 0.0], 5)
    caught = happens(CATCH, 2 * form["complete"])
    results = np.where(caught, PASS_RESULTS.index("complete"), PASS_RESULTS.index("incomplete"))
    yards = np.zeros((rows, len(YARD_GROUPS), len(YARD_LOWS)), np.float32)
    gain, group = np.zeros((2, rows), np.int64)
    for place, (name, classes) in enumerate(GAINS.items()):
        yards[:, AT[name], classes] = 1 / 3
        own = np.arange(rows) % 2 == place
        long = happens(2 / 3, 2 * form["catch" if place == 0 else "run"])
        group[own] = AT[name]
        gain[own] = np.where(long, draw.choice(classes[1:], rows), classes[0])[own]
    output[:, slices["yards"]] = yards.reshape(rows, -1)
    zeros = np.zeros(rows, np.int64)
    labels = {
        "play_type": HeadLabels(zeros, types, types),
        "result_pass": HeadLabels(zeros, results, results),
        "yards": HeadLabels(group, gain, gain),
    }
    features = np.ones((rows, len(NAMES)), np.float32)
    features[:, 0] = 75.0
    features[:, 1] = team / GAMES
    return fit_forms(output, labels, features, NAMES, team // 2)


@pytest.mark.parametrize(("form", "spread"), [("sack", 0.4), ("complete", 0.12), ("catch", 0.12), ("run", 0.12)])
def test_a_form_is_found_again_and_no_other(form: str, spread: float) -> None:
    found = fitted(**{form: spread})["spreads"]
    assert found.pop(form) == pytest.approx(spread, rel=0.15)
    assert max(found.values()) < 0.08  # a tenth of what chance leaves to four sacks a game


def test_long_gains_begin_at_the_median_class() -> None:
    long_gains = fitted()["long_gains"]
    assert [long_gains[AT[name]] for name in GAINS] == [classes[1] for classes in GAINS.values()]
