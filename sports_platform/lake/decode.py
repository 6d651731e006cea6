"""From a batch of Kafka records to bronze rows, on a Spark worker but without Spark.

Each record is decoded by the schema its writer registered, then projected to the current TableSpec.
A record that cannot be used keeps its bytes and the reason: no record is dropped and none stops a batch.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sports_platform.core.errors import SchemaError
from sports_platform.core.tables import Column, TableSpec
from sports_platform.lake.quality import faults
from sports_platform.streams.schemas import ARROW_TYPES, arrow_schema

Record = dict[str, Any]
Decoder = Callable[[bytes], tuple[int, Record]]

ORIGIN = pa.schema(
    [
        ("_topic", pa.string()),
        ("_partition", pa.int32()),
        ("_offset", pa.int64()),
        ("_schema_id", pa.int32()),
        ("_timestamp", pa.timestamp("us", tz="UTC")),
        ("_reject_reason", pa.string()),
        ("_raw", pa.binary()),
    ]
)
# What a damaged Avro payload makes fastavro raise.
_UNDECODABLE = (ValueError, TypeError, EOFError, IndexError, KeyError, OverflowError)
_UNCONVERTIBLE = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError)


def bronze_schema(spec: TableSpec) -> pa.Schema:
    """Arrow schema of a bronze table: the spec's columns, then where the record came from."""
    return pa.schema([*arrow_schema(spec), *ORIGIN])


def decode_batch(batch: pa.RecordBatch, spec: TableSpec, decode: Decoder) -> pa.RecordBatch:
    """Bronze rows of Spark's Kafka columns (value, topic, partition, offset, timestamp), one a record, in order."""
    reasons: dict[int, str] = {}
    payloads: list[bytes | None] = batch.column("value").to_pylist()
    schema_ids, records = _decode(payloads, decode, reasons)
    rows = pa.table([_column(column, records, reasons) for column in spec.all_columns], schema=arrow_schema(spec))
    for row, reason in faults(spec, rows):
        reasons.setdefault(row, reason)
    good = pa.array([row not in reasons for row in range(len(payloads))], pa.bool_())
    columns = [pc.if_else(good, values.combine_chunks(), None) for values in rows.columns]
    origin = [
        batch.column("topic"),
        batch.column("partition"),
        batch.column("offset"),
        pa.array(schema_ids, pa.int32()),
        batch.column("timestamp").cast(ORIGIN.field("_timestamp").type),
        pa.array([reasons.get(row) for row in range(len(payloads))], pa.string()),
        pa.array([payload if row in reasons else None for row, payload in enumerate(payloads)], pa.binary()),
    ]
    return pa.record_batch([*columns, *origin], schema=bronze_schema(spec))


def _decode(
    payloads: Sequence[bytes | None], decode: Decoder, reasons: dict[int, str]
) -> tuple[list[int | None], list[Record]]:
    schema_ids: list[int | None] = []
    records: list[Record] = []
    for row, payload in enumerate(payloads):
        schema_id: int | None = None
        record: Record = {}
        try:
            if payload is None:
                raise ValueError("the record has no value")
            schema_id, record = decode(payload)
        except SchemaError as error:
            reasons[row] = f"undecodable: {error.found}"
        except _UNDECODABLE as error:
            reasons[row] = f"undecodable: {type(error).__name__}: {error}"
        schema_ids.append(schema_id)
        records.append(record)
    return schema_ids, records


def _column(column: Column, records: Sequence[Record], reasons: dict[int, str]) -> pa.Array:
    """Values of one column; a field the writer did not have is null."""
    name, kind = column.name, ARROW_TYPES[column.type]
    values = [record.get(name) for record in records]
    try:
        return pa.array(values, kind)
    except _UNCONVERTIBLE:
        return pa.array([_convert(row, value, column, reasons) for row, value in enumerate(values)], kind)


def _convert(row: int, value: object, column: Column, reasons: dict[int, str]) -> object:
    try:
        pa.scalar(value, ARROW_TYPES[column.type])
    except _UNCONVERTIBLE:
        reasons.setdefault(row, f"{column.name} is not a {column.type}: {value!r}")
        return None
    return value
