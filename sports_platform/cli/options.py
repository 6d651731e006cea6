"""Arguments that several commands share, and what they stand for."""

from collections.abc import Sequence
from typing import Annotated

import typer

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week, week_range

WeekArgument = Annotated[str, typer.Argument(metavar="WEEK", help="A week such as 2015_wk12.")]
LastArgument = Annotated[str | None, typer.Argument(metavar="[LAST]", help="Last week of a range from WEEK on.")]
SportOption = Annotated[str, typer.Option("--sport", help="Sport.")]


def settings_of(context: typer.Context) -> Settings:
    """The settings that the callback loaded."""
    settings = context.find_root().obj
    assert isinstance(settings, Settings)
    return settings


def domain_of(sport_name: str) -> SportDomain:
    """The sport; raises SettingsError for an unknown one."""
    from sports_platform.sports.catalogue import sport

    return sport(sport_name)


def weeks_between(settings: Settings, domain: SportDomain, first: str, last: str | None) -> Sequence[Week]:
    """The source's weeks from `first` to `last`, or `first` alone; raises MissingDataError when none has games."""
    from sports_platform.streams.sources.opening import open_source

    start = Week.parse(first)
    end = Week.parse(last) if last else start
    known = domain.events.weeks(open_source(settings, domain))
    weeks = week_range(known, start, end)
    if not weeks:
        raise MissingDataError(
            found=f"no games from {start} to {end} (source {settings.source!r})",
            needed=f"weeks between {known[0]} and {known[-1]}",
            remedy="choose other weeks, or point SPORTS_SOURCE at a source that has them",
        )
    return weeks
