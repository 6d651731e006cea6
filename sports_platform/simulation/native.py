"""Binding of the compiled engine: finds the module, converts buffers and codes. No simulation logic here.

A run happens on a thread of its own, without the GIL, so that the caller's thread stays free to take Ctrl-C
and tell the engine to stop.
"""

import importlib.machinery
import importlib.util
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import Head, Wait
from sports_platform.core.errors import EngineError, PlatformError
from sports_platform.core.settings import Settings

_MODULE = "_sports_engine"
_POLL_SECONDS = 0.1
TOOK_NO_PART = -32_768  # in place of the points of a player who is absent, kTookNoPart in native/src/nfl/results.h

Infer = Callable[[npt.NDArray[np.int32], npt.NDArray[np.float32]], Wait | None]
"""Reads bucket descriptors [N, D], writes probabilities [N, output width] in place.

It may return before they are written, with a function that waits until they are or raises what went wrong; the engine
may ask about one more batch before it calls that. Descriptors may be read until `Infer` returns, not later.
"""


class Level(IntEnum):
    """The instruction set a run uses; results are the same. REFERENCE plays every snap by the general rules."""

    BEST = 0
    REFERENCE = 1
    PORTABLE = 2
    AVX2 = 3
    AVX512 = 4


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What a run did. `misses` are waits of a lane for a bucket's record, `records` those now in the cache, `exact`
    the distributions of theirs that no typical one stands for."""

    plays: int
    misses: int
    records: int
    exact: int
    table_bytes: int
    callbacks: int
    rounds: int
    seconds: float
    callback_seconds: float

    @classmethod
    def summed(cls, parts: Sequence["EngineReport"]) -> "EngineReport":
        """Several runs as one."""
        return cls(**{name: sum(getattr(part, name) for part in parts) for name in cls.__dataclass_fields__})

    @property
    def hit_rate(self) -> float:
        """Share of plays whose distribution was cached when first asked for."""
        return 1.0 - self.misses / self.plays

    @property
    def plays_per_second(self) -> float:
        """Plays a second of wall clock, callbacks included."""
        return self.plays / self.seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU seconds of one thread: of playing, of these plays' random numbers alone, of their reads of tables alone."""

    plays: int
    play_seconds: float
    random_seconds: float
    read_seconds: float


@dataclass(frozen=True, slots=True)
class Outputs:
    """Results of a run: P entities, G games, S scenarios, T team statistics, K player statistics.

    Points of a player who takes no part in a scenario are TOOK_NO_PART.
    """

    points_PS: npt.NDArray[np.int16]
    scores_G2S: npt.NDArray[np.int16]
    team_stats_G2TS: npt.NDArray[np.int16]
    player_stats_PKS: npt.NDArray[np.int16] | None

    @classmethod
    def joined(cls, parts: Sequence["Outputs"]) -> "Outputs":
        """The scenarios of several runs, one after another; of a single run its own arrays."""
        if len(parts) == 1:
            return parts[0]
        stats = [part.player_stats_PKS for part in parts if part.player_stats_PKS is not None]
        return cls(
            np.concatenate([part.points_PS for part in parts], axis=-1),
            np.concatenate([part.scores_G2S for part in parts], axis=-1),
            np.concatenate([part.team_stats_G2TS for part in parts], axis=-1),
            np.concatenate(stats, axis=-1) if stats else None,
        )


@dataclass(frozen=True, slots=True)
class Widths:
    """Sizes the engine derived from its tables."""

    descriptor: int
    output: int
    team_stats: int
    player_stats: int
    entities: int
    games: int
    bucket_entries: int


