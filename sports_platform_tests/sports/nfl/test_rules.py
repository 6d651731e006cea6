from datetime import UTC, datetime

from sports_platform.sports.nfl.rules import DRAFTKINGS_CLASSIC, POINTS_ALLOWED_UNITS, SCORING_UNITS, main_slate


def test_the_roster_is_draftkings_classic() -> None:
    assert [slot.name for slot in DRAFTKINGS_CLASSIC.slots] == "QB RB RB WR WR WR TE FLEX DST".split()
    assert (DRAFTKINGS_CLASSIC.salary_cap, DRAFTKINGS_CLASSIC.min_games) == (50_000, 2)
    assert "QB" not in DRAFTKINGS_CLASSIC.slots[7].positions


def test_units_are_fiftieths_of_the_published_points() -> None:
    published = {"passing_yard": 0.04, "passing_touchdown": 4, "rushing_yard": 0.1, "reception": 1, "fumble_lost": -1}
    assert all(SCORING_UNITS[name] == round(points * 50) for name, points in published.items())
    assert [units / 50 for _, units in POINTS_ALLOWED_UNITS] == [10, 7, 4, 1, 0, -1, -4]


def test_the_main_slate_runs_from_sunday_afternoon_to_monday() -> None:
    kickoffs = {
        "thursday": datetime(2015, 11, 27, 1, 30, tzinfo=UTC),
        "london": datetime(2015, 10, 25, 13, 30, tzinfo=UTC),  # 9:30 in New York, summer time
        "early": datetime(2015, 11, 29, 18, 0, tzinfo=UTC),  # 13:00, winter time
        "september": datetime(2015, 9, 13, 17, 0, tzinfo=UTC),  # 13:00, summer time
        "sunday_night": datetime(2015, 11, 30, 1, 30, tzinfo=UTC),
        "monday_night": datetime(2015, 12, 1, 1, 30, tzinfo=UTC),
        "saturday": datetime(2015, 12, 20, 1, 25, tzinfo=UTC),
    }
    assert main_slate(kickoffs) == ["september", "early", "sunday_night", "monday_night"]
