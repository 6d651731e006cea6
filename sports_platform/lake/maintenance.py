"""Upkeep of Iceberg tables: snapshots that nothing needs are expired.

Belongs here: what takes snapshots away. What keeps them are tags (`tags.py`). Data files stay on disk.
"""

from datetime import datetime

from sports_platform.core.settings import Settings
from sports_platform.lake import catalog


def expire(settings: Settings, identifier: str, older_than: datetime) -> list[int]:
    """Expire the table's older snapshots except tagged ones and the newest; returns their ids, in order of time."""
    table = catalog.load_table(settings, identifier)
    before = [snapshot.snapshot_id for snapshot in table.snapshots()]
    table.maintenance.expire_snapshots().older_than(older_than).commit()
    kept = {snapshot.snapshot_id for snapshot in catalog.load_table(settings, identifier).snapshots()}
    return [snapshot for snapshot in before if snapshot not in kept]
