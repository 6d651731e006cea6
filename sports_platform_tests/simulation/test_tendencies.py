"""What a scenario makes of a game: shares and calls stray together, as widely as was asked, and keep their means."""

import numpy as np
import pytest

from sports_platform.core.errors import EngineError, MissingDataError
from sports_platform.models.heads import head_slices
from sports_platform.simulation.native import TOOK_NO_PART
from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.departures import NEVER
from sports_platform.sports.nfl.tendencies import LEVELS
from sports_platform_tests.simulation.scripted import (
    INDEPENDENT,
    PLAN,
    Played,
    alike,
    always,
    context,
    counted,
    engine_input,
    fixtures,
    open_engine,
    row,
    simulate,
)

SCENARIOS = 1500
SLOTS = {"receiver": outcomes.RECEIVER_SLOTS, "rusher": outcomes.RUSHER_SLOTS}
COLUMNS = head_slices(outcomes.HEADS)
# The receivers' shares of `scripted.context`, and what they leave to anybody else.
SHARES = np.array([0.09] * outcomes.RECEIVER_SLOTS + [0.1])


def catches(played: Played, team: str) -> np.ndarray:
    """Receptions of each receiver [slots, S]."""
    return np.stack([played.player(f"{team}_r{n}", "receptions") for n in range(1, outcomes.RECEIVER_SLOTS + 1)])


@pytest.mark.parametrize("concentration", [1e6, 30.0, 8.0])
def test_shares_of_a_game_stray_as_a_dirichlet_distribution_would(concentration: float) -> None:
    distribution = row("pass", yards=1)
    distribution[COLUMNS["target_pass"]] = SHARES
    tendencies = {**INDEPENDENT, "receiver": alike(concentration, outcomes.RECEIVER_SLOTS)}
    played = simulate(engine_input(tendencies=tendencies), always(distribution), scenarios=SCENARIOS)
    for side, team in enumerate(("A0", "H0")):
        tries = played.team("pass_attempts")[0, side].astype(float)
        share = catches(played, team) / tries
        variance = 0.09 * 0.91 * (1 / (concentration + 1) + concentration / (concentration + 1) * (1 / tries).mean())
        assert share.mean() == pytest.approx(0.09, abs=4 * np.sqrt(variance / share.size))
        np.testing.assert_allclose(share.mean(axis=1), 0.09, atol=4.5 * np.sqrt(variance / SCENARIOS))
        assert share.var(axis=1).mean() == pytest.approx(variance, rel=0.1)


def test_the_same_weights_serve_every_table_of_a_game() -> None:
    """The share of both formations together varies as by common weights; by weights of their own it would by half."""
    tables = np.array([[0.3, 0.3, 0.4, 0.0, 0.0, 0.0], [0.6, 0.2, 0.2, 0.0, 0.0, 0.0]])
    distribution = row("run", yards=1)
    distribution[COLUMNS["formation"]] = (0.5, 0.5, 0.0, 0.0)
    distribution[COLUMNS["target_run"]] = tables.ravel()
    tendencies = {**INDEPENDENT, "rusher": alike(8.0, outcomes.RUSHER_SLOTS)}
    inputs = engine_input(tendencies=tendencies)
    played = simulate(inputs, always(distribution), scenarios=SCENARIOS)
    tries = played.team("rush_attempts")[0, 0].astype(float)
    # Every run gains a yard, and none is long enough to score or to be stopped by a line.
    share = played.player("A0_b2", "rushing_yards") / tries
    weights_KL = inputs.tables["usage"].reshape(2, -1, LEVELS)[0, outcomes.RECEIVER_SLOTS + 1 :]
    levels = np.random.default_rng(5).integers(LEVELS, size=(100_000, len(weights_KL)))
    weighed = tables[:, None] * weights_KL[np.arange(len(weights_KL)), levels]
    expected = (weighed[..., 1] / weighed.sum(axis=2)).mean(axis=0)
    assert share.mean() == pytest.approx(expected.mean(), abs=4 * share.std() / np.sqrt(SCENARIOS))
    chance = expected.var() + (expected * (1 - expected)).mean() * (1 / tries).mean()
    assert share.var() == pytest.approx(chance, rel=0.12)


