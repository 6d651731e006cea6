"""A feature table across versions: it widens, older versions stay readable, what does not fit is refused."""

import polars as pl
import pyarrow as pa
import pytest

from sports_platform.core.errors import SchemaError
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.features.store import read_features
from sports_platform.features.tables import ensure_feature_table
from sports_platform.lake import catalog
from sports_platform.sports.nfl.features import NflFeatures
from sports_platform_tests.conftest import RenamedNfl
from sports_platform_tests.features.conftest import Built, Lake

WEEK, LAST = Week(2021, 2), Week(2021, 3)
NEWEST = int(NflFeatures.version.removeprefix("v"))
TABLES = ("game_context", "play_features")


@pytest.fixture(scope="module")
def first_version(lake: Lake, built: Built) -> tuple[RenamedNfl, dict[str, pa.Table]]:
    """A domain whose tables hold week 2 as code of version 1 left them, and their rows."""
    domain = lake.new_domain(lake.silver)
    rows = {}
    for table in TABLES:
        ensure_feature_table(
            lake.settings, lake.spark, load_spec(domain.features.schema_file(table, "v1")), domain.name
        )
        rows[table] = read_features(lake.settings, built.domain, table, week=WEEK, version="v1")
        stored = catalog.load_table(lake.settings, f"{domain.name}.{table}")
        stored.append(rows[table].cast(stored.schema().as_arrow()))
    return domain, rows


@pytest.fixture(scope="module")
def widened(lake: Lake, first_version: tuple[RenamedNfl, dict[str, pa.Table]]) -> RenamedNfl:
    """The same domain after code of the newest version has built week 3 into these tables."""
    domain, _ = first_version
    with pytest.raises(SchemaError, match=rf"(?s)version 1, no columns off_drives_pg, .*needed: version {NEWEST}"):
        lake.read(domain, "game_context", WEEK)
    lake.build(domain, LAST)
    return domain


@pytest.mark.parametrize("table", TABLES)
def test_the_table_widens_and_the_old_version_reads_its_columns(
    lake: Lake, built: Built, first_version: tuple[RenamedNfl, dict[str, pa.Table]], widened: RenamedNfl, table: str
) -> None:
    stored = catalog.load_table(lake.settings, f"{widened.name}.{table}")
    assert stored.properties["sports.feature-version"] == str(NEWEST)
    old, new = (load_spec(widened.features.schema_file(table, name)).names() for name in ("v1", None))
    assert set(old) < set(new)
    assert stored.schema().column_names[: len(old)] == list(old)  # added behind, nothing rewritten
    assert set(stored.schema().column_names) == set(new)

    before = pl.DataFrame(read_features(lake.settings, widened, table, week=WEEK, version="v1"))
    assert before.columns == list(old)
    assert before.equals(pl.DataFrame(first_version[1][table]))
    both = pl.DataFrame(read_features(lake.settings, widened, table, version="v1"))
    after = pl.DataFrame(read_features(lake.settings, built.domain, table, week=LAST, version="v1"))
    assert both.equals(pl.concat([before, after]))
    last = pl.DataFrame(lake.read(built.domain, table, LAST))
    assert pl.DataFrame(lake.read(widened, table, LAST)).equals(last)


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_the_old_version_are_not_passed_off_as_the_new(lake: Lake, widened: RenamedNfl, table: str) -> None:
    """The columns are there, but week 2 was written without them."""
    with pytest.raises(SchemaError, match=rf"(?s)2021_wk02 without [a-z_]*, .*needed: rows of version {NEWEST}"):
        lake.read(widened, table, WEEK)
    with pytest.raises(SchemaError, match="2021_wk02"):
        read_features(lake.settings, widened, table)


def test_a_table_that_a_version_does_not_change_keeps_its_schema(widened: RenamedNfl) -> None:
    of = widened.features.schema_file
    assert of("play_players") == of("play_players", "v3")
    assert of("play_features") != of("play_features", f"v{NEWEST - 1}")
    with pytest.raises(SchemaError, match=rf"v{NEWEST + 1}\.yaml"):
        load_spec(of("play_features", f"v{NEWEST + 1}"))
