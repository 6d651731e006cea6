"""What forms do to a game: sacks, catches and long gains stray together, as widely as asked, and keep their means."""

import numpy as np
import pytest

from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl import outcomes
from sports_platform_tests.simulation.scripted import USUAL, Played, Row, always, engine_input, row, simulate

SCENARIOS = 3000
COLUMNS = head_slices(outcomes.HEADS)
SPREAD = 0.12  # of which hardly a level is cut off
SHORT, LONG = outcomes.YARD_LOWS.index(0), outcomes.YARD_LOWS.index(1)  # no yard, or one


def chances(head: str, **of_classes: float) -> Row:
    """Passes of a yard, but for these chances in every group of a head."""
    names = {"play_type": outcomes.PLAY_TYPES, "result_pass": outcomes.PASS_RESULTS}[head]
    groups = next(one.groups for one in outcomes.HEADS if one.name == head)
    distribution = row("pass", yards=1)
    part = np.array([of_classes.get(name, 0.0) for name in names], np.float32)
    distribution[COLUMNS[head]] = np.tile(part, groups)
    return distribution


def gains(play_type: str) -> Row:
    """Plays that gain no yard or one."""
    distribution = row(play_type, yards=0)
    part = np.zeros((len(outcomes.YARD_GROUPS), len(outcomes.YARD_LOWS)), np.float32)
    part[:, [SHORT, LONG]] = 0.4, 0.6
    distribution[COLUMNS["yards"]] = part.ravel()
    return distribution


def played(distribution: Row, **spreads: float) -> Played:
    """Games of sides whose forms have these spreads; a yard is a long gain."""
    forms = {"spreads": USUAL["spreads"] | spreads, "long_gains": [LONG] * len(outcomes.YARD_GROUPS)}
    return simulate(engine_input(forms=forms), always(distribution), scenarios=SCENARIOS)


@pytest.mark.parametrize(
    ("form", "distribution", "good", "tries", "chance", "sides"),
    [
        ("sack", chances("play_type", sack=0.3, **{"pass": 0.7}), "sacks", ("sacks", "pass_attempts"), 0.3, 1),
        ("complete", chances("result_pass", complete=0.6, incomplete=0.4), "completions", ("pass_attempts",), 0.6, 2),
        ("catch", gains("pass"), "pass_yards", ("pass_attempts",), 0.6, 2),
        ("run", gains("run"), "rush_yards", ("rush_attempts",), 0.6, 2),
    ],
)
def test_a_form_strays_and_balances(
    form: str, distribution: Row, good: str, tries: tuple[str, ...], chance: float, sides: int
) -> None:
    variances = []
    for spread in (0.0, SPREAD):
        games = played(distribution, **{form: spread})
        tried = sum(games.team(name)[0] for name in tries)
        share = games.team(good)[0] / tried
        assert share.mean() == pytest.approx(chance, abs=4.5 * share.std() / np.sqrt(share.size))
        variances.append(share.var() - (chance * (1 - chance) / tried).mean())
    assert variances[0] == pytest.approx(0.0, abs=2e-4)
    assert np.sqrt(variances[1]) == pytest.approx(SPREAD * sides * chance * (1 - chance), rel=0.1)


@pytest.mark.parametrize(
    ("form", "distribution", "good", "tries", "in_common"),
    [
        ("sack", chances("play_type", sack=0.3, **{"pass": 0.7}), "sacks", ("sacks", "pass_attempts"), 0.0),
        ("complete", chances("result_pass", complete=0.6, incomplete=0.4), "completions", ("pass_attempts",), 0.5),
        ("catch", gains("pass"), "pass_yards", ("pass_attempts",), 0.5),
        ("run", gains("run"), "rush_yards", ("rush_attempts",), 0.5),
    ],
)
def test_in_half_of_the_games_the_day_goes_alike_for_both_sides(
    form: str, distribution: Row, good: str, tries: tuple[str, ...], in_common: float
) -> None:
    games = played(distribution, **{form: SPREAD})
    tried = sum(games.team(name)[0] for name in tries)
    share = games.team(good)[0] / tried
    covariance = np.cov(share)[0, 1]
    chance = share.mean()
    of_a_day = share.var() - (chance * (1 - chance) / tried).mean()
    assert covariance / of_a_day == pytest.approx(in_common, abs=0.12)
