"""The job: strictly as of the cut-off, the same rows each time, nothing half written."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sports_platform.core.errors import DataQualityError, MissingDataError, SchemaError
from sports_platform.core.tables import TableSpec
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.features.store import read_features
from sports_platform.features.views import Views
from sports_platform.lake import catalog
from sports_platform_tests.features.conftest import Built, Lake
from sports_platform_tests.features.silver import Silver, write_silver

WEEK, LAST = Week(2021, 2), Week(2021, 3)
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


def _garble(late: pl.DataFrame) -> pl.DataFrame:
    """Values come from some other row; of plays only who did what, so that their labels still make sense."""
    rng = np.random.default_rng(3)
    plays = "play_id" in late.columns
    free = [name for name in late.columns if name.endswith("_player_id") or (not plays and name not in _STATED)]
    tripled = [name for name in late.columns if name in ("yards_gained", "spread_line", "home_score")]
    shuffled = late.with_columns(pl.col(name).gather(rng.permutation(len(late))) for name in free)
    return shuffled.with_columns(pl.col(name) * 3 for name in tripled)


@pytest.mark.parametrize("change", [_delete, _garble])
def test_what_is_known_at_or_after_the_cutoff_changes_no_bit(
    lake: Lake, built: Built, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    altered = lake.new_domain(_after(lake.silver, WEEK, change))
    report = lake.build(altered, WEEK)
    assert lake.read(altered, "game_context", WEEK).equals(lake.read(built.domain, "game_context", WEEK))
    assert report.rows["game_context"] == {str(WEEK): 4}
    if change is _delete:  # as before a week to come: context, but no plays
        assert report.rows["play_features"] == {str(WEEK): 0}
        assert "play_features" not in report.snapshots


def test_a_correction_changes_only_weeks_after_it_was_known(lake: Lake, built: Built) -> None:
    between = _cutoff(lake.silver, WEEK) + timedelta(days=3)
    first = pl.DataFrame(lake.silver["plays"]).filter(pl.col("week_key") == "2021_wk01", pl.col("complete_pass") == 1)
    correction = first.head(1).with_columns(known_time=pl.lit(between), yards_gained=90)
    domain = lake.new_domain(lake.silver)
    rows = correction.with_columns(pl.col("known_time").cast(first.schema["known_time"])).to_arrow()
    write_silver(lake.settings, domain, {"plays": rows.cast(lake.silver["plays"].schema)})
    lake.build(domain, WEEK, LAST)

    assert lake.read(domain, "game_context", WEEK).equals(lake.read(built.domain, "game_context", WEEK))
    before, after = (pl.DataFrame(lake.read(d, "game_context", LAST)) for d in (built.domain, domain))
    changed = (before["off_yards_per_attempt"] != after["off_yards_per_attempt"]) & (
        after["posteam"] == correction["posteam"][0]
    )
    assert changed.sum() == 1


def test_a_corrected_play_trains_only_weeks_after_it_was_known(lake: Lake, built: Built) -> None:
    """Week 2's rows, built again after a correction, still show week 3 the play as it was known then."""
    domain = lake.new_domain(lake.silver)
    lake.build(domain, WEEK)
    then = read_features(lake.settings, domain, "play_features", before=LAST)
    played = pl.DataFrame(lake.silver["plays"]).filter(pl.col("week_key") == str(WEEK), pl.col("complete_pass") == 1)
    late = played.head(1).with_columns(known_time=pl.lit(_cutoff(lake.silver, LAST)), yards_gained=-9)
    rows = late.with_columns(pl.col("known_time").cast(played.schema["known_time"])).to_arrow()
    write_silver(lake.settings, domain, {"plays": rows.cast(lake.silver["plays"].schema)})
    lake.build(domain, WEEK)
    assert read_features(lake.settings, domain, "play_features", before=LAST).equals(then)
    newest, names = pl.DataFrame(lake.read(domain, "play_features", WEEK)), ["game_id", "play_id"]
    assert newest.height == then.num_rows
    assert newest.join(late.select(names), on=names)["label_yards"].to_list() == [-9]


def test_building_again_gives_the_same_rows(lake: Lake, built: Built) -> None:
    domain = built.domain
    once = {table: lake.read(domain, table, LAST) for table in domain.features.tables}
    report = lake.build(domain, LAST)
    for table, rows in once.items():
        assert lake.read(domain, table, LAST).equals(rows)
        assert report.rows[table] == {str(LAST): rows.num_rows}
    assert lake.read(domain, "play_features", WEEK).num_rows == built.reports[WEEK].rows["play_features"][str(WEEK)]


