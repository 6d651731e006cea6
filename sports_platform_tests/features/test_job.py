"""The job: strictly as of the cut-off, the same rows each time, nothing half written."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError, SchemaError
from sports_platform.core.weeks import Week
from sports_platform.features.job import FeatureReport
from sports_platform.lake import catalog
from sports_platform_tests.conftest import RenamedNfl
from sports_platform_tests.features.conftest import Lake
from sports_platform_tests.features.silver import Silver, write_silver

WEEK, LAST = Week(2021, 2), Week(2021, 3)
Built = tuple[RenamedNfl, FeatureReport]
_STATED = ("week_key", "known_time", "event_time", "season", "week", "game_id", "kickoff")


def _cutoff(silver: Silver, week: Week) -> datetime:
    kickoffs = pl.DataFrame(silver["schedules"]).filter(pl.col("week_key") == str(week))["kickoff"]
    return kickoffs.min()  # type: ignore[return-value]


def _after(silver: Silver, week: Week, change: Callable[[pl.DataFrame], pl.DataFrame]) -> dict[str, pa.Table]:
    """Silver with all rows known at or after the week's cut-off changed, and what was known before as it was."""
    late = pl.col("known_time") >= _cutoff(silver, week)
    frames = {name: pl.DataFrame(rows) for name, rows in silver.items()}
    changed = {name: pl.concat([frame.filter(~late), change(frame.filter(late))]) for name, frame in frames.items()}
    return {name: frame.to_arrow().cast(silver[name].schema) for name, frame in changed.items() if len(frame)}


def _delete(late: pl.DataFrame) -> pl.DataFrame:
    return late.clear()


def _shuffle(late: pl.DataFrame) -> pl.DataFrame:
    """Every column but the row's identity comes from some other row."""
    rng = np.random.default_rng(3)
    free = [name for name in late.columns if name not in _STATED and not name.endswith("_team")]
    return late.with_columns(pl.col(name).gather(rng.permutation(len(late))) for name in free)


def _exaggerate(late: pl.DataFrame) -> pl.DataFrame:
    numbers = [name for name, kind in late.schema.items() if kind.is_numeric() and name not in _STATED]
    keys = ("play_id", "play_index")
    return late.with_columns(pl.col(name) * 3 for name in numbers if name not in keys)


