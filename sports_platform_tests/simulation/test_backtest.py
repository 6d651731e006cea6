"""Simulated games against real ones: the scores by hand, the wiring, and trained models in the real engine.

The engine's tests play games whose truth is a trained model: its scenarios under another seed are what happened.
Models are trained on states as the engine serves them, so that a candidate is no worse for meeting others in a game.
"""

from dataclasses import dataclass, replace
from operator import attrgetter
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from sports_platform.core.domain import Wait
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.baselines import climatology
from sports_platform.models.dataset import PlayData
from sports_platform.models.evaluate import evaluate
from sports_platform.models.evidence import PIT_BINS, Evidence, SimulatedGames
from sports_platform.models.heads import head_slices
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.promote import Thresholds, Verdict, judge
from sports_platform.simulation import backtest
from sports_platform.simulation.backtest import RealGames, crps, expected, last_weeks, pit, score
from sports_platform.simulation.inference import Predictor, Situated
from sports_platform.simulation.runner import play
from sports_platform.simulation.scenarios import UNITS_PER_POINT, Scenarios
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic
from sports_platform_tests.simulation.scripted import PLAN, context, counted, fixtures

DOMAIN = NflDomain()
GAMES, SCENARIOS, REALITIES = 12, 64, 5
LEAK = "goal_to_go"
"""A state input that the labels of these plays do not depend on; the leaking candidate finds the outcome in it."""


def test_crps_is_that_of_the_distribution_and_not_of_the_sample() -> None:
    """Of a normal at its own mean: sd x (sqrt(2) - 1) / sqrt(pi); 2000 games of 20 scenarios leave 1 % of noise."""
    draws = np.random.default_rng(1).normal(100, 10, (2000, 20)).round().astype(np.int16)
    actual = np.full(2000, 100.0)
    assert crps(draws, actual).mean() == pytest.approx(10 * (2**0.5 - 1) / np.pi**0.5, rel=0.04)
    assert crps(np.full((1, 20), 7, np.int16), np.array([9.0])) == pytest.approx(2.0)


def test_the_pit_is_uniform_for_games_drawn_like_the_scenarios_ties_included() -> None:
    generator = np.random.default_rng(2)
    drawn = generator.poisson(1.0, (20_000, 31)).astype(np.int16)
    places = pit(drawn[:, :30], drawn[:, 30].astype(np.float64), generator.random(20_000))
    counts = np.histogram(places, bins=PIT_BINS, range=(0, 1))[0]
    assert np.abs(counts - 1000).max() < 5 * 31  # a cell's standard deviation is 31


def test_as_many_last_weeks_as_have_games_enough() -> None:
    weeks = ("w1", "w2", "w3", "w4")
    assert last_weeks(weeks, ["w1"] * 16 + ["w2"] * 16 + ["w3"] * 16 + ["w4"] * 14) == ("w3", "w4")
    assert last_weeks(weeks, ["w1"] * 16 + ["w2"] * 4 + ["w3"] * 4 + ["w4"] * 2) == weeks
    assert last_weeks(weeks, ["w4"] * 40) == ("w4",)


def hand_made(points_PS: list[list[int]], team_points: list[list[list[int]]]) -> Scenarios:
    """One game g of a at h, two players."""
    return Scenarios(
        week="2015_wk11",
        model_version="v",
        seed=1,
        game_ids=("g", "later"),
        players=pa.table({"player_id": ["p", "q", "r"], "game_id": ["g", "g", "later"]}),
        points_PS=np.array(points_PS, np.int16),
        team_scores_G2S=np.array(team_points, np.int16),
        team_stats=dict.fromkeys(PLAN.judged_stats, np.array(team_points, np.int16)),
        lineage=Lineage(step="simulation", sport="nfl", week="2015_wk11"),
    )


def test_scores_are_of_finished_games_and_of_players_who_took_part() -> None:
    # p is expected at 10 points and had 12; q is expected at 10 and did not play; the later game is not finished.
    found = hand_made([[400, 600], [500, 500], [500, 500]], [[[10, 14], [20, 30]], [[0, 0], [0, 0]]])
    real = RealGames(
        {"g": ("a", "h"), "later": ("a", "h")},
        {("g", "a"): {"points": 13.0}, ("g", "h"): {"points": 50.0}},
        {("g", "p"): 12.0},
    )
    games = score({"v": [found]}, real, ("points",), seed=1)["v"]
    assert games.game_ids == ("g",)
    assert games.teams_by_game == (2,)
    points = games.stats["points"]
    assert points.error_by_game == (12 - 13 + 25 - 50,)
    assert points.actual_by_game == (63,)
    assert points.crps_by_game == pytest.approx(((3 + 1) / 2 - 2 + (30 + 20) / 2 - 5,))
    assert points.covered_by_game[0] in (1, 2)  # 13 lies in the middle third, 50 in the last one
    assert sum(games.pit_by_game[0]) == 1


