"""The stages as commands, in the data's way. Each calls the function that the Dagster asset calls."""

from typing import Annotated

import typer
from rich.console import Console

from sports_platform.cli.options import LastArgument, SportOption, WeekArgument, domain_of, settings_of, weeks_between
from sports_platform.core.weeks import Week


def register(app: typer.Typer) -> None:
    """Add every stage's command to `app`."""
    stages = (publish, ingest, silver, features, online, train, reproduce, gate, promote, rollback)
    for command in (*stages, simulate, portfolio, report, lineage):
        app.command(command.__name__)(command)


def publish(context: typer.Context, first: WeekArgument, last: LastArgument = None, sport: SportOption = "nfl") -> None:
    """Publish weeks of every table to Kafka. Publishing again appends; nothing downstream changes."""
    from sports_platform.streams.publish import publish as publish_table
    from sports_platform.streams.sources.opening import open_source

    settings, domain = settings_of(context), domain_of(sport)
    source = open_source(settings, domain)
    weeks = weeks_between(settings, domain, first, last)
    for table in domain.tables.values():
        report = publish_table(settings, domain, source, table, weeks)
        _say(f"{report.topic}: {report.records} records, offsets {report.offsets}")


def ingest(context: typer.Context, sport: SportOption = "nfl") -> None:
    """Append everything new in Kafka to bronze."""
    from sports_platform.lake.bronze import ingest as ingest_topics
    from sports_platform.lake.spark import spark_session

    settings, domain = settings_of(context), domain_of(sport)
    for name, report in ingest_topics(settings, domain, spark_session(settings), list(domain.tables.values())).items():
        _say(f"bronze_{name}: {report.rows} rows, {report.rejected} rejected, {len(report.weeks)} weeks touched")


def silver(context: typer.Context, first: WeekArgument, last: LastArgument = None, sport: SportOption = "nfl") -> None:
    """Write weeks of every silver table from bronze."""
    from sports_platform.lake.silver import write_weeks

    settings, domain = settings_of(context), domain_of(sport)
    weeks = weeks_between(settings, domain, first, last)
    for table in domain.tables.values():
        report = write_weeks(settings, domain, table, weeks)
        _say(f"{report.table}: {sum(report.rows.values())} rows, snapshot {report.snapshot_id}")


def features(
    context: typer.Context, first: WeekArgument, last: LastArgument = None, sport: SportOption = "nfl"
) -> None:
    """Build the feature tables of weeks, each as of its cut-off."""
    from sports_platform.features.job import build
    from sports_platform.lake.spark import spark_session

    settings, domain = settings_of(context), domain_of(sport)
    report = build(settings, domain, spark_session(settings), weeks_between(settings, domain, first, last))
    for table, rows in report.rows.items():
        _say(f"{table}: {sum(rows.values())} rows, snapshot {report.snapshots[table]}")


def online(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Push the week's vectors to Redis."""
    from sports_platform.features.online import push_latest

    _say(f"{push_latest(settings_of(context), domain_of(sport), Week.parse(week))} vectors")


def train(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Train the play model on every week before WEEK."""
    from sports_platform.models.train import train_week

    _say(f"trained: {train_week(settings_of(context), domain_of(sport), Week.parse(week)).path}")


def reproduce(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="play_model or drive_model.")],
    week: WeekArgument,
    version: Annotated[str | None, typer.Option(help="Version such as 2015_wk12-<digest>; the week's newest.")] = None,
    sport: SportOption = "nfl",
) -> None:
    """Train the week's version again from its lineage alone; exit with 1 when the weights differ."""
    from sports_platform.models.artefacts import stored_version
    from sports_platform.models.drives import domain_of_model
    from sports_platform.models.reproduce import reproduce as train_again

    settings, domain = settings_of(context), domain_of_model(domain_of(sport), model)
    result = train_again(settings, domain, stored_version(settings, model, Week.parse(week), version))
    _say(f"{result.version}: weights {result.weights_sha256}\ntrained again: weights {result.reproduced_sha256}")
    for note in result.notes:
        _say(f"note: {note}")
    _say("equal" if result.equal else f"DIFFERENT: {', '.join(result.differences)}")
    if not result.equal:
        raise typer.Exit(1)


def gate(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Judge the week's model on held-out plays and on the games it simulates; exit with 1 when it fails."""
    from sports_platform.cli.tables import verdict_table
    from sports_platform.models.artefacts import week_version
    from sports_platform.models.gate import gate as judge_version
    from sports_platform.simulation.backtest import backtest

    settings, domain = settings_of(context), domain_of(sport)
    candidate = week_version(settings, Week.parse(week))
    verdict = judge_version(settings, domain, candidate, backtest(settings, domain, candidate))
    Console().print(verdict_table(verdict))
    if not verdict.passed:
        raise typer.Exit(1)


def promote(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Move the champion's pointer to the week's model when the gate passed it."""
    from sports_platform.models.artefacts import week_version
    from sports_platform.models.gate import stored_verdict
    from sports_platform.models.registry import promote as move_pointer

    settings = settings_of(context)
    version = week_version(settings, Week.parse(week))
    serves = move_pointer(settings, domain_of(sport), version, stored_verdict(version))
    _say(f"{version.name} {'serves' if serves else 'was refused by the gate: the pointer did not move'}")


def rollback(context: typer.Context, sport: SportOption = "nfl") -> None:
    """Move the champion's pointer back to the one before."""
    from sports_platform.models.registry import rollback as move_back

    serving = move_back(settings_of(context), domain_of(sport))
    _say(f"serves now: {serving.name if serving else 'no model'}")


def simulate(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Play every game of the week in each scenario."""
    from sports_platform.simulation.runner import simulate_week

    scenarios = simulate_week(settings_of(context), domain_of(sport), Week.parse(week))
    players, count = scenarios.points_PS.shape
    _say(f"{len(scenarios.game_ids)} games, {players} players, {count} scenarios, seed {scenarios.seed}")


def portfolio(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Choose the week's lineups on its stored scenarios and write the upload file."""
    from sports_platform.cli.tables import lineups_table
    from sports_platform.ops.comparison import with_actual
    from sports_platform.portfolio.build import build_portfolio
    from sports_platform.simulation.runner import scenarios_dir
    from sports_platform.simulation.scenarios import Scenarios

    settings, domain = settings_of(context), domain_of(sport)
    target = Week.parse(week)
    chosen = build_portfolio(settings, domain, target, Scenarios.load(scenarios_dir(settings, domain, target)))
    Console().print(lineups_table(with_actual(settings, domain, chosen)))
    _say(f"{chosen.upload_csv} ({chosen.note}); {len(chosen.unmatched)} unmatched names beside it")


def report(context: typer.Context, week: WeekArgument, sport: SportOption = "nfl") -> None:
    """Write the week's page."""
    from sports_platform.ops.report import write_report

    _say(f"report: {write_report(settings_of(context), domain_of(sport), Week.parse(week))}")


def lineage(context: typer.Context, sport: str, week: WeekArgument) -> None:
    """Print where the week's lineups came from, back to Kafka's offsets."""
    from sports_platform.cli.tables import lineage_tree
    from sports_platform.ops.lineage import trace

    Console().print(lineage_tree(trace(settings_of(context), domain_of(sport), Week.parse(week))))


def _say(text: str) -> None:
    # Paths must stay whole on one line, so that they can be copied.
    Console(soft_wrap=True, highlight=False).print(text)
