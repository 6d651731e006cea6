"""Training a stored version again from its lineage alone, to show that its weights follow from it.

Belongs here: reading the recorded snapshots, and the comparison. Versions, pointer and MLflow are not touched.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import Lineage, config_hash, git_commit
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import load_table
from sports_platform.models.artefacts import AUXILIARY, WEIGHTS, ModelCard, ModelVersion
from sports_platform.models.fit import TrainConfig
from sports_platform.models.sealed import file_digest
from sports_platform.models.train import fit_into, input_tables, model_card, read_inputs, split


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A second training against the stored one: files that differ, and notes on what is unlike the running code."""

    version: str
    weights_sha256: str
    reproduced_sha256: str
    differences: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether weights and auxiliary tables came out the same, byte for byte."""
        return not self.differences


def reproduce(settings: Settings, domain: SportDomain, version: ModelVersion) -> Reproduction:
    """Train again with the stored config and seed from the recorded snapshots; raises MissingDataError."""
    card, lineage = version.card(), version.lineage()
    seed = _require_lineage(settings, domain, version, lineage)
    data, auxiliary = read_inputs(settings, domain, card, lineage.snapshots)
    training, stopping, _ = split(data, card.config)
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder)
        fit_into(again, domain, training, stopping, card, auxiliary, seed=seed)
        digests = {name: (file_digest(version.path / name), file_digest(again / name)) for name in (WEIGHTS, AUXILIARY)}
    differences = tuple(name for name, (stored, found) in digests.items() if stored != found)
    return Reproduction(version.name, *digests[WEIGHTS], differences, _notes(domain, card, lineage))


def _require_lineage(settings: Settings, domain: SportDomain, version: ModelVersion, lineage: Lineage) -> int:
    """The seed, when it and every snapshot needed are recorded and still stand."""
    unnamed = [table for table in input_tables(domain) if table not in lineage.snapshots]
    if unnamed or lineage.seed is None:
        raise MissingDataError(
            found=f"lineage of {version.name} without {', '.join(unnamed) or 'a seed'}",
            needed="a seed and the snapshot of every table the training read",
            remedy="it was trained by an earlier release: move it away and train the week again",
        )
    _require_snapshots(settings, version, lineage.snapshots)
    return lineage.seed


def _require_snapshots(settings: Settings, version: ModelVersion, snapshots: Mapping[str, int]) -> None:
    for table, snapshot in snapshots.items():
        if load_table(settings, table).snapshot_by_id(snapshot) is None:
            raise MissingDataError(
                found=f"snapshot {snapshot} of {table} was expired",
                needed=f"the snapshot that {version.name} was trained on",
                remedy="it cannot be reproduced any more; train the week again, which tags what it reads",
            )


def _notes(domain: SportDomain, card: ModelCard, lineage: Lineage) -> tuple[str, ...]:
    running = model_card(domain, Week.parse(card.week), TrainConfig())
    notes = [
        f"{name} differs from the running code's" for name in ModelCard.model_fields if _unlike(name, card, running)
    ]
    if lineage.config_hash != config_hash(card.config.model_dump()):
        notes.append("the config is not the one whose hash is in the lineage")
    if lineage.git_commit != git_commit():
        notes.append(f"trained by code {lineage.git_commit or 'unknown'}, running is {git_commit()}")
    return tuple(notes)


def _unlike(name: str, card: ModelCard, running: ModelCard) -> bool:
    return bool(getattr(card, name) != getattr(running, name))
