"""Processes that outlive the command which started them: launch, recognise, wait for, stop.

Belongs here: what a service is, pid files and signals. What is launched, and how it shows that it is
ready, is known by the module of each service.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sports_platform.core.errors import ServiceDownError
from sports_platform.core.settings import Settings

_LOG_TAIL_LINES = 15


class ProcessRecord(BaseModel):
    """A process as written to its pid file. A pid alone may be reused; pid and start time together are not."""

    model_config = ConfigDict(frozen=True)

    pid: int
    start_ticks: int
    address: str

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return _start_ticks(self.pid) == self.start_ticks


@dataclass(frozen=True, slots=True)
class Service:
    """A server the platform can run: `launch(settings, folder)` starts it, `is_ready(address)` asks it."""

    name: str
    launch: Callable[[Settings, Path], ProcessRecord]
    is_ready: Callable[[str], bool]
    start_seconds: float


def launch(command: Sequence[str], folder: Path, address: str) -> ProcessRecord:
    """Start `command` detached from the terminal, logging to `folder/service.log`."""
    with (folder / "service.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    record = ProcessRecord(pid=process.pid, start_ticks=_start_ticks(process.pid) or 0, address=address)
    _pid_file(folder).write_text(record.model_dump_json())
    return record


def running(folder: Path) -> ProcessRecord | None:
    """The living process of `folder`'s pid file; a stale or torn pid file is removed."""
    path = _pid_file(folder)
    if not path.exists():
        return None
    try:
        record = ProcessRecord.model_validate_json(path.read_text())
    except ValidationError:
        record = None
    if record is None or not record.is_alive():
        path.unlink(missing_ok=True)
        return None
    return record


def wait_until_ready(service: Service, folder: Path, record: ProcessRecord) -> None:
    """Ask the service until it says yes; raises ServiceDownError with its log's tail when it ends or takes too long."""
    deadline = time.monotonic() + service.start_seconds
    while not service.is_ready(record.address):
        if record.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
            continue
        state = f"no answer within {service.start_seconds:g} s" if record.is_alive() else "its process ended"
        raise ServiceDownError(
            found=f"{service.name} did not start on {record.address}: {state}\n{_log_tail(folder)}",
            needed=f"{service.name} answering on {record.address}",
            remedy=f"read {folder / 'service.log'}, remove the cause and start the services again",
        )


def stop(folder: Path, *, seconds: float = 20) -> bool:
    """End the process of `folder`'s pid file, politely first; False when none ran."""
    record = running(folder)
    if record is None:
        return False
    deadline = time.monotonic() + seconds
    os.kill(record.pid, signal.SIGTERM)
    while record.is_alive():
        if time.monotonic() > deadline:
            os.kill(record.pid, signal.SIGKILL)
        time.sleep(0.05)
    _pid_file(folder).unlink(missing_ok=True)
    return True


def _pid_file(folder: Path) -> Path:
    return folder / "process.json"


def _log_tail(folder: Path) -> str:
    lines = (folder / "service.log").read_text(errors="replace").splitlines()
    return "\n".join(f"    | {line}" for line in lines[-_LOG_TAIL_LINES:])


def _start_ticks(pid: int) -> int | None:
    """Start of a living process in clock ticks since boot (field 22 of /proc/PID/stat); None for a zombie or none."""
    try:
        # The command's name, in parentheses, may hold spaces: the fields after it are counted from state (3).
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])
