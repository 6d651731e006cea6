"""Week keys: the one partition key of the platform, `{season}_wk{week:02d}`.

Belongs here: parsing, ordering and ranges of keys. Which games a week holds is the sport's calendar.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from sports_platform.core.errors import SettingsError

_KEY = re.compile(r"^(\d{4})_wk(\d{2})$")


@dataclass(frozen=True, order=True, slots=True)
class Week:
    """A season's week; ordered by time, printed as its partition key."""

    season: int
    number: int

    @classmethod
    def parse(cls, key: str) -> Self:
        """The week behind a key such as `2015_wk12`; raises SettingsError on any other text."""
        match = _KEY.match(key)
        if match is None:
            raise SettingsError(
                found=f"week {key!r}",
                needed="a key like 2015_wk12 ({season}_wk{two-digit week})",
                remedy="write the season, '_wk' and the week with two digits",
            )
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.season}_wk{self.number:02d}"


def week_range(weeks: Iterable[Week], first: Week, last: Week) -> list[Week]:
    """Those of `weeks` from `first` to `last`, both included, in order."""
    return sorted(week for week in weeks if first <= week <= last)
