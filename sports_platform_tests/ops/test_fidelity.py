"""A season's fidelity: which model plays which week, what is played once only, and projections as they are read."""

import polars as pl
import pytest
import typer

from sports_platform.cli.fidelity import numbers, span
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.artefacts import ModelVersion
from sports_platform.ops import fidelity as module
from sports_platform.ops.fidelity import Plan, read_projections
from sports_platform.simulation.scenarios import Scenarios
from sports_platform.sports.nfl import DOMAIN
from sports_platform_tests.simulation.fidelity.league import Truth, season


def version(key: str) -> ModelVersion:
    return ModelVersion(path=None, week=Week.parse(key), sha256="0" * 64)  # type: ignore[arg-type]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """(week, version, strength draws) of every week played; scenarios are made up."""
    weeks: list[tuple[str, str, int]] = []

    def play(settings: Settings, domain, week: Week, version: ModelVersion, **named) -> Scenarios:
        weeks.append((str(week), version.name, settings.strength_draws))
        return season(Truth.of(2, 5, seed=1))[0][0]

    monkeypatch.setattr(module, "play_week", play)
    monkeypatch.setattr(module, "current_snapshot", lambda settings, table: 1)
    return weeks


def test_a_week_is_played_by_a_model_of_its_own_week_or_an_earlier_one() -> None:
    weeks = [Week(2015, number) for number in range(1, 10)]
    assert [Plan(2015, every=4).model_week(week).number for week in weeks] == [1, 1, 1, 1, 5, 5, 5, 5, 9]
    assert [Plan(2015, every=1).model_week(week) for week in weeks] == weeks


def test_a_model_is_trained_once_for_its_weeks(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    trained: list[Week] = []

    def train(settings: Settings, domain, week: Week, on_note) -> ModelVersion:
        trained.append(week)
        return version(str(week))

    monkeypatch.setattr(module, "trained", train)
    version_of = module._trained(Settings(home=tmp_path), DOMAIN, Plan(2015), print)
    assert [version_of(Week(2015, number)).week.number for number in (2, 3, 5, 8)] == [1, 1, 5, 5]
    assert trained == [Week(2015, 1), Week(2015, 5)]


def test_a_named_version_plays_no_week_before_its_own() -> None:
    version_of = module._named([version("2015_wk05"), version("2015_wk02")])
    assert [version_of(Week(2015, number)).week.number for number in (2, 4, 5, 9)] == [2, 2, 5, 5]
    with pytest.raises(MissingDataError, match="2015_wk01"):
        version_of(Week(2015, 1))


def test_a_week_is_played_once_by_the_same_version_code_and_setting(asked, tmp_path, monkeypatch) -> None:
    settings, week, one = Settings(home=tmp_path), Week(2015, 3), version("2015_wk01")

    def play(draws: int = 1, plan: Plan | None = None) -> Scenarios:
        return module._played(settings, DOMAIN, plan or Plan(2015), week, one, draws, print)

    first, again = play(), play()
    assert (first.points_PS == again.points_PS).all()
    assert len(asked) == 1
    play(draws=8)
    play(plan=Plan(2015, scenarios=10))
    monkeypatch.setattr(module, "git_commit", lambda: "another")
    play()
    assert [draws for _, _, draws in asked] == [1, 8, 1, 1]


def test_projections_are_those_of_the_site_and_season(tmp_path) -> None:
    rows = [
        (2015, 3, "dk", "a", "p", 11.5),
        (2015, 3, "fd", "a", "p", 9.0),
        (2014, 3, "dk", "a", "p", 8.0),
        (2015, 3, "dk", "b", "p", 12.0),
        (2015, 3, "dk", "b", None, 1.0),
        (2015, 4, "dk", "b", "p", None),
    ]
    frame = pl.DataFrame(rows, ["season", "week", "site", "source", "gsis_id", "proj"], orient="row")
    frame.write_parquet(tmp_path / "projections.parquet")
    found = read_projections(tmp_path / "projections.parquet", 2015)
    assert found == {"a": {("2015_wk03", "p"): 11.5}, "b": {("2015_wk03", "p"): 12.0}}
    with pytest.raises(MissingDataError, match="no DraftKings projection of 2016"):
        read_projections(tmp_path / "projections.parquet", 2016)
    frame.drop("proj").write_parquet(tmp_path / "other.parquet")
    with pytest.raises(MissingDataError, match="without proj"):
        read_projections(tmp_path / "other.parquet", 2015)


def test_weeks_and_settings_as_they_are_typed() -> None:
    assert (span("3-6"), span("3"), numbers("1,8,1")) == ((3, 6), (3, 3), (1, 8))
    for text in ("6-3", "a", "3-", ""):
        with pytest.raises(typer.BadParameter):
            span(text)
    for text in ("0", "1;8", "", "1,"):
        with pytest.raises(typer.BadParameter):
            numbers(text)
