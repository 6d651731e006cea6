"""Connections to the Kafka broker: opened, always closed, and their failures told as ServiceDownError.

An unclosed kafka-python client keeps the interpreter alive, so clients exist only inside these blocks.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaConnectionError, KafkaTimeoutError

from sports_platform.core.errors import ServiceDownError
from sports_platform.core.settings import Settings

_BOOTSTRAP_MS = 5_000
_DELIVERY_MS = 60_000
_CLOSE_SECONDS = 5
_BATCH_BYTES = 1 << 18


@contextmanager
def producer(settings: Settings) -> Iterator[KafkaProducer]:
    """An idempotent producer: acknowledged by all replicas, no duplicates from its own retries."""
    broker = settings.endpoints().kafka
    with _told(broker):
        client = KafkaProducer(
            bootstrap_servers=broker,
            bootstrap_timeout_ms=_BOOTSTRAP_MS,
            enable_idempotence=True,
            acks="all",
            delivery_timeout_ms=_DELIVERY_MS,
            batch_size=_BATCH_BYTES,
            linger_ms=20,
        )
        try:
            yield client
        finally:
            client.close(timeout=_CLOSE_SECONDS)


@contextmanager
def admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    """An admin client, for topics and offsets."""
    broker = settings.endpoints().kafka
    with _told(broker):
        client = KafkaAdminClient(bootstrap_servers=broker, bootstrap_timeout_ms=_BOOTSTRAP_MS)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def _told(broker: str) -> Iterator[None]:
    try:
        yield
    except (KafkaTimeoutError, KafkaConnectionError) as error:
        raise ServiceDownError(
            found=f"Kafka broker at {broker}: {error}",
            needed="a running broker",
            remedy="run `sports-platform services start` (or `make dev`); its log lies beside the endpoints file",
        ) from error
