"""The engine against an oracle that plays the same games from the same seed, and against itself.

The oracle (`oracle.game`) is slow and plain, the engine plays many games at a time by instruction sets of its own:
every number that they put out must be the same. Games are those of `oracle.rare`, where what is rare happens often.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from sports_platform.core.domain import EngineInput
from sports_platform.core.errors import EngineError
from sports_platform.simulation.native import Engine, EngineReport, Infer, Level, Outputs
from sports_platform.sports.nfl.rules import Scoring
from sports_platform_tests.simulation.oracle.distributions import ENTRIES, Distributions
from sports_platform_tests.simulation.oracle.game import Oracle
from sports_platform_tests.simulation.oracle.philox import Words, philox
from sports_platform_tests.simulation.oracle.rare import CONTESTS, contest, overtime_alone, rare_input
from sports_platform_tests.simulation.oracle.results import Results, differing
from sports_platform_tests.simulation.oracle.tables import Tables
from sports_platform_tests.simulation.scripted import football, open_engine

GAMES = 2
LEVELS = [level for level in Level if level is not Level.REFERENCE]
SEED = 0x5EED_0123_4567_89AB  # both words of the key matter
EACH_CONTEST = pytest.mark.parametrize(("season", "game_type", "scoring"), CONTESTS)


def played_alike(inputs: EngineInput, infer: Infer, scenarios: int) -> Counter[str]:
    """Plays the games both ways, demands that every output is the same, and says what rare things happened."""
    tables, seen = Tables.read(inputs.tables), Counter[str]()
    with open_engine(inputs) as engine:
        theirs, report = engine.run(infer, seed=SEED, scenarios=scenarios, player_stats=True)
        oracle, results = Oracle(tables, Distributions(engine.bucket_tables)), Results(tables, scenarios)
        for game in range(len(tables.fixtures)):
            for scenario, end in enumerate(oracle.games(game, seed=SEED, scenarios=scenarios)):
                results.put(game, scenario, end)
                seen += end.seen
    for ours, engines in zip(arrays(results.outputs), arrays(theirs), strict=True):
        np.testing.assert_array_equal(ours, engines)
    assert seen["snaps"] == report.plays
    return seen


def arrays(outputs: Outputs) -> Sequence[np.ndarray]:
    assert outputs.player_stats_PKS is not None
    return outputs.points_PS, outputs.scores_G2S, outputs.team_stats_G2TS, outputs.player_stats_PKS


@EACH_CONTEST
def test_whole_games_are_those_of_the_oracle(season: int, game_type: str, scoring: Scoring) -> None:
    inputs = contest(GAMES, season, game_type, scoring)
    seen = played_alike(inputs, football, 40)
    wanted = {
        "kick-off touchdown", "lost kick-off", "onside kick recovered", "onside kick lost", "free kick",
        "two-point try", "failed two-point try", "turnover returned for a touchdown", "safety", "foul after play",
        "punt returned for a touchdown", "muffed punt", "blocked punt", "blocked punt returned for a touchdown",
        "blocked punt out of the end zone", "blocked field goal", "blocked field goal returned for a touchdown",
        "second call", "quarterback gone", "class cut by the goal line", "absences",
        "clock stopped for another play", "moved to its own line to gain",
    }  # fmt: skip
    assert wanted - set(seen) == set()


@EACH_CONTEST
def test_overtime_is_that_of_the_oracle(season: int, game_type: str, scoring: Scoring) -> None:
    inputs = contest(GAMES, season, game_type, scoring)
    seen = played_alike(inputs, overtime_alone(football), 110)
    assert seen["overtime"] > 80
    assert seen["untimed down"]
    assert (seen["further overtime"] > 0) == (game_type != "REG")
    for name in ("opening possession scores in overtime", "answer levels the score"):
        assert (seen[name] > 0) == (season > 2009), name


def test_the_comparison_sees_every_number() -> None:
    """One number changed anywhere is a game that differs, and that one only."""
    tables = Tables.read(rare_input(GAMES, season=2015, game_type="REG").tables)
    outputs = Results(tables, 5).outputs
    rows = tables.fixtures[1].sides[0].rows
    for name, place in (
        ("points_PS", (rows[0], 3)),
        ("points_PS", (rows[-1], 3)),
        ("scores_G2S", (1, 0, 3)),
        ("team_stats_G2TS", (1, 1, 7, 3)),
        ("player_stats_PKS", (rows[2], 4, 3)),
    ):
        changed = getattr(outputs, name).copy()
        changed[place] += 1
        different = differing(tables, outputs, replace(outputs, **{name: changed}))
        assert np.argwhere(different).tolist() == [[1, 3]], name


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        (0, (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (2**64 - 1, (2**32 - 1,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            0x299F31D0_A4093822,
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_the_numbers_of_the_oracle_are_philox(key: int, counter: Words, words: Words) -> None:
    """The known answers that Philox's authors publish for philox4x32-10."""
    assert philox(key, counter) == words


