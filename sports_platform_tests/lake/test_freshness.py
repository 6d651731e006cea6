"""Freshness looks at the newest finished week, and at what it was made from."""

from datetime import UTC, datetime, timedelta

import pytest

from sports_platform.core.settings import Settings
from sports_platform.core.tables import Column, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.lake.freshness import newest_week_freshness, stored_checks
from sports_platform.lake.silver import write_weeks
from sports_platform_tests.lake.tiny import GOALS, WEEKS, fill_bronze, goal

SCHEDULES = TableSpec(
    name="schedules",
    meaning="games",
    key=("game_id",),
    rows_a_week=(1, 10),
    columns=(
        Column("game_id", "string", "game", nullable=False),
        Column("kickoff", "timestamp", "kick-off", "UTC", nullable=False),
    ),
)
KICKOFFS = (datetime(2015, 9, 13, 17, tzinfo=UTC), datetime(2015, 9, 20, 17, tzinfo=UTC))
NOW = KICKOFFS[1] + timedelta(days=1)


class League:
    name = "tiny"


@pytest.fixture
def settings(tmp_path) -> Settings:
    mine = Settings(home=tmp_path)
    games = [fixture(week, kickoff) for week, kickoff in zip(WEEKS, KICKOFFS, strict=True)]
    fill_bronze(mine, "tiny", games, spec=SCHEDULES)
    fill_bronze(mine, "tiny", [goal("a", 1), goal("b", 1, week=WEEKS[1])])
    return mine


def fixture(week: Week, kickoff: datetime) -> dict[str, object]:
    times = {"kickoff": kickoff, "event_time": kickoff, "known_time": kickoff - timedelta(days=99)}
    return {"game_id": str(week), "week_key": str(week), **times}


def test_the_newest_finished_week_must_be_there(settings) -> None:
    write_weeks(settings, League, GOALS, WEEKS[:1])
    found = newest_week_freshness(settings, League, GOALS, now=NOW)
    assert (found.week, found.fresh) == ("2015_wk02", False)
    # Writing the old week again is no help; writing the new one is.
    write_weeks(settings, League, GOALS, WEEKS[:1])
    assert not newest_week_freshness(settings, League, GOALS, now=NOW).fresh
    write_weeks(settings, League, GOALS, WEEKS[1:])
    assert newest_week_freshness(settings, League, GOALS, now=NOW).fresh


def test_a_week_is_over_when_its_last_game_is(settings) -> None:
    write_weeks(settings, League, GOALS, WEEKS[:1])
    during = KICKOFFS[1] + timedelta(hours=4)
    assert newest_week_freshness(settings, League, GOALS, now=during).week == "2015_wk01"
    assert newest_week_freshness(settings, League, GOALS, now=during).fresh


def test_newer_bronze_makes_silver_stale(settings) -> None:
    write_weeks(settings, League, GOALS, WEEKS)
    fill_bronze(settings, "tiny", [goal("b", 2, week=WEEKS[1])])
    found = newest_week_freshness(settings, League, GOALS, now=NOW)
    assert not found.fresh
    assert found.detail == "silver was made from 1 of 2 bronze records"


def test_stored_rows_are_checked_week_by_week(settings) -> None:
    write_weeks(settings, League, GOALS, WEEKS)
    assert all(check.passed for check in stored_checks(settings, League, GOALS, WEEKS))
    third = stored_checks(settings, League, GOALS, [Week(2015, 3)])
    assert [check.name for check in third if not check.passed] == ["volume"]
