"""Avro: what goes in comes out, fast and slow encoders agree, and damage is recognised."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from fastavro import parse_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from sports_platform.core.errors import SchemaError
from sports_platform.core.tables import Column, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl.events import NflEvents
from sports_platform.sports.nfl.tables import TABLES
from sports_platform.streams.avro import AvroSchema, decode, encode, encode_rows, record_schema
from sports_platform.streams.schemas import arrow_schema, conform
from sports_platform.streams.sources.sample import open_sample

SPEC = TableSpec(
    name="things",
    meaning="one column of each type",
    key=("id",),
    rows_a_week=(1, 10),
    columns=(
        Column("id", "string", "key", nullable=False),
        Column("count", "int", "a count", "things"),
        Column("total", "long", "a total"),
        Column("rate", "double", "a rate"),
        Column("good", "boolean", "a flag"),
        Column("at", "timestamp", "a time", "UTC"),
    ),
)
TIME = datetime(2015, 11, 26, 17, 30, 0, 123456, UTC)
COMMON = {"week_key": "2015_wk12", "event_time": TIME, "known_time": TIME}
TIMES = st.datetimes(datetime(1999, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
RECORDS = st.fixed_dictionaries(
    {
        "id": st.text(),
        "count": st.none() | st.integers(-(2**31), 2**31 - 1),
        "total": st.none() | st.integers(-(2**63), 2**63 - 1),
        "rate": st.none() | st.floats(allow_nan=False),
        "good": st.none() | st.booleans(),
        "at": st.none() | TIMES,
        "week_key": st.just("2015_wk12"),
        "event_time": TIMES,
        "known_time": TIMES,
    }
)


def parsed(spec: TableSpec = SPEC) -> AvroSchema:
    return parse_schema(record_schema(spec, "test"))  # type: ignore[return-value]


@settings(max_examples=50, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=5))
def test_records_survive_and_both_encoders_write_the_same_bytes(records: list[dict[str, object]]) -> None:
    schema = parsed()
    values = [encode(7, schema, record) for record in records]
    assert [decode(value, {7: schema}.__getitem__) for value in values] == [(7, record) for record in records]
    assert list(encode_rows(7, schema, pa.Table.from_pylist(records, arrow_schema(SPEC)))) == values


def test_a_real_week_survives() -> None:
    rows = NflEvents().events(open_sample("nfl"), TABLES["plays"], Week(2015, 12))
    schema = parsed(TABLES["plays"])
    decoded = [decode(value, lambda _: schema)[1] for value in encode_rows(1, schema, rows)]
    assert decoded == rows.to_pylist()


@pytest.mark.parametrize("value", [b"", b"\x00\x00\x00", b"\x01\x00\x00\x00\x07abc", b'{"id": 1}'])
def test_a_foreign_header_is_refused(value: bytes) -> None:
    with pytest.raises(SchemaError, match="Confluent wire format"):
        decode(value, lambda _: parsed())


def test_trailing_bytes_are_refused() -> None:
    value = encode(7, parsed(), {"id": "a", **COMMON})
    with pytest.raises(SchemaError, match="nothing after it"):
        decode(value + b"\x00", lambda _: parsed())


def test_key_and_common_columns_are_required_and_no_others() -> None:
    fields = {field["name"]: field["type"] for field in record_schema(SPEC, "test")["fields"]}
    required = [name for name, kind in fields.items() if not isinstance(kind, list)]
    assert required == ["id", "week_key", "event_time", "known_time"]


def test_conform_names_missing_columns_and_refuses_lossy_values() -> None:
    with pytest.raises(SchemaError, match="without week_key, event_time, known_time"):
        conform(pa.table({name: pa.nulls(1) for name in SPEC.column_names}), SPEC)
    row = {"id": "a", "count": 1.5, "total": None, "rate": None, "good": None, "at": None, **COMMON}
    with pytest.raises(SchemaError, match="things"):
        conform(pa.Table.from_pylist([row]), SPEC)
