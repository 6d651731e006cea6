"""The engine against numpy that plays the same games in lockstep: every number that they put out must be the same.

Games are those of `oracle.rare`, where what is rare happens often; that they are those of the oracle, too, and what
happens in them is tested in `test_oracle`.
"""

import numpy as np
import pytest

from sports_platform.core.errors import EngineError
from sports_platform.simulation.native import Infer, Outputs
from sports_platform.sports.nfl.rules import Scoring
from sports_platform_tests.simulation.lockstep.game import Lockstep
from sports_platform_tests.simulation.lockstep.lanes import Ints
from sports_platform_tests.simulation.lockstep.philox import Numbers
from sports_platform_tests.simulation.oracle.philox import Numbers as NumbersOfOne
from sports_platform_tests.simulation.oracle.rare import CONTESTS, contest, overtime_alone, rare_input
from sports_platform_tests.simulation.oracle.tables import Tables
from sports_platform_tests.simulation.scripted import football, open_engine

SCENARIOS = 30
SEED = 0x5EED_0123_4567_89AB  # both words of the key matter
EACH_CONTEST = pytest.mark.parametrize(("season", "game_type", "scoring"), CONTESTS)


def assert_alike(ours: Outputs, theirs: Outputs) -> None:
    for name in Outputs.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)


@EACH_CONTEST
@pytest.mark.parametrize(("games", "infer"), [(1, football), (2, overtime_alone(football))], ids=["games", "overtime"])
def test_games_are_those_of_the_engine(games: int, infer: Infer, season: int, game_type: str, scoring: Scoring) -> None:
    inputs = contest(games, season, game_type, scoring)
    with open_engine(inputs) as engine:
        theirs, report = engine.run(infer, seed=SEED, scenarios=SCENARIOS, player_stats=True)
        ours, plays = Lockstep(Tables.read(inputs.tables), engine.bucket_tables).run(seed=SEED, scenarios=SCENARIOS)
    assert_alike(ours, theirs)
    assert plays == report.plays
    if infer is football:
        assert theirs.player_stats_PKS is not None
        assert theirs.player_stats_PKS.any((0, 2)).all(), "a statistic of which no game has any"
        assert theirs.team_stats_G2TS.any((0, 1, 3)).all()


def test_results_do_not_depend_on_how_many_lanes_are_played_together() -> None:
    """Nor on what was read before: later seeds come to further buckets."""
    inputs, scenarios = contest(1, *CONTESTS[-1]), 5
    with open_engine(inputs) as engine:
        lockstep = Lockstep(Tables.read(inputs.tables), engine.bucket_tables)
        for seed, lanes in ((SEED, 3), (SEED + 1, 1), (SEED + 2, scenarios)):
            theirs, _ = engine.run(football, seed=seed, scenarios=scenarios, player_stats=True)
            ours, _ = lockstep.run(seed=seed, scenarios=scenarios, lanes=lanes)
            assert_alike(ours, theirs)


def test_a_bucket_that_the_engine_never_met_is_refused() -> None:
    inputs = rare_input(1, season=2015, game_type="REG")
    with open_engine(inputs) as engine, pytest.raises(EngineError, match="no distributions of bucket"):
        Lockstep(Tables.read(inputs.tables), engine.bucket_tables).run(seed=SEED, scenarios=1)


def test_the_draws_of_a_lane_are_those_of_its_game_alone() -> None:
    seats, events = np.array([0, 1, 7, 7]), np.array([0, 5, 5, 0xFFFF_FFFF])
    draws_8N: Ints = Numbers(SEED, game=0xDEAD_BEEF, first_scenario=300).draws(seats, events, block=2)
    alone = [
        NumbersOfOne(SEED, 0xDEAD_BEEF, 300 + seat).draws(event, block=2)
        for seat, event in zip(seats.tolist(), events.tolist(), strict=True)
    ]
    assert draws_8N.T.tolist() == [list(draws) for draws in alone]
