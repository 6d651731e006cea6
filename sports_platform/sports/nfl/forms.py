"""How a side's day goes: how far sacks, catches and long gains of a game stray together from what is expected.

A receiver is hurt, a line cannot hold its opponent, a field is wet: passes of a game are caught more unevenly than
independent draws from the network's probabilities would be, and so are the others. Each of the four strays by itself:
in games of 2014 and 2015 what they had above chance had correlations of at most .13 with one another.
Belongs here: measuring it on games that have been played. What the engine does with a form is native/src/nfl/usage.h.
Legend: N rows, G groups of yards, C classes of yards.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sports_platform.core.domain import HeadLabels
from sports_platform.sports.nfl.moments import F32, F64, I64, Mask, seen, spread
from sports_platform.sports.nfl.outcomes import PASS_RESULTS, PLAY_TYPES, YARD_CAP, YARD_GROUPS, YARD_LOWS
from sports_platform.sports.nfl.tendencies import team_games

FORMS = ("sack", "complete", "catch", "run")  # order of Form in native/src/nfl/state.h
_GAINS = {"catch": "complete", "run": "run"}  # the groups of yards whose names begin so

# Yards beyond these are one play's luck and no form.
_FEWEST, _MOST = -10.0, 30.0


def fit_forms(
    output_NW: F32, labels: Mapping[str, HeadLabels], features_NF: F32, names: Sequence[str], game_N: I64
) -> dict[str, object]:
    """Of played games `spreads`, standard deviations by form, and `long_gains`, by group of yards; JSON-able.

    A form is what a side's game adds to the chance that a sack stands, or takes from that of what is bad for the
    offence and adds to that of what is good: a catch, a gain from the group's median class on.
    """
    team_N, yardline_N = team_games(features_NF, names, game_N), features_NF[:, names.index("yardline_100")]
    chances_NC, seen_N, live_N = seen("play_type", output_NW, labels)
    sack = PLAY_TYPES.index("sack")
    spreads = {"sack": _spread(chances_NC[:, sack], seen_N == sack, live_N, team_N, sides=1)}
    chances_NC, seen_N, live_N = seen("result_pass", output_NW, labels)
    caught = [PASS_RESULTS.index(name) for name in ("complete", "fumble_lost")]
    spreads["complete"] = _spread(chances_NC[:, caught].sum(axis=1), np.isin(seen_N, caught), live_N, team_N, sides=2)
    long_gains = _medians(output_NW, labels)
    for form, group in _GAINS.items():
        of_form = [place for place, name in enumerate(YARD_GROUPS) if name.split("_")[0] == group]
        spreads[form] = _gain_spread(output_NW, labels, long_gains, yardline_N, team_N, of_form)
    return {"spreads": {form: spreads[form] for form in FORMS}, "long_gains": long_gains.tolist()}


def _spread(chance_N: F64, happened_N: Mask, live_N: Mask, team_N: I64, *, sides: int) -> float:
    """Of what happens with a chance, and stands more readily; where there are two sides, the other does less."""
    variance_N = np.where(live_N, chance_N * (1.0 - chance_N), 0.0)
    return spread(np.where(live_N, happened_N - chance_N, 0.0), variance_N, sides * variance_N, team_N)


def _medians(output_NW: F32, labels: Mapping[str, HeadLabels]) -> I64:
    """The class [G] from which on half of a group's plays lie, as expected."""
    chances_NC, _, live_N = seen("yards", output_NW, labels)
    expected_GC = np.zeros((len(YARD_GROUPS), chances_NC.shape[1]))
    np.add.at(expected_GC, labels["yards"].group[live_N], chances_NC[live_N])
    upto_GC = expected_GC.cumsum(axis=1)
    medians: I64 = (upto_GC < upto_GC[:, -1:] / 2).sum(axis=1)
    return medians


def _gain_spread(
    output_NW: F32,
    labels: Mapping[str, HeadLabels],
    long_gains_G: I64,
    yardline_N: F32,
    team_N: I64,
    groups: list[int],
) -> float:
    """Of yards, to which a long gain and a short one bring their means."""
    chances_NC, seen_N, _ = seen("yards", output_NW, labels)
    group_N = labels["yards"].group
    rows = np.isin(group_N, groups)
    chances_NC, line_N1 = chances_NC[rows], yardline_N[rows, None]
    edges = np.array([*YARD_LOWS, YARD_CAP], np.float64)
    yards_NC = np.clip(np.minimum((edges[:-1] + edges[1:] - 1) / 2, line_N1), _FEWEST, _MOST)
    expected_N = (chances_NC * yards_NC).sum(axis=1)
    variance_N = (chances_NC * yards_NC**2).sum(axis=1) - expected_N**2
    long_NC = np.arange(chances_NC.shape[1]) >= long_gains_G[group_N[rows], None]
    sign_NC = np.where(long_NC, 1.0, -1.0)
    # The chance of a class moves by its own times how much more readily it stands than all do on average.
    moved_NC = chances_NC * (sign_NC - (chances_NC * sign_NC).sum(axis=1, keepdims=True))
    strayed_N = np.take_along_axis(yards_NC, seen_N[rows, None], axis=1)[:, 0] - expected_N
    return spread(strayed_N, variance_N, (moved_NC * yards_NC).sum(axis=1), team_N[rows])
