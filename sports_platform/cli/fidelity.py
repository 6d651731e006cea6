"""`sports-platform fidelity`: can a season's simulated games be told from the real ones?"""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sports_platform.cli.evaluate import DataOption
from sports_platform.cli.options import SportOption, domain_of, settings_of

SeasonOption = Annotated[int, typer.Option("--season", help="The season to play; earlier ones train.")]
EveryOption = Annotated[int, typer.Option("--every", min=1, help="Weeks between two models; 1: one before each week.")]
ScenariosOption = Annotated[int, typer.Option("--scenarios", min=2, help="Scenarios a game.")]
WeeksOption = Annotated[str, typer.Option("--weeks", metavar="A-B", help="A part of the season.")]
DrawsOption = Annotated[str, typer.Option("--strength-draws", metavar="LIST", help="Settings to compare, such as 1,8.")]
VersionOption = Annotated[list[str] | None, typer.Option("--version", help="A stored version, instead of training.")]
ProjectionsOption = Annotated[Path | None, typer.Option("--projections", exists=True, help="Public projections.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder of report, table and plots.")]


def fidelity(
    context: typer.Context,
    data: DataOption,
    season: SeasonOption,
    every: EveryOption = 4,
    scenarios: ScenariosOption = 1000,
    weeks: WeeksOption = "1-99",
    strength_draws: DrawsOption = "1",
    version: VersionOption = None,
    projections: ProjectionsOption = None,
    out: OutOption = None,
    sport: SportOption = "nfl",
) -> None:
    """Play a season by models that have not seen it and compare its distributions with what happened.

    No week is played by a model that was trained on it. Weeks that the same version and code have played are read.
    """
    from sports_platform.ops.evaluation_home import evaluation_settings, named_version, prepare
    from sports_platform.ops.fidelity import Plan, write
    from sports_platform.ops.fidelity import fidelity as compare

    settings, domain = settings_of(context), domain_of(sport)
    own = evaluation_settings(settings, domain, data)
    first, last = span(weeks)
    # Opened before the work, so that a misspelt name is known at once.
    versions = tuple(named_version(own, settings, name) for name in version or ())
    plan = Plan(season, first, last, every, scenarios, numbers(strength_draws), versions, projections)
    notes = Console(stderr=True, soft_wrap=True, highlight=False)
    prepare(own, domain, season, notes.print)
    report = compare(own, domain, plan, notes.print)
    folder = out or own.stage_dir("fidelity", domain.name, "reports", str(season))
    write(report, domain, folder)
    typer.echo(report.markdown())
    notes.print(f"report, table and plots in {folder}")


def span(text: str) -> tuple[int, int]:
    """First and last of `A-B`, or of `A` alone."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise typer.BadParameter(f"{text!r} is not a week such as 3 or a range such as 3-6", param_hint="--weeks")
    return int(match[1]), int(match[2] or match[1])


def numbers(text: str) -> tuple[int, ...]:
    """The numbers of a list such as `1,8`."""
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", text):
        raise typer.BadParameter(f"{text!r} is not a list such as 1,8", param_hint="--strength-draws")
    return tuple(dict.fromkeys(int(part) for part in text.split(",")))
