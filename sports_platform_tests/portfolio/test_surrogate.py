"""From a slate and its scenarios to a stored surrogate: lineups drawn, metrics simulated, the whole step."""

from dataclasses import replace

import numpy as np
import pytest

from sports_platform.core.errors import ArtefactError, InfeasibleError
from sports_platform.core.settings import Settings
from sports_platform.models.surrogate_artefact import StoredSurrogate, surrogate_dir
from sports_platform.models.surrogate_fit import SurrogateConfig, predict
from sports_platform.portfolio import select
from sports_platform.portfolio.lineup import CompactSlate, Lineup
from sports_platform.portfolio.slate import Slate
from sports_platform.portfolio.surrogate import SurrogatePlan, simulate_selections, simulated_slate, surrogate_of
from sports_platform.portfolio.surrogate_lineups import SOURCES, LineupMix, sample_lineups
from sports_platform.portfolio.surrogate_targets import lineup_metrics, mixed, mixture_metrics
from sports_platform.sports.nfl import DOMAIN
from sports_platform_tests.portfolio.pools import scenarios_for, small_slate

MIX = LineupMix(random=150, stacked=150, optimal=20, neighbour=100)
LEVELS = (0.1, 0.5, 0.9, 0.99)
PLAN = SurrogatePlan(lineups=MIX, mixtures=100, network=SurrogateConfig(levels=LEVELS, widths=(16,), epochs=10))


