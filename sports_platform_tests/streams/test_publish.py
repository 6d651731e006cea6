"""Publishing to the real broker, read back with a plain consumer."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.consumer.fetcher import ConsumerRecord

from sports_platform.core.errors import MissingDataError, SalaryWeekError, ServiceDownError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl import DOMAIN
from sports_platform.sports.nfl.tables import TABLES
from sports_platform.streams import clients
from sports_platform.streams.avro import decode
from sports_platform.streams.dead_letters import DeadLetter, send
from sports_platform.streams.freshness import positions
from sports_platform.streams.publish import publish
from sports_platform.streams.registry import RegistryClient
from sports_platform.streams.sources.opening import open_source
from sports_platform.streams.topics import ensure_topics
from sports_platform_tests.conftest import RenamedNfl
from sports_platform_tests.league.source import LeagueSource

WEEKS = [Week(2021, 1), Week(2021, 2)]
LEAGUE = LeagueSource(seed=11, weeks=2)


def consume(settings: Settings, topic: str) -> list[ConsumerRecord]:
    """Every record of a topic, in order of partition and offset."""
    consumer = KafkaConsumer(bootstrap_servers=settings.endpoints().kafka, auto_offset_reset="earliest")
    try:
        partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        records: list[ConsumerRecord] = []
        while any(consumer.position(p) < ends[p] for p in partitions):
            for batch in consumer.poll(timeout_ms=500).values():
                records += batch
    finally:
        consumer.close()
    return sorted(records, key=lambda record: (record.partition, record.offset))


def decoded(settings: Settings, records: Sequence[ConsumerRecord]) -> list[dict[str, object]]:
    registry = RegistryClient(settings.endpoints().registry)
    return [decode(record.value, registry.schema)[1] for record in records]


def test_every_row_is_read_back_with_its_times_and_key(settings: Settings, domain: RenamedNfl) -> None:
    spec = TABLES["plays"]
    report = publish(settings, domain, LEAGUE, spec, WEEKS)
    records = consume(settings, f"{domain.name}.plays.v1")
    rows = pa.concat_tables(domain.events.events(LEAGUE, spec, week) for week in WEEKS).to_pylist()
    assert report.topic == f"{domain.name}.plays.v1"
    assert report.records == len(records) == len(rows)
    place = {(row["game_id"], row["play_id"]): row for row in rows}
    for record, row in zip(records, decoded(settings, records), strict=True):
        assert row == place[row["game_id"], row["play_id"]]  # type: ignore[index]
        assert record.key.decode() == f"{row['game_id']}|{row['play_id']}"
        assert record.timestamp == row["event_time"].timestamp() * 1000  # type: ignore[attr-defined]
        assert datetime.fromisoformat(dict(record.headers)["known_time"].decode()) == row["known_time"]


def test_offsets_of_the_report_are_those_of_the_log(settings: Settings, domain: RenamedNfl) -> None:
    publish(settings, domain, LEAGUE, TABLES["plays"], WEEKS[:1])
    second = publish(settings, domain, LEAGUE, TABLES["plays"], WEEKS[1:])
    ends = positions(settings, [second.topic])[second.topic]
    assert len(ends) == 3
    assert all(second.offsets[str(partition)][1] + 1 == end for partition, (end, _) in ends.items())
    assert all(first > 0 for first, _ in second.offsets.values())
    assert sum(last - first + 1 for first, last in second.offsets.values()) == second.records


def test_publishing_again_appends_the_same_records(settings: Settings, domain: RenamedNfl) -> None:
    for _ in range(2):
        publish(settings, domain, LEAGUE, TABLES["schedules"], WEEKS)
    values = [record.value for record in consume(settings, f"{domain.name}.schedules.v1")]
    assert len(values) == 16  # two weeks of two games, each a fixture and a result, twice
    assert values[:8] == values[8:]


def test_all_topics_exist_and_keep_their_records(settings: Settings, domain: RenamedNfl) -> None:
    ensure_topics(settings, domain)
    ensure_topics(settings, domain)
    topics = [spec.topic(domain.name) for spec in domain.tables.values()]
    found = positions(settings, [*topics, *(f"{topic}.dlq" for topic in topics)])
    assert {topic: len(found[topic]) for topic in topics} == {t: 3 if ".plays." in t else 1 for t in topics}
    assert all(len(found[f"{topic}.dlq"]) == 1 for topic in topics)
    with clients.admin(settings) as admin:
        configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topics[0])])
    assert configs["topic"][topics[0]]["retention.ms"]["value"] == "-1"


def test_positions_are_quick_and_know_empty_and_missing_topics(settings: Settings, domain: RenamedNfl) -> None:
    publish(settings, domain, LEAGUE, TABLES["lines"], WEEKS)
    lines, slates, missing = f"{domain.name}.lines.v1", f"{domain.name}.slates.v1", f"{domain.name}.nothing.v1"
    started = time.monotonic()
    found = positions(settings, [lines, slates, missing])
    assert time.monotonic() - started < 2
    kickoff = max(domain.events.events(LEAGUE, TABLES["lines"], WEEKS[1])["event_time"].to_pylist())
    assert found == {lines: {0: (8, round(kickoff.timestamp() * 1000))}, slates: {0: (0, None)}, missing: {}}


def test_dead_letters_carry_bytes_reason_and_place(settings: Settings, domain: RenamedNfl) -> None:
    topic = f"{domain.name}.plays.v1"
    letters = [DeadLetter(topic, 2, 41, "down is 7", b"\x00raw"), DeadLetter(topic, 0, 3, "no value", None)]
    assert send(settings, topic, letters) == f"{topic}.dlq"
    first, second = consume(settings, f"{topic}.dlq")
    assert (first.value, second.value) == (b"\x00raw", b"")
    assert first.key == f"{topic}|2|41".encode()
    headers = {name: value.decode() for name, value in first.headers}
    assert headers == {"reason": "down is 7", "topic": topic, "partition": "2", "offset": "41"}


def test_a_failed_week_is_told_and_the_weeks_before_it_stay(settings: Settings, domain: RenamedNfl) -> None:
    with pytest.raises(MissingDataError, match="2021_wk09"):
        publish(settings, domain, LEAGUE, TABLES["schedules"], [Week(2021, 1), Week(2021, 9)])


def test_of_many_weeks_a_salary_file_fills_its_own(settings: Settings, domain: RenamedNfl, tmp_path: Path) -> None:
    file = tmp_path / "DKSalaries.csv"
    file.write_text(
        "Position,Name,Salary,GameInfo,AvgPointsPerGame,teamAbbrev\nQB,Cam Newton,7000,Car@Dal 04:30PM ET,20,Car\n"
    )
    source = open_source(settings.model_copy(update={"salaries": file}), DOMAIN)
    weeks = [Week(2015, number) for number in (10, 11, 12)]
    assert publish(settings, domain, source, TABLES["slates"], weeks).records == 1
    with pytest.raises(SalaryWeekError, match="2015_wk10"):
        publish(settings, domain, source, TABLES["slates"], weeks[:1])


def test_a_broker_that_is_down_is_named(settings: Settings, domain: RenamedNfl) -> None:
    settings.endpoints_file.write_text(
        settings.endpoints().model_copy(update={"kafka": "127.0.0.1:1"}).model_dump_json()
    )
    with pytest.raises(ServiceDownError, match=r"127\.0\.0\.1:1.*\n.*\n.*services start"):
        positions(settings, [f"{domain.name}.plays.v1"])


def test_services_that_were_never_started_are_named(domain: RenamedNfl, tmp_path: Path) -> None:
    with pytest.raises(ServiceDownError, match="services start"):
        publish(Settings(home=tmp_path), domain, LEAGUE, TABLES["plays"], WEEKS)
