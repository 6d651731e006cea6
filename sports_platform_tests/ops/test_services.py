"""The local services start, are found again, survive their killers and end with their owner."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis

from sports_platform.core.errors import PortInUseError, ServiceDownError
from sports_platform.core.settings import Endpoints, Settings
from sports_platform.ops import process, redis_server
from sports_platform.ops import services as local
from sports_platform.ops.process import Service


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(home=tmp_path, tools=Settings.load().tools)
    yield settings
    local.stop(settings)


def _redis(endpoints: Endpoints) -> "Redis[str]":
    host, _, port = endpoints.redis.rpartition(":")
    return Redis(host=host, port=int(port), decode_responses=True)


def test_start_is_idempotent_and_data_survive_a_restart(own: Settings) -> None:
    first = local.start(own)
    pids = {found.name: found.pid for found in local.status(own)}
    assert local.start(own) == first == own.endpoints()
    assert {found.name: found.pid for found in local.status(own)} == pids

    schema = {"schema": '{"type": "record", "name": "a", "fields": []}'}
    registered = httpx.post(f"{first.registry}/subjects/a/versions", json=schema).json()["id"]
    with _redis(first) as client:
        client.set("kept", "yes")
    assert sorted(local.stop(own)) == ["kafka", "redis", "registry"]
    with pytest.raises(ServiceDownError, match="services start"):
        own.endpoints()

    again = local.start(own)
    assert all(found.ready for found in local.status(own))
    assert httpx.post(f"{again.registry}/subjects/a/versions", json=schema).json()["id"] == registered
    with _redis(again) as client:
        assert client.get("kept") == "yes"


def test_the_registry_refuses_an_incompatible_schema(services: Endpoints) -> None:
    url = f"{services.registry}/subjects/ops-compatibility/versions"
    fields = '{"type": "record", "name": "a", "fields": [{"name": "x", "type": "%s"}]}'
    assert httpx.post(url, json={"schema": fields % "int"}).status_code == 200
    assert httpx.post(url, json={"schema": fields % "string"}).status_code == 409


def test_a_taken_port_is_named_and_nothing_stays_up(own: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=rf"port {port}.*\n.*redis\n.*SPORTS_REDIS_PORT"):
            local.start(own.model_copy(update={"redis_port": port}))
    assert [found.pid for found in local.status(own)] == [None, None, None]
    assert not own.endpoints_file.exists()


def test_a_service_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    def launch(settings: Settings, folder: Path) -> process.ProcessRecord:
        return process.launch(["sh", "-c", "echo the disk is full; exit 1"], folder, "127.0.0.1:1")

    broken = Service("broken", launch, lambda address: False, start_seconds=10)
    record = broken.launch(Settings(home=tmp_path), tmp_path)
    with pytest.raises(ServiceDownError, match=r"its process ended\n.*the disk is full"):
        process.wait_until_ready(broken, tmp_path, record)


def test_a_killed_service_is_started_again(own: Settings) -> None:
    folder = own.stage_dir("services", "redis")
    record = redis_server.SERVICE.launch(own, folder)
    process.wait_until_ready(redis_server.SERVICE, folder, record)
    os.kill(record.pid, signal.SIGKILL)
    while record.is_alive():
        pass
    assert process.running(folder) is None
    assert not (folder / "process.json").exists()


def test_stop_spares_a_stranger_with_our_old_pid(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        record = process.ProcessRecord(pid=stranger.pid, start_ticks=1, address="127.0.0.1:1")
        (tmp_path / "process.json").write_text(record.model_dump_json())
        assert process.stop(tmp_path) is False
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_missing_redis_says_what_to_install(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServiceDownError, match="apt-get install redis-server"):
        redis_server.SERVICE.launch(own, own.stage_dir("services", "redis"))