def test_a_bucket_that_was_never_met_has_no_tables() -> None:
    with open_engine(rare_input(1, season=2015, game_type="REG")) as engine:
        assert engine.widths.bucket_entries == ENTRIES
        with pytest.raises(EngineError, match="no distributions of bucket 0 of game 0 yet"):
            engine.bucket_tables(0, 0)


def fingerprint(outputs: Outputs) -> str:
    return sha256(b"".join(array.tobytes() for array in arrays(outputs))).hexdigest()


def cold_and_warm(
    engine: Engine, scenarios: int, *, level: Level = Level.BEST, threads: int = 1, batch_rows: int = 32_768
) -> set[str]:
    """Fingerprints of a first run and of one that finds every bucket in the cache: more than one is a fault."""

    def run() -> tuple[Outputs, EngineReport]:
        return engine.run(
            football,
            seed=SEED,
            scenarios=scenarios,
            player_stats=True,
            level=level,
            threads=threads,
            batch_rows=batch_rows,
        )

    runs = [run(), run()]
    assert [report.callbacks > 0 for _, report in runs] == [True, False]
    return {fingerprint(outputs) for outputs, _ in runs}


SCENARIOS = 300  # more than are played side by side, and no whole number of vectors
FEW = 19  # with small batches


@pytest.fixture(scope="module", params=[SCENARIOS], ids=lambda scenarios: f"{scenarios} scenarios")
def by_general_rules(request: pytest.FixtureRequest) -> set[str]:
    with open_engine(rare_input(GAMES, season=2025, game_type="WC")) as engine:
        return cold_and_warm(engine, request.param, level=Level.REFERENCE)


@pytest.mark.parametrize("level", LEVELS, ids=[level.name for level in LEVELS])
def test_every_instruction_set_plays_by_the_general_rules(level: Level, by_general_rules: set[str]) -> None:
    with open_engine(rare_input(GAMES, season=2025, game_type="WC")) as engine:
        try:
            got = cold_and_warm(engine, SCENARIOS, level=level)
        except EngineError as error:
            if "lacks the instructions" not in str(error):
                raise
            pytest.skip(f"NOT TESTED: {level.name}, as this processor lacks its instructions")
    assert len(by_general_rules) == 1
    assert got == by_general_rules


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("batch_rows", [7, 500, 32_768])
@pytest.mark.parametrize("by_general_rules", [FEW], indirect=True)
def test_every_number_is_the_same_for_any_threads_batches_and_cache(
    threads: int, batch_rows: int, by_general_rules: set[str]
) -> None:
    """Player statistics too, cold and warm; one thread asking for everything at once plays by the general rules."""
    with open_engine(rare_input(GAMES, season=2025, game_type="WC")) as engine:
        got = cold_and_warm(engine, FEW, threads=threads, batch_rows=batch_rows)
    assert len(by_general_rules) == 1
    assert got == by_general_rules
