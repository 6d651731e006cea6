"""The online store: latest feature vectors in Redis, one hash an entity.

Belongs here: pushing a week's vectors and reading one. Which entities there are is the sport's. Keys are
`features:{sport}:{version}:{entity}:{key}`; fields are JSON, beside `week` and `snapshot`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError, ServiceDownError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.store import read_features, snapshot_of

_TIMEOUT_SECONDS = 5.0

# A back-fill of an old week must not replace the vectors of a newer one. Week keys order as text.
_REPLACE = """
local stored = redis.call('HGET', KEYS[1], 'week')
if stored and stored > ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
"""


@dataclass(frozen=True, slots=True)
class OnlineVector:
    """Latest known values of an entity, as of `week`, from feature snapshot `snapshot`."""

    week: Week
    snapshot: int
    values: dict[str, float | str]


def push_latest(settings: Settings, domain: SportDomain, week: Week) -> int:
    """Store the week's vectors, all or none; the number stored (entities with a newer week keep theirs).

    Raises MissingDataError without features of the week and ServiceDownError without Redis.
    """
    rows = read_features(settings, domain, domain.features.tables[0], week=week)
    snapshot = snapshot_of(rows)
    with _redis(settings) as client, client.pipeline(transaction=True) as pipeline:
        for entity, key, values in domain.features.vectors(rows):
            fields = ["week", str(week), "snapshot", str(snapshot)]
            for name, value in values.items():
                fields += [name, json.dumps(value)]
            pipeline.eval(_REPLACE, 1, _key(domain, entity, key), *fields)
        return sum(pipeline.execute())


def read_vector(settings: Settings, domain: SportDomain, entity: str, key: str) -> OnlineVector:
    """The latest vector of an entity; raises MissingDataError when none was pushed."""
    with _redis(settings) as client:
        stored = client.hgetall(_key(domain, entity, key))
    if not stored:
        raise MissingDataError(
            found=f"no vector {_key(domain, entity, key)} in Redis",
            needed="a week's vectors, pushed",
            remedy="push the latest features of a week in which the entity plays",
        )
    fields = {str(name): str(value) for name, value in stored.items()}
    week, snapshot = Week.parse(fields.pop("week")), int(fields.pop("snapshot"))
    return OnlineVector(week, snapshot, {name: json.loads(value) for name, value in fields.items()})


def _key(domain: SportDomain, entity: str, key: str) -> str:
    return f"features:{domain.name}:{domain.features.version}:{entity}:{key}"


@contextmanager
def _redis(settings: Settings) -> Iterator["Redis"]:
    address = settings.endpoints().redis
    host, _, port = address.rpartition(":")
    client = Redis(host=host, port=int(port), decode_responses=True, socket_timeout=_TIMEOUT_SECONDS)
    try:
        yield client
    except (RedisConnectionError, RedisTimeoutError) as error:
        raise ServiceDownError(
            found=f"Redis does not answer at {address}: {error}",
            needed="a running Redis",
            remedy="run `sports-platform services start` (or `make dev`)",
        ) from error
    finally:
        client.close()
