"""The engine as a machine: reproducibility, sampling, refused input, interruption, contest points."""

import _thread
import threading
import time

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from sports_platform.core.domain import Wait
from sports_platform.core.errors import EngineError, MissingDataError, SchemaError
from sports_platform.core.settings import Settings
from sports_platform.models.heads import head_slices
from sports_platform.simulation.inference import BucketInference, Situated, context_matrix
from sports_platform.simulation.native import Engine, Infer, load_module
from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.rules import DRAFTKINGS_SCORING, FANDUEL_SCORING, Scoring
from sports_platform_tests.simulation.scripted import (
    PLAN,
    always,
    context,
    counted,
    engine_input,
    fixtures,
    football,
    open_engine,
    row,
    simulate,
    situated,
)

SCENARIOS = 60
SHARED_SCENARIOS = 400  # of two games: 800 lanes, of which threads take 256 at a time


@pytest.mark.parametrize(("threads", "batch_rows"), [(2, 32_768), (4, 1_000), (1, 37)])
def test_threads_and_batches_change_nothing(threads: int, batch_rows: int) -> None:
    inputs = engine_input(2)
    with open_engine(inputs) as engine, open_engine(inputs) as other:
        expected, _ = engine.run(football, seed=5, scenarios=SHARED_SCENARIOS)
        got, report = other.run(football, seed=5, scenarios=SHARED_SCENARIOS, threads=threads, batch_rows=batch_rows)
    assert report.callbacks >= report.rounds - 1
    np.testing.assert_array_equal(expected.points_PS, got.points_PS)
    np.testing.assert_array_equal(expected.team_stats_G2TS, got.team_stats_G2TS)


def in_flight(log: list[str]) -> Infer:
    """Writes when it is waited for, and logs what it is asked and told to wait for, by the number of the question."""
    asked = 0

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> Wait:
        nonlocal asked
        number, copy = asked, buckets.copy()
        asked += 1
        log.append(f"ask {number}")

        def wait() -> None:
            log.append(f"wait {number}")
            football(copy, out)

        return wait

    return infer


def test_two_batches_are_in_flight_and_change_nothing() -> None:
    inputs, log = engine_input(2), list[str]()
    with open_engine(inputs) as engine, open_engine(inputs) as other:
        expected, _ = engine.run(football, seed=5, scenarios=SCENARIOS)
        got, report = other.run(in_flight(log), seed=5, scenarios=SCENARIOS, batch_rows=500)
    np.testing.assert_array_equal(expected.points_PS, got.points_PS)
    for what in ("ask", "wait"):
        assert [entry for entry in log if entry.startswith(what)] == [f"{what} {n}" for n in range(report.callbacks)]
    flying = np.cumsum([1 if entry.startswith("ask") else -1 for entry in log])
    assert (flying.min(), flying.max()) == (0, 2)


@pytest.mark.parametrize("when", ["asked", "waited for"])
def test_what_is_in_flight_is_waited_for_before_an_error_is_raised(when: str) -> None:
    log: list[str] = []
    answer = in_flight(log)

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> Wait | None:
        if when == "asked" and len(log) == 1:
            raise ValueError("the network is gone")
        wait = answer(buckets, out)
        return wait if when == "asked" or len(log) > 1 else gone

    def gone() -> None:
        raise ValueError("the network is gone")

    with open_engine(engine_input()) as engine, pytest.raises(EngineError, match="the network is gone"):
        engine.run(infer, seed=1, scenarios=5, batch_rows=100)
    assert log == (["ask 0", "wait 0"] if when == "asked" else ["ask 0", "ask 1", "wait 1"])


