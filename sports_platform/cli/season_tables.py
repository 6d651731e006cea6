"""What a season's checks of simulation and drive model look like in a terminal, as Markdown.

Belongs here: formatting only.
"""

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

if TYPE_CHECKING:
    from sports_platform.models.drive_points import DrivePoints
    from sports_platform.ops.winprob import SeasonWins
    from sports_platform.simulation.winprob import WinScores


def wins_table(found: "SeasonWins") -> Table:
    """Both forecasts' scores, then each one's games by forecast."""
    table = Table(box=box.MARKDOWN)
    for name in ("forecast", "games", "Brier", "log loss", "bin", "games in it", "expected", "seen (2 errors)"):
        table.add_column(name, justify="left" if name == "forecast" else "right", no_wrap=True)
    for name, scores in (("simulation", found.wins.simulated), ("closing line", found.wins.reference)):
        table.add_row(name, str(scores.games), f"{scores.brier:.4f}", f"{scores.log_loss:.4f}", "", "", "", "")
        _add_bins(table, scores)
    return table


def wins_lines(found: "SeasonWins") -> list[str]:
    """The difference of the two forecasts, points, and what was left out."""
    wins, weeks = found.wins, found.weeks
    return [
        f"{weeks[0]} to {weeks[-1]}, {len(weeks)} weeks; {found.unscored} games without result or closing line",
        f"Brier, simulation less closing line: {wins.difference:+.4f} ({wins.low:+.4f} .. {wins.high:+.4f})",
        f"points a team and game: simulated {found.simulated_points:.2f}, real {found.real_points:.2f}",
    ]


def points_line(found: "DrivePoints") -> str:
    """Expected and seen points a drive, and what is expected of a team's drives in a game."""
    return (
        f"points a drive: expected {found.expected:.3f}, seen {found.seen:.3f} +- {found.seen_error:.3f}; "
        f"{found.per_team_game:.2f} drives a team and game, so {found.expected_per_team_game:.2f} points of them"
    )


def _add_bins(table: Table, scores: "WinScores") -> None:
    for found in scores.bins:
        seen = f"{found.seen:.3f} ({found.noise:.3f})"
        table.add_row(
            "", "", "", "", f"{found.low:.1f}-{found.high:.1f}", str(found.games), f"{found.expected:.3f}", seen
        )