def test_a_back_gets_more_passes_where_he_gets_more_runs() -> None:
    """The first rusher is the second receiver: in half of the scenarios one level says both."""
    distribution = row("pass", yards=1)
    kinds = np.zeros(len(outcomes.PLAY_TYPES), np.float32)
    kinds[[outcomes.PLAY_TYPES.index("pass"), outcomes.PLAY_TYPES.index("run")]] = 0.5
    distribution[COLUMNS["play_type"]] = np.tile(kinds, len(outcomes.FORMATIONS))
    distribution[COLUMNS["target_pass"]] = SHARES
    runners = np.array([0.18] * outcomes.RUSHER_SLOTS + [0.1])
    distribution[COLUMNS["target_run"]] = np.tile(runners, len(outcomes.RUN_FORMATIONS))
    own = {"receiver": alike(4.0, outcomes.RECEIVER_SLOTS), "rusher": alike(4.0, outcomes.RUSHER_SLOTS)}
    inputs = engine_input(tendencies={**INDEPENDENT, **own})
    played = simulate(inputs, always(distribution), scenarios=SCENARIOS)
    caught, throws = catches(played, "A0"), played.team("pass_attempts")[0, 0]
    carried, runs = played.player("A0_r2", "rushing_yards"), played.team("rush_attempts")[0, 0]
    back = np.corrcoef(caught[1] / throws, carried / runs)[0, 1]
    other = np.corrcoef(caught[2] / throws, carried / runs)[0, 1]
    weights_KL = inputs.tables["usage"].reshape(2, -1, LEVELS)[0]
    levels_NK = np.random.default_rng(5).integers(LEVELS, size=(40_000, len(weights_KL)))
    levels_NK[::2, 1] = levels_NK[::2, len(SHARES)]
    weights_NK = weights_KL[np.arange(len(weights_KL)), levels_NK]
    passes, carries = (
        part / part.sum(axis=1, keepdims=True)
        for part in (SHARES * weights_NK[:, : len(SHARES)], runners * weights_NK[:, len(SHARES) :])
    )
    assert back == pytest.approx(np.corrcoef(passes[:, 1], carries[:, 0])[0, 1], abs=0.08)
    assert back - other > 0.25


def test_who_is_absent_gets_nothing_and_the_others_his_share() -> None:
    """One in four of everybody but the quarterback and anybody else; the first rusher is the second receiver."""
    distribution = row("pass", yards=1)
    distribution[COLUMNS["target_pass"]] = SHARES
    kinds = np.zeros(len(outcomes.PLAY_TYPES), np.float32)
    kinds[[outcomes.PLAY_TYPES.index("pass"), outcomes.PLAY_TYPES.index("run")]] = 0.5
    distribution[COLUMNS["play_type"]] = np.tile(kinds, len(outcomes.FORMATIONS))
    distribution[COLUMNS["target_run"]] = np.tile([0.4, 0.2, 0.1, 0.1, 0.1, 0.1], 2)
    absences = {"log_odds": float(np.log(1 / 3)), "by_log_share": 0.0}
    roles = {role: alike(1e6, slots, absences) for role, slots in SLOTS.items()}
    inputs = engine_input(tendencies={**INDEPENDENT, **roles})
    played = simulate(inputs, always(distribution), scenarios=SCENARIOS)
    points = dict(zip(inputs.players["player_id"].to_pylist(), played.outputs.points_PS, strict=True))
    assert (points["A0_qb"] != TOOK_NO_PART).all()
    absent = points["A0_r2"] == TOOK_NO_PART
    assert absent.mean() == pytest.approx(0.25, abs=0.04)
    for statistic in ("receptions", "receiving_yards", "rushing_yards"):
        numbers = played.player("A0_r2", statistic)
        assert (numbers[absent] == 0).all()
        assert (numbers[~absent] > 0).mean() > 0.8
    others = catches(played, "A0")[2]
    there = points["A0_r3"] != TOOK_NO_PART
    assert others[there & absent].mean() > 1.03 * others[there & ~absent].mean()
    # Shares of those who are there, over all who are: a receiver's mean stays about what was expected of him.
    share = catches(played, "A0") / played.team("pass_attempts")[0, 0]
    assert share.mean() == pytest.approx(0.09, abs=0.003)


def test_where_all_are_absent_anybody_else_gets_the_ball() -> None:
    inputs = engine_input()
    inputs.tables["usage"].reshape(2, -1, LEVELS)[:, : outcomes.RECEIVER_SLOTS, :-1] = 0
    played = simulate(inputs, always(row("pass", yards=1)), scenarios=50)
    caught, completions = catches(played, "A0").sum(axis=0), played.team("completions")[0, 0]
    assert (completions > 0).all()
    assert (caught == 0).mean() > 0.8


