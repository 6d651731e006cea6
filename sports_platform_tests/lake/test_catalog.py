from dataclasses import replace
from pathlib import Path

import pytest

from sports_platform.core.errors import MissingDataError, SchemaError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import Column
from sports_platform.lake.catalog import (
    SCHEMA_PROPERTY,
    WAREHOUSE_PROPERTY,
    current_snapshot,
    ensure_table,
    load_table,
    open_catalog,
)
from sports_platform.lake.silver import write_weeks
from sports_platform.lake.tags import tag
from sports_platform_tests.lake.tiny import GOALS, WEEKS, fill_bronze, goal


class League:
    name = "tiny"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    fill_bronze(settings, "tiny", [goal("a", 1)])
    write_weeks(settings, League, GOALS, WEEKS[:1])
    return settings


def with_column(name: str, kind: str = "int") -> object:
    return replace(GOALS, columns=(*GOALS.columns, Column(name, kind, "added later")))


def test_an_added_column_widens_the_table_and_is_null_before(settings) -> None:
    wider = with_column("minute")
    fill_bronze(settings, "tiny", [goal("b", 1, week=WEEKS[1], minute=7)], spec=wider)
    write_weeks(settings, League, wider, WEEKS)
    rows = load_table(settings, "tiny.goals").scan().to_arrow().sort_by("game_id")
    assert rows.column("minute").to_pylist() == [None, 7]


def test_a_table_with_a_column_of_newer_code_is_refused(settings) -> None:
    fill_bronze(settings, "tiny", [goal("b", 1, minute=7)], spec=with_column("minute"))
    with pytest.raises(SchemaError, match=r"tiny\.bronze_goals: unknown column minute \(int\)"):
        fill_bronze(settings, "tiny", [goal("c", 1)])


def test_a_newer_schema_version_is_refused(settings) -> None:
    with load_table(settings, "tiny.goals").transaction() as transaction:
        transaction.set_properties({SCHEMA_PROPERTY: "2"})
    with pytest.raises(SchemaError, match=r"tiny\.goals: schema version 2 instead of 1"):
        write_weeks(settings, League, GOALS, WEEKS[:1])


def test_a_changed_type_is_refused(settings) -> None:
    changed = replace(GOALS, columns=tuple(replace(c, type="long") if c.name == "number" else c for c in GOALS.columns))
    with pytest.raises(SchemaError, match="column number is int instead of long"):
        ensure_table(open_catalog(settings), "tiny.goals", changed.all_columns, version=1)


def test_a_warehouse_of_a_newer_layout_is_refused(settings) -> None:
    open_catalog(settings).update_namespace_properties("tiny", updates={WAREHOUSE_PROPERTY: "2"})
    with pytest.raises(SchemaError, match="layout version 2"):
        write_weeks(settings, League, GOALS, WEEKS[:1])


def test_a_tag_keeps_and_moves(settings) -> None:
    first = current_snapshot(settings, "tiny.goals")
    tag(settings, "tiny.goals", first, "train")
    write_weeks(settings, League, GOALS, WEEKS[:1])
    assert load_table(settings, "tiny.goals").snapshot_by_name("train").snapshot_id == first
    newest = current_snapshot(settings, "tiny.goals")
    tag(settings, "tiny.goals", newest, "train")
    assert load_table(settings, "tiny.goals").snapshot_by_name("train").snapshot_id == newest != first
    with pytest.raises(MissingDataError, match="no snapshot 5"):
        tag(settings, "tiny.goals", 5, "train")


def test_spark_and_pyiceberg_write_the_same_tables(settings, spark) -> None:
    # Spark cannot delete by partition what it does not see, nor pyiceberg read what Spark only cached.
    spark.sql("delete from lake.tiny.goals where week_key = '2015_wk01'")
    assert load_table(settings, "tiny.goals").scan().to_arrow().num_rows == 0
    report = write_weeks(settings, League, GOALS, WEEKS[:1])
    assert spark.table("lake.tiny.goals").count() == 1
    assert spark.sql(f"select * from lake.tiny.goals version as of {report.snapshot_id}").count() == 1
