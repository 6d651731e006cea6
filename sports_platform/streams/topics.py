"""Topics: which exist, with how many partitions, kept for how long."""

from collections.abc import Mapping, Sequence

from kafka import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.tables import TableSpec
from sports_platform.streams import clients

_BUSY_ROWS_A_WEEK = 3_000  # tables above get several partitions
_BUSY_PARTITIONS = 3
_CONFIGS = {
    # A topic is the log of record: nothing expires.
    "retention.ms": "-1",
    "retention.bytes": "-1",
    # Timestamps are event times, years apart: by default each week's records would open a new segment.
    "segment.ms": str(100 * 365 * 24 * 3600 * 1000),
}


def dead_letter_topic(topic: str) -> str:
    """The topic of a topic's rejected records."""
    return f"{topic}.dlq"


def ensure_topics(settings: Settings, domain: SportDomain) -> None:
    """Create the topics of all tables, and their dead-letter topics, where missing."""
    topics = {spec.topic(domain.name): _partitions(spec) for spec in domain.tables.values()}
    create_topics(settings, topics | {dead_letter_topic(topic): 1 for topic in topics})


def create_topics(settings: Settings, partitions: Mapping[str, int]) -> None:
    """Create topics (name -> partitions) where missing; existing ones stay as they are."""
    with clients.admin(settings) as admin:
        existing = set(admin.list_topics())
        for name, count in partitions.items():
            if name not in existing:
                _create(admin, name, count)


def topic_ids(settings: Settings, topics: Sequence[str]) -> dict[str, str]:
    """Topic -> the broker's id of it, without missing ones; a topic deleted and made again has another id."""
    with clients.admin(settings) as admin:
        found = admin.describe_topics(list(topics))
    return {topic["name"]: str(topic["topic_id"]) for topic in found if topic["topic_id"] is not None}


def _create(admin: KafkaAdminClient, name: str, count: int) -> None:
    try:
        admin.create_topics({name: {"num_partitions": count, "replication_factor": 1, "configs": _CONFIGS}})
    except TopicAlreadyExistsError:
        return  # another process was faster


def _partitions(spec: TableSpec) -> int:
    return _BUSY_PARTITIONS if spec.rows_a_week[1] > _BUSY_ROWS_A_WEEK else 1
