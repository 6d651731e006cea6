"""`sports-platform`: every stage of the platform as a command, without Dagster, and the demonstration with it.

Belongs here: assembly and the one place where an error becomes text. Commands stand in the modules beside
this one; each imports its stage when it runs, so that `--help` is quick.
"""

import sys
from typing import Annotated

import typer
from click import Context
from typer.core import TyperGroup

from sports_platform.cli import demo, services, stages
from sports_platform.core.errors import PlatformError
from sports_platform.core.settings import Settings


class _Commands(TyperGroup):
    """Shows a PlatformError as its three lines, and exits with 1."""

    def invoke(self, ctx: Context) -> object:
        try:
            return super().invoke(ctx)
        except PlatformError as error:
            if ctx.params["traceback"]:
                raise
            print(f"{type(error).__name__}\n  {error}", file=sys.stderr)
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Sports events to contest lineups. Settings come from SPORTS_* variables.",
)
app.add_typer(services.app, name="services")
stages.register(app)
app.command("demo")(demo.demo)


@app.callback()
def _load_settings(
    context: typer.Context,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where an error came from.")] = False,
) -> None:
    context.obj = Settings.load()


def main() -> None:
    """Entry point of the console script."""
    app()
