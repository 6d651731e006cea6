"""Stored scenarios: whole, verified, replaced in one step."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sports_platform.core.errors import ArtefactError, MissingDataError
from sports_platform.core.lineage import Lineage
from sports_platform.simulation.native import TOOK_NO_PART
from sports_platform.simulation.scenarios import Scenarios, unmarked
from sports_platform_tests.simulation.scripted import engine_input, football, simulate


@pytest.fixture(scope="module")
def scenarios() -> Scenarios:
    played = simulate(engine_input(2), football, scenarios=30)
    return Scenarios(
        week="2015_wk12",
        model_version="2015_wk12-abc",
        seed=1,
        game_ids=played.inputs.game_ids,
        players=played.inputs.players,
        points_PS=played.outputs.points_PS,
        team_scores_G2S=played.outputs.scores_G2S,
        team_stats={"points": played.team("points"), "punts": played.team("punts")},
        lineage=Lineage(step="simulation", sport="nfl", week="2015_wk12", seed=1),
        metrics={"hit_rate": played.report.hit_rate},
    )


def test_what_was_saved_is_loaded(scenarios: Scenarios, tmp_path: Path) -> None:
    loaded = Scenarios.load(scenarios.save(tmp_path / "2015_wk12"))
    np.testing.assert_array_equal(loaded.points_PS, scenarios.points_PS)
    np.testing.assert_array_equal(loaded.team_stats["punts"], scenarios.team_stats["punts"])
    assert loaded.players.equals(scenarios.players)
    assert (loaded.game_ids, loaded.seed, loaded.lineage, loaded.metrics) == (
        scenarios.game_ids,
        scenarios.seed,
        scenarios.lineage,
        scenarios.metrics,
    )


def test_who_takes_no_part_is_stored_with_the_points(scenarios: Scenarios, tmp_path: Path) -> None:
    assert scenarios.absent_PS is None
    assert not np.isnan(scenarios.points_of_those_who_play()).any()
    marked_PS = scenarios.points_PS.copy()
    marked_PS[3, ::4] = TOOK_NO_PART
    points_PS, absent_PS = unmarked(marked_PS)
    changed = replace(scenarios, points_PS=points_PS, absent_PS=absent_PS)
    loaded = Scenarios.load(changed.save(tmp_path / "2015_wk12"))
    assert absent_PS is not None
    assert loaded.absent_PS is not None
    np.testing.assert_array_equal(np.argwhere(loaded.absent_PS)[:, 0], 3)
    np.testing.assert_array_equal(loaded.points_PS, np.where(absent_PS, 0, scenarios.points_PS))
    assert np.isnan(loaded.points_of_those_who_play()).sum() == absent_PS.sum() == 8


def test_saving_again_replaces_and_leaves_nothing_else(scenarios: Scenarios, tmp_path: Path) -> None:
    for _ in range(2):
        scenarios.save(tmp_path / "2015_wk12")
    assert [path.name for path in tmp_path.iterdir()] == ["2015_wk12"]


@pytest.mark.parametrize("name", ["points.npy", "players.parquet", "lineage.json"])
def test_a_changed_file_is_refused(scenarios: Scenarios, tmp_path: Path, name: str) -> None:
    folder = scenarios.save(tmp_path / "2015_wk12")
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(bytes(content))
    with pytest.raises(ArtefactError, match=name):
        Scenarios.load(folder)


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no scenarios"):
        Scenarios.load(tmp_path / "2015_wk13")
