"""A version trained again from its lineage: equal whatever came later, and honest when it is not."""

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.lake.catalog import load_table
from sports_platform.lake.maintenance import expire
from sports_platform.models.artefacts import ModelVersion, open_version
from sports_platform.models.reproduce import reproduce
from sports_platform.models.train import train_week
from sports_platform_tests.models import synthetic
from sports_platform_tests.models.test_train import DOMAIN, FEATURES, LAST, SILVER, filled

QUICK = synthetic.QUICK.model_copy(update={"epochs": 1})


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return filled(Settings(home=tmp_path_factory.mktemp("lake"), threads=1))


@pytest.fixture(scope="module")
def version(lake: Settings) -> ModelVersion:
    return train_week(lake, DOMAIN, LAST, QUICK)


def forged(version: ModelVersion, folder: Path, **changes: object) -> ModelVersion:
    """A copy with another lineage and fitting checksums, which the artefact's checks accept."""
    copy = folder / version.name
    shutil.copytree(version.path, copy)
    before = hashlib.sha256((copy / "lineage.json").read_bytes()).hexdigest()
    version.lineage().model_copy(update=changes).write(copy)
    after = hashlib.sha256((copy / "lineage.json").read_bytes()).hexdigest()
    sums = copy / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(before, after))
    return open_version(copy)


def stored_files(settings: Settings) -> dict[str, float]:
    return {str(path): path.lstat().st_mtime for path in settings.home.rglob("*") if path.is_file()}


def test_lineage_alone_gives_the_same_weights_and_touches_nothing(lake: Settings, version: ModelVersion) -> None:
    before = stored_files(lake)
    result = reproduce(lake, DOMAIN, version)
    assert result.equal, result
    assert result.weights_sha256 == hashlib.sha256((version.path / "weights.safetensors").read_bytes()).hexdigest()
    assert result.reproduced_sha256 == result.weights_sha256
    assert result.notes == ("config differs from the running code's",)
    assert stored_files(lake) == before


def test_another_seed_gives_other_weights(lake: Settings, version: ModelVersion, tmp_path: Path) -> None:
    result = reproduce(lake, DOMAIN, forged(version, tmp_path, seed=1, git_commit="0123"))
    assert not result.equal
    assert result.differences == ("weights.safetensors", "auxiliary.json")  # tendencies are of the weights
    assert result.reproduced_sha256 != result.weights_sha256
    assert any("trained by code 0123" in note for note in result.notes)


def test_equal_after_the_tables_were_overwritten_and_untagged_snapshots_expired(
    lake: Settings, version: ModelVersion
) -> None:
    for table in (FEATURES, *SILVER):
        stored = load_table(lake, table)
        rows = stored.scan().to_arrow()
        stored.overwrite(rows.slice(0, 1))
        between = load_table(lake, table).current_snapshot().snapshot_id
        if "kickoff" in rows.column_names:  # as if every game had been moved to a time before all plays
            moved = pa.array([datetime(2014, 1, 1, tzinfo=UTC)] * rows.num_rows, rows.schema.field("kickoff").type)
            rows = rows.set_column(rows.column_names.index("kickoff"), rows.schema.field("kickoff"), moved)
        load_table(lake, table).overwrite(rows.slice(rows.num_rows // 2))
        expired = expire(lake, table, datetime.now(UTC) + timedelta(hours=1))
        assert between in expired
        assert version.lineage().snapshots[table] not in expired
        assert load_table(lake, table).snapshot_by_id(between) is None
        assert expire(lake, table, datetime.now(UTC) + timedelta(hours=1)) == []
    again = reproduce(lake, DOMAIN, version)
    assert again.equal, again


@pytest.mark.parametrize("table", [FEATURES, *SILVER])
def test_a_snapshot_that_is_gone_is_named(lake: Settings, version: ModelVersion, tmp_path: Path, table: str) -> None:
    snapshots = version.lineage().snapshots | {table: 1}
    with pytest.raises(MissingDataError, match=f"snapshot 1 of {table} was expired"):
        reproduce(lake, DOMAIN, forged(version, tmp_path, snapshots=snapshots))


def test_a_lineage_without_silver_snapshots_is_refused(lake: Settings, version: ModelVersion, tmp_path: Path) -> None:
    snapshots = {FEATURES: version.lineage().snapshots[FEATURES]}
    with pytest.raises(MissingDataError, match=r"without nfl\.plays, nfl\.schedules"):
        reproduce(lake, DOMAIN, forged(version, tmp_path, snapshots=snapshots))
