"""`sports-platform train-member`: one member of an ensemble by several processes, under torchrun."""

from pathlib import Path
from typing import Annotated

import typer

from sports_platform.cli.options import SportOption, WeekArgument, domain_of, settings_of
from sports_platform.core.weeks import Week


def train_member(
    context: typer.Context,
    week: WeekArgument,
    folder: Annotated[Path, typer.Option("--out", help="Folder to make, for weights and curve.")],
    member: Annotated[int, typer.Option(min=0, help="Which member of the ensemble.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    sport: SportOption = "nfl",
) -> None:
    """Train a member as of WEEK: `torchrun --nproc-per-node 2 --no-python sports-platform train-member ...`."""
    from sports_platform.models.fit import TrainConfig
    from sports_platform.models.member import train_member as train

    config = TrainConfig.model_validate({"device": device})
    train(settings_of(context), domain_of(sport), Week.parse(week), member, folder, config)
