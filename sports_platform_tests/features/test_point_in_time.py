"""Point in time: whatever becomes known at or after a week's cut-off, no feature of that week changes by one bit."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.sports.nfl.features import NflFeatures
from sports_platform.sports.nfl.tables import TABLES
from sports_platform_tests.features.conftest import Lake
from sports_platform_tests.features.engines import Frames, built_by_spark, differences, polars_engine
from sports_platform_tests.features.hindsight import CHANGES, Change, changed_after, cutoff_of
from sports_platform_tests.features.rough import roughened

BEFORE, WEEK = Week(2021, 2), Week(2021, 3)
changes_of_tables = st.fixed_dictionaries({name: st.sampled_from(CHANGES) for name in TABLES})


@pytest.fixture(scope="module")
def silver(lake: Lake) -> Frames:
    return roughened(lake.silver, seed=5)


@pytest.fixture(scope="module")
def as_it_was(silver: Frames) -> Frames:
    return polars_engine(silver, [BEFORE, WEEK])


def _known_before(features: Frames, table: str, cutoff: datetime) -> pl.DataFrame:
    """Rows of earlier weeks' plays as a model of the week reads them: each game in the version known last."""
    rows = features[table].filter(pl.col("week_key") < str(WEEK), pl.col("known_time") < cutoff)
    return rows.filter(pl.col("known_time") == pl.col("known_time").max().over("game_id"))


def _expected_of_players(features: Frames) -> pl.DataFrame:
    """What the week's rows say that was expected of each player in each part, once."""
    spec = load_spec(NflFeatures().schema_file("play_players"))
    of_week = features["play_players"].filter(week_key=str(WEEK))
    return of_week.select("posteam", "role", "player_id", *spec.names("slot", "context")).unique()


def _assert_unchanged(found: Frames, wanted: Frames, cutoff: datetime) -> None:
    context, expected = (tables["game_context"].filter(week_key=str(WEEK)) for tables in (found, wanted))
    assert expected.height == 4
    assert differences(context, expected) == []
    for table, rows in (("play_features", 250), ("play_players", 300)):
        assert _known_before(wanted, table, cutoff).height > rows
        assert differences(_known_before(found, table, cutoff), _known_before(wanted, table, cutoff)) == []
    # Who does what in the week itself is not known before it, but what is expected of whoever does it is.
    both = pl.concat([_expected_of_players(tables) for tables in (found, wanted)]).unique()
    assert not both.select("posteam", "role", "player_id").is_duplicated().any()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=changes_of_tables, seed=st.integers(0, 2**32 - 1))
def test_what_is_known_at_or_after_the_cutoff_changes_no_bit(
    silver: Frames, as_it_was: Frames, changes: dict[str, Change], seed: int
) -> None:
    cutoff = cutoff_of(silver, WEEK)
    altered = changed_after(silver, cutoff, changes, seed)
    _assert_unchanged(polars_engine(altered, [BEFORE, WEEK]), as_it_was, cutoff)


def test_the_changes_are_felt_by_the_weeks_after(silver: Frames, as_it_was: Frames) -> None:
    """The test above could not fail if the changes did nothing: seen a week earlier, each of them is felt."""
    early = cutoff_of(silver, BEFORE)
    for name in ("plays", "players", "lines"):
        for change in ("delete", "shuffle", "alter", "correct"):
            changes = {**dict.fromkeys(TABLES, "keep"), name: change}
            altered = changed_after(silver, early, changes, seed=1)
            assert differences(polars_engine(altered, [WEEK])["game_context"], _of_week(as_it_was)) != [], name


def _of_week(features: Frames) -> pl.DataFrame:
    return features["game_context"].filter(week_key=str(WEEK))


@pytest.mark.parametrize("changes", [("shuffle", "correct"), ("alter", "add")])
def test_so_it_is_in_spark(lake: Lake, silver: Frames, as_it_was: Frames, changes: tuple[Change, Change]) -> None:
    """Both changes on all tables, one after the other; what is compared with was made by the reference."""
    cutoff = cutoff_of(silver, WEEK)
    altered = silver
    for number, change in enumerate(changes):
        altered = changed_after(altered, cutoff, dict.fromkeys(TABLES, change), seed=number)
    rows = {name: frame.to_arrow().cast(lake.silver[name].schema) for name, frame in altered.items()}
    found = built_by_spark(lake.settings, lake.new_domain(rows), lake.spark, [BEFORE, WEEK])
    _assert_unchanged(found, as_it_was, cutoff)
