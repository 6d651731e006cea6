import dagster as dg
import pytest

from sports_platform.core.settings import Settings
from sports_platform.orchestration.partitions import contiguous, earlier_weeks, week_partitions
from sports_platform.sports.nfl import DOMAIN

KEYS = ["2014_wk16", "2014_wk17", "2015_wk01", "2015_wk02", "2015_wk03"]


def test_partitions_are_the_weeks_that_have_games(tmp_path) -> None:
    keys = week_partitions(Settings(home=tmp_path), DOMAIN).get_partition_keys()
    assert keys == sorted(keys)
    assert (keys[0], keys[-1]) == ("2013_wk01", "2015_wk17")
    assert len(keys) == 3 * 17  # the sample's regular seasons


def test_a_model_depends_on_earlier_weeks_only() -> None:
    mapping = earlier_weeks(dg.StaticPartitionsDefinition(KEYS)).downstream_partition_keys_by_upstream_partition_key
    upstream = {week: {before for before, after in mapping.items() if week in after} for week in KEYS}
    assert upstream["2015_wk01"] == {"2014_wk16", "2014_wk17"}
    assert upstream["2014_wk16"] == set()


@pytest.mark.parametrize(
    ("wanted", "ranges"),
    [
        (set(), []),
        ({"2015_wk02"}, [("2015_wk02", "2015_wk02")]),
        ({"2014_wk17", "2015_wk01", "2015_wk03"}, [("2014_wk17", "2015_wk01"), ("2015_wk03", "2015_wk03")]),
        (set(KEYS), [(KEYS[0], KEYS[-1])]),
        ({"2099_wk01"}, []),
    ],
)
def test_weeks_become_the_fewest_ranges(wanted: set[str], ranges: list[tuple[str, str]]) -> None:
    assert contiguous(KEYS, wanted) == ranges