def test_players_are_judged_among_the_scenarios_in_which_they_take_part() -> None:
    # q is expected at 3 points, but at 6 if he plays; he had 4, below all of those.
    found = hand_made([[0, 0, 0, 0], [300, 0, 0, 300], [0, 0, 0, 0]], [[[0] * 4] * 2] * 2)
    absent_PS = np.zeros((3, 4), np.bool_)
    absent_PS[1, 1:3] = True
    found = replace(found, absent_PS=absent_PS)
    real = RealGames({"g": ("a", "h")}, {("g", "a"): {"points": 0.0}, ("g", "h"): {"points": 0.0}}, {("g", "q"): 4.0})
    bins = score({"v": [found]}, real, ("points",), seed=1)["v"].pit_by_game[0]
    assert sum(bins) == 1
    assert sum(bins[: len(bins) // 3 + 1]) == 1
    everybody = score({"v": [replace(found, absent_PS=None)]}, real, ("points",), seed=1)["v"]
    assert sum(everybody.pit_by_game[0]) == 0


def test_scores_of_scenarios_leave_out_those_without_a_value() -> None:
    draw = np.random.default_rng(3)
    values = draw.normal(size=(4, 60))
    with_gaps = np.insert(values, draw.integers(0, 60, 25), np.nan, axis=1)
    actual, uniform = draw.normal(size=4), draw.random(4)
    np.testing.assert_allclose(expected(with_gaps), values.mean(axis=1))
    np.testing.assert_allclose(pit(with_gaps, actual, uniform), pit(values, actual, uniform))
    np.testing.assert_allclose(crps(with_gaps, actual), crps(values, actual))
    assert np.isnan(expected(np.full(3, np.nan)))


class _Wiring:
    """What the lake and the model store would answer, and what was asked to be played."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, differing: tuple[str, ...] = ()) -> None:
        self.played: list[tuple[str, str, int]] = []
        monkeypatch.setattr(backtest, "input_differences", lambda domain, version: differing)
        monkeypatch.setattr(backtest, "incumbent", lambda settings, week: version("champion"))
        monkeypatch.setattr(backtest, "week_cutoff", self.cutoff)
        monkeypatch.setattr(backtest, "read_as_of", self.read)
        monkeypatch.setattr(backtest, "play_week", self.play)
        monkeypatch.setattr(backtest.RealGames, "of", lambda domain, plays, schedules: RealGames({}, {}, {}))

    def cutoff(self, settings: Settings, domain: object, week: Week, *, snapshot_id: int) -> str:
        assert (week, snapshot_id) == (Week(2015, 12), 22)
        return "cut-off of the candidate's week"

    def read(self, settings: Settings, domain: object, spec: object, *, cutoff: str, weeks: object, snapshot_id: int):
        assert cutoff == "cut-off of the candidate's week"
        assert snapshot_id in (11, 22)
        return pa.table({"week_key": ["2015_wk09"] * 16 + ["2015_wk10"] * 14 + ["2015_wk11"] * 16})

    def play(self, settings: Settings, domain: object, week: Week, found: ModelVersion, **options: int) -> Scenarios:
        self.played.append((found.name, str(week), options["seed"]))
        return replace(hand_made([[0]] * 3, [[[0], [0]]] * 2), week=str(week), model_version=found.name)


def version(name: str) -> ModelVersion:
    evaluation = SimpleNamespace(weeks=("2015_wk08", "2015_wk09", "2015_wk10", "2015_wk11"))
    return SimpleNamespace(  # type: ignore[return-value]
        name=name,
        week=Week(2015, 12),
        metrics=lambda: SimpleNamespace(evaluation=evaluation),
        lineage=lambda: SimpleNamespace(snapshots={"nfl.plays": 11, "nfl.schedules": 22}),
    )


def test_candidate_and_champion_play_the_last_held_out_weeks_with_one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = _Wiring(monkeypatch)
    found = backtest.backtest(Settings(), DOMAIN, version("candidate"))
    assert set(found) == {"candidate", "champion"}
    assert found["champion"].weeks == ("2015_wk10", "2015_wk11")
    assert {(name, week) for name, week, _ in wiring.played} == {
        (name, week) for name in found for week in ("2015_wk10", "2015_wk11")
    }
    assert len({seed for *_, seed in wiring.played}) == 1


def test_a_candidate_with_other_inputs_is_not_played(monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = _Wiring(monkeypatch, differing=("final_score",))
    assert backtest.backtest(Settings(), DOMAIN, version("candidate")) == {}
    assert wiring.played == []


def served_states(rows: int, seed: int) -> dict[str, npt.NDArray[np.float32]]:
    """State inputs as the engine serves them, of random game states."""
    generator = np.random.default_rng(seed)
    spec = PLAN.buckets.spec
    clocks = len(spec.moments())
    downs, margins = (1, 5), (0, 3)  # every node of the clock has three of margins
    distances, yardlines = (
        min(len(nodes) for spots in spec.spots.values() for nodes in axis(spots).values())
        for axis in (attrgetter("distance"), attrgetter("yardline"))
    )
    sizes = ((0, 1), (0, 2), downs, (0, distances), (0, yardlines), (0, clocks), margins)
    buckets = np.stack([generator.integers(low, high, rows) for low, high in sizes], axis=1)
    names = synthetic.spec().names("state")
    return dict(zip(names, PLAN.bucket_features(buckets.astype(np.int32), names).T, strict=True))


def rows_served(rows: int, seed: int) -> PlayData:
    """Plays of the synthetic truth in the engine's states."""
    spec = synthetic.spec()
    found = synthetic.table(rows, seed, states=served_states(rows, seed))
    return PlayData.from_table(found, spec.inputs, spec.names("key"), DOMAIN.model)


def leaking(data: PlayData) -> PlayData:
    """The plays with the call in a state input, which in a game says whether it is goal to go."""
    features = data.features_NF.copy()
    features[:, data.feature_names.index(LEAK)] = data.labels["target_pass"].group >= 0
    return replace(data, features_NF=features)


@dataclass(frozen=True)
class OverConfident:
    """A predictor's logits times 1.5."""

    inner: PlayPredictor

    @property
    def state_names(self) -> tuple[str, ...]:
        return self.inner.state_names

    @property
    def context_names(self) -> tuple[str, ...]:
        return self.inner.context_names

    def situated(self, contexts_MF: npt.NDArray[np.float32]) -> Situated:
        inner = self.inner.situated(contexts_MF)

        def write(
            states_SF: npt.NDArray[np.float32],
            state_N: npt.NDArray[np.int64],
            side_N: npt.NDArray[np.int64],
            out_NW: npt.NDArray[np.float32],
        ) -> Wait:
            wait = inner(states_SF, state_N, side_N, out_NW)

            def finish() -> None:
                wait()
                _sharpen(out_NW)

            return finish

        return write

    def probabilities(self, features_NF: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        found = self.inner.probabilities(features_NF)
        _sharpen(found)
        return found


def _sharpen(found: npt.NDArray[np.float32]) -> None:
    for head, columns in zip(DOMAIN.model.heads, head_slices(DOMAIN.model.heads).values(), strict=True):
        powers = found[:, columns].reshape(len(found), head.groups, head.classes) ** 1.5
        found[:, columns] = (powers / powers.sum(axis=2, keepdims=True)).reshape(len(found), -1)


def played(name: str, predictor: Predictor, *, seed: int, scenarios: int) -> Scenarios:
    """GAMES games of one week in the compiled engine."""
    table = context(GAMES)
    draw = np.random.default_rng(3)
    for column in predictor.context_names:
        if column not in table.column_names:
            values = np.full(2 * GAMES, 0.25) if column.endswith("_share") else draw.random(2 * GAMES)
            table = table.append_column(column, pa.array(values.astype(np.float32)))
    inputs = PLAN.engine_input(fixtures(GAMES), table, counted(), seed)
    outputs, _ = play(Settings.load(), DOMAIN, inputs, table, predictor, seed=seed, scenarios=scenarios, threads=1)
    stats = {name: outputs.team_stats_G2TS[:, :, place] for place, name in enumerate(PLAN.team_stats)}
    lineage = Lineage(step="simulation", sport="nfl", week="2015_wk11")
    points, scores = outputs.points_PS, outputs.scores_G2S
    return Scenarios("2015_wk11", name, seed, inputs.game_ids, inputs.players, points, scores, stats, lineage)


def as_real(found: Scenarios, scenario: int) -> RealGames:
    """One scenario as what happened; everybody took part."""
    sides = {game: (f"A{place}", f"H{place}") for place, game in enumerate(found.game_ids)}
    teams = {
        (game, team): {name: float(found.team_stats[name][place, side, scenario]) for name in PLAN.team_stats}
        for place, (game, both) in enumerate(sides.items())
        for side, team in enumerate(both)
    }
    keys = zip(found.players["game_id"].to_pylist(), found.players["player_id"].to_pylist(), strict=True)
    points = found.points_PS[:, scenario] / UNITS_PER_POINT
    return RealGames(sides, teams, {key: float(value) for key, value in zip(keys, points, strict=True)})


@dataclass(frozen=True)
class League:
    """Candidates' scores on the same plays, their scenarios, and real games, of which the champion is the truth."""

    evidence: dict[str, Evidence]
    scenarios: dict[str, Scenarios]
    reality: Scenarios

    def judged(self, candidate: str, scenario: int, *, alone: bool = False) -> Verdict:
        names = dict.fromkeys((candidate, "champion"))
        real = as_real(self.reality, scenario)
        games = score({name: [self.scenarios[name]] for name in names}, real, PLAN.judged_stats, seed=scenario)
        own, other = (self._with(name, games[name]) for name in (candidate, "champion"))
        return judge(own, None if alone else other, Thresholds.of(DOMAIN.model), seed=scenario)

    def _with(self, name: str, games: SimulatedGames) -> Evidence:
        return self.evidence[name].model_copy(update={"games": games})


@pytest.fixture(scope="module")
def league(tmp_path_factory: pytest.TempPathFactory) -> League:
    settings = Settings(home=tmp_path_factory.mktemp("league"), threads=1)
    training, held_out = rows_served(8000, seed=1), rows_served(6000, seed=2)

    def trained(rows: PlayData) -> PlayPredictor:
        return PlayPredictor.load(synthetic.train(settings, rows), DOMAIN)

    champion = trained(training)
    candidates: dict[str, tuple[PlayPredictor | OverConfident, PlayData]] = {
        "champion": (champion, held_out),
        "over-confident": (OverConfident(champion), held_out),
        "shuffled": (trained(synthetic.shuffled(training, seed=1)), held_out),
        "leaking": (trained(leaking(training)), leaking(held_out)),
    }
    base = climatology(training, DOMAIN.model.heads)
    evidence, scenarios = {}, {}
    for name, (predictor, rows) in candidates.items():
        output = predictor.probabilities(rows.features_NF)
        found = evaluate(output, base, rows, DOMAIN.model, version=name, week="2015_wk12")
        evidence[name] = Evidence(evaluation=found, games=None)
        scenarios[name] = played(name, predictor, seed=1, scenarios=SCENARIOS)
    return League(evidence, scenarios, played("reality", champion, seed=2, scenarios=REALITIES))


def failed(verdict: Verdict) -> list[str]:
    return [check.name for check in verdict.checks if not check.passed]


def of_games(names: list[str]) -> list[str]:
    """The failed checks that come from simulated games."""
    parts = (*(f", {name}" for name in PLAN.judged_stats), "PIT")
    return [name for name in names if any(part in name for part in parts)]


@pytest.mark.parametrize("scenario", range(REALITIES))
def test_games_drawn_from_the_truth_are_lifelike(league: League, scenario: int) -> None:
    assert of_games(failed(league.judged("champion", scenario, alone=True))) == []


@pytest.mark.parametrize("scenario", range(REALITIES))
@pytest.mark.parametrize("candidate", ["shuffled", "over-confident", "leaking"])
def test_bad_candidates_are_refused(league: League, candidate: str, scenario: int) -> None:
    assert failed(league.judged(candidate, scenario))
    assert failed(league.judged(candidate, scenario, alone=True))


@pytest.mark.parametrize("scenario", range(REALITIES))
def test_a_leak_that_the_plays_reward_shows_in_the_games(league: League, scenario: int) -> None:
    """On plays its call is all but certain; in a game the input says something else, and every drive is another."""
    own, other = (league.evidence[name].evaluation.heads["play_type"] for name in ("leaking", "champion"))
    assert own.log_loss < 0.2 * other.log_loss
    found = failed(league.judged("leaking", scenario))
    assert "largest gain on the champion, share of the log loss" in found
    assert of_games(found)
    assert of_games(failed(league.judged("leaking", scenario, alone=True)))