@pytest.mark.parametrize("change", [_delete, _shuffle, _exaggerate])
def test_what_is_known_at_or_after_the_cutoff_changes_no_bit(
    lake: Lake, built: Built, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    altered = lake.new_domain(_after(lake.silver, WEEK, change))
    lake.build(altered, WEEK)
    assert lake.read(altered, "game_context", WEEK).equals(lake.read(built[0], "game_context", WEEK))


def test_a_correction_changes_only_weeks_after_it_was_known(lake: Lake, built: Built) -> None:
    between = _cutoff(lake.silver, WEEK) + timedelta(days=3)
    first = pl.DataFrame(lake.silver["plays"]).filter(pl.col("week_key") == "2021_wk01", pl.col("complete_pass") == 1)
    correction = first.head(1).with_columns(known_time=pl.lit(between), yards_gained=90)
    domain = lake.new_domain(lake.silver)
    rows = correction.with_columns(pl.col("known_time").cast(first.schema["known_time"])).to_arrow()
    write_silver(lake.settings, domain, {"plays": rows.cast(lake.silver["plays"].schema)})
    lake.build(domain, WEEK, LAST)

    assert lake.read(domain, "game_context", WEEK).equals(lake.read(built[0], "game_context", WEEK))
    before, after = (pl.DataFrame(lake.read(d, "game_context", LAST)) for d in (built[0], domain))
    changed = (before["off_yards_per_attempt"] != after["off_yards_per_attempt"]) & (
        after["posteam"] == correction["posteam"][0]
    )
    assert changed.sum() == 1


def test_building_again_gives_the_same_rows(lake: Lake, built: Built) -> None:
    domain = built[0]
    once = {table: lake.read(domain, table, LAST) for table in domain.features.tables}
    report = lake.build(domain, LAST)
    for table, rows in once.items():
        assert lake.read(domain, table, LAST).equals(rows)
        assert report.rows[table] == {str(LAST): rows.num_rows}
    assert lake.read(domain, "play_features", WEEK).num_rows == built[1].rows["play_features"][str(WEEK)]


def test_the_snapshot_says_what_it_was_made_from(lake: Lake, built: Built) -> None:
    domain, report = built
    table = catalog.load_table(lake.settings, f"{domain.name}.play_features")
    summary = catalog.summary(table.snapshot_by_id(report.snapshots["play_features"]))  # type: ignore[arg-type]
    assert summary["sports.step"] == "features/play_features"
    assert json.loads(summary["sports.inputs"]) == report.inputs
    assert report.inputs[f"{domain.name}.plays"] == catalog.current_snapshot(lake.settings, f"{domain.name}.plays")


def test_a_week_to_come_has_context_but_no_plays_and_unknown_lines_are_zero(lake: Lake) -> None:
    silver = _after(lake.silver, LAST, _delete)
    del silver["lines"], silver["slates"]
    domain = lake.new_domain(silver)
    report = lake.build(domain, LAST)
    assert report.rows == {"game_context": {str(LAST): 4}, "play_features": {str(LAST): 0}}
    context = pl.DataFrame(lake.read(domain, "game_context", LAST))
    assert context["spread_open_posteam"].to_list() == [0.0] * 4
    with pytest.raises(MissingDataError, match="play_features"):
        lake.read(domain, "play_features", LAST)


def test_newcomers_get_a_share_and_an_unknown_team_the_defaults(lake: Lake) -> None:
    """Week 1 of the first season: nothing is known of anybody but the price list."""
    first = {name: rows.filter(pa.compute.equal(rows["season"], 2020)) for name, rows in lake.silver.items()}
    domain = lake.new_domain(first)
    lake.build(domain, Week(2020, 1))
    context = pl.DataFrame(lake.read(domain, "game_context", Week(2020, 1)))
    shares = [f"receiver_{slot}_share" for slot in range(1, 9)]
    assert (context.select(shares).min_horizontal() > 0).all()
    assert context["qb_id"].null_count() == 0
    assert context["off_yards_per_attempt"].to_list() == pytest.approx([7.1] * 4)


def test_a_week_without_fixtures_is_refused_and_nothing_is_written(lake: Lake, built: Built) -> None:
    domain, _ = built
    before = catalog.current_snapshot(lake.settings, f"{domain.name}.game_context")
    with pytest.raises(MissingDataError, match="2021_wk09"):
        lake.build(domain, LAST, Week(2021, 9))
    assert catalog.current_snapshot(lake.settings, f"{domain.name}.game_context") == before


def test_a_table_of_newer_code_is_refused(lake: Lake) -> None:
    domain = lake.new_domain(_after(lake.silver, WEEK, _delete))
    lake.build(domain, WEEK)
    with catalog.load_table(lake.settings, f"{domain.name}.game_context").transaction() as transaction:
        transaction.set_properties({"sports.feature-version": "2"})
    with pytest.raises(SchemaError, match="version 2 instead of 1"):
        lake.build(domain, WEEK)
    with pytest.raises(SchemaError, match="version 2"):
        lake.read(domain, "game_context", WEEK)


def test_times_are_utc(lake: Lake) -> None:
    """The cut-off reaches Spark as the same moment: a silent local time would shift what is known."""
    moment = datetime(2021, 9, 12, 17, tzinfo=UTC)
    row = lake.spark.sql(f"SELECT UNIX_TIMESTAMP(TIMESTAMP '{moment.isoformat()}') AS s").collect()[0]
    assert row["s"] == int(moment.timestamp())
