"""`sports-platform`: every stage of the platform as a command, without Dagster, and the demonstration with it.

Belongs here: assembly and the one place where an error becomes text. Commands stand in the modules beside
this one; each imports its stage when it runs, so that `--help` is quick.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from sports_platform.cli import (
    demo,
    evaluate,
    fidelity,
    member,
    replay,
    services,
    stages,
    surrogate,
    sweep,
    winprob,
)
from sports_platform.core.errors import PlatformError
from sports_platform.core.settings import Settings

_TRACEBACK = "--traceback"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Sports events to contest lineups. Settings come from SPORTS_* variables.",
)
app.add_typer(services.app, name="services")
app.add_typer(evaluate.app, name="evaluate")
stages.register(app)
app.command("surrogate")(surrogate.surrogate)
app.command("sweep")(sweep.sweep)
app.command("demo")(demo.demo)
app.command("train-member")(member.train_member)
app.command("backfill")(demo.backfill)
app.command("winprob")(winprob.winprob)
app.command("replay")(replay.replay)
app.command("fidelity")(fidelity.fidelity)


@app.callback()
def _load_settings(
    context: typer.Context,
    traceback: Annotated[bool, typer.Option(_TRACEBACK, help="Show where an error came from.")] = False,
) -> None:
    context.obj = Settings.load()


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script: a PlatformError ends it with its three lines and exit code 1."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        app(given)
    except PlatformError as error:
        if _TRACEBACK in given:
            raise
        print(f"{type(error).__name__}\n  {error}", file=sys.stderr)
        raise SystemExit(1) from error