def test_a_warm_cache_asks_nothing_and_changes_nothing() -> None:
    with open_engine(engine_input()) as engine:
        cold, first = engine.run(football, seed=5, scenarios=SCENARIOS)
        warm, second = engine.run(football, seed=5, scenarios=SCENARIOS)
        engine.run(football, seed=6, scenarios=SCENARIOS)
        mixed, _ = engine.run(football, seed=5, scenarios=SCENARIOS)
    assert (first.callbacks > 0, second.callbacks, second.hit_rate) == (True, 0, 1.0)
    np.testing.assert_array_equal(cold.points_PS, warm.points_PS)
    np.testing.assert_array_equal(cold.points_PS, mixed.points_PS)


def test_unquantised_runs_ask_about_states_and_play_the_same_game_where_states_make_no_difference() -> None:
    answer = always(row("run", yards=3, seconds=20))
    first: list[list[int]] = []

    def infer(states: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        first.extend(states[:1].tolist())
        answer(states, out)

    with open_engine(engine_input(2, kickoff_start=54)) as engine:
        with pytest.raises(EngineError, match="books of game 0 are not fitted"):
            engine.run(infer, seed=1, scenarios=300, unquantised=True)
        by_bucket, _ = engine.run(answer, seed=1, scenarios=300)
        by_state, report = engine.run(infer, seed=1, scenarios=300, threads=2, unquantised=True)
    assert first[0][2:] == [1, 10, 54, 1800, 0]  # down, yards to go, yard line, clock, margin
    assert report.callbacks == report.rounds > 100
    np.testing.assert_array_equal(by_bucket.points_PS, by_state.points_PS)
    np.testing.assert_array_equal(by_bucket.team_stats_G2TS, by_state.team_stats_G2TS)


def test_a_scenario_depends_on_seed_game_and_number_alone() -> None:
    with open_engine(engine_input()) as engine:
        whole, _ = engine.run(football, seed=5, scenarios=50)
        tail, _ = engine.run(football, seed=5, scenarios=20, first_scenario=30)
        other, _ = engine.run(football, seed=6, scenarios=50)
    np.testing.assert_array_equal(whole.points_PS[:, 30:], tail.points_PS)
    assert (whole.scores_G2S != other.scores_G2S).mean() > 0.5
    assert len({tuple(column) for column in whole.points_PS.T}) == 50


def test_a_game_is_the_same_among_other_games() -> None:
    strength = np.array([3, 5, 7, 11, 13, 17, 19])

    def regardless_of_game(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        football(np.where(strength == 3, 0, buckets).astype(np.int32), out)

    alone = simulate(engine_input(1), regardless_of_game)
    among = simulate(engine_input(3), regardless_of_game)
    np.testing.assert_array_equal(alone.outputs.scores_G2S[0], among.outputs.scores_G2S[0])
    assert (among.outputs.scores_G2S[0] != among.outputs.scores_G2S[1]).any()


def test_outcomes_follow_the_given_probabilities() -> None:
    """Chi-square over play types and targets; 45.1 lies beyond the 1 - 1e-5 quantile for the 10 degrees of freedom."""
    rng = np.random.default_rng(3)
    kinds = np.array([0.45, 0.4, 0.1, 0, 0.05, 0, 0, 0, 0], np.float32)
    shares = rng.dirichlet(np.full(outcomes.RECEIVER_SLOTS + 1, 3.0)).astype(np.float32)
    distribution = row("pass", yards=1)
    columns = head_slices(outcomes.HEADS)
    distribution[columns["play_type"]] = np.tile(kinds, len(outcomes.FORMATIONS))
    distribution[columns["target_pass"]] = shares
    played = simulate(engine_input(), always(distribution), scenarios=400)
    counts = [played.team(name).sum() for name in ("pass_attempts", "rush_attempts", "sacks", "punts")]
    assert chi_square(np.array(counts), kinds[kinds > 0]) < 45.1
    slots = range(1, outcomes.RECEIVER_SLOTS + 1)
    caught = [sum(played.player(f"{team}_r{n}", "receptions").sum() for team in ("A0", "H0")) for n in slots]
    elsewhere = played.team("completions").sum() - sum(caught)
    assert chi_square(np.array([*caught, elsewhere]), shares) < 45.1


def test_what_follows_depends_on_what_was_drawn_before() -> None:
    """Runs from under center, passes from the shotgun; deep passes to the first receiver only, and only those fail."""
    columns = head_slices(outcomes.HEADS)
    formations, targets = len(outcomes.FORMATIONS), outcomes.RECEIVER_SLOTS + 1
    distribution = row("pass", yards=4)
    distribution[columns["formation"]] = (0.5, 0.5, 0, 0)
    kinds = np.zeros((formations, len(outcomes.PLAY_TYPES)), np.float32)
    kinds[0, outcomes.PLAY_TYPES.index("run")] = kinds[1:, outcomes.PLAY_TYPES.index("pass")] = 1
    distribution[columns["play_type"]] = kinds.ravel()
    distribution[columns["target_pass"]] = (0.5, 0.5, *np.zeros(targets - 2))
    depths = np.zeros((targets, len(outcomes.DEPTHS)), np.float32)
    depths[0, outcomes.DEPTHS.index("deep")] = depths[1:, outcomes.DEPTHS.index("short")] = 1
    distribution[columns["depth"]] = depths.ravel()
    results = np.zeros((len(outcomes.DEPTHS), len(outcomes.PASS_RESULTS)), np.float32)
    results[:, 0] = 1
    results[outcomes.DEPTHS.index("deep")] = np.eye(len(outcomes.PASS_RESULTS))[1]
    distribution[columns["result_pass"]] = results.ravel()
    played = simulate(engine_input(), always(distribution), scenarios=100)
    runs, passes = played.team("rush_attempts").sum(), played.team("pass_attempts").sum()
    assert runs / (runs + passes) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(runs + passes))
    first, second = (sum(played.player(f"{t}_r{n}", "receptions").sum() for t in ("A0", "H0")) for n in (1, 2))
    assert (first, second) == (0, played.team("completions").sum())
    assert second / passes == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(passes))


