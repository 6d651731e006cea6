"""`sports-platform sweep`: trials of the play model's hyper-parameters one after another, and which is best so far."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml
from rich.console import Console
from rich.table import Table

from sports_platform.cli.options import SportOption, WeekArgument, domain_of, settings_of
from sports_platform.core.weeks import Week

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sports_platform.models.sweep import Sweep
    from sports_platform.models.trial import Trial

_console = Console(width=150, highlight=False, soft_wrap=True)  # the table's width: cut cells tell nothing


def sweep(
    context: typer.Context,
    week: WeekArgument,
    trials: Annotated[int | None, typer.Option(min=1, max=1000, help="How many; SPORTS_TRIALS.")] = None,
    base: Annotated[Path | None, typer.Option(help="YAML of TrainConfig fields to start from.", exists=True)] = None,
    show: Annotated[bool, typer.Option("--show", help="Print what was found; train nothing.")] = False,
    sport: SportOption = "nfl",
) -> None:
    """Search the play model's hyper-parameters on the weeks that stop a training as of WEEK; the best as YAML."""
    from sports_platform.models.config import training_config
    from sports_platform.models.sweep import open_sweep, require_begun, results

    settings = settings_of(context)
    config = training_config(settings, yaml.safe_load(base.read_text()) if base else {})
    opened = open_sweep(settings, domain_of(sport), Week.parse(week), config)
    if show:
        require_begun(opened)
    else:
        _run(opened, trials or settings.trials)
    found = results(opened)
    _console.print(_table(opened, found))
    if found and found[0].state == "complete":
        _console.print(f"# {found[0].name} of {opened.study}")
        _console.print(yaml.safe_dump(opened.found(found[0]).model_dump(mode="json"), sort_keys=False), end="")


def _run(opened: "Sweep", count: int) -> None:
    """Every trial that has no result yet, in order; one that diverges is said to have, and the next is tried."""
    from sports_platform.models.fit import DivergedError
    from sports_platform.models.sweep import results, run_trial
    from sports_platform.models.trial import trial_names

    finished = {trial.name for trial in results(opened)}
    for number, name in enumerate(trial_names(count), start=1):
        if name in finished:
            continue
        try:
            trial = run_trial(opened, name)
            _console.print(f"{name} ({number} of {count}): {trial.state}, {trial.objective:.5f}")
        except DivergedError as error:
            _console.print(f"{name} ({number} of {count}): failed, {error.found}")


def _table(opened: "Sweep", found: "Sequence[Trial]") -> Table:
    """A row a trial, best first; the first of all trials is the base config."""
    table = Table(title=f"{opened.study}: loss on the stopping rows, nats a play", title_justify="left")
    for name in ("trial", "loss", "state", "best epoch", *opened.start):
        table.add_column(name, justify="left" if name in ("trial", "state") else "right", no_wrap=True)
    for trial in found:
        epochs = f"{trial.best_epoch + 1} of {len(trial.losses)}"
        params = (f"{trial.params[name]:.4g}" for name in opened.start)
        table.add_row(trial.name, f"{trial.objective:.5f}", trial.state, epochs, *params)
    return table
