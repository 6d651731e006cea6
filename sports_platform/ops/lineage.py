"""Lineage of a week's lineups: from the portfolio back to the Kafka offsets its data came from.

Belongs here: walking the `lineage.json` files of stored artefacts and the `sports.*` properties of Iceberg
snapshots. Writing them is the business of each stage; showing them, of the callers.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake import catalog
from sports_platform.models.artefacts import model_dir
from sports_platform.portfolio.artefact import portfolio_folder

Offsets = dict[str, dict[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True, order=True)
class _TableSnapshot:
    table: str
    snapshot: int


def trace(settings: Settings, domain: SportDomain, week: Week) -> list[Lineage]:
    """Records of portfolio, simulation, model, features, silver and bronze, in this order.

    Raises MissingDataError where a stored artefact or snapshot of the chain is gone.
    """
    portfolio = _read(portfolio_folder(settings, domain.name, week), "portfolio", week)
    simulation = _read(settings.stage_dir("simulation", domain.name) / str(week), "simulation", week)
    model = _read(model_dir(settings) / "versions" / str(simulation.model_version), "model", week)
    read = _snapshots_of([portfolio, simulation, model])
    # Lineups and auxiliary tables come from silver itself, besides what features were built from.
    direct = {snapshot for snapshot in read if snapshot.table in {f"{domain.name}.{name}" for name in domain.tables}}
    features = read - direct
    silver = direct | _inputs(settings, features)
    bronze = _inputs(settings, silver)
    return [
        portfolio,
        simulation,
        model,
        _layer(settings, domain, week, "features", features),
        _layer(settings, domain, week, "lake/silver", silver),
        _layer(settings, domain, week, "lake/bronze", bronze),
    ]


def _read(folder: Path, what: str, week: Week) -> Lineage:
    if not (folder / "lineage.json").exists():
        raise MissingDataError(
            found=f"no lineage.json in {folder}",
            needed=f"the stored {what} that the lineups of {week} came from",
            remedy=f"materialize the {what} of {week} (see `sports-platform --help`)",
        )
    return Lineage.read(folder)


def _snapshots_of(records: Iterable[Lineage]) -> set[_TableSnapshot]:
    return {_TableSnapshot(table, snapshot) for record in records for table, snapshot in record.snapshots.items()}


def _inputs(settings: Settings, snapshots: Iterable[_TableSnapshot]) -> set[_TableSnapshot]:
    """What the snapshots were made from, as written in the summary of each."""
    return {
        _TableSnapshot(table, int(identifier))
        for snapshot in snapshots
        for table, identifier in json.loads(next(_summaries(settings, snapshot)).get("sports.inputs", "{}")).items()
    }


def _layer(settings: Settings, domain: SportDomain, week: Week, step: str, snapshots: set[_TableSnapshot]) -> Lineage:
    commits = {next(_summaries(settings, snapshot)).get("sports.git-commit", "") for snapshot in snapshots}
    return Lineage(
        step=step,
        sport=domain.name,
        week=str(week),
        snapshots=_named(snapshots),
        offsets=_offsets(settings, snapshots) if step == "lake/bronze" else {},
        git_commit=", ".join(sorted(commits)),
    )


def _named(snapshots: set[_TableSnapshot]) -> dict[str, int]:
    """Table -> snapshot; where two readers saw different ones, the later keys are numbered."""
    named: dict[str, int] = {}
    for snapshot in sorted(snapshots):
        versions = sum(1 for name in named if name.split(" ")[0] == snapshot.table)
        named[f"{snapshot.table} ({versions + 1})" if versions else snapshot.table] = snapshot.snapshot
    return named


def _offsets(settings: Settings, snapshots: set[_TableSnapshot]) -> Offsets:
    """First and last offset of every topic partition that the snapshots and those before them took in."""
    merged: Offsets = {}
    for snapshot in sorted(snapshots):
        for summary in _summaries(settings, snapshot):
            for topic, partitions in json.loads(summary.get("sports.offsets", "{}")).items():
                known = merged.setdefault(topic, {})
                for partition, (first, last) in partitions.items():
                    low, high = known.get(partition, (first, last))
                    known[partition] = (min(low, first), max(high, last))
    return merged


def _summaries(settings: Settings, snapshot: _TableSnapshot) -> Iterator[dict[str, str]]:
    """Summary properties of a snapshot and then of its ancestors, as far back as they are kept."""
    table = catalog.load_table(settings, snapshot.table)
    found = table.snapshot_by_id(snapshot.snapshot)
    if found is None:
        raise MissingDataError(
            found=f"table {snapshot.table} without snapshot {snapshot.snapshot}",
            needed="the snapshot named in the lineage",
            remedy="it has expired: materialize the week again from the snapshots of today",
        )
    while found is not None:
        yield catalog.summary(found)
        found = table.snapshot_by_id(found.parent_snapshot_id) if found.parent_snapshot_id else None
