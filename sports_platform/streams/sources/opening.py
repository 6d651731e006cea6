"""Opens the source of events that the settings name."""

from pathlib import Path

import pyarrow as pa

from sports_platform.core.domain import RawSource, SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.streams.sources.directory import DirectorySource
from sports_platform.streams.sources.draftkings import read_salaries
from sports_platform.streams.sources.sample import open_sample


def open_source(settings: Settings, domain: SportDomain) -> RawSource:
    """`sample`, `nflverse` or a folder, with the prices of `settings.salaries` where that is set."""
    source = _open(settings.source, domain.name)
    return source if settings.salaries is None else _WithSalaries(source, settings.salaries)


def slate_name(settings: Settings, domain: SportDomain, week: Week) -> str:
    """The price list that the settings mean for a week; raises MissingDataError where there is none."""
    prices = open_source(settings, domain).salaries(week)
    if prices is None or not prices.num_rows:
        raise MissingDataError(
            found=f"no salaries of {week} (source {settings.source!r})",
            needed="a contest site's prices for the week, from which lineups are built",
            remedy="point SPORTS_SALARIES at a salary file of that week, or choose a week that has prices",
        )
    return str(prices["slate"][0].as_py())


def _open(name: str, sport: str) -> RawSource:
    if name == "sample":
        return open_sample(sport)
    if name == "nflverse":
        from sports_platform.streams.sources.nflverse import NflverseSource

        return NflverseSource()
    return DirectorySource(Path(name), sport)


class _WithSalaries:
    """A source whose prices come from one salary file, whatever week is asked."""

    def __init__(self, source: RawSource, path: Path) -> None:
        self.name = source.name
        self.seasons, self.frame = source.seasons, source.frame
        self._path = path

    def salaries(self, week: Week) -> pa.Table | None:
        """The file's rows; that its games are the week's is checked where rows become slates."""
        return read_salaries(self._path, week)
