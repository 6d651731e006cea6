"""Cut-offs: the moment before which everything used for a week must have been known.

Belongs here: the first start of each week, from silver. Every sport has a `schedules` table with the
games' `kickoff`.
"""

from datetime import datetime
from functools import lru_cache

import polars as pl

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.lake import catalog

SCHEDULES = "schedules"
_START = "kickoff"


def week_cutoffs(settings: Settings, domain: SportDomain, *, snapshot_id: int | None = None) -> dict[Week, datetime]:
    """Week -> earliest start (UTC) of any version of any of its fixtures, in order; raises MissingDataError.

    All versions count, so that a game that was moved can only make the cut-off earlier.
    """
    identifier = f"{domain.name}.{SCHEDULES}"
    return dict(_starts(settings, identifier, snapshot_id or catalog.current_snapshot(settings, identifier)))


def week_cutoff(settings: Settings, domain: SportDomain, week: Week, *, snapshot_id: int | None = None) -> datetime:
    """The cut-off of one week by a snapshot of the schedules, the newest unless given.

    Raises MissingDataError when the lake holds no fixture of the week.
    """
    cutoffs = week_cutoffs(settings, domain, snapshot_id=snapshot_id)
    if week not in cutoffs:
        raise MissingDataError(
            found=f"no fixtures of {week} in {domain.name}.{SCHEDULES}",
            needed="the week's schedule, whose first kick-off is the cut-off",
            remedy=f"publish, ingest and materialize the schedules of {week}",
        )
    return cutoffs[week]


@lru_cache(maxsize=8)
def _starts(settings: Settings, identifier: str, snapshot_id: int) -> tuple[tuple[Week, datetime], ...]:
    """A snapshot never changes, so its cut-offs are read once a process."""
    table = catalog.load_table(settings, identifier)
    rows = table.scan(selected_fields=(WEEK_COLUMN, _START), snapshot_id=snapshot_id).to_arrow()
    earliest = pl.DataFrame(rows).group_by(WEEK_COLUMN).agg(pl.col(_START).min())
    return tuple(sorted((Week.parse(week), start) for week, start in earliest.iter_rows()))
