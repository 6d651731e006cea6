"""The report: settings side by side, the count of goals, the same text from the same inputs, and pictures."""

import numpy as np
import polars as pl

from sports_platform.simulation.fidelity.games import join
from sports_platform.simulation.fidelity.judge import Judge, Met
from sports_platform.simulation.fidelity.plots import draw_all
from sports_platform.simulation.fidelity.report import FidelityReport, Setting
from sports_platform.simulation.fidelity.rows import Lines, all_rows, places
from sports_platform_tests.simulation.fidelity.league import STATS, Plan, Truth, season


def report() -> FidelityReport:
    truth = Truth.of(40, 51, seed=1)
    played, real, _ = season(truth, 2)
    truth.stats["points"][..., :-1] += 9
    higher, _, _ = season(truth, 2)
    found = {}
    for draws, games in join(Plan(), {1: played, 8: higher}, real).items():
        placed, judge = places(Plan(), games, 1), Judge(40, 1)
        found[draws] = Setting(games, placed, all_rows(Plan(), games, placed, Lines({}, {}, {}), judge))
    return FidelityReport(2015, ("v1", "v2"), 50, 1, "abc", found)


def test_settings_stand_below_one_another_and_goals_are_counted() -> None:
    found = report()
    lines = found.markdown().splitlines()
    points = [line.split(" | ") for line in lines if line.startswith("| points, mean")]
    assert [cells[1] for cells in points] == ["1", "8"]
    assert points[1][-1] == "no |"
    assert found.markdown() == report().markdown()
    summary = [line for line in lines if line.startswith("- strength draws")]
    missed = [sum(row.met is Met.NO for row in setting.rows) for setting in found.settings.values()]
    assert missed[1] > missed[0]
    assert [f"{count} not met" in line for count, line in zip(missed, summary, strict=True)] == [True, True]


def test_the_table_has_every_row(tmp_path) -> None:
    found = report()
    frame = found.frame()
    assert frame.height == sum(len(setting.rows) for setting in found.settings.values())
    first = found.settings[1].rows[0]
    row = frame.row(by_predicate=(pl.col("strength_draws") == 1) & (pl.col("name") == first.name), named=True)
    assert np.isclose(row["difference"], first.difference)


def test_pictures_are_drawn(tmp_path) -> None:
    draw_all(tmp_path, report(), STATS[:1])
    names = ("correlations", "distributions", "pit", "winners")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.png" for name in names]
