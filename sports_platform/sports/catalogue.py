"""The sports of the platform by name."""

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import SettingsError


def sport(name: str) -> SportDomain:
    """The sport called `name`; raises SettingsError for one that does not exist."""
    if name == "nfl":
        from sports_platform.sports.nfl import DOMAIN

        return DOMAIN
    raise SettingsError(found=f"sport {name!r}", needed="nfl", remedy="use one of the sports listed")
