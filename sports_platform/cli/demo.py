"""`sports-platform demo` and `backfill`: services, then the whole road through Dagster, then what came out.

Belongs here: the order of what a person sees. The road itself is `orchestration.road`.
"""

import time
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from sports_platform.cli.memory import PeakMemory
from sports_platform.cli.options import LastArgument, SportOption, WeekArgument, domain_of, settings_of, weeks_between
from sports_platform.cli.tables import lineups_table, steps_table, verdict_table
from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week

_console = Console(highlight=False, soft_wrap=True)


def demo(
    context: typer.Context,
    week: Annotated[str, typer.Option("--week", help="The week to play.")] = "2015_wk12",
    sport: SportOption = "nfl",
    republish: Annotated[bool, typer.Option("--republish", help="Publish weeks again that are in Kafka.")] = False,
) -> None:
    """Walk the whole road for a week: from real events to an uploadable lineup file."""
    _travel(settings_of(context), domain_of(sport), [Week.parse(week)], republish=republish)


def backfill(
    context: typer.Context, first: WeekArgument, last: LastArgument = None, sport: SportOption = "nfl"
) -> None:
    """Walk the whole road for a range of weeks, in order of time, through Dagster."""
    settings, domain = settings_of(context), domain_of(sport)
    _travel(settings, domain, weeks_between(settings, domain, first, last), republish=False)


def _travel(settings: Settings, domain: SportDomain, weeks: Sequence[Week], *, republish: bool) -> None:
    from sports_platform.ops import services

    started = time.monotonic()
    named = ", ".join(map(str, weeks))
    _console.print(f"[bold]{domain.name} {named}[/bold] from source {settings.source}, home {settings.home}")
    endpoints = services.start(settings)
    _console.print(f"services: Kafka {endpoints.kafka}, registry {endpoints.registry}, Redis {endpoints.redis}")
    pids = [service.pid for service in services.status(settings) if service.pid is not None]
    with PeakMemory(pids) as memory:
        steps = _walk(settings, domain, weeks, memory, republish=republish)
    _console.print(steps_table(steps))
    for week in weeks:
        _show_results(settings, domain, week)
    seconds = time.monotonic() - started
    _console.print(f"{seconds:.0f} s in all, peak memory {memory.highest / 2**30:.2f} GiB with services")
    _console.print("Dagster's UI with these runs: `make dev`; stop the services: `sports-platform services stop`")


def _walk(
    settings: Settings, domain: SportDomain, weeks: Sequence[Week], memory: PeakMemory, *, republish: bool
) -> list[tuple[str, float, int]]:
    """Walk the road with a line a step; (step, seconds, peak bytes) of each."""
    from sports_platform.models.artefacts import week_version
    from sports_platform.models.gate import stored_verdict
    from sports_platform.orchestration.road import Step, walk

    steps: list[tuple[str, float, int]] = []
    judged = iter(sorted(weeks))

    def show(step: Step) -> None:
        peak = memory.take()
        steps.append((step.name, step.seconds, peak))
        _console.print(f"  {'ok    ' if step.succeeded else 'FAILED'} {step.seconds:7.1f} s  {step.name}")
        if step.succeeded and step.name.endswith("/models/gate"):
            # At once, for a refusal may end the road: without a champion nothing can be simulated.
            _console.print(f"           {stored_verdict(week_version(settings, next(judged))).summary}")

    walk(settings, domain, weeks, republish=republish, on_step=show, on_note=_console.print)
    return steps


def _show_results(settings: Settings, domain: SportDomain, week: Week) -> None:
    from sports_platform.models.artefacts import week_version
    from sports_platform.models.gate import stored_verdict
    from sports_platform.ops.comparison import with_actual
    from sports_platform.ops.report import report_file
    from sports_platform.portfolio.artefact import Portfolio, portfolio_folder

    portfolio = with_actual(settings, domain, Portfolio.load(portfolio_folder(settings, domain.name, week)))
    _console.print(verdict_table(stored_verdict(week_version(settings, week))))
    _console.print(lineups_table(portfolio))
    _console.print(f"upload file: {portfolio.upload_csv} ({portfolio.note})")
    _console.print(f"report:      {report_file(settings, domain, week)}")
