from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from fastavro import parse_schema

from sports_platform.core.errors import SchemaError
from sports_platform.core.tables import Column
from sports_platform.lake.decode import bronze_schema, decode_batch
from sports_platform.streams import avro
from sports_platform_tests.lake.tiny import EPOCH, GOALS, goal

WIDER = replace(GOALS, columns=(*GOALS.columns, Column("minute", "int", "minute", low=0)))
TEXTUAL = replace(GOALS, columns=tuple(replace(c, type="string") if c.name == "distance" else c for c in GOALS.columns))
SCHEMAS = {i: parse_schema(avro.record_schema(spec, "tiny")) for i, spec in enumerate((GOALS, WIDER, TEXTUAL), start=1)}


def schema_by_id(schema_id: int) -> dict[str, Any]:
    if schema_id not in SCHEMAS:
        raise SchemaError(found=f"schema id {schema_id}", needed="a registered one", remedy="register it")
    return SCHEMAS[schema_id]


def value(schema_id: int, **values: Any) -> bytes:
    return avro.encode(schema_id, SCHEMAS[schema_id], goal(**{"game": "a", "number": 1, **values}))


def decoded(payloads: list[bytes | None], spec: Any = WIDER) -> list[dict[str, Any]]:
    count = len(payloads)
    batch = pa.record_batch(
        {
            "value": pa.array(payloads, pa.binary()),
            "topic": pa.array(["t"] * count),
            "partition": pa.array([0] * count, pa.int32()),
            "offset": pa.array(range(count), pa.int64()),
            "timestamp": pa.array([EPOCH] * count, pa.timestamp("us", tz="UTC")),
        }
    )
    rows = decode_batch(batch, spec, lambda payload: avro.decode(payload, schema_by_id))
    assert rows.schema == bronze_schema(spec)
    return list(rows.to_pylist())


def test_each_record_is_read_by_its_own_writers_schema() -> None:
    old, new, old_again = decoded([value(1), value(2, minute=9), value(1)])
    assert (old["_schema_id"], old["minute"], old["distance"]) == (1, None, 11.0)
    assert (new["_schema_id"], new["minute"], new["distance"]) == (2, 9, 11.0)
    assert old_again | {"_offset": 0} == old
    assert old["event_time"] == EPOCH


def test_columns_this_code_does_not_know_are_left_out() -> None:
    (row,) = decoded([value(2, minute=9)], GOALS)
    assert "minute" not in row
    assert row["_reject_reason"] is None


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (None, "undecodable: ValueError: the record has no value"),
        (b"", "undecodable: a record of 0 bytes"),
        (b"{}", "undecodable: a record of 2 bytes"),
        (b"\0\0\0\0\x63rest", "undecodable: schema id 99"),
        (value(1)[:-3], "undecodable: "),
        (value(1, number=101), "number above 100: 101"),
        (value(1, side="left"), "side not one of home, away: 'left'"),
        (value(3, distance="far"), "distance is not a double: 'far'"),
        (value(2, minute=-1), "minute below 0: -1"),
    ],
)
def test_a_bad_record_keeps_its_bytes_and_says_why_and_its_neighbours_pass(payload, reason) -> None:
    before, bad, after = decoded([value(1), payload, value(2, minute=1)])
    assert bad["_reject_reason"].startswith(reason)
    assert bad["_raw"] == payload
    assert bad["_offset"] == 1
    assert all(bad[column.name] is None for column in WIDER.all_columns)
    for row in (before, after):
        assert row["_reject_reason"] is None
        assert row["_raw"] is None
        assert row["game_id"] == "a"


def test_an_empty_batch_is_an_empty_batch() -> None:
    assert decoded([]) == []
