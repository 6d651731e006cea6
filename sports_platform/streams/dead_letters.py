"""Dead letters: rejected records kept as they came, with the reason and where they stood."""

from collections.abc import Sequence
from dataclasses import dataclass

from sports_platform.core.settings import Settings
from sports_platform.streams import clients
from sports_platform.streams.topics import create_topics, dead_letter_topic


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A rejected record of `topic`; `raw` is its value, None if it had none."""

    topic: str
    partition: int
    offset: int
    reason: str
    raw: bytes | None


def send(settings: Settings, topic: str, letters: Sequence[DeadLetter]) -> str:
    """Append the letters to `<topic>.dlq` and return its name.

    The key is the record's place, so a letter sent twice can be told; headers carry place and reason.
    """
    target = dead_letter_topic(topic)
    create_topics(settings, {target: 1})
    with clients.producer(settings) as producer:
        sent = [
            producer.send(
                target,
                key=f"{letter.topic}|{letter.partition}|{letter.offset}".encode(),
                # An empty value, not a null one, which a compacted topic would take for a deletion.
                value=letter.raw or b"",
                headers=_headers(letter),
            )
            for letter in letters
        ]
        producer.flush()
        for future in sent:
            future.get()
    return target


def _headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    place = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset}
    return [("reason", letter.reason.encode()), *((name, str(value).encode()) for name, value in place.items())]