def test_a_week_reads_its_own_plays_once_the_others_are_counted(
    lake: Lake, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever table is made of plays, earlier ones cost nothing any more."""
    read: dict[str, str] = {}
    create = Views.create_silver

    def noted(views: Views, sport: str, spec: TableSpec, snapshot_id: int | None, weeks: str) -> None:
        read[spec.name] = weeks
        create(views, sport, spec, snapshot_id, weeks)

    monkeypatch.setattr(Views, "create_silver", noted)
    report = lake.build(built.domain, LAST)
    assert read["plays"] == catalog.weeks_filter([str(LAST)])
    for table in ("play_features", "play_players", "drive_features"):
        assert report.rows[table] == built.reports[LAST].rows[table]


def test_the_snapshot_says_what_it_was_made_from(lake: Lake, built: Built) -> None:
    domain, report = built.domain, built.reports[LAST]
    table = catalog.load_table(lake.settings, f"{domain.name}.play_features")
    summary = catalog.summary(table.snapshot_by_id(report.snapshots["play_features"]))  # type: ignore[arg-type]
    assert summary["sports.step"] == "features/play_features"
    assert json.loads(summary["sports.inputs"]) == report.inputs
    assert report.inputs[f"{domain.name}.plays"] == catalog.current_snapshot(lake.settings, f"{domain.name}.plays")


def test_newcomers_get_a_share_and_what_nobody_knows_the_defaults(lake: Lake) -> None:
    """Week 1 of the first season: nothing is known of anybody but the price list."""
    first = {name: rows.filter(pc.equal(rows["week_key"], "2020_wk01")) for name, rows in lake.silver.items()}
    del first["lines"]
    domain = lake.new_domain(first)
    lake.build(domain, Week(2020, 1))
    context = pl.DataFrame(lake.read(domain, "game_context", Week(2020, 1)))
    shares = [f"receiver_{slot}_share" for slot in range(1, 9)]
    assert (context.select(shares).min_horizontal() > 0).all()
    assert context["qb_id"].null_count() == 0
    defaults = {
        column.name: column.default for column in load_spec(domain.features.schema_file("game_context")).columns
    }
    for name in ("off_yards_per_attempt", "def_adjusted_points_pg", "off_market_total", "spread_open_posteam"):
        assert context[name].to_list() == pytest.approx([defaults[name]] * 4), name


def test_a_week_without_fixtures_is_refused_and_nothing_is_written(lake: Lake, built: Built) -> None:
    domain = built.domain
    before = catalog.current_snapshot(lake.settings, f"{domain.name}.game_context")
    with pytest.raises(MissingDataError, match="2021_wk09"):
        lake.build(domain, LAST, Week(2021, 9))
    assert catalog.current_snapshot(lake.settings, f"{domain.name}.game_context") == before


def test_a_table_of_newer_code_is_refused(lake: Lake, built: Built) -> None:
    domain = built.domain
    table = catalog.load_table(lake.settings, f"{domain.name}.play_features")
    before = catalog.current_snapshot(lake.settings, f"{domain.name}.game_context")
    own = load_spec(domain.features.schema_file("play_features")).version
    with table.transaction() as transaction:
        transaction.set_properties({"sports.feature-version": str(own + 1)})
    with pytest.raises(SchemaError, match=f"version {own + 1} instead of {own}"):
        lake.build(domain, WEEK)
    assert lake.read(domain, "play_features", WEEK).num_rows  # it still has the columns of its version
    assert catalog.current_snapshot(lake.settings, f"{domain.name}.game_context") == before
    with table.transaction() as transaction:
        transaction.set_properties({"sports.feature-version": str(own)})


def test_a_missing_value_is_refused_and_nothing_is_written(lake: Lake) -> None:
    plays = pl.DataFrame(lake.silver["plays"]).with_columns(score_differential=pl.lit(None, pl.Int32))
    domain = lake.new_domain({**lake.silver, "plays": plays.to_arrow().cast(lake.silver["plays"].schema)})
    with pytest.raises(DataQualityError, match="score_differential"):
        lake.build(domain, WEEK)
    with pytest.raises(MissingDataError, match="no snapshot"):
        lake.read(domain, "game_context", WEEK)


def test_times_are_utc(lake: Lake) -> None:
    """The cut-off reaches Spark as the same moment: a silent local time would shift what is known."""
    moment = datetime(2021, 9, 12, 17, tzinfo=UTC)
    row = lake.spark.sql(f"SELECT UNIX_TIMESTAMP(TIMESTAMP '{moment.isoformat()}') AS s").collect()[0]
    assert row["s"] == int(moment.timestamp())
