"""`sports-platform evaluate`: a model on a season it has not seen, beside its baselines."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sports_platform.cli.options import SportOption, domain_of, settings_of
from sports_platform.core.weeks import Week

_WIDTH = 190  # of the widest table: wrapped cells could be neither read nor copied

app = typer.Typer(no_args_is_help=True, help="Scores on a season that no model has seen.")


@app.callback()
def _group() -> None:
    """Keeps `play_model` a name to type while it is the only model."""


@app.command("play_model")
def play_model(
    context: typer.Context,
    data: Annotated[Path, typer.Option("--data", help="Folder of nflverse-named parquet.", exists=True)],
    season: Annotated[int, typer.Option("--season", help="The season to score; those before it train.")],
    version: Annotated[str | None, typer.Option("--version", help="A stored version, instead of training.")] = None,
    sport: SportOption = "nfl",
) -> None:
    """Score every head of the play model on a season, against class frequencies, logistic regression and boosting."""
    from sports_platform.cli.comparison_tables import calls_table, heads_table, verdict_lines
    from sports_platform.models.artefacts import model_dir, open_version
    from sports_platform.models.season import score_season
    from sports_platform.models.train import train_week
    from sports_platform.ops.evaluation_home import evaluation_settings, prepare

    settings, domain = settings_of(context), domain_of(sport)
    notes = Console(stderr=True, soft_wrap=True, highlight=False)
    # Opened before the work, so that a misspelt name is known at once.
    chosen = open_version(model_dir(settings) / "versions" / version) if version else None
    own = evaluation_settings(settings, domain, data)
    prepare(own, domain, season, notes.print)
    if chosen is None:
        notes.print(f"training as of {Week(season, 1)}")
        chosen = train_week(own, domain, Week(season, 1))
    report = score_season(own, domain, chosen, season, notes.print)
    out = Console(width=_WIDTH, highlight=False)
    for part in (heads_table(report), calls_table(report), *verdict_lines(report)):
        out.print(part)