class Engine:
    """An open engine. Its cache of distributions lives as long as it does."""

    def __init__(
        self, settings: Settings, sport: str, heads: Sequence[Head], tables: Mapping[str, npt.NDArray[np.float64]]
    ) -> None:
        self._module = load_module(settings.tools / "native")
        shape = np.array([(head.groups, head.classes) for head in heads], np.float64)
        self._handle = _open(self._module, sport, [head.name for head in heads], {**tables, "heads": shape})
        self.widths = Widths(*(int(self._module.lib.se_width(self._handle, what)) for what in range(7)))

    def run(
        self,
        infer: Infer,
        *,
        seed: int,
        scenarios: int,
        threads: int = 1,
        first_scenario: int = 0,
        batch_rows: int = 32_768,
        player_stats: bool = False,
        level: Level = Level.BEST,
        unquantised: bool = False,
    ) -> tuple[Outputs, EngineReport]:
        """Play every game `scenarios` times; equal for any `threads`, `batch_rows`, `level` and state of the cache.

        `unquantised`: `infer` is asked before every snap and told states, not buckets: (game, side, down, yards to go,
        yard line, half * 1801 + clock, margin). Slow, and empties the cache; a run before must have fitted the books.
        """
        outputs = _outputs(self.widths, scenarios, with_player_stats=player_stats)
        options = self._options(
            seed=seed,
            first_scenario=first_scenario,
            scenarios=scenarios,
            threads=threads,
            batch_rows=batch_rows,
            level=level,
            unquantised=unquantised,
        )
        call = _Call(self._module, self._handle, options, outputs, infer, self.widths)
        return outputs, call.wait()

    def bucket_tables(self, game: int, bucket: int) -> npt.NDArray[np.uint16]:
        """Alias tables [entries] of a bucket, in the order of native/src/nfl/record.h; EngineError if it has none."""
        entries = np.zeros(self.widths.bucket_entries, np.uint16)
        buffer = self._module.ffi.from_buffer("uint16_t[]", entries, require_writable=True)
        if self._module.lib.se_tables(self._handle, game, bucket, buffer) != self._module.lib.SE_OK:
            raise self._refused("a bucket that a run has met", "play the games first")
        return entries

    def measure(self, game: int, *, seed: int, scenarios: int, repeats: int, level: Level = Level.BEST) -> Limits:
        """CPU seconds of a game's first block of scenarios, whole and in parts.

        Raises EngineError unless a run with the same seed and scenarios came before.
        """
        options = self._options(seed=seed, scenarios=scenarios, threads=1, batch_rows=1, level=level)
        limits = self._module.ffi.new("se_limits *")
        if self._module.lib.se_measure(self._handle, options, game, repeats, limits) != self._module.lib.SE_OK:
            raise self._refused("a game whose buckets are all in the cache", "run the same seed and scenarios first")
        return Limits(limits.plays, limits.play_seconds, limits.random_seconds, limits.read_seconds)

    def _refused(self, needed: str, remedy: str) -> EngineError:
        found = self._module.ffi.string(self._module.lib.se_error(self._handle)).decode()
        return EngineError(found=found, needed=needed, remedy=remedy)

    def _options(self, **values: int) -> Any:
        return self._module.ffi.new("se_options *", values)

    def close(self) -> None:
        """Free the engine and its cache."""
        if self._handle is not None:
            self._module.lib.se_close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Call:
    """One se_run on its own thread, with the exception its callback met."""

    def __init__(
        self, module: ModuleType, handle: Any, options: Any, outputs: Outputs, infer: Infer, widths: Widths
    ) -> None:
        self._ffi, self._lib = module.ffi, module.lib
        self._handle, self._options, self._widths = handle, options, widths
        self._infer = infer
        self._buffers = outputs
        self._report = self._ffi.new("se_report *")
        self._waits: dict[int, Wait | None] = {}  # by batch, of those in flight
        self._failure: BaseException | None = None
        self._code = -1
        self._done = threading.Event()

    def wait(self) -> EngineReport:
        """Run to the end, or stop within about a second of KeyboardInterrupt; raises EngineError."""
        threading.Thread(target=self._run, name="engine").start()
        # An event and not Thread.join: CPython 3.11 takes a join that Ctrl-C interrupted for the thread's end.
        try:
            while not self._done.wait(_POLL_SECONDS):
                pass
        finally:
            self._stop()
        return self._result()

    def _run(self) -> None:
        outputs = self._ffi.new("se_outputs *")
        pins = []  # keep the exported buffers alive during the call
        for name, array in (
            ("points", self._buffers.points_PS),
            ("scores", self._buffers.scores_G2S),
            ("team_stats", self._buffers.team_stats_G2TS),
            ("player_stats", self._buffers.player_stats_PKS),
        ):
            if array is not None:
                pins.append(self._ffi.from_buffer("int16_t[]", array, require_writable=True))
                setattr(outputs, name, pins[-1])
        user = self._ffi.new_handle(self)
        try:
            self._code = self._lib.se_run(
                self._handle,
                self._options,
                self._lib.infer_batch,
                self._lib.wait_batch,
                user,
                outputs,
                self._report,
            )
        finally:
            self._done.set()

    def _stop(self) -> None:
        # Asked again until the run ends: one that was only about to start clears the first request.
        while not self._done.is_set():
            self._lib.se_stop(self._handle)
            self._done.wait(_POLL_SECONDS)

    def infer(self, batch: int, rows: int, descriptors: Any, probabilities: Any) -> None:
        """Wrap the engine's own buffers, without a copy, for the caller's function."""
        descriptors_ND = np.frombuffer(
            self._ffi.buffer(descriptors, rows * self._widths.descriptor * 4), np.int32
        ).reshape(rows, self._widths.descriptor)
        probabilities_NW = np.frombuffer(
            self._ffi.buffer(probabilities, rows * self._widths.output * 4), np.float32
        ).reshape(rows, self._widths.output)
        self._waits[batch] = self._infer(descriptors_ND, probabilities_NW)

    def wait_for(self, batch: int) -> None:
        """Wait until a batch is written; one that could not be asked about is not in flight."""
        wait = self._waits.pop(batch, None)
        if wait is not None:
            wait()

    def fail(self, error: BaseException) -> None:
        """Keep the callback's first exception for the outer call."""
        if self._failure is None:
            self._failure = error

    def _result(self) -> EngineReport:
        if self._code == self._lib.SE_OK:
            fields = EngineReport.__dataclass_fields__
            return EngineReport(**{name: getattr(self._report, name) for name in fields})
        if self._code == self._lib.SE_CALLBACK:
            raise _callback_error(self._failure) from self._failure
        raise EngineError(
            found=self._ffi.string(self._lib.se_error(self._handle)).decode(),
            needed="tables and distributions that describe a game",
            remedy="train the week again, or roll back to the model before",
        )


