"""The Redis server: command line and readiness. What is kept in it is `features.online` and `portfolio.board`."""

import shutil
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from sports_platform.core.errors import ServiceDownError
from sports_platform.core.settings import Settings
from sports_platform.ops.ports import HOST, choose_port
from sports_platform.ops.process import ProcessRecord, Service, launch

_NAME = "redis"


def _start(settings: Settings, folder: Path) -> ProcessRecord:
    """Launch Redis with its append-only file in `folder`; it is not yet ready."""
    server = shutil.which("redis-server")
    if server is None:
        raise ServiceDownError(
            found="no `redis-server` on PATH",
            needed="Redis 6 or later",
            remedy="install it, e.g. `apt-get install redis-server`",
        )
    port = choose_port(_NAME, settings.redis_port)
    command = [server, "--port", str(port), "--bind", HOST, "--dir", str(folder), "--save", "", "--appendonly", "yes"]
    return launch(command, folder, f"{HOST}:{port}")


def _is_ready(address: str) -> bool:
    """Whether Redis answers PING (not while it still loads its file)."""
    host, _, port = address.rpartition(":")
    try:
        with Redis(host=host, port=int(port), socket_timeout=2) as client:
            return bool(client.ping())
    except RedisError:
        return False


SERVICE = Service(_NAME, _start, _is_ready, start_seconds=20)
