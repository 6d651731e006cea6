"""`sports-platform replay`: the engine's rules against real plays, season by season."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from sports_platform.cli.options import SportOption, domain_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sports_platform.core.domain import ReplayReport

DataOption = Annotated[Path, typer.Option("--data", help="Folder of nflverse-named parquet.", exists=True)]
SeasonOption = Annotated[int | None, typer.Option("--season", help="One season; without it all in the folder.")]


def replay(context: typer.Context, data: DataOption, season: SeasonOption = None, sport: SportOption = "nfl") -> None:
    """Feed every real play to the engine's rules and compare what they make of it with what came next."""
    from sports_platform.simulation.replay import replay_season
    from sports_platform.streams.sources.directory import DirectorySource

    settings, domain = settings_of(context), domain_of(sport)
    source = DirectorySource(data, domain.name)
    seasons = [season] if season is not None else source.seasons()
    reports = [replay_season(settings, domain, source, number) for number in seasons]
    out = Console(width=120, highlight=False)
    out.print(_seasons(reports))
    out.print(_causes(reports))
    for report in reports:
        if report.other_finals:
            out.print(f"{report.season}, another final score: {', '.join(report.other_finals)}", soft_wrap=True)


def _seasons(reports: "Sequence[ReplayReport]") -> Table:
    table = _table("season", "plays", "reproduced", "share", "games", "final scores")
    for report in reports:
        finals = report.games - len(report.other_finals)
        table.add_row(str(report.season), *_counts(report.plays, report.reproduced), str(report.games), str(finals))
    if len(reports) > 1:
        plays, reproduced = (sum(getattr(report, name) for report in reports) for name in ("plays", "reproduced"))
        games = sum(report.games for report in reports)
        finals = games - sum(len(report.other_finals) for report in reports)
        table.add_row("all", *_counts(plays, reproduced), str(games), str(finals))
    return table


def _causes(reports: "Sequence[ReplayReport]") -> Table:
    table = _table("what differs", *(str(report.season) for report in reports))
    causes = {cause for report in reports for cause in report.causes}
    totals = {cause: sum(report.causes.get(cause, 0) for report in reports) for cause in causes}
    for cause in sorted(causes, key=lambda name: (-totals[name], name)):
        table.add_row(cause, *(str(report.causes.get(cause, 0)) for report in reports))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.MARKDOWN)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _counts(plays: int, reproduced: int) -> tuple[str, str, str]:
    return str(plays), str(reproduced), f"{100 * reproduced / plays:.2f} %"
