"""`sports-platform services`: the local Kafka, schema registry and Redis."""

import typer
from rich.console import Console

from sports_platform.cli.options import settings_of

app = typer.Typer(no_args_is_help=True, help="Local Kafka, schema registry and Redis.")


@app.command()
def start(context: typer.Context) -> None:
    """Start what is not running and wait until all answer."""
    from sports_platform.ops import services

    for name, address in services.start(settings_of(context)).model_dump().items():
        Console().print(f"{name:10} {address}")


@app.command()
def stop(context: typer.Context) -> None:
    """Stop what runs; data stay."""
    from sports_platform.ops import services

    stopped = services.stop(settings_of(context))
    Console().print(f"stopped: {', '.join(stopped) or 'nothing ran'}")


@app.command()
def status(context: typer.Context) -> None:
    """Show each service; exit with 1 unless all answer."""
    from sports_platform.ops import services

    found = services.status(settings_of(context))
    for service in found:
        state = "ready" if service.ready else "not running" if service.pid is None else "not answering"
        Console().print(f"{service.name:10} {state:14} {service.address or ''}")
    if not all(service.ready for service in found):
        raise typer.Exit(1)
