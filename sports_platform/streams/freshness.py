"""How far topics reach: end offsets and newest timestamps, asked of the broker without reading a record."""

from collections.abc import Sequence

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from sports_platform.core.settings import Settings
from sports_platform.streams import clients

Positions = dict[int, tuple[int, int | None]]


def positions(settings: Settings, topics: Sequence[str]) -> dict[str, Positions]:
    """Topic -> partition -> (end offset, newest timestamp in ms, None if empty); no partitions for a missing topic."""
    found: dict[str, Positions] = {topic: {} for topic in topics}
    with clients.admin(settings) as admin:
        partitions = [
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in admin.describe_topics(list(topics))
            for partition in topic["partitions"]
        ]
        if not partitions:
            return found
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        newest = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.MAX_TIMESTAMP))
    for partition in partitions:
        timestamp = newest[partition].timestamp
        found[partition.topic][partition.partition] = (ends[partition].offset, timestamp if timestamp >= 0 else None)
    return found
