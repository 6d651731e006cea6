"""What a season's evaluation looks like: Markdown tables, so that they can stand in a document as printed.

Belongs here: formatting only.
"""

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sports_platform.models.comparison import Difference, HeadComparison, MethodScores
    from sports_platform.models.season import SeasonReport
    from sports_platform.models.walk_forward import WalkForward

_MODEL = "model"


def heads_table(heads: "Sequence[HeadComparison]") -> Table:
    """A row a head and method; differences are the model's score less the method's, negative where it is better."""
    table = Table(box=box.MARKDOWN)
    for name in ("head", "rows", "method"):
        table.add_column(name, no_wrap=True)
    for name in ("log loss", "model less it (95 %)", "Brier", "debiased ECE (noise)", "CRPS", "model less it (95 %)"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("model beats it", no_wrap=True)
    for head in heads:
        table.add_row(head.head, _rows(head), _MODEL, *_cells(head.model, None, None), "")
        for name, found in head.baselines.items():
            verdict = "NO" if name in head.not_beaten else "yes"
            table.add_row("", "", name, *_cells(found, head.log_loss[name], head.crps.get(name)), verdict)
    return table


def calls_table(heads: "Sequence[HeadComparison]") -> Table:
    """Accuracy and one-against-rest AUC of the calibrated head, by method."""
    table = Table(box=box.MARKDOWN)
    for name in ("head", "method", "accuracy", "AUC"):
        table.add_column(name)
    for head in heads:
        for name, found in {_MODEL: head.model, **head.baselines}.items():
            if found.accuracy is not None:
                table.add_row(head.head, name, f"{found.accuracy:.4f}", f"{found.auc:.4f}")
    return table


def verdict_lines(report: "SeasonReport", rows: str = "plays") -> list[str]:
    """What was trained and scored on what, and every head that does not beat a baseline; `rows` names a row."""
    weeks = report.training_weeks
    lines = [
        f"{report.version} on {report.season}: {report.scored_rows} {rows} of {report.games} games",
        f"model and baselines were fitted on the same {report.training_rows} {rows} ({weeks[0]} to {weeks[-1]}, none "
        f"left out); the {report.stopping_rows} {rows} of the weeks after them stopped the network and boosting early",
        "rows in parentheses: those with an exact outcome; Brier and ECE are theirs and favour the "
        "baselines, which predict what is seen and not what was possible; CRPS is of all rows, up to where "
        "the outcome may be censored. ECE is less the mean of a perfect model on these rows; noise is the "
        "distance from there to a perfect model's 95th percentile",
    ]
    return lines + (_not_better(report.heads) or ["every head is better than every baseline"])


def walk_lines(report: "WalkForward") -> list[str]:
    """What was scored by what, and every head that is not shown to gain by the weekly trainings."""
    first, last = report.versions[0], report.versions[-1]
    return [
        f"{len(report.versions)} versions, {first} to {last}, each on the plays of its own week of {report.season}: "
        f"{report.scored_rows} plays of {report.games} games",
        *_not_better(report.heads),
    ]


def _not_better(heads: "Sequence[HeadComparison]") -> list[str]:
    return [f"NOT BETTER: {head.head} than {', '.join(head.not_beaten)}" for head in heads if head.not_beaten]


def _rows(head: "HeadComparison") -> str:
    return str(head.rows) if head.rows == head.exact_rows else f"{head.rows} ({head.exact_rows})"


def _cells(found: "MethodScores", log_loss: "Difference | None", crps: "Difference | None") -> list[str]:
    error = found.calibration
    noise = f"{error.error - error.floor_mean:+.4f} ({error.floor_p95 - error.floor_mean:.4f})"
    score = "" if found.crps is None else f"{found.crps:.3f}"
    return [f"{found.log_loss:.4f}", _difference(log_loss), f"{found.brier:.4f}", noise, score, _difference(crps)]


def _difference(found: "Difference | None") -> str:
    # No brackets around the interval: rich would take them for mark-up.
    return "" if found is None else f"{found.value:+.4f} ({found.low:+.4f} .. {found.high:+.4f})"
