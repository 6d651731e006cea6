"""Writing a batch of a stream to Iceberg exactly once, and reporting it.

Spark's own Iceberg sink is idempotent but cannot put the batch's offsets into the snapshot's summary;
foreachBatch can and is not idempotent. So the summary carries query, epoch and offsets, and a batch
whose query and epoch already stand in a snapshot is not written again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.table import Table
from pyspark.sql import DataFrame
from pyspark.sql import functions as sf
from pyspark.sql.pandas.types import from_arrow_schema

from sports_platform.core.errors import PlatformError, SchemaError
from sports_platform.core.lineage import git_commit
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN, TableSpec
from sports_platform.lake import catalog
from sports_platform.lake.decode import bronze_schema, decode_batch
from sports_platform.streams.avro import AvroSchema, decode
from sports_platform.streams.dead_letters import DeadLetter, send
from sports_platform.streams.registry import RegistryClient

Offsets = dict[str, tuple[int, int]]
Schemas = dict[int, AvroSchema | SchemaError]

# Bytes 2 to 5 of a value whose first is 0; null for anything else.
_SCHEMA_ID = (
    "CASE WHEN hex(substring(value, 1, 1)) = '00' AND length(value) >= 5 "
    "THEN CAST(conv(hex(substring(value, 2, 4)), 16, 10) AS BIGINT) END"
)
_QUERY, _EPOCH = "sports.query-id", "sports.epoch-id"
_TOPIC_ID, _OFFSETS = "sports.topic-id", "sports.offsets"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the broker has it now: its id and, by partition, the end offset."""

    name: str
    id: str
    ends: Mapping[int, int]


@dataclass(slots=True)
class BronzeReport:
    """What one ingestion added: good and rejected rows; `offsets` partition -> first and last, both included."""

    table: str
    snapshot_id: int | None = None
    rows: int = 0
    rejected: int = 0
    offsets: Offsets = field(default_factory=dict)
    weeks: list[str] = field(default_factory=list)


def ingested(table: Table, topic: str) -> dict[int, int]:
    """Partition -> last offset of the topic in any snapshot of a bronze table."""
    last: dict[int, int] = {}
    for snapshot in table.snapshots():
        ranges = json.loads(catalog.summary(snapshot).get(_OFFSETS, "{}")).get(topic, {})
        for partition, (_, end) in ranges.items():
            last[int(partition)] = max(end, last.get(int(partition), end))
    return last


def filled_from(table: Table) -> str | None:
    """The broker's id of the topic that a bronze table was filled from; None before the first batch."""
    snapshot = table.current_snapshot()
    return None if snapshot is None else catalog.summary(snapshot).get(_TOPIC_ID)


class BatchWriter:
    """The foreachBatch function of one query. An error of ours is kept: Spark passes on only its text."""

    def __init__(self, settings: Settings, spec: TableSpec, topic: Topic, identifier: str, checkpoint: Path) -> None:
        self.report = BronzeReport(identifier)
        self.error: PlatformError | None = None
        self._settings, self._spec, self._topic = settings, spec, topic
        self._checkpoint = checkpoint

    def write(self, batch: DataFrame, epoch: int) -> None:
        """Append the batch unless a snapshot holds it, send its rejects, add it to the report."""
        try:
            self._write(batch, epoch)
        except PlatformError as error:
            self.error = error
            raise

    def _write(self, batch: DataFrame, epoch: int) -> None:
        offsets, schema_ids = _content(batch)
        if not offsets:
            return
        # Spark writes the query's id here before its first batch and keeps it for the checkpoint's life.
        query = json.loads((self._checkpoint / "metadata").read_text())["id"]
        table = catalog.load_table(self._settings, self.report.table)
        written = {(summary.get(_QUERY), summary.get(_EPOCH)) for summary in map(catalog.summary, table.snapshots())}
        if (query, str(epoch)) not in written:
            batch_properties = {_QUERY: query, _EPOCH: str(epoch), _TOPIC_ID: self._topic.id}
            batch_properties[_OFFSETS] = json.dumps({self._topic.name: offsets})
            self._append(batch, schema_ids, batch_properties)
            table = catalog.load_table(self._settings, self.report.table)
        self._settle(table, offsets)

    def _append(self, batch: DataFrame, schema_ids: Iterable[int], properties: dict[str, str]) -> None:
        schemas = _schemas(RegistryClient(self._settings.endpoints().registry), schema_ids)
        rows = batch.mapInArrow(_decoding(self._spec, schemas), from_arrow_schema(bronze_schema(self._spec)))
        writer = rows.writeTo(f"{catalog.NAME}.{self.report.table}")
        for key, value in {"sports.step": "lake/bronze", "sports.git-commit": git_commit(), **properties}.items():
            writer = writer.option(f"snapshot-property.{key}", value)
        writer.append()

    def _settle(self, table: Table, offsets: Offsets) -> None:
        """Send the rejects and count. A replayed batch sends again: the letter's key is the same."""
        fields = (WEEK_COLUMN, "_partition", "_offset", "_reject_reason", "_raw")
        rows = table.scan(_within(offsets), selected_fields=fields).to_arrow()
        rejects = rows.filter(pc.is_valid(rows["_reject_reason"]))
        letters = [
            DeadLetter(self._topic.name, row["_partition"], row["_offset"], row["_reject_reason"], row["_raw"])
            for row in rejects.to_pylist()
        ]
        if letters:
            send(self._settings, self._topic.name, letters)
        report = self.report
        report.snapshot_id = catalog.newest_snapshot(table)
        report.rows += rows.num_rows - rejects.num_rows
        report.rejected += rejects.num_rows
        report.weeks = sorted({*report.weeks, *pc.unique(rows[WEEK_COLUMN]).drop_null().to_pylist()})
        for partition, (first, last) in offsets.items():
            report.offsets[partition] = (report.offsets.get(partition, (first, last))[0], last)


def _content(batch: DataFrame) -> tuple[Offsets, set[int]]:
    """Offsets by partition, and the ids that stand where Confluent's wire format has the writer's schema."""
    partitions = (
        batch.groupBy("partition")
        .agg(
            sf.min("offset").alias("low"),
            sf.max("offset").alias("high"),
            sf.collect_set(sf.expr(_SCHEMA_ID)).alias("ids"),
        )
        .orderBy("partition")
        .collect()
    )
    offsets = {str(row["partition"]): (row["low"], row["high"]) for row in partitions}
    return offsets, {schema_id for row in partitions for schema_id in row["ids"]}


def _schemas(registry: RegistryClient, ids: Iterable[int]) -> Schemas:
    """Looked up here rather than on the workers: once a batch, and a registry that is down says so itself."""
    found: Schemas = {}
    for schema_id in ids:
        try:
            found[schema_id] = registry.schema(schema_id)
        except SchemaError as error:
            found[schema_id] = error
    return found


def _within(offsets: Offsets) -> str:
    return " or ".join(
        f"(_partition = {p} and _offset >= {low} and _offset <= {high})" for p, (low, high) in offsets.items()
    )


def _decoding(spec: TableSpec, schemas: Schemas) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function Spark runs on a worker."""

    def schema_by_id(schema_id: int) -> AvroSchema:
        schema = schemas[schema_id]
        if isinstance(schema, SchemaError):
            raise schema
        return schema

    def decoded(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield decode_batch(batch, spec, lambda payload: decode(payload, schema_by_id))

    return decoded