def _callback_error(failure: BaseException | None) -> BaseException:
    if isinstance(failure, PlatformError) or not isinstance(failure, Exception):
        return failure or RuntimeError("the engine's callback failed without an exception")
    return EngineError(
        found=f"{type(failure).__name__} in the model's callback: {failure}",
        needed="probabilities for every bucket asked for",
        remedy="see the cause above; the model version and the feature table may not fit each other",
    )


@cache
def load_module(folder: Path) -> ModuleType:
    """The compiled extension in `folder`; raises EngineError when it was not built."""
    spec = importlib.machinery.PathFinder.find_spec(_MODULE, [str(folder)])
    if spec is None or spec.loader is None:
        raise EngineError(
            found=f"no compiled engine in {folder}", needed=f"the extension {_MODULE}", remedy="run `make setup`"
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _install_callbacks(module)
    return module


def _install_callbacks(module: ModuleType) -> None:
    def infer_batch(user: Any, batch: int, rows: int, descriptors: Any, probabilities: Any) -> int:
        call: _Call = module.ffi.from_handle(user)
        return _code(call, partial(call.infer, batch, rows, descriptors, probabilities))

    def wait_batch(user: Any, batch: int) -> int:
        call: _Call = module.ffi.from_handle(user)
        return _code(call, partial(call.wait_for, batch))

    for function in (infer_batch, wait_batch):
        module.ffi.def_extern(name=function.__name__)(function)


def _code(call: _Call, work: Callable[[], None]) -> int:
    try:
        work()
    except BaseException as error:  # must not cross the C frames: stored here, raised by the outer call
        call.fail(error)
        return 1
    return 0


def _open(module: ModuleType, sport: str, heads: Sequence[str], tables: Mapping[str, npt.NDArray[np.float64]]) -> Any:
    ffi = module.ffi
    arrays = {name: np.ascontiguousarray(values, np.float64).ravel() for name, values in tables.items()}
    names = [ffi.new("char[]", name.encode()) for name in arrays]
    values = [ffi.from_buffer("double[]", array) for array in arrays.values()]
    sizes = [array.size for array in arrays.values()]
    handle = module.lib.se_open(sport.encode(), ",".join(heads).encode(), len(arrays), names, values, sizes)
    if handle == ffi.NULL:
        raise EngineError(
            found=ffi.string(module.lib.se_error(ffi.NULL)).decode(),
            needed="the tables the sport's engine reads",
            remedy="rebuild the engine from this version of the code with `make setup`",
        )
    return handle


def _outputs(widths: Widths, scenarios: int, *, with_player_stats: bool) -> Outputs:
    entities, games = widths.entities, widths.games
    return Outputs(
        np.zeros((entities, scenarios), np.int16),
        np.zeros((games, 2, scenarios), np.int16),
        np.zeros((games, 2, widths.team_stats, scenarios), np.int16),
        np.zeros((entities, widths.player_stats, scenarios), np.int16) if with_player_stats else None,
    )
