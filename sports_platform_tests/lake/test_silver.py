import json
from dataclasses import replace

import pyarrow as pa
import pytest

from sports_platform.core.errors import DataQualityError, MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.lake.catalog import current_snapshot, load_table, summary
from sports_platform.lake.silver import write_weeks
from sports_platform_tests.lake.tiny import GOALS, WEEKS, fill_bronze, goal


class League:
    name = "tiny"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


def stored(settings: Settings) -> pa.Table:
    return load_table(settings, "tiny.goals").scan().to_arrow().sort_by([("week_key", "ascending")])


def test_silver_holds_the_newest_publication_of_each_version(settings) -> None:
    fill_bronze(settings, "tiny", [goal("a", 1, distance=5.0), goal("a", 2), goal("a", 1, distance=6.0)])
    fill_bronze(settings, "tiny", [goal("a", 1, known=9, distance=7.0), goal("b", 1, week=WEEKS[1])])
    report = write_weeks(settings, League, GOALS, WEEKS)
    rows = stored(settings).to_pylist()
    assert [(r["game_id"], r["number"], r["distance"]) for r in rows] == [
        ("a", 1, 6.0),
        ("a", 1, 7.0),
        ("a", 2, 11.0),
        ("b", 1, 11.0),
    ]
    assert report.rows == {"2015_wk01": 3, "2015_wk02": 1}
    assert report.offsets == {"0": (1, 4)}


def test_publishing_and_materializing_again_changes_no_row(settings) -> None:
    rows = [goal("a", n) for n in range(5)] + [goal("b", n, week=WEEKS[1]) for n in range(3)]
    fill_bronze(settings, "tiny", rows)
    write_weeks(settings, League, GOALS, WEEKS)
    before = load_table(settings, "tiny.goals").scan().to_arrow()
    fill_bronze(settings, "tiny", rows[::-1])
    write_weeks(settings, League, GOALS, WEEKS[:1])
    write_weeks(settings, League, GOALS, WEEKS)
    assert load_table(settings, "tiny.goals").scan().to_arrow().sort_by("week_key") == before.sort_by("week_key")


def test_a_week_written_alone_leaves_the_others(settings) -> None:
    fill_bronze(settings, "tiny", [goal("a", 1), goal("b", 1, week=WEEKS[1])])
    write_weeks(settings, League, GOALS, WEEKS)
    fill_bronze(settings, "tiny", [goal("a", 2), goal("b", 2, week=WEEKS[1])])
    write_weeks(settings, League, GOALS, WEEKS[1:])
    assert stored(settings)["week_key"].to_pylist() == ["2015_wk01", "2015_wk02", "2015_wk02"]


def test_snapshot_names_its_inputs(settings) -> None:
    fill_bronze(settings, "tiny", [goal("a", 1)])
    report = write_weeks(settings, League, GOALS, WEEKS[:1])
    snapshot = load_table(settings, "tiny.goals").current_snapshot()
    properties = summary(snapshot)
    assert report.snapshot_id == snapshot.snapshot_id
    assert json.loads(properties["sports.inputs"]) == {"tiny.bronze_goals": report.bronze_snapshot_id}
    assert json.loads(properties["sports.offsets"]) == {"tiny.goals.v1": {"0": [0, 0]}}
    assert json.loads(properties["sports.weeks"]) == ["2015_wk01"]
    assert properties["sports.step"] == "lake/silver"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([goal("a", n) for n in range(11)], "11 keys"),
        ([goal("a", 101)], "number above 100"),
        ([goal("a", 1, side="left")], "side not one of home, away"),
        ([goal("a", 1, distance=float("nan"))], "distance below 0"),
        ([goal("a", 1, event_time=None)], "event_time must not be null"),
    ],
)
def test_a_failed_check_leaves_no_snapshot(settings, rows, reason) -> None:
    fill_bronze(settings, "tiny", [goal("b", 1, week=WEEKS[1])])
    write_weeks(settings, League, GOALS, WEEKS[1:])
    before = current_snapshot(settings, "tiny.goals")
    fill_bronze(settings, "tiny", rows)
    with pytest.raises(DataQualityError, match=reason):
        write_weeks(settings, League, GOALS, WEEKS)
    assert current_snapshot(settings, "tiny.goals") == before


def test_a_week_that_was_never_published_is_named(settings) -> None:
    fill_bronze(settings, "tiny", [goal("a", 1)])
    with pytest.raises(MissingDataError, match=r"2015_wk02(.|\n)*tiny\.goals\.v1"):
        write_weeks(settings, League, GOALS, WEEKS)
    with pytest.raises(MissingDataError, match=r"tiny\.goals"):
        load_table(settings, "tiny.goals")


def test_a_table_that_may_be_empty_has_a_snapshot_that_says_so(settings) -> None:
    rare = replace(GOALS, rows_a_week=(0, 10))
    fill_bronze(settings, "tiny", [goal("a", 1)], spec=rare)
    report = write_weeks(settings, League, rare, WEEKS[1:])
    assert report.rows == {"2015_wk02": 0}
    assert report.snapshot_id == current_snapshot(settings, "tiny.goals")
    assert write_weeks(settings, League, rare, WEEKS).rows == {"2015_wk01": 1, "2015_wk02": 0}
    assert stored(settings).num_rows == 1
