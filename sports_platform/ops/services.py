"""The local services together: start, stop, status.

Belongs here: what holds for all of them (order, the endpoints file, one starter at a time). A service's
own command line and readiness stand in its module.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sports_platform.core.errors import PlatformError
from sports_platform.core.settings import Endpoints, Settings
from sports_platform.ops import kafka_broker, process, redis_server, schema_registry
from sports_platform.ops.process import Service

# Slowest first: they come up side by side, and readiness is asked in this order.
_SERVICES: tuple[Service, ...] = (schema_registry.SERVICE, kafka_broker.SERVICE, redis_server.SERVICE)


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service as found: `address` and `pid` are None when it is not running."""

    name: str
    address: str | None
    pid: int | None
    ready: bool


def start(settings: Settings) -> Endpoints:
    """Start what is not running yet and wait until all answer.

    Raises ServiceDownError with the log's tail, or PortInUseError; what this call had started is
    stopped again, and no endpoints are written.
    """
    with _exclusively(settings):
        started: list[Service] = []
        records: dict[str, process.ProcessRecord] = {}
        try:
            for service in _SERVICES:
                folder = _folder(settings, service)
                record = process.running(folder)
                if record is None:
                    started.append(service)
                    record = service.launch(settings, folder)
                records[service.name] = record
            for service in _SERVICES:
                process.wait_until_ready(service, _folder(settings, service), records[service.name])
        except (PlatformError, KeyboardInterrupt):
            _stop(settings, started)
            raise
        endpoints = Endpoints.model_validate({name: record.address for name, record in records.items()})
        settings.endpoints_file.write_text(endpoints.model_dump_json(indent=2))
        return endpoints


def stop(settings: Settings) -> list[str]:
    """Stop the services of this home; the names of those that ran. Their data stay."""
    with _exclusively(settings):
        return _stop(settings, _SERVICES)


def status(settings: Settings) -> list[ServiceStatus]:
    """Each service, whether its process lives and whether it answers."""
    found = []
    for service in _SERVICES:
        record = process.running(_folder(settings, service))
        if record is None:
            found.append(ServiceStatus(service.name, None, None, ready=False))
        else:
            ready = service.is_ready(record.address)
            found.append(ServiceStatus(service.name, record.address, record.pid, ready))
    return found


@contextmanager
def running_services(settings: Settings) -> Iterator[Endpoints]:
    """The services for the length of a block; those that ran before it are left running."""
    already_up = all(service.ready for service in status(settings))
    endpoints = start(settings)
    try:
        yield endpoints
    finally:
        if not already_up:
            stop(settings)


def _folder(settings: Settings, service: Service) -> Path:
    return settings.stage_dir("services", service.name)


def _stop(settings: Settings, services: Sequence[Service]) -> list[str]:
    settings.endpoints_file.unlink(missing_ok=True)
    return [s.name for s in services if process.stop(_folder(settings, s))]


@contextmanager
def _exclusively(settings: Settings) -> Iterator[None]:
    """One starter or stopper of a home at a time, across processes."""
    with (settings.stage_dir("services") / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