def chi_square(counts: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float32]) -> float:
    expected = counts.sum() * probabilities / probabilities.sum()
    return float(((counts - expected) ** 2 / expected).sum())


def test_yards_are_uniform_within_a_bin_and_bounded_by_the_goal_line() -> None:
    played = simulate(engine_input(kickoff_start=99), always(row("run", yards=75)), scenarios=2)
    assert (played.team("rush_yards") == 99 * played.team("rush_attempts")).all() or (
        played.team("rush_yards") <= 99 * played.team("rush_attempts")
    ).all()
    short = simulate(engine_input(kickoff_start=80), always(row("run", yards=31)), scenarios=200)
    per_play = short.team("rush_yards").sum() / short.team("rush_attempts").sum()
    # Bin 31-37 has mean 34; every third run is cut off by the goal line at 80 - 2 x 34 = 12 yards on average.
    assert per_play == pytest.approx((34 + 34 + 12) / 3, abs=0.3)


def bad_rows(change: str) -> Infer:
    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        out[:] = row("run", yards=3)
        if change == "nan":
            out[-1, 0] = np.nan
        elif change == "negative":
            out[-1, 0:2] = (-0.5, 1.5)
        elif change == "unnormalised":
            out[-1, 0] = 0.002
        elif change == "forgotten":
            out[-1] = np.nan
        else:
            raise ValueError("the network is gone")

    return infer


@pytest.mark.parametrize("change", ["nan", "negative", "unnormalised", "forgotten"])
def test_bad_probabilities_stop_the_run_and_name_bucket_and_head(change: str) -> None:
    with open_engine(engine_input()) as engine:
        with pytest.raises(EngineError, match=r"head formation of bucket \(0, [01], [1-4], .*\) has probabilities"):
            engine.run(bad_rows(change), seed=1, scenarios=5)
        # The engine survives, and nothing of the bad batch was kept.
        good, _ = engine.run(always(row("run", yards=3)), seed=1, scenarios=5)
    fresh = simulate(engine_input(), always(row("run", yards=3)), scenarios=5)
    np.testing.assert_array_equal(good.points_PS, fresh.outputs.points_PS)


