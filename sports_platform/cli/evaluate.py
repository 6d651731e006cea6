"""`sports-platform evaluate`: a model on a season it has not seen, beside its baselines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from sports_platform.cli.options import SportOption, domain_of, settings_of
from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week

if TYPE_CHECKING:
    from collections.abc import Callable

    from sports_platform.models.artefacts import ModelVersion

_WIDTH = 190  # of the widest table: wrapped cells could be neither read nor copied

app = typer.Typer(no_args_is_help=True, help="Scores on a season that no model has seen.")


DataOption = Annotated[Path, typer.Option("--data", help="Folder of nflverse-named parquet.", exists=True)]
SeasonOption = Annotated[int, typer.Option("--season", help="The season to score; those before it train.")]
ByWeekOption = Annotated[bool, typer.Option("--by-week", help="Train before every week and score that week with it.")]
VersionOption = Annotated[str | None, typer.Option("--version", help="A stored version, instead of training.")]


@app.command("play_model")
def play_model(
    context: typer.Context,
    data: DataOption,
    season: SeasonOption,
    version: VersionOption = None,
    by_week: ByWeekOption = False,
    sport: SportOption = "nfl",
) -> None:
    """Score every head of the play model on a season, against class frequencies, logistic regression and boosting.

    By week it is scored as the pipeline lives through the season, beside the model of the first week.
    """
    from sports_platform.models.train import train_week

    settings, domain = settings_of(context), domain_of(sport)
    if by_week:
        if version is not None:
            raise typer.BadParameter("--by-week trains a version a week: leave --version out")
        _print_walk(settings, domain, data, season)
        return
    own, chosen = _prepared(settings, domain, "play_model", data, season, version, train_week)
    _print_scores(own, domain, chosen, season, "plays")


@app.command("drive_model")
def drive_model(
    context: typer.Context,
    data: DataOption,
    season: SeasonOption,
    version: VersionOption = None,
    sport: SportOption = "nfl",
) -> None:
    """The same of the drive model, and the points a drive that it implies beside those seen."""
    from sports_platform.cli.season_tables import points_line
    from sports_platform.models.drive_points import season_points
    from sports_platform.models.drives import DriveDomain, train_drives

    settings, domain = settings_of(context), domain_of(sport)
    own, chosen = _prepared(settings, domain, "drive_model", data, season, version, train_drives)
    _print_scores(own, DriveDomain(domain), chosen, season, "drives")
    Console(width=_WIDTH, highlight=False).print(points_line(season_points(own, domain, chosen, season)))


def _print_walk(settings: Settings, domain: SportDomain, data: Path, season: int) -> None:
    from sports_platform.cli.comparison_tables import calls_table, heads_table, walk_lines
    from sports_platform.models.walk_forward import walk_forward
    from sports_platform.ops.evaluation_home import evaluation_settings, prepare

    own = evaluation_settings(settings, domain, data)
    prepare(own, domain, season, _notes().print)
    report = walk_forward(own, domain, season, _notes().print)
    out = Console(width=_WIDTH, highlight=False)
    for part in (heads_table(report.heads), calls_table(report.heads), *walk_lines(report)):
        out.print(part)


def _prepared(
    settings: Settings,
    domain: SportDomain,
    model: str,
    data: Path,
    season: int,
    version: str | None,
    train: "Callable[[Settings, SportDomain, Week], ModelVersion]",
) -> "tuple[Settings, ModelVersion]":
    """Settings of a home with the folder's features, and the version named or trained as of the season's first week."""
    from sports_platform.ops.evaluation_home import evaluation_settings, named_version, prepare

    own = evaluation_settings(settings, domain, data)
    # Opened before the work, so that a misspelt name is known at once.
    chosen = named_version(own, settings, version, model) if version else None
    prepare(own, domain, season, _notes().print)
    if chosen is None:
        _notes().print(f"training as of {Week(season, 1)}")
        chosen = train(own, domain, Week(season, 1))
    return own, chosen


def _print_scores(own: Settings, domain: SportDomain, version: "ModelVersion", season: int, rows: str) -> None:
    from sports_platform.cli.comparison_tables import calls_table, heads_table, verdict_lines
    from sports_platform.models.season import score_season

    report = score_season(own, domain, version, season, _notes().print)
    out = Console(width=_WIDTH, highlight=False)
    for part in (heads_table(report.heads), calls_table(report.heads), *verdict_lines(report, rows)):
        out.print(part)


def _notes() -> Console:
    return Console(stderr=True, soft_wrap=True, highlight=False)
