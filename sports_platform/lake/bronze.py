"""Bronze: exactly the records of a topic, once each, with topic, partition and offset kept by row.

Belongs here: the Structured Streaming job from Kafka to Iceberg, one query a topic. Writing a batch
once is `batches`, decoding it `decode`; what the newest version of a key is, silver decides.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError, PlatformError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import TableSpec
from sports_platform.lake import catalog
from sports_platform.lake.batches import BatchWriter, BronzeReport, Topic, filled_from, ingested
from sports_platform.lake.decode import ORIGIN
from sports_platform.streams.freshness import positions
from sports_platform.streams.topics import topic_ids

# A batch of this size keeps the session within its 2 GB whatever waits in the topic.
_BATCH_RECORDS = 200_000
_EARLIEST = -2


class TopicLostError(PlatformError):
    """The topic no longer holds records that bronze expects: deleted, recreated or expired."""


def ingest(
    settings: Settings, domain: SportDomain, spark: SparkSession, specs: Iterable[TableSpec]
) -> dict[str, BronzeReport]:
    """Append all that waits in the tables' topics, one topic after another; reports by table name.

    Rejected records also go to the topic's dead letters. Raises MissingDataError for a topic never published
    to, TopicLostError and ServiceDownError.
    """
    chosen = list(specs)
    topics = _topics(settings, [spec.topic(domain.name) for spec in chosen])
    return {
        spec.name: _ingest(settings, domain, spark, spec, topic) for spec, topic in zip(chosen, topics, strict=True)
    }


def _topics(settings: Settings, names: Sequence[str]) -> list[Topic]:
    ids = topic_ids(settings, names)
    found = positions(settings, names)
    return [Topic(name, ids.get(name, ""), {p: end for p, (end, _) in found[name].items()}) for name in names]


def _ingest(
    settings: Settings, domain: SportDomain, spark: SparkSession, spec: TableSpec, topic: Topic
) -> BronzeReport:
    identifier = f"{domain.name}.bronze_{spec.name}"
    table = catalog.ensure_table(
        catalog.open_catalog(settings), identifier, spec.all_columns, version=spec.version, extra=ORIGIN, by_week=False
    )
    following = {partition: last + 1 for partition, last in ingested(table, topic.name).items()}
    _require_same(topic, filled_from(table), following)
    checkpoint = settings.stage_dir("checkpoints", domain.name, topic.name)
    writer = BatchWriter(settings, spec, topic, identifier, checkpoint)
    start = {str(partition): following.get(partition, _EARLIEST) for partition in topic.ends}
    query = (
        _source(spark, settings.endpoints().kafka, topic.name, start)
        .writeStream.foreachBatch(writer.write)
        .option("checkpointLocation", str(checkpoint))
        .trigger(availableNow=True)
        .start()
    )
    try:
        query.awaitTermination()
    except StreamingQueryException as error:
        if writer.error is not None:
            raise writer.error from error
        if "KAFKA_DATA_LOSS" in str(error):
            raise _lost(topic.name, f"a checkpoint in {checkpoint} beyond it") from error
        raise
    return writer.report


def _source(spark: SparkSession, servers: str, topic: str, start: Mapping[str, int]) -> DataFrame:
    """The waiting records. `start` counts only where the checkpoint is gone: else Spark goes on from its own."""
    return (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", servers)
        .option("subscribe", topic)
        .option("startingOffsets", json.dumps({topic: start}))
        .option("failOnDataLoss", "true")
        .option("maxOffsetsPerTrigger", str(_BATCH_RECORDS))
        .option("minPartitions", "2")
        .load()
    )


def _require_same(topic: Topic, filled_from: str | None, following: Mapping[int, int]) -> None:
    if filled_from is None and not topic.id:
        raise MissingDataError(
            found=f"no topic {topic.name} on the broker",
            needed="a topic that was published to",
            remedy="publish the table's events first",
        )
    if filled_from not in (None, topic.id):
        raise _lost(topic.name, f"id {topic.id or 'none'}, bronze rows of one with id {filled_from}")
    ends = {partition: topic.ends.get(partition, 0) for partition in following}
    beyond = [f"{p}: next {offset}, end {ends[p]}" for p, offset in following.items() if offset > ends[p]]
    if beyond:
        raise _lost(topic.name, f"bronze rows beyond its end (partition {'; '.join(beyond)})")


def _lost(topic: str, found: str) -> TopicLostError:
    return TopicLostError(
        found=f"topic {topic} with {found}",
        needed="the topic that the bronze table was filled from, with every record after the last one ingested",
        remedy="restore the broker's data, or start with a new SPORTS_HOME and publish again",
    )