def test_an_exception_in_the_callback_reaches_the_caller() -> None:
    with open_engine(engine_input()) as engine:
        with pytest.raises(EngineError, match="ValueError in the model's callback: the network is gone") as caught:
            engine.run(bad_rows("raise"), seed=1, scenarios=5)
        assert isinstance(caught.value.__cause__, ValueError)

        def missing(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
            raise MissingDataError(found="x", needed="y", remedy="z")

        with pytest.raises(MissingDataError):
            engine.run(missing, seed=1, scenarios=5)


def test_ctrl_c_stops_a_run_soon() -> None:
    def slow(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        time.sleep(0.05)
        football(buckets, out)

    with open_engine(engine_input()) as engine:
        timer = threading.Timer(0.4, _thread.interrupt_main)
        start = time.monotonic()
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            engine.run(slow, seed=1, scenarios=20_000, batch_rows=1)
        assert time.monotonic() - start < 2.5  # about 0.2 s after the signal on an idle machine


def test_a_block_is_measured_by_the_plays_that_a_run_makes_of_it() -> None:
    lanes = 256  # of a block (native/src/nfl/tile.h)
    with open_engine(engine_input(2)) as engine:
        with pytest.raises(EngineError, match="no distributions yet"):
            engine.measure(1, seed=3, scenarios=lanes, repeats=1)
        _, report = engine.run(football, seed=3, scenarios=lanes)
        found = [engine.measure(game, seed=3, scenarios=lanes, repeats=2) for game in (0, 1)]
    assert sum(limits.plays for limits in found) == 2 * report.plays
    for limits in found:
        assert min(limits.play_seconds, limits.random_seconds, limits.read_seconds) > 0


def test_wrong_tables_are_refused() -> None:
    inputs = engine_input()
    tables = dict(inputs.tables)
    with pytest.raises(EngineError, match="table yard_values is missing"):
        Engine(Settings.load(), "nfl", outcomes.HEADS, {k: v for k, v in tables.items() if k != "yard_values"})
    with pytest.raises(EngineError, match="kickoff_start has 3 values instead of 64"):
        Engine(Settings.load(), "nfl", outcomes.HEADS, tables | {"kickoff_start": np.zeros(3)})
    with pytest.raises(EngineError, match="no sport named curling"):
        Engine(Settings.load(), "curling", outcomes.HEADS, tables)
    with pytest.raises(EngineError, match="make setup"):
        load_module(Settings.load().tools / "nowhere")


@pytest.mark.parametrize("scoring", [DRAFTKINGS_SCORING, FANDUEL_SCORING], ids=["draftkings", "fanduel"])
def test_contest_points_are_the_scoring_of_the_statistics(scoring: Scoring) -> None:
    inputs = engine_input(
        2, scoring=scoring, punt_blocked=0.1, kickoff_touchdown=0.05, interception_touchdown=0.2, two_point_tries=0.3
    )
    played = simulate(inputs, football, scenarios=300)
    stats_PKS = played.outputs.player_stats_PKS
    assert stats_PKS is not None
    stat = {name: stats_PKS[:, i].astype(int) for i, name in enumerate(PLAN.player_stats)}
    units = {
        "passing_yards": "passing_yard", "passing_touchdowns": "passing_touchdown", "receptions": "reception",
        "interceptions_thrown": "interception_thrown", "rushing_yards": "rushing_yard",
        "rushing_touchdowns": "touchdown",
        "receiving_yards": "receiving_yard", "receiving_touchdowns": "touchdown", "fumbles_lost": "fumble_lost",
        "two_point_conversions": "two_point_conversion", "dst_sacks": "dst_sack", "dst_safeties": "dst_safety",
        "dst_interceptions": "dst_interception", "dst_fumble_recoveries": "dst_fumble_recovery",
        "dst_touchdowns": "dst_touchdown", "dst_blocked_kicks": "dst_blocked_kick",
    }  # fmt: skip
    points = sum(stat[name] * scoring.units[unit] for name, unit in units.items())
    points = points + scoring.units["bonus_300_passing"] * (stat["passing_yards"] >= 300)
    points = points + scoring.units["bonus_100_rushing"] * (stat["rushing_yards"] >= 100)
    points = points + scoring.units["bonus_100_receiving"] * (stat["receiving_yards"] >= 100)
    lows = np.array([low for low, _ in scoring.points_allowed])
    band = np.searchsorted(lows, stat["dst_points_charged"], side="right") - 1
    defence = np.array(inputs.players["position"].to_pylist()) == "DST"
    points = points + np.where(defence[:, None], np.array([units for _, units in scoring.points_allowed])[band], 0)
    np.testing.assert_array_equal(points, played.outputs.points_PS)


def test_team_and_player_statistics_agree() -> None:
    played = simulate(engine_input(), football, scenarios=300)
    for side, team in enumerate(("A0", "H0")):
        assert (played.player(f"{team}_qb", "passing_yards") == played.team("pass_yards")[0, side]).all()
        assert (played.player(f"{team}_qb", "interceptions_thrown") == played.team("interceptions")[0, side]).all()
        other = ("H0", "A0")[side]
        assert (played.player(other, "dst_sacks") == played.team("sacks")[0, side]).all()
    points = 6 * played.team("touchdowns") + 3 * played.team("field_goals_made")
    extras = played.outputs.scores_G2S - points
    # Tries, and safeties of which these games have few.
    assert (extras >= 0).all()
    assert (played.team("completions") <= played.team("pass_attempts")).all()


def test_a_game_without_context_or_value_is_refused() -> None:
    with pytest.raises(MissingDataError, match="G01"):
        PLAN.engine_input(fixtures(2), context(1), counted(), 1)
    with pytest.raises(SchemaError, match="off_points_pg"):
        context_matrix(context(1), engine_input(), ("strength", "off_points_pg"))


class StubModel:
    """Sees state and context; answers with a fixed distribution."""

    state_names = ("yardline_100", "down_1")
    context_names = ("strength",)

    def __init__(self) -> None:
        self.seen: list[npt.NDArray[np.float32]] = []

    def situated(self, contexts_MF: npt.NDArray[np.float32]) -> Situated:
        return situated(self.answer, contexts_MF)

    def answer(self, features_NF: npt.NDArray[np.float32], out_NW: npt.NDArray[np.float32]) -> None:
        self.seen.append(features_NF)
        out_NW[:] = row("run", yards=3)


def test_the_model_sees_nodes_and_the_sides_context() -> None:
    inputs, model = engine_input(2), StubModel()
    matrix = context_matrix(context(2), inputs, model.context_names)
    simulate(inputs, BucketInference(PLAN, model, matrix), scenarios=3)
    seen = np.concatenate(model.seen)
    nodes = {yards for spots in PLAN.buckets.spec.spots.values() for axis in spots.yardline.values() for yards in axis}
    assert set(seen[:, 0]) <= nodes
    assert set(seen[:, 1]) == {0.0, 1.0}
    assert set(seen[:, 2]) == {0.0, 1.0}  # the games' strengths


def test_players_of_a_side_have_one_row_each_and_defences_are_team_codes() -> None:
    players = engine_input(2).players
    assert players.num_rows == len(set(players["player_id"].to_pylist()))
    assert players.schema.names == ["player_id", "team", "game_id", "position"]
    defences = players.filter(pa.compute.equal(players["position"], "DST"))
    assert defences["player_id"].to_pylist() == ["A0", "H0", "A1", "H1"]
