"""A pool of worker processes on this machine, with the manners of a Lambda function.

Belongs here: starting, feeding and replacing processes. CBC can take its process down with it, so
every solve happens in a child, and a task whose child died goes to a fresh one.
"""

import json
import queue
import select
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import IO, Self, cast

from sports_platform.core import errors
from sports_platform.core.errors import PlatformError
from sports_platform.portfolio.workers.contract import Answer, Event

_ATTEMPTS = 3
_SECONDS_A_TASK = 120.0
_COMMAND = (sys.executable, "-m", "sports_platform.portfolio.workers.process")


class WorkerError(PlatformError):
    """A task killed every worker that tried it."""


class _WorkerDiedError(Exception):
    """The process ended, or said nothing in time, before it answered."""


class WorkerPool:
    """`size` worker processes; use as a context manager."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._workers = [_Worker() for _ in range(size)]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.stop()

    @property
    def process_ids(self) -> list[int]:
        """Ids of the present processes."""
        return [worker.process_id for worker in self._workers]

    def invoke_all(self, events: Sequence[Event]) -> list[Answer]:
        """Answers in the order of the events; raises what a handler raised, or WorkerError."""
        with ThreadPoolExecutor(self._size) as threads:
            return list(threads.map(self._invoke, events))

    def _invoke(self, event: Event) -> Answer:
        worker = self._idle.get()
        try:
            for _ in range(_ATTEMPTS):
                try:
                    return worker.invoke(event)
                except _WorkerDiedError:
                    exit_code = worker.restart()
        finally:
            self._idle.put(worker)
        raise WorkerError(
            found=f"task {event['task']} ended {_ATTEMPTS} workers, the last with exit code {exit_code}",
            needed="an answer to every task",
            remedy="read the workers' standard error; a solver that crashes on one objective is passed by another seed",
        )


class _Worker:
    """One process and its pipes."""

    def __init__(self) -> None:
        self._start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    def _start(self) -> None:
        self._process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def invoke(self, event: Event) -> Answer:
        """The answer to an event; raises the handler's PlatformError, or _WorkerDiedError."""
        to_worker, from_worker = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        try:
            to_worker.write(json.dumps(event) + "\n")
            to_worker.flush()
        except BrokenPipeError as error:
            raise _WorkerDiedError from error
        ready, _, _ = select.select([from_worker], [], [], _SECONDS_A_TASK)
        line = from_worker.readline() if ready else ""
        if not line.endswith("\n"):
            raise _WorkerDiedError
        answer = json.loads(line)
        if "error" in answer:
            found, needed, remedy = answer["parts"]
            raise getattr(errors, answer["error"], PlatformError)(found=found, needed=needed, remedy=remedy)
        return cast(Answer, answer)

    def restart(self) -> int:
        """Put a fresh process in the place of this one; the exit code of the old one."""
        exit_code = self.stop()
        self._start()
        return exit_code

    def stop(self) -> int:
        """End the process and close its pipes; its exit code."""
        self._process.kill()
        exit_code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):  # a task that never reached a dead worker is still in the buffer
                cast(IO[str], stream).close()
        return exit_code
