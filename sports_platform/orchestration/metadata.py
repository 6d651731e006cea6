"""Renderings for Dagster's metadata: reports, offsets, tables and plots.

Belongs here: turning reports and files into metadata values. Nothing here computes a figure.
"""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import dagster as dg

from sports_platform.core.lineage import Lineage
from sports_platform.features.job import FeatureReport
from sports_platform.lake.batches import BronzeReport
from sports_platform.lake.quality import Check
from sports_platform.lake.silver import SilverReport
from sports_platform.models.promote import Verdict
from sports_platform.models.sweep import Sweep
from sports_platform.models.trial import Trial
from sports_platform.portfolio.artefact import Portfolio
from sports_platform.simulation.scenarios import Scenarios

Metadata = dict[str, dg.MarkdownMetadataValue | dg.JsonMetadataValue | dg.PathMetadataValue | str | int | float]
Offsets = Mapping[str, tuple[int, int]]


def markdown_table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> dg.MarkdownMetadataValue:
    """A table; floats with two decimals."""
    names = list(header)
    lines = [names, ["---"] * len(names), *rows]
    return dg.MetadataValue.md("\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines))


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def plot(path: Path) -> dg.MarkdownMetadataValue:
    """A PNG embedded in the metadata, so that the event log alone can show it."""
    data = base64.b64encode(path.read_bytes()).decode()
    return dg.MetadataValue.md(f"![{path.stem}](data:image/png;base64,{data})")


def plots(folder: Path) -> dict[str, dg.MarkdownMetadataValue]:
    """Every PNG of a folder under its own name."""
    return {f"plot/{path.stem}": plot(path) for path in sorted(folder.glob("*.png"))}


def offsets(ranges: Offsets) -> dg.JsonMetadataValue:
    """First and last offset of each partition."""
    return dg.MetadataValue.json({partition: list(pair) for partition, pair in ranges.items()})


def bronze(report: BronzeReport) -> Metadata:
    """What one ingestion appended to a bronze table, and the weeks it touched."""
    return {
        "dagster/row_count": report.rows,
        "rejected": report.rejected,
        "snapshot": _id(report.snapshot_id),
        "offsets": offsets(report.offsets),
        "weeks": dg.MetadataValue.json(list(report.weeks)),
    }


def silver(report: SilverReport) -> Metadata:
    """What one write put into a silver table."""
    return {
        "dagster/row_count": sum(report.rows.values()),
        "snapshot": _id(report.snapshot_id),
        "bronze_snapshot": _id(report.bronze_snapshot_id),
        "offsets": offsets(report.offsets),
        "rows": markdown_table(("week", "rows"), report.rows.items()),
    }


def features(report: FeatureReport, table: str) -> Metadata:
    """What the job wrote to one feature table, if anything, and the silver snapshots it read."""
    rows = report.rows[table]
    return {
        "dagster/row_count": sum(rows.values()),
        **({"snapshot": _id(report.snapshots[table])} if table in report.snapshots else {}),
        "silver_snapshots": markdown_table(("table", "snapshot"), report.inputs.items()),
        "rows": markdown_table(("week", "rows"), rows.items()),
    }


def failed_checks(failed: Sequence[Check]) -> Metadata:
    """Name and detail of each failed check."""
    return {f"failed/{check.name}": check.detail for check in failed}


def verdict(found: Verdict) -> Metadata:
    """The gate's decision in a line and as a table."""
    return {"verdict": found.summary, "checks": dg.MetadataValue.md(found.markdown())}


def artefact(folder: Path) -> Metadata:
    """A stored artefact: its folder, lineage and plots."""
    return {"path": dg.MetadataValue.path(folder), **lineage(Lineage.read(folder)), **plots(folder / "plots")}


def lineage(record: Lineage) -> Metadata:
    """What the step recorded about its inputs, with row count, seed and model version where it has them."""
    values: Metadata = {"lineage": dg.MetadataValue.json(json.loads(record.model_dump_json()))}
    if record.row_count is not None:
        values["dagster/row_count"] = record.row_count
    if record.seed is not None:
        values["seed"] = _id(record.seed)
    if record.model_version is not None:
        values["model_version"] = record.model_version
    return values


def trial(sweep: Sweep, found: Trial) -> Metadata:
    """How a trial ended, with what it was trained, and the study it belongs to."""
    losses = [(epoch, f"{loss:.5f}") for epoch, loss in enumerate(found.losses)]
    return {
        **lineage(sweep.lineage),
        "study": sweep.study,
        "state": found.state,
        "objective": found.objective,
        "losses": markdown_table(("epoch", "loss"), losses),
        "params": dg.MetadataValue.json(dict(found.params)),
    }


def scenarios(played: Scenarios) -> Metadata:
    """The size of a simulated week and how the engine got there."""
    players, count = played.points_PS.shape
    sizes = {"games": len(played.game_ids), "players": players, "scenarios": count}
    return {
        **lineage(played.lineage),
        "size": markdown_table(sizes.keys(), [sizes.values()]),
        "engine": markdown_table(("measure", "value"), played.metrics.items()),
    }


def portfolio(chosen: Portfolio) -> Metadata:
    """Lineups with their distributions, and the file to upload."""
    names = [", ".join(player.name for player in lineup.players) for lineup in chosen.lineups]
    rows = [(*row, players) for row, players in zip(chosen.metrics.rows(), names, strict=True)]
    return {
        **lineage(chosen.lineage),
        "upload_csv": dg.MetadataValue.path(chosen.upload_csv),
        "note": chosen.note,
        "unmatched": len(chosen.unmatched),
        "lineups": markdown_table((*chosen.metrics.columns, "players"), rows),
    }


def _id(number: int | None) -> str:
    """A 64-bit number as text: it does not survive the UI's JavaScript."""
    return str(number)
