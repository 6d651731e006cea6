"""Games in which everything that is rare happens often, for comparisons of the engine with the oracle.

Belongs here: inputs. Rates are far above those of real games, values are spread over what real games show and beyond.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import EngineInput
from sports_platform.simulation.native import Infer
from sports_platform.sports.nfl.departures import NEVER
from sports_platform.sports.nfl.rules import DRAFTKINGS_SCORING, FANDUEL_SCORING, Scoring
from sports_platform.sports.nfl.special import EQUAL_PARTS, MAX_MARGIN, TOUCHBACK
from sports_platform_tests.simulation.oracle.tables import LEVELS, SIDES, USAGE_SLOTS
from sports_platform_tests.simulation.oracle.usage import RECEIVERS
from sports_platform_tests.simulation.scripted import PLAN, engine_input, row

# Seasons, kinds of game and scoring. Overtime is sudden death, answers a field goal, gives both sides the ball; playoff
# games have further periods.
CONTESTS = (
    (2009, "REG", DRAFTKINGS_SCORING),
    (2009, "WC", FANDUEL_SCORING),
    (2015, "REG", FANDUEL_SCORING),
    (2015, "SB", DRAFTKINGS_SCORING),
    (2025, "REG", DRAFTKINGS_SCORING),
    (2025, "WC", FANDUEL_SCORING),
)
RATES = {
    "kickoff_touchdown": 0.05,
    "kickoff_lost": 0.06,
    "onside_attempt": 0.6,
    "onside_recovered": 0.5,
    "extra_point": 0.9,
    "two_point": 0.5,
    "two_point_pass": 0.6,
    "interception_touchdown": 0.2,
    "fumble_touchdown": 0.15,
    "punt_blocked": 0.2,
    "punt_blocked_touchdown": 0.3,
    "punt_touchdown": 0.1,
    "punt_muffed": 0.15,
    "field_goal_blocked": 0.4,
    "field_goal_blocked_touchdown": 0.4,
    "foul_after_play": 0.06,
}
_RANGES = {
    "kickoff_start": (30, 99),
    "kickoff_seconds": (0, 12),
    "free_kick_start": (25, 90),
    "interception_net": (-25, 60),
    "fumble_net": (-30, 30),
    "punt_blocked_net": (-45, 10),
    "foul_after_play_net": (-15, 30),
    "touchdown_seconds": (0, 12),
    "turnover_seconds": (2, 20),
    "downs_seconds": (3, 15),
    "last_seconds": (1, 9),
}
_WEIGHTS = (1, 32_767)  # of usage, the least and the greatest
_MOST_TILT = 16
_MOST_PACE = 8
_INCOMPLETE = row("pass", result=1, seconds=40)
_FIELD_GOAL = row("field_goal", field_goal=1, seconds=4)
_TOUCHDOWN = row("pass", yards=99, seconds=4)
_LONG_FOUL = row("no_play", penalty=8, seconds=10)
_LAST_DOWN = 4
_CLOCKS = PLAN.buckets.spec.clock
_HALF_ENDS = (
    len(_CLOCKS["first_half"]) - 1,
    len(_CLOCKS["first_half"]) + len(_CLOCKS["second_half"]) - 1,
)
_OVERTIME_CLOCK = len(_CLOCKS["first_half"]) + len(_CLOCKS["second_half"])


def rare_input(
    games: int, *, season: int, game_type: str, seed: int = 1, scoring: Scoring = DRAFTKINGS_SCORING
) -> EngineInput:
    """An EngineInput with every rate positive, spread values, tries for two by margin and uneven usage."""
    usual = engine_input(games, season=season, game_type=game_type, seed=seed, scoring=scoring, **RATES)
    values = {name: np.linspace(*ends, EQUAL_PARTS).round() for name, ends in _RANGES.items()}
    values["kickoff_start"][::3] = TOUCHBACK
    margins = np.abs(np.arange(-MAX_MARGIN, MAX_MARGIN + 1))
    values["two_point_try"] = np.stack([0.1 + margins % 3 / 10, 0.2 + margins % 2 / 2])
    values["clock_stops"] = np.array([0.7, 0.4, 0.8, 0.5])
    values["bucket_distances"] = PLAN.buckets.tables()["bucket_distances"]
    return replace(usual, tables={**usual.tables, **values, **_uneven_usage(games)})


def contest(games: int, season: int, game_type: str, scoring: Scoring) -> EngineInput:
    """A contest's games, which no other contest has: the seed names them to the random numbers."""
    seed = season + (game_type == "REG")
    return rare_input(games, season=season, game_type=game_type, seed=seed, scoring=scoring)


def _uneven_usage(games: int) -> dict[str, npt.NDArray[np.float64]]:
    """Numbers that jump from level to level, so that a neighbour's is another; end levels of weights are extreme.

    Every third candidate is absent in an eighth of the scenarios, but nobody else ever is.
    """
    level_L = np.arange(LEVELS)
    slot_G2U1 = np.arange(games * SIDES * USAGE_SLOTS).reshape(games, SIDES, USAGE_SLOTS, 1)
    usage_G2UL = 200 + (211 * slot_G2U1 + 1009 * level_L) % 3801
    usage_G2UL[..., 0], usage_G2UL[..., -1] = _WEIGHTS
    usage_G2UL[:, :, 1 : RECEIVERS - 1 : 3, : LEVELS // 8] = 0
    usage_G2UL[:, :, RECEIVERS : USAGE_SLOTS - 1 : 3, : LEVELS // 8] = 0
    tilt_L = 5 * level_L % (2 * _MOST_TILT + 1) - _MOST_TILT
    # Half of the quarterbacks leave, some of them in overtime.
    leaves_L = np.where(level_L % 2, 37 * level_L % 4200, NEVER)
    forms_FL = np.roll(tilt_L, 1)[None] * np.array([[1], [-1], [1], [-1]])
    tables = {"usage": usage_G2UL, "call_tilts": tilt_L, "quarterback_leaves": leaves_L, "forms": forms_FL.ravel()}
    tables["paces"] = 3 * level_L % (2 * _MOST_PACE + 1) - _MOST_PACE
    return {name: table.astype(np.float64) for name, table in tables.items()}


def overtime_alone(football: Infer) -> Infer:
    """Little but overtime: until then passes fall incomplete, so that most games reach it without a score.

    In it most do, too, so that playoff games have further periods of it; of the fourth downs most are field goals in
    even games and touchdowns in odd ones, some of them answered. Halves may end with a long foul of the defence.
    """

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        football(buckets, out)
        game_N1, down_N1, clock_N = buckets[:, :1], buckets[:, 2:3], buckets[:, 5]
        share_N1 = np.where(down_N1 == _LAST_DOWN, np.float32(0.6), np.float32(0))
        score_NW = np.where(game_N1 % 2 == 0, _FIELD_GOAL, _TOUCHDOWN)
        out[:] = 0.15 * out + (0.85 - share_N1) * _INCOMPLETE + share_N1 * score_NW
        out[clock_N < _OVERTIME_CLOCK] = _INCOMPLETE
        out[np.isin(clock_N, _HALF_ENDS)] = 0.6 * _INCOMPLETE + 0.4 * _LONG_FOUL

    return infer
