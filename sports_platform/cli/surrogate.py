"""`sports-platform surrogate`: fit the stand-in for the simulated metrics of lineups, and show what it errs by."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from sports_platform.cli.options import SportOption, WeekArgument, domain_of, settings_of
from sports_platform.core.weeks import Week

if TYPE_CHECKING:
    from sports_platform.models.surrogate_artefact import StoredSurrogate

_SOURCES = ("lineups", "mixture")


def surrogate(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Fit a differentiable surrogate of lineup metrics to the week's stored scenarios."""
    from sports_platform.portfolio.surrogate import train_surrogate
    from sports_platform.simulation.runner import scenarios_dir
    from sports_platform.simulation.scenarios import Scenarios

    settings, domain = settings_of(context), domain_of(sport)
    target = Week.parse(week)
    stored = train_surrogate(settings, domain, target, Scenarios.load(scenarios_dir(settings, domain, target)))
    console = Console(soft_wrap=True, highlight=False)
    console.print(_errors(stored))
    console.print(f"surrogate: {stored.path}")


def _errors(stored: "StoredSurrogate") -> Table:
    """A row a metric, a column a source of held-out selections; all sources are in `metrics.json`."""
    found = stored.metrics
    table = Table(title="Root mean square error in points (standard error of the simulation)", title_justify="left")
    table.add_column("metric")
    for source in _SOURCES:
        table.add_column(f"{found.held_out[source]} {source}", justify="right")
    for row in zip(*(found.errors[source] for source in _SOURCES), strict=True):
        cells = (f"{error.root_mean_square:.3f} ({error.standard_error:.3f})" for error in row)
        table.add_row(row[0].metric, *cells)
    return table