def cheap_slate() -> Slate:
    """The small slate at a price where the cap holds for some lineups and not for others."""
    slate = small_slate()
    return replace(slate, players=tuple(p.model_copy(update={"salary": p.salary * 9 // 10}) for p in slate.players))


SLATE = cheap_slate()
COMPACT = CompactSlate(rules=DOMAIN.contest, players=SLATE.players)
SCENARIOS = scenarios_for(SLATE, scenarios=1000)
POINTS_PS = SCENARIOS.points_PS


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A home of the test's own; nothing here needs a service."""
    return Settings(home=tmp_path)


def test_drawn_lineups_are_valid_distinct_and_of_every_source() -> None:
    drawn = sample_lineups(COMPACT, POINTS_PS, MIX, seed=1)
    for players in drawn.players_NK:
        assert Lineup(tuple(SLATE.players[index] for index in players)).violations(DOMAIN.contest) == []
    assert len({frozenset(players) for players in drawn.players_NK.tolist()}) == len(drawn.players_NK)
    counts = dict(zip(SOURCES, np.bincount(drawn.source_N), strict=True))
    assert (counts["random"], counts["stacked"], counts["neighbour"]) == (150, 150, 100)
    assert 5 <= counts["optimal"] <= 20


def test_the_pool_of_the_test_does_break_the_cap() -> None:
    """Else the test above could not fail for the salary."""
    free = COMPACT.model_copy(update={"rules": DOMAIN.contest.model_copy(update={"salary_cap": 10**6})})
    drawn = sample_lineups(free, POINTS_PS, MIX, seed=1)
    salaries = [sum(SLATE.players[index].salary for index in players) for players in drawn.players_NK]
    assert max(salaries) > DOMAIN.contest.salary_cap


def test_neighbours_without_optimal_lineups_are_refused() -> None:
    with pytest.raises(ValueError, match="neighbours are made from optimal lineups"):
        LineupMix(optimal=0, neighbour=1)
    drawn = sample_lineups(COMPACT, POINTS_PS, LineupMix(random=20, stacked=0, optimal=0, neighbour=0), seed=1)
    assert len(drawn.players_NK) == len(set(drawn.family_N)) == 20


def test_stacks_have_more_team_mates_than_chance_and_the_solver_keeps_its_rule() -> None:
    drawn = sample_lineups(COMPACT, POINTS_PS, MIX, seed=1)

    def mates(players) -> int:
        first, *others = (SLATE.players[index] for index in players)
        return sum(other.team == first.team for other in others)

    by_source = {
        name: [mates(players) for players in drawn.players_NK[drawn.source_N == number]]
        for number, name in enumerate(SOURCES)
    }
    assert np.mean(by_source["stacked"]) > np.mean(by_source["random"]) + 0.5
    assert min(by_source["optimal"]) >= 1


def test_the_seed_alone_decides_which_lineups_are_drawn() -> None:
    first, again, other = (sample_lineups(COMPACT, POINTS_PS, MIX, seed=seed).players_NK for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[:100], other[:100])


def test_a_pool_without_so_many_lineups_says_so() -> None:
    few = CompactSlate(rules=DOMAIN.contest, players=tuple(p for p in SLATE.players if p.team != "BBB"))
    rows = [row for row, player in enumerate(SLATE.players) if player.team != "BBB"]
    with pytest.raises(InfeasibleError, match="distinct valid lineups"):
        sample_lineups(few, POINTS_PS[rows], MIX.model_copy(update={"random": 5000}), seed=1)


def test_metrics_are_those_numpy_gives_for_the_summed_scenarios() -> None:
    players_NK = sample_lineups(COMPACT, POINTS_PS, MIX, seed=1).players_NK[:40]
    found = lineup_metrics(POINTS_PS, players_NK, LEVELS)
    for players, values in zip(players_NK, found.values_NM, strict=True):
        points_S = POINTS_PS[players].sum(axis=0, dtype=np.int64) / 50
        assert values[:2] == pytest.approx([points_S.mean(), points_S.std()], rel=1e-6)
        assert values[2:6] == pytest.approx(list(select.percentiles(points_S).values()), rel=1e-6)
        assert values[6] == pytest.approx(np.sort(points_S)[-10:].mean(), rel=1e-6)
    np.testing.assert_array_equal(found.selected_NP.sum(axis=1), 9)


def test_standard_errors_are_the_scatter_of_repeated_simulations() -> None:
    """400 simulations know their own scatter to 1 / sqrt(800) = 3.5 %; Woodruff's estimate has an error of its own."""
    generator = np.random.default_rng(3)
    lineup = np.arange(3)[None]
    runs = [
        lineup_metrics((generator.gamma(2.0, 100.0, (3, 2000))).astype(np.int16), lineup, LEVELS) for _ in range(400)
    ]
    values_RM, errors_RM = (np.concatenate(parts) for parts in zip(*[run.arrays()[1:] for run in runs], strict=True))
    np.testing.assert_allclose(errors_RM.mean(axis=0), values_RM.std(axis=0), rtol=0.15)


def test_mixtures_are_weighted_sums_and_exact_in_any_order() -> None:
    pure = lineup_metrics(POINTS_PS, sample_lineups(COMPACT, POINTS_PS, MIX, seed=1).players_NK[:50], LEVELS)
    blends = mixed(pure.selected_NP, 30, 6, np.random.default_rng(1))
    np.testing.assert_array_equal(blends.sum(axis=1), 9.0)
    assert ((blends > 0).sum(axis=1) > 9).mean() > 0.9
    found = mixture_metrics(POINTS_PS, blends, LEVELS)
    points_NS = blends.astype(np.float64) @ (POINTS_PS / 50)
    np.testing.assert_allclose(found.values_NM[:, 0], points_NS.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(found.values_NM[:, 4], np.quantile(points_NS, 0.9, axis=1), rtol=1e-6)
    order = np.random.default_rng(2).permutation(len(POINTS_PS))
    shuffled = mixture_metrics(POINTS_PS[order], blends[:, order], LEVELS)
    np.testing.assert_array_equal(shuffled.values_NM, found.values_NM)


def test_no_family_stands_on_both_sides_of_the_split() -> None:
    drawn = sample_lineups(COMPACT, POINTS_PS, MIX, seed=1)
    parts = simulate_selections(drawn, POINTS_PS, PLAN, seed=1)
    family_of = {np.flatnonzero(row).tobytes(): family for row, family in _selected(drawn)}
    sides = [
        {family_of[np.flatnonzero(row).tobytes()] for row in part.selected_NP if row.max() == row[row > 0].min() == 1}
        for part in (parts.training, parts.validation, parts.held_out["lineups"])
    ]
    assert all(sides)
    assert not sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2]
    near = [family for _, family in _selected(drawn)][-MIX.neighbour :]
    assert max(near) < MIX.optimal  # every neighbour stands with a lineup of the solver


def _selected(drawn) -> list[tuple[np.ndarray, int]]:
    rows = lineup_metrics(POINTS_PS, drawn.players_NK, LEVELS).selected_NP
    return list(zip(rows, drawn.family_N.tolist(), strict=True))


def test_the_step_stores_a_surrogate_of_the_week(settings: Settings) -> None:
    stored = surrogate_of(settings, DOMAIN, SLATE, SCENARIOS, plan=PLAN)
    loaded = StoredSurrogate.load(surrogate_dir(settings, "nfl", SLATE.week))
    assert loaded == stored
    assert loaded.card.player_ids == tuple(player.player_id for player in SLATE.players)
    assert set(loaded.metrics.errors) >= {"lineups", "random", "stacked", "neighbour", "mixture"}
    assert (loaded.lineage.model_version, loaded.lineage.snapshots) == ("test", {"nfl.slates": 1})
    for error in loaded.metrics.errors["lineups"][2:]:
        # As in the models' test: half the noise as the model's own error, and room for so few lineups.
        assert error.root_mean_square <= 1.3 * error.standard_error, error
    one = lineup_metrics(POINTS_PS, np.arange(9)[None], LEVELS)
    np.testing.assert_allclose(predict(loaded.network(), one.selected_NP)[:, :2], one.values_NM[:, :2], rtol=1e-5)


def test_the_same_seed_stores_the_same_bytes(settings: Settings, tmp_path) -> None:
    first = surrogate_of(settings, DOMAIN, SLATE, SCENARIOS, plan=PLAN).path
    again = surrogate_of(settings.model_copy(update={"home": tmp_path / "b"}), DOMAIN, SLATE, SCENARIOS, plan=PLAN).path
    for name in ("weights.safetensors", "surrogate.yaml", "metrics.json"):
        assert (first / name).read_bytes() == (again / name).read_bytes(), name
    assert [path.name for path in first.parent.iterdir()] == ["2015_wk12"]


def test_players_without_a_simulation_have_no_column(settings: Settings) -> None:
    keep = [row for row, player in enumerate(SLATE.players) if player != SLATE.players[3]]
    fewer = replace(SCENARIOS, players=SCENARIOS.players.take(keep[::-1]), points_PS=POINTS_PS[keep[::-1]])
    slate, points_PS = simulated_slate(SLATE, fewer)
    assert SLATE.players[3] not in slate.players
    np.testing.assert_array_equal(points_PS, POINTS_PS[keep])


def test_scenarios_of_another_week_are_refused(settings: Settings) -> None:
    with pytest.raises(ArtefactError, match="scenarios of 2015_wk11"):
        surrogate_of(settings, DOMAIN, SLATE, replace(SCENARIOS, week="2015_wk11"), plan=PLAN)
    assert not surrogate_dir(settings, "nfl", SLATE.week).exists()
