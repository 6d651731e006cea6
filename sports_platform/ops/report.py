"""The week's page: one self-contained HTML file for a person to read.

Belongs here: gathering what the page shows. Its looks are report.html.j2 and `report_plots`; the
comparisons with real games are `comparison`.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from sports_platform.core.domain import SportDomain
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.artefacts import ModelVersion, model_dir, open_version, week_version
from sports_platform.models.gate import stored_verdict
from sports_platform.models.promote import Verdict
from sports_platform.ops import report_plots
from sports_platform.ops.comparison import PlayerComparison, actual_points, compare_players, compare_teams, with_actual
from sports_platform.ops.lineage import trace
from sports_platform.portfolio.artefact import Portfolio, portfolio_folder
from sports_platform.simulation.scenarios import Scenarios

_TEMPLATE = "report.html.j2"


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template shows."""

    sport: str
    week: Week
    verdict: Verdict
    model: ModelVersion
    portfolio: Portfolio
    scenarios: Scenarios
    players: PlayerComparison | None
    teams: pl.DataFrame
    lineage: list[Lineage]


def report_file(settings: Settings, domain: SportDomain, week: Week) -> Path:
    """Where the week's page lies."""
    return settings.stage_dir("reports", domain.name) / f"{week}.html"


def write_report(settings: Settings, domain: SportDomain, week: Week) -> Path:
    """Write the page from the stored artefacts; raises MissingDataError or ArtefactError where one is missing."""
    html = render(gather(settings, domain, week))
    path = report_file(settings, domain, week)
    fresh = path.with_suffix(".new")
    fresh.write_text(html, encoding="utf-8")
    return fresh.replace(path)


def gather(settings: Settings, domain: SportDomain, week: Week) -> Page:
    """Read the week's artefacts and compare them with what happened, where it has."""
    portfolio = Portfolio.load(portfolio_folder(settings, domain.name, week))
    scenarios = Scenarios.load(settings.stage_dir("simulation", domain.name) / str(week))
    actual = actual_points(settings, domain, week)
    return Page(
        sport=domain.name,
        week=week,
        verdict=stored_verdict(week_version(settings, week)),
        model=open_version(model_dir(settings) / "versions" / scenarios.model_version),
        portfolio=with_actual(settings, domain, portfolio),
        scenarios=scenarios,
        players=None if actual is None else compare_players(scenarios, actual),
        teams=compare_teams(settings, domain, week, scenarios),
        lineage=trace(settings, domain, week),
    )


def render(page: Page) -> str:
    """The page as HTML with every picture inside."""
    environment = Environment(
        loader=PackageLoader("sports_platform.ops", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    pictures = {path.stem: report_plots.embedded(path) for path in sorted((page.model.path / "plots").glob("*.png"))}
    return environment.get_template(_TEMPLATE).render(
        page=page,
        pictures=pictures,
        scatter=report_plots.scatter(page.players) if page.players else None,
        exposures=report_plots.exposures(page.portfolio.exposures),
        lineups=report_plots.lineups(page.portfolio.metrics),
    )
