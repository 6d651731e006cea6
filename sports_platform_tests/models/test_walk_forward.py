from dataclasses import replace

import numpy as np
import pytest

from sports_platform.cli.comparison_tables import walk_lines
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models import plots
from sports_platform.models import walk_forward as walk
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.predictor import PlayPredictor
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic

WEEKS = (Week(2015, 1), Week(2015, 2))
CONFIG = synthetic.QUICK.model_copy(update={"epochs": 2})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[Week]:
    """The weeks trained for, on plays of known truth instead of a lake; week 2 scores a season of two weeks."""
    weeks: list[Week] = []

    def train(settings: Settings, domain: NflDomain, week: Week) -> ModelVersion:
        weeks.append(week)
        return synthetic.train(settings, synthetic.data(1500, seed=week.number), week=week, config=CONFIG)

    season = synthetic.data(400, seed=9, weeks=2)
    season = replace(season, weeks_N=np.array([str(WEEKS[0])] * 200 + [str(WEEKS[1])] * 200))
    monkeypatch.setattr(plots, "draw_all", lambda *args: None)  # most of the time of such small trainings
    monkeypatch.setattr(walk, "train_week", train)
    monkeypatch.setattr(walk, "training_config", lambda settings: CONFIG)
    monkeypatch.setattr(walk, "current_snapshot", lambda settings, table: 1)
    monkeypatch.setattr(walk, "input_tables", lambda domain: ("nfl.play_features",))
    monkeypatch.setattr(walk, "git_commit", lambda: "")
    monkeypatch.setattr(walk, "read_plays", lambda *args, **named: synthetic.data(1500))
    monkeypatch.setattr(walk, "read_season", lambda *args, **named: season)
    return weeks


def test_each_week_is_scored_by_the_version_of_that_week(
    asked: list[Week], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[np.ndarray] = []
    real = walk.compare
    monkeypatch.setattr(
        walk, "compare", lambda output, *args, **named: seen.append(output) or real(output, *args, **named)
    )
    report = walk.walk_forward(settings, NflDomain(), 2015, print)
    assert asked == list(WEEKS)
    rows = walk.read_season()
    for week, version in zip(WEEKS, report.versions, strict=True):
        own = PlayPredictor.load(walk.week_version(settings, week), NflDomain())
        assert version.startswith(str(week))
        here = rows.weeks_N == str(week)
        np.testing.assert_array_equal(seen[0][here], own.probabilities(rows.features_NF[here]))
    assert report.heads[0].baselines.keys() == {"frequencies", "as of week 1"}
    assert "2 versions" in walk_lines(report)[0]


def test_a_walk_that_was_stopped_trains_no_week_twice(asked: list[Week], settings: Settings) -> None:
    walk.walk_forward(settings, NflDomain(), 2015, print)
    walk.walk_forward(settings, NflDomain(), 2015, print)
    assert asked == list(WEEKS)


def test_a_version_of_other_code_is_not_used_again(
    asked: list[Week], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.walk_forward(settings, NflDomain(), 2015, print)
    monkeypatch.setattr(walk, "git_commit", lambda: "another")
    walk.walk_forward(settings, NflDomain(), 2015, print)
    assert asked == [*WEEKS, *[WEEKS[0], WEEKS[0], WEEKS[1]]]
