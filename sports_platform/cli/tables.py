"""What results look like in a terminal: verdict, lineups, lineage, time and memory by step.

Belongs here: formatting only.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.tree import Tree

from sports_platform.core.lineage import Lineage

if TYPE_CHECKING:
    from sports_platform.models.promote import Verdict
    from sports_platform.portfolio.artefact import Portfolio

_METRICS = ("mean", "p90", "actual")


def verdict_table(verdict: "Verdict") -> Table:
    """Every check of the gate with its number, interval and limit."""
    table = Table(title=f"Gate: {verdict.summary}", title_justify="left")
    for name in ("check", "value", "interval", "passed", "limit"):
        table.add_column(name, justify="right" if name == "value" else "left")
    for check in verdict.checks:
        interval = "" if check.low is None else f"{check.low:+.4f} .. {check.high:+.4f}"
        table.add_row(check.name, f"{check.value:.4f}", interval, "yes" if check.passed else "NO", check.reason)
    return table


def lineups_table(portfolio: "Portfolio") -> Table:
    """A row a lineup: players by slot, salary, simulated mean and 90th percentile, actual points where known."""
    metrics = [name for name in _METRICS if name in portfolio.metrics.columns]
    table = Table(title=f"{len(portfolio.lineups)} lineups of {portfolio.week}", title_justify="left")
    for name in ("#", "salary", *metrics):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(" ".join(portfolio.slots))
    rows = portfolio.metrics.select("lineup", "salary", *metrics).rows()
    for (number, salary, *points), lineup in zip(rows, portfolio.lineups, strict=True):
        names = ", ".join(player.name for player in lineup.players)
        table.add_row(str(number), str(salary), *(f"{value:.1f}" for value in points), names)
    return table


def lineage_tree(chain: Sequence[Lineage]) -> Tree:
    """The records from the lineups back to Kafka, each with what it recorded."""
    tree = Tree(f"{chain[0].sport} {chain[0].week}")
    branch = tree
    for record in chain:
        branch = branch.add(f"[bold]{record.step}[/bold] {record.week}")
        for fact in _facts(record):
            branch.add(fact)
    return tree


def _facts(record: Lineage) -> list[str]:
    named = {"model": record.model_version, "seed": record.seed, "rows": record.row_count, "git": record.git_commit}
    facts = [f"{name}: {value}" for name, value in named.items() if value]
    facts += [f"{table}: snapshot {snapshot}" for table, snapshot in record.snapshots.items()]
    facts += [
        f"{topic}[{partition}]: offsets {first}..{last}"
        for topic, partitions in record.offsets.items()
        for partition, (first, last) in partitions.items()
    ]
    return facts


def steps_table(steps: Sequence[tuple[str, float, int]]) -> Table:
    """Seconds and peak memory of (name, seconds, bytes)."""
    table = Table(title="Time and peak memory by step", title_justify="left")
    table.add_column("step")
    table.add_column("seconds", justify="right")
    table.add_column("peak memory", justify="right")
    for name, seconds, peak in steps:
        table.add_row(name, f"{seconds:.1f}", gibibytes(peak))
    return table


def gibibytes(amount: int) -> str:
    """Bytes as GiB with two decimals."""
    return f"{amount / 2**30:.2f} GiB"
