from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sports_platform.core.errors import MissingDataError, SettingsError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.asof import read_as_of, version_intervals_sql
from sports_platform.lake.catalog import current_snapshot
from sports_platform.lake.cutoffs import week_cutoff, week_cutoffs
from sports_platform.lake.silver import write_weeks
from sports_platform.sports.nfl.tables import SCHEDULES
from sports_platform_tests.lake.tiny import EPOCH, GOALS, WEEKS, fill_bronze, goal


class League:
    name = "tiny"


versions = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.floats(0, 100)), min_size=1, max_size=8)


@budget(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(published=versions, corrections=versions, cutoff=st.integers(0, 21))
def test_what_becomes_known_later_changes_nothing_earlier(tmp_path_factory, published, corrections, cutoff) -> None:
    settings = Settings(home=tmp_path_factory.mktemp("asof"))
    moment = EPOCH + timedelta(hours=cutoff)
    fill_bronze(settings, "tiny", [goal("a", n, known=hour, distance=d) for n, hour, d in published])
    write_weeks(settings, League, GOALS, WEEKS[:1])
    before = read_as_of(settings, League, GOALS, cutoff=moment)
    # An oracle in plain Python: the last publication of the latest version known before the moment.
    newest: dict[int, tuple[int, float]] = {}
    for n, hour, d in published:
        if hour < cutoff and hour >= newest.get(n, (-1, 0.0))[0]:
            newest[n] = (hour, d)
    assert dict(zip(before["number"].to_pylist(), before["distance"].to_pylist(), strict=True)) == {
        n: d for n, (_, d) in newest.items()
    }
    fill_bronze(settings, "tiny", [goal("a", n, known=cutoff + hour, distance=d) for n, hour, d in corrections])
    write_weeks(settings, League, GOALS, WEEKS[:1])
    assert read_as_of(settings, League, GOALS, cutoff=moment) == before


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    fill_bronze(settings, "tiny", [goal("a", 1), goal("a", 1, known=5, distance=2.0), goal("b", 1, week=WEEKS[1])])
    write_weeks(settings, League, GOALS, WEEKS)
    return settings


def test_weeks_columns_and_snapshot_narrow_the_read(settings) -> None:
    first = current_snapshot(settings, "tiny.goals")
    fill_bronze(settings, "tiny", [goal("a", 2)])
    write_weeks(settings, League, GOALS, WEEKS)
    later = EPOCH + timedelta(days=1)
    narrow = read_as_of(settings, League, GOALS, cutoff=later, weeks=["2015_wk01"], columns=["distance"])
    assert narrow.to_pydict() == {"distance": [2.0, 11.0]}
    pinned = read_as_of(settings, League, GOALS, cutoff=later, snapshot_id=first, columns=["game_id"])
    assert pinned.to_pydict() == {"game_id": ["a", "b"]}


def test_a_moment_without_time_zone_is_refused(settings) -> None:
    with pytest.raises(SettingsError, match="without a time zone"):
        read_as_of(settings, League, GOALS, cutoff=datetime(2015, 9, 1))


def test_cutoff_is_the_earliest_start_of_any_version(tmp_path) -> None:
    settings = Settings(home=tmp_path)

    def game(name: str, start: int, known: int, week: int) -> dict[str, object]:
        fixed = {"season": 2015, "week": week, "game_type": "REG", "home_team": "A", "away_team": "B"}
        times = {"kickoff": EPOCH + timedelta(hours=start), "event_time": EPOCH}
        return (
            {"game_id": name, "week_key": f"2015_wk{week:02d}"}
            | fixed
            | times
            | {"known_time": EPOCH + timedelta(hours=known)}
        )

    rows = [game("x", 50, 0, 1), game("x", 48, 1, 1), game("y", 49, 0, 1), game("z", 90, 0, 2)]
    fill_bronze(settings, "tiny", rows, spec=SCHEDULES)
    write_weeks(settings, League, SCHEDULES, WEEKS)
    cutoffs = week_cutoffs(settings, League)
    assert cutoffs == {WEEKS[0]: EPOCH + timedelta(hours=48), WEEKS[1]: EPOCH + timedelta(hours=90)}
    with pytest.raises(MissingDataError, match="no fixtures of 2015_wk09"):
        week_cutoff(settings, League, Week(2015, 9))


def test_spark_sees_the_same_versions(settings, spark) -> None:
    snapshot = current_snapshot(settings, "tiny.goals")
    frame = spark.sql(version_intervals_sql(GOALS, "tiny", snapshot)).orderBy("game_id", "known_time")
    rows = [(r["game_id"], r["distance"], r["next_known_time"] is None) for r in frame.collect()]
    assert rows == [("a", 11.0, False), ("a", 2.0, True), ("b", 11.0, True)]
    for hours in (0, 1, 5, 6):
        moment = EPOCH + timedelta(hours=hours)
        known = frame.where(f"known_time < '{moment}' and (next_known_time is null or next_known_time >= '{moment}')")
        ours = read_as_of(settings, League, GOALS, cutoff=moment)
        assert [r["distance"] for r in known.collect()] == ours["distance"].to_pylist()
