"""Publishing: a source's weeks of a table to its topic. Publishing a week again appends it again.

Belongs here: keys, times and delivery. How rows are made is the sport's `EventPlan`; why a second
publication changes nothing downstream is `lake.silver`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from kafka import KafkaProducer
from rich.console import Console
from rich.progress import track

from sports_platform.core.domain import RawSource, SportDomain
from sports_platform.core.errors import SalaryWeekError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import EVENT_TIME, KNOWN_TIME, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.streams import clients
from sports_platform.streams.avro import encode_rows, record_schema
from sports_platform.streams.registry import RegistryClient
from sports_platform.streams.topics import ensure_topics

_FLUSH_SECONDS = 120


@dataclass(slots=True)
class PublishReport:
    """What was appended; `offsets` partition -> first and last, both included."""

    topic: str
    records: int = 0
    offsets: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, partition: int, offset: int) -> None:
        """Count one acknowledged record."""
        first, last = self.offsets.get(str(partition), (offset, offset))
        self.offsets[str(partition)] = (min(first, offset), max(last, offset))
        self.records += 1


def publish(
    settings: Settings, domain: SportDomain, source: RawSource, spec: TableSpec, weeks: Sequence[Week]
) -> PublishReport:
    """Append the weeks' rows to the table's topic, creating topics and registering the schema where needed.

    A record's timestamp is its event time; the header `known_time` repeats the column of that name. Raises
    ServiceDownError, and SchemaError for a schema that would break readers of the topic.
    """
    topic = spec.topic(domain.name)
    ensure_topics(settings, domain)
    registry = RegistryClient(settings.endpoints().registry)
    registry.enforce_backward()
    schema = record_schema(spec, domain.name)
    schema_id = registry.register(f"{topic}-value", schema)
    report = PublishReport(topic)
    with clients.producer(settings) as producer:
        for rows in _weeks_rows(domain, source, spec, weeks):
            values = encode_rows(schema_id, schema, rows)
            _send(producer, report, spec, rows, values)
    return report


def _weeks_rows(domain: SportDomain, source: RawSource, spec: TableSpec, weeks: Sequence[Week]) -> Iterator[pa.Table]:
    """Rows week by week. A salary file belongs to one week: of several only those it fits have rows, one must."""
    misfits: list[SalaryWeekError] = []
    shown = track(
        weeks, f"publishing {spec.name}", console=Console(stderr=True), disable=len(weeks) < 2, transient=True
    )
    for week in shown:
        try:
            yield domain.events.events(source, spec, week)
        except SalaryWeekError as error:
            misfits.append(error)
    if misfits and len(misfits) == len(weeks):
        raise misfits[0]


def _send(
    producer: KafkaProducer, report: PublishReport, spec: TableSpec, rows: pa.Table, values: Iterator[bytes]
) -> None:
    key_columns = (rows[name].to_pylist() for name in spec.key)
    keys = ("|".join(map(str, cells)).encode() for cells in zip(*key_columns, strict=True))
    event_ms = (micros // 1000 for micros in rows[EVENT_TIME].cast(pa.int64()).to_pylist())
    known = (time.isoformat().encode() for time in rows[KNOWN_TIME].to_pylist())
    sent = [
        producer.send(report.topic, key=key, value=value, timestamp_ms=ms, headers=[("known_time", time)])
        for key, value, ms, time in zip(keys, values, event_ms, known, strict=True)
    ]
    producer.flush(timeout=_FLUSH_SECONDS)
    for future in sent:
        metadata = future.get()
        report.add(metadata.partition, metadata.offset)
