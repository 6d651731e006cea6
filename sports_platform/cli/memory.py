"""Peak memory of everything the platform runs: this process, its children, and the local services.

Belongs here: sampling /proc. Proportional set size counts shared pages once, which matters for forked workers.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

_SAMPLE_SECONDS = 0.5


class PeakMemory:
    """Samples while its block runs; `take` gives the peak in bytes since the last `take`."""

    def __init__(self, services: Iterable[int]) -> None:
        self._roots = {os.getpid(), *services}
        self._over = Event()
        self._lock = Lock()
        self._peak = self.highest = 0
        self._thread = Thread(target=self._sample, name="peak-memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def take(self) -> int:
        """Peak in bytes since the last call."""
        with self._lock:
            peak, self._peak = self._peak, 0
        return peak

    def _sample(self) -> None:
        while True:
            used = sum(map(_proportional_bytes, _family(self._roots)))
            with self._lock:
                self._peak = max(self._peak, used)
                self.highest = max(self.highest, used)
            if self._over.wait(_SAMPLE_SECONDS):
                return


def _family(roots: set[int]) -> set[int]:
    """The roots and all their descendants now alive."""
    parents = {int(folder.name): _parent(folder) for folder in Path("/proc").iterdir() if folder.name.isdigit()}
    family = set(roots)
    while found := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= found
    return family


def _parent(process: Path) -> int | None:
    text = _read(process / "stat")
    # The command's name, in parentheses, may hold spaces; state and parent follow it.
    return int(text.rpartition(")")[2].split()[1]) if text else None


def _proportional_bytes(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    """The file's text; nothing for a process that ended meanwhile or belongs to somebody else."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