def test_calls_tilt_and_balance() -> None:
    distribution = row("pass", yards=1)
    kinds = np.zeros(len(outcomes.PLAY_TYPES), np.float32)
    kinds[[outcomes.PLAY_TYPES.index("pass"), outcomes.PLAY_TYPES.index("run")]] = 0.6, 0.4
    distribution[COLUMNS["play_type"]] = np.tile(kinds, len(outcomes.FORMATIONS))
    variances = []
    for spread in (0.0, 0.12):
        inputs = engine_input(tendencies={**INDEPENDENT, "call_spread": spread})
        played = simulate(inputs, always(distribution), scenarios=SCENARIOS)
        passes, runs = played.team("pass_attempts")[0], played.team("rush_attempts")[0]
        share, tries = passes / (passes + runs), passes + runs
        assert share.mean() == pytest.approx(0.6, abs=4 * share.std() / np.sqrt(share.size))
        variances.append(share.var() - (0.24 / tries).mean())
    assert variances[0] == pytest.approx(0.0, abs=2e-4)
    # A call to throw stands more readily by the tilt, a run less: 0.6 * tilt * (1 - (0.6 - 0.4)).
    assert np.sqrt(variances[1]) == pytest.approx(0.12 * 0.6 * 0.8, rel=0.1)


@pytest.mark.parametrize(("seconds", "pace", "taken"), [(25, 5, 30), (25, -5, 20), (7, 5, 7)])
def test_a_slow_side_takes_longer_while_the_clock_runs(seconds: int, pace: int, taken: int) -> None:
    """Runs of a yard, of which each takes as long: a side with twice the time for each has half of them."""
    usual, paced = engine_input(), engine_input()
    usual.tables["time_values"][:], paced.tables["time_values"][:] = seconds, seconds
    paced.tables["paces"][:] = pace
    plays = [
        simulate(inputs, always(row("run", yards=1, seconds=25)), scenarios=20).team("scrimmage_plays").sum(axis=(0, 1))
        for inputs in (usual, paced)
    ]
    assert plays[1].mean() / plays[0].mean() == pytest.approx(seconds / taken, rel=0.03)


@pytest.mark.parametrize(("leaves", "share"), [(0, 0.0), (1800, 30 / 75), (NEVER, 1.0)])
def test_what_is_thrown_after_a_quarterback_has_left_is_not_his(leaves: int, share: float) -> None:
    """Nobody scores, so that a game lasts 75 minutes with its overtime."""
    inputs = engine_input()
    inputs.tables["quarterback_leaves"][:] = leaves
    played = simulate(inputs, always(row("pass", yards=1)), scenarios=100)
    theirs = sum(played.player(f"{team}_qb", "passing_yards") for team in ("A0", "H0"))
    assert (theirs / played.team("pass_yards").sum(axis=(0, 1))).mean() == pytest.approx(share, abs=0.02)
    stayed = simulate(engine_input(), always(row("pass", yards=1)), scenarios=100)
    np.testing.assert_array_equal(played.outputs.team_stats_G2TS, stayed.outputs.team_stats_G2TS)
    np.testing.assert_array_equal(played.player("A0_r1", "receptions"), stayed.player("A0_r1", "receptions"))


@pytest.mark.parametrize("table", ["tendencies", "forms", "quarterback_leaves", "pace"])
def test_a_version_without_tendencies_is_refused(table: str) -> None:
    counts = {name: value for name, value in counted().items() if name != table}
    with pytest.raises(MissingDataError, match="train the week again"):
        PLAN.engine_input(fixtures(1), context(1), counts, 1)


@pytest.mark.parametrize(
    ("table", "value", "needed"),
    [
        ("usage", 0.0, "1 to 32767"),  # absent at the fourth level, but not at the first
        ("call_tilts", 17.0, "-16 to 16"),
        ("forms", -17.0, "-16 to 16"),
        ("long_gains", -1.0, "0 to 32"),
        ("quarterback_leaves", -1.0, "0 to 32767"),
        ("paces", 9.0, "-8 to 8"),
    ],
)
def test_weights_and_tilts_out_of_range_are_refused(table: str, value: float, needed: str) -> None:
    inputs = engine_input()
    inputs.tables[table][3] = value
    with pytest.raises(EngineError, match=rf"table {table}.*{needed}"):
        open_engine(inputs)


@pytest.mark.parametrize(
    ("absent", "found"),
    [(slice(LEVELS), LEVELS - 1), (slice(LEVELS * outcomes.RECEIVER_SLOTS, None), LEVELS * outcomes.RECEIVER_SLOTS)],
)
def test_a_candidate_is_there_at_a_level_and_anybody_else_at_every_one(absent: slice, found: int) -> None:
    inputs = engine_input()
    inputs.tables["usage"][absent] = 0
    with pytest.raises(EngineError, match=rf"table usage holds 0 at {found}: .*1 to 32767"):
        open_engine(inputs)
