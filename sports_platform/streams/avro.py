"""Avro: schemas from TableSpecs, and records in Confluent's wire format (0, schema id, body).

Belongs here: encoding and decoding. Where schemas are kept is `registry`.
"""

import io
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa
from fastavro import parse_schema, schemaless_reader, schemaless_writer

from sports_platform.core.errors import SchemaError
from sports_platform.core.tables import COMMON_COLUMNS, Column, ColumnType, TableSpec

AvroSchema = dict[str, Any]
Record = dict[str, Any]

_HEADER = struct.Struct(">bI")  # magic 0, schema id
_TYPES: dict[ColumnType, Any] = {
    "string": "string",
    "int": "int",
    "long": "long",
    "double": "double",
    "boolean": "boolean",
    "timestamp": {"type": "long", "logicalType": "timestamp-micros"},
}


def record_schema(spec: TableSpec, sport: str) -> AvroSchema:
    """The table's Avro schema. Only key and common columns are required.

    All others are nullable with default null, so that columns can come and go under BACKWARD
    compatibility, and a missing value reaches the lake's checks instead of stopping the producer.
    """
    required = {*spec.key, *(column.name for column in COMMON_COLUMNS)}
    fields = [_field(column, required=column.name in required) for column in spec.all_columns]
    return {"type": "record", "name": spec.name, "namespace": sport, "doc": spec.meaning, "fields": fields}


def encode(schema_id: int, schema: AvroSchema, record: Mapping[str, object]) -> bytes:
    """The record in wire format; timestamps as datetimes or as microseconds. A parsed schema is faster."""
    buffer = io.BytesIO()
    buffer.write(_HEADER.pack(0, schema_id))
    schemaless_writer(buffer, schema, record)
    return buffer.getvalue()


def encode_rows(schema_id: int, schema: AvroSchema, rows: pa.Table) -> Iterator[bytes]:
    """The same bytes as `encode` of each row, in order, about ten times as fast.

    An Avro record is the concatenation of its fields, so each distinct value of a column is encoded once.
    """
    header = _HEADER.pack(0, schema_id)
    columns = [_encode_column(parse_schema(field["type"]), rows[field["name"]]) for field in schema["fields"]]
    return (header + b"".join(cells) for cells in zip(*columns, strict=True))


def decode(value: bytes, schema_by_id: Callable[[int], AvroSchema]) -> tuple[int, Record]:
    """Writer's schema id and record; timestamps as UTC datetimes. Raises SchemaError on a foreign header."""
    if len(value) < _HEADER.size or value[0] != 0:
        raise SchemaError(
            found=f"a record of {len(value)} bytes starting with {value[:5]!r}",
            needed="Confluent wire format: 0, a schema id in four bytes, an Avro body",
            remedy="publish through the platform, or with a serializer that uses the schema registry",
        )
    schema_id = _HEADER.unpack_from(value)[1]
    body = io.BytesIO(value)
    body.seek(_HEADER.size)
    record = schemaless_reader(body, schema_by_id(schema_id), None)
    if not isinstance(record, dict) or body.read(1):
        raise SchemaError(
            found=f"a body that is not one record of schema {schema_id}",
            needed="the record that the header's schema describes, and nothing after it",
            remedy="publish through the platform, or correct the producer's schema id",
        )
    return schema_id, record


def _field(column: Column, *, required: bool) -> AvroSchema:
    kind = _TYPES[column.type]
    doc = f"{column.meaning} [{column.unit}]" if column.unit else column.meaning
    if required:
        return {"name": column.name, "type": kind, "doc": doc}
    return {"name": column.name, "type": ["null", kind], "default": None, "doc": doc}


def _encode_column(field_type: Any, values: pa.ChunkedArray) -> Iterator[bytes]:
    plain = values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values
    coded = plain.combine_chunks().dictionary_encode(null_encoding="encode")
    words = [_encode_value(field_type, value) for value in coded.dictionary.to_pylist()]
    return map(words.__getitem__, coded.indices.to_pylist())


def _encode_value(field_type: Any, value: object) -> bytes:
    buffer = io.BytesIO()
    schemaless_writer(buffer, field_type, value)
    return buffer.getvalue()
