"""`sports-platform winprob`: a season's simulated weeks against what happened and against the closing lines."""

from typing import Annotated

import typer
from rich.console import Console

from sports_platform.cli.options import SportOption, domain_of, settings_of


def winprob(
    context: typer.Context,
    season: Annotated[int, typer.Option("--season", help="The season whose stored scenarios are checked.")],
    sport: SportOption = "nfl",
) -> None:
    """Score the win probabilities of a season's stored scenarios by Brier, log loss and calibration."""
    from sports_platform.cli.season_tables import wins_lines, wins_table
    from sports_platform.ops.winprob import season_wins

    found = season_wins(settings_of(context), domain_of(sport), season)
    out = Console(width=120, highlight=False)
    for part in (wins_table(found), *wins_lines(found)):
        out.print(part, soft_wrap=isinstance(part, str))
