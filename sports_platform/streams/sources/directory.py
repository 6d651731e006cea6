"""A folder of parquet files named as nflverse names them; also how the packaged sample is read.

Belongs here: finding and reading files. What columns mean, and how rows become events, is the sport's
`EventPlan`; salary formats are `draftkings`.
"""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sports_platform.core.errors import MissingDataError
from sports_platform.core.weeks import Week
from sports_platform.streams.sources.draftkings import read_salary_archive

_SEASON_FILE = re.compile(r"^play_by_play_(\d{4})\.parquet$")


class DirectorySource:
    """Implements `core.domain.RawSource`: `{table}_{season}.parquet`, or `{table}.parquet` for all seasons."""

    def __init__(self, folder: Path, sport: str, *, name: str | None = None) -> None:
        self.name = name or str(folder)
        self._folder = folder
        self._sport = sport
        if not self.seasons():
            raise MissingDataError(
                found=f"no play_by_play_{{season}}.parquet in {folder}",
                needed="a folder of nflverse-named parquet: play_by_play_{season}, schedules, players, lines",
                remedy="correct the folder (SPORTS_SOURCE, or DATA= of make demo)",
            )

    def seasons(self) -> list[int]:
        """Seasons with a play-by-play file, in order."""
        if not self._folder.is_dir():
            return []
        matches = (_SEASON_FILE.match(path.name) for path in self._folder.iterdir())
        return sorted(int(match[1]) for match in matches if match)

    def frame(self, table: str, season: int) -> pa.Table:
        """One raw table of a season; a table with no season column (players) comes whole."""
        by_season = self._folder / f"{table}_{season}.parquet"
        path = by_season if by_season.exists() else self._folder / f"{table}.parquet"
        if not path.exists():
            raise MissingDataError(
                found=f"neither {by_season.name} nor {path.name} in {self._folder}",
                needed=f"the raw table {table!r} of season {season}",
                remedy="add the file, or choose a week of the seasons " + ", ".join(map(str, self.seasons())),
            )
        # partitioning=None: a folder called e.g. `year=2015` above must not add columns.
        raw = pq.read_table(path, partitioning=None)
        return raw.filter(pc.equal(raw["season"], season)) if "season" in raw.column_names else raw

    def salaries(self, week: Week) -> pa.Table | None:
        """The week's prices from a weekly archive in the folder or in `dfs` beside it; None where it has none."""
        name = f"dk_{self._sport}_salaries_{week.season}.parquet"
        for path in (self._folder / name, self._folder.parent / "dfs" / name):
            if path.exists():
                rows = read_salary_archive(path, week)
                return rows if rows.num_rows else None
        return None
