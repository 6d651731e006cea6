"""Tags: names that keep a snapshot for good, such as the one a model was trained on."""

from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.lake import catalog


def tag(settings: Settings, table: str, snapshot_id: int, name: str) -> None:
    """Name a snapshot of `sport.table`; a name used before moves to it. Raises MissingDataError."""
    loaded = catalog.load_table(settings, table)
    if loaded.snapshot_by_id(snapshot_id) is None:
        raise MissingDataError(
            found=f"no snapshot {snapshot_id} in {table}",
            needed="a snapshot that still stands in the table",
            remedy="take the id from the report of the step that wrote it",
        )
    with loaded.manage_snapshots() as snapshots:
        snapshots.create_tag(snapshot_id, name)
