import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from sports_platform.core.errors import MissingDataError, ServiceDownError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import Column, TableSpec
from sports_platform.lake.bronze import TopicLostError, ingest
from sports_platform.lake.catalog import load_table, summary
from sports_platform.lake.silver import write_weeks
from sports_platform.streams import clients
from sports_platform.streams.avro import encode, record_schema
from sports_platform.streams.registry import RegistryClient
from sports_platform.streams.topics import create_topics, dead_letter_topic
from sports_platform_tests.lake.tiny import GOALS, WEEKS, goal

WIDER = replace(GOALS, columns=(*GOALS.columns, Column("minute", "int", "minute", low=0)))
UNKNOWN_ID = b"\x00\x7f\xff\xff\xff--"


def payloads(settings: Settings, sport: str, spec: TableSpec, rows: Sequence[dict[str, Any]]) -> list[bytes]:
    schema = record_schema(spec, sport)
    schema_id = RegistryClient(settings.endpoints().registry).register(f"{spec.topic(sport)}-value", schema)
    return [encode(schema_id, schema, row) for row in rows]


def send(settings: Settings, sport: str, values: Sequence[bytes]) -> None:
    """Odd ones to partition 1, the others to 0."""
    topic = GOALS.topic(sport)
    create_topics(settings, {topic: 2})
    with clients.producer(settings) as producer:
        for i, value in enumerate(values):
            producer.send(topic, value=value, partition=i % 2)
        producer.flush()


def letters(settings: Settings, topic: str) -> list[tuple[str, str, bytes]]:
    """Key, reason and value of every dead letter."""
    consumer = KafkaConsumer(bootstrap_servers=settings.endpoints().kafka, auto_offset_reset="earliest")
    partition = TopicPartition(dead_letter_topic(topic), 0)
    consumer.assign([partition])
    end = consumer.end_offsets([partition])[partition]
    found: list[tuple[str, str, bytes]] = []
    while len(found) < end:
        for records in consumer.poll(timeout_ms=500).values():
            found += [(r.key.decode(), dict(r.headers)["reason"].decode(), r.value) for r in records]
    consumer.close()
    return found


def stored(settings: Settings, sport: str) -> list[dict[str, Any]]:
    rows = load_table(settings, f"{sport}.bronze_goals").scan().to_arrow()
    return list(rows.sort_by([("_partition", "ascending"), ("_offset", "ascending")]).to_pylist())


def test_writers_of_two_versions_and_damaged_records_share_a_batch(settings, domain, spark) -> None:
    old = payloads(settings, domain.name, GOALS, [goal("a", n) for n in range(3)])
    new = payloads(settings, domain.name, WIDER, [goal("b", 1, minute=9), goal("b", 2, side="left")])
    send(settings, domain.name, [old[0], new[0], b"junk", UNKNOWN_ID, old[1], new[1], old[2]])
    report = ingest(settings, domain, spark, [WIDER])["goals"]
    topic = GOALS.topic(domain.name)
    assert (report.rows, report.rejected, report.weeks) == (4, 3, ["2015_wk01"])
    assert report.offsets == {"0": (0, 3), "1": (0, 2)}
    rows = stored(settings, domain.name)
    assert [(r["_partition"], r["_offset"], r["game_id"], r["number"], r["minute"]) for r in rows] == [
        (0, 0, "a", 0, None),
        (0, 1, None, None, None),
        (0, 2, "a", 1, None),
        (0, 3, "a", 2, None),
        (1, 0, "b", 1, 9),
        (1, 1, None, None, None),
        (1, 2, None, None, None),
    ]
    bad = {f"{topic}|{r['_partition']}|{r['_offset']}": r for r in rows if r["_reject_reason"]}
    sent = letters(settings, topic)
    assert {key: (reason, raw) for key, reason, raw in sent} == {
        key: (row["_reject_reason"], row["_raw"]) for key, row in bad.items()
    }
    assert len(sent) == 3
    assert [row["_reject_reason"].split(":")[0] for row in bad.values()] == [
        "undecodable",
        "undecodable",
        "side not one of home, away",
    ]
    assert write_weeks(settings, domain, WIDER, WEEKS[:1]).rows == {"2015_wk01": 4}


def test_each_record_once_whatever_is_repeated_or_lost(settings, domain, spark) -> None:
    topic, table = GOALS.topic(domain.name), f"{domain.name}.bronze_goals"
    send(settings, domain.name, payloads(settings, domain.name, GOALS, [goal("a", n) for n in range(5)]))
    first = ingest(settings, domain, spark, [GOALS])["goals"]
    properties = summary(load_table(settings, table).current_snapshot())
    assert json.loads(properties["sports.offsets"]) == {topic: {"0": [0, 2], "1": [0, 1]}}
    assert properties["sports.epoch-id"] == "0"

    nothing = ingest(settings, domain, spark, [GOALS])["goals"]
    assert (nothing.rows, nothing.offsets) == (0, {})

    # A job killed after the table's commit and before the checkpoint's: Spark hands the same batch out again.
    checkpoint = settings.stage_dir("checkpoints", domain.name, topic)
    for name in ("0", ".0.crc"):
        (checkpoint / "commits" / name).unlink()
    replayed = ingest(settings, domain, spark, [GOALS])["goals"]
    assert (replayed.rows, replayed.offsets) == (5, first.offsets)
    assert len(load_table(settings, table).snapshots()) == 1

    # A checkpoint that is gone: the table itself says where to go on.
    checkpoint.rename(checkpoint.with_name("gone"))
    send(settings, domain.name, payloads(settings, domain.name, GOALS, [goal("a", 5)]))
    assert ingest(settings, domain, spark, [GOALS])["goals"].offsets == {"0": (3, 3)}
    assert sorted(row["number"] for row in stored(settings, domain.name)) == [0, 1, 2, 3, 4, 5]


def test_without_the_registry_nothing_is_written_and_nothing_is_rejected(settings, domain, spark) -> None:
    send(settings, domain.name, payloads(settings, domain.name, GOALS, [goal("a", 1)]))
    endpoints = settings.endpoints()
    down = endpoints.model_copy(update={"registry": "http://127.0.0.1:1"})
    settings.endpoints_file.write_text(down.model_dump_json())
    with pytest.raises(ServiceDownError, match="schema registry"):
        ingest(settings, domain, spark, [GOALS])
    assert load_table(settings, f"{domain.name}.bronze_goals").current_snapshot() is None
    settings.endpoints_file.write_text(endpoints.model_dump_json())
    report = ingest(settings, domain, spark, [GOALS])["goals"]
    assert (report.rows, report.rejected) == (1, 0)


def test_a_topic_that_was_never_published_is_named(settings, domain, spark) -> None:
    with pytest.raises(MissingDataError, match=GOALS.topic(domain.name)):
        ingest(settings, domain, spark, [GOALS])


def test_a_deleted_and_a_recreated_topic_are_refused(settings, domain, spark) -> None:
    topic = GOALS.topic(domain.name)
    send(settings, domain.name, payloads(settings, domain.name, GOALS, [goal("a", n) for n in range(5)]))
    ingest(settings, domain, spark, [GOALS])
    with clients.admin(settings) as admin:
        admin.delete_topics([topic])
    with pytest.raises(TopicLostError, match="with id none"):
        ingest(settings, domain, spark, [GOALS])
    send(settings, domain.name, payloads(settings, domain.name, GOALS, [goal("b", n) for n in range(9)]))
    with pytest.raises(TopicLostError, match="bronze rows of one with id"):
        ingest(settings, domain, spark, [GOALS])
    assert {row["game_id"] for row in stored(settings, domain.name)} == {"a"}
