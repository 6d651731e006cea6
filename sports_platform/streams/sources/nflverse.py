"""The live loader for users with internet: nflverse's releases through the package nflreadpy.

Belongs here: which release holds which raw table, and columns that nflverse names otherwise.
"""

from collections.abc import Callable

import polars as pl
import pyarrow as pa

from sports_platform.core.errors import MissingDataError, ServiceDownError, SettingsError
from sports_platform.core.weeks import Week

_SEASONS = 4  # the current one and as many before it as a play model is trained on


class NflverseSource:
    """Implements `core.domain.RawSource`. Prices have no public loader: give a file in SPORTS_SALARIES."""

    name = "nflverse"

    def __init__(self) -> None:
        try:
            import nflreadpy
        except ModuleNotFoundError as error:
            raise SettingsError(
                found="source nflverse, but the package nflreadpy is not installed",
                needed="nflreadpy",
                remedy="uv pip install 'sports-platform[live]', or choose the source `sample` or a folder",
            ) from error
        self._current_season: Callable[[], int] = nflreadpy.get_current_season
        self._loaders: dict[str, Callable[[int], pl.DataFrame]] = {
            "play_by_play": lambda season: nflreadpy.load_pbp([season]),
            "schedules": lambda season: _scheduled(nflreadpy.load_schedules([season])),
            "lines": lambda season: _lines(nflreadpy.load_schedules([season])),
            "players": lambda season: nflreadpy.load_players().rename({"display_name": "full_name"}),
        }

    def seasons(self) -> list[int]:
        """The current season and those before it."""
        current = self._current_season()
        return list(range(current - _SEASONS + 1, current + 1))

    def frame(self, table: str, season: int) -> pa.Table:
        """One raw table of a season; raises MissingDataError for a table nflverse does not have."""
        if table not in self._loaders:
            raise MissingDataError(
                found=f"raw table {table!r}",
                needed=f"one of {', '.join(self._loaders)}",
                remedy="use another source for this table",
            )
        try:
            return self._loaders[table](season).to_arrow()
        except ConnectionError as error:
            raise ServiceDownError(
                found=f"nflverse did not deliver {table} of {season}: {error}",
                needed="a connection to github.com, and a season that has been published",
                remedy="try again later, or choose the source `sample` or a folder",
            ) from error

    def salaries(self, week: Week) -> None:
        """None: see the class."""


def _scheduled(games: pl.DataFrame) -> pl.DataFrame:
    """Games with a time: of weeks far ahead some have none yet."""
    return games.drop_nulls(["gameday", "gametime"])


def _lines(games: pl.DataFrame) -> pl.DataFrame:
    """nflverse keeps the closing line in its schedules and has no opening one."""
    return _scheduled(games).with_columns(pl.lit(None, pl.Float64).alias("spread_open"))
