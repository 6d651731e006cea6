"""simulate_week's wiring: inputs as of the week, the named games only, stored scenarios and their lineage.

The lake and the model store have tests of their own; here they are replaced at the runner's border.
"""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.simulation import runner
from sports_platform.simulation.inference import Situated
from sports_platform.simulation.scenarios import Scenarios
from sports_platform.sports.nfl import DOMAIN
from sports_platform_tests.simulation.scripted import PLAN, context, counted, fixtures, football, situated

WEEK = Week(2015, 12)


class Model:
    """Football that depends on state and context alone."""

    state_names = ("yardline_100", "down_1", "ydstogo")
    context_names = ("strength",)
    feature_version = DOMAIN.features.version

    def situated(self, contexts_MF: npt.NDArray[np.float32]) -> Situated:
        return situated(self.answer, contexts_MF)

    def answer(self, features_NF: npt.NDArray[np.float32], out_NW: npt.NDArray[np.float32]) -> None:
        football(np.pad(features_NF, ((0, 0), (0, 3))).astype(np.int32), out_NW)


@pytest.fixture
def week_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """A home with a champion's counted tables, and the lake's answers at the runner's border."""
    version = SimpleNamespace(name="2015_wk12-abc", path=tmp_path)
    (tmp_path / runner.AUXILIARY).write_text(json.dumps(counted()))

    def known(*arguments: Any, cutoff: object, weeks: list[str], snapshot_id: int | None = None) -> pa.Table:
        is_schedule = arguments[2].name == "schedules"
        assert (cutoff, weeks) == ("cut-off", ["2015_wk12"] if is_schedule else ["2015_wk11"])
        return fixtures(3) if is_schedule else pa.table({})

    def features(*arguments: object, before: object = None, **options: object) -> pa.Table:
        rows = context(3)
        return rows.append_column(WEEK_COLUMN, pa.array(["2015_wk11" if before else "2015_wk12"] * rows.num_rows))

    monkeypatch.setattr(runner, "champion", lambda *arguments: version)
    monkeypatch.setattr(runner, "week_cutoff", lambda *arguments: "cut-off")
    monkeypatch.setattr(runner, "read_as_of", known)
    monkeypatch.setattr(runner, "current_snapshot", lambda *arguments: 77)
    monkeypatch.setattr(runner, "read_features", features)
    monkeypatch.setattr(runner.PlayPredictor, "load", lambda *arguments, **options: Model())
    return Settings(home=tmp_path / "home", tools=Settings.load().tools, scenarios=40, threads=2)


def test_a_week_is_simulated_stored_and_traced(week_settings: Settings) -> None:
    result = runner.simulate_week(week_settings, DOMAIN, WEEK)
    assert result.game_ids == ("G00", "G01", "G02")
    assert result.points_PS.shape == (result.players.num_rows, 40)
    assert set(result.team_stats) == set(PLAN.team_stats)
    assert result.lineage.model_version == result.model_version == "2015_wk12-abc"
    assert result.lineage.snapshots == {"nfl.game_context": 77}
    assert result.metrics["plays_per_second"] > 0
    stored = Scenarios.load(runner.scenarios_dir(week_settings, DOMAIN, WEEK))
    np.testing.assert_array_equal(stored.points_PS, result.points_PS)


def test_the_buckets_are_part_of_the_lineage(week_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = runner.simulate_week(week_settings, DOMAIN, WEEK, scenarios=2)
    assert (
        runner.simulate_week(week_settings, DOMAIN, WEEK, scenarios=2).lineage.config_hash == usual.lineage.config_hash
    )
    swapped = PLAN.buckets.cell_B.copy()
    swapped[0] = np.flatnonzero(PLAN.buckets.bucket_C == 0)[-1]
    assert swapped[0] != PLAN.buckets.cell_B[0]
    monkeypatch.setitem(vars(DOMAIN.simulation), "buckets", replace(PLAN.buckets, cell_B=swapped))
    other = runner.simulate_week(week_settings, DOMAIN, WEEK, scenarios=2)
    assert other.lineage.config_hash != usual.lineage.config_hash


def test_the_same_week_again_is_the_same_and_a_game_alone_too(week_settings: Settings) -> None:
    whole = runner.simulate_week(week_settings, DOMAIN, WEEK)
    again = runner.simulate_week(week_settings, DOMAIN, WEEK, threads=1)
    np.testing.assert_array_equal(whole.points_PS, again.points_PS)
    other = runner.simulate_week(week_settings, DOMAIN, WEEK, seed=whole.seed + 1)
    assert (whole.team_scores_G2S != other.team_scores_G2S).any()
    alone = runner.simulate_week(week_settings, DOMAIN, WEEK, game_ids=["G01"], scenarios=10)
    np.testing.assert_array_equal(alone.team_scores_G2S[0], whole.team_scores_G2S[1, :, :10])


def test_each_draw_of_strength_plays_its_part_of_the_scenarios(
    week_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stronger(table: pa.Table, by: float) -> pa.Table:
        return table.set_column(table.column_names.index("strength"), "strength", pc.add(table["strength"], by))

    def draws(self: object, history: pa.Table, table: pa.Table, count: int, seed: int) -> list[pa.Table]:
        return [stronger(table, 100.0 * number) for number in range(count)]

    expected = runner.simulate_week(week_settings, DOMAIN, WEEK)
    monkeypatch.setattr(type(DOMAIN.simulation), "strength_draws", draws)
    drawn = runner.simulate_week(week_settings.model_copy(update={"strength_draws": 3}), DOMAIN, WEEK)
    assert drawn.points_PS.shape == expected.points_PS.shape
    # Of 40 scenarios the first 13 are as expected; the others keep their numbers and meet other teams.
    np.testing.assert_array_equal(drawn.points_PS[:, :13], expected.points_PS[:, :13])
    assert (drawn.team_scores_G2S[:, :, 13:] != expected.team_scores_G2S[:, :, 13:]).any(axis=(0, 1)).mean() > 0.5
    assert drawn.lineage.config_hash != expected.lineage.config_hash
    assert drawn.lineage.snapshots == {"nfl.game_context": 77}
    monkeypatch.setattr(
        type(DOMAIN.simulation),
        "strength_draws",
        lambda self, history, table, count, seed: [stronger(table, 200.0)],
    )
    last = runner.simulate_week(week_settings.model_copy(update={"strength_draws": 2}), DOMAIN, WEEK)
    np.testing.assert_array_equal(drawn.points_PS[:, 26:], last.points_PS[:, 26:])


def test_unknown_games_are_refused(week_settings: Settings) -> None:
    with pytest.raises(MissingDataError, match="G09"):
        runner.simulate_week(week_settings, DOMAIN, WEEK, game_ids=["G09"])
