"""Bad calls of the engine's C interface, a family a process: `abi_process.py <folder of the engine> <inputs> <family>`.

Belongs here: what is called how, and what must come of it. Nothing but the compiled module is loaded, so that a process
starts at once and its end speaks of the engine alone. test_abi.py makes the inputs and starts the processes.
"""

import faulthandler
import importlib
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

OK, ERROR = 0, 1
HUGE = 2**31 - 1
WILD = (np.nan, np.inf, -np.inf, 1e300, -1e300)
budget = settings(deadline=None, database=None, derandomize=True)


class Caller:
    """The module with arguments of good calls, each of which a case may replace."""

    def __init__(self, folder: str, inputs: str) -> None:
        sys.path.insert(0, folder)
        module: Any = importlib.import_module("_sports_engine")
        self.ffi, self.lib = module.ffi, module.lib
        with np.load(inputs) as arrays:
            self.tables = {name[6:]: arrays[name] for name in arrays.files if name.startswith("table_")}
            self.row, self.plays = arrays["row"], arrays["plays"]
            self.heads, self.state_width = str(arrays["heads"]).encode(), int(arrays["state_width"])
        self.infer = self.ffi.callback("int(void *, int32_t, int64_t, const int32_t *, float *)", self._answer)
        self.wait = self.ffi.callback("int(void *, int32_t)", lambda user, batch: 0)
        self._pins: list[Any] = []

    def _answer(self, user: Any, batch: int, rows: int, descriptors: Any, probabilities: Any) -> int:
        size = rows * self.row.size
        out = np.frombuffer(self.ffi.buffer(probabilities, size * 4), np.float32).reshape(rows, -1)
        out[:] = self.row
        return 0

    def misaligned(self, kind: str) -> Any:
        """A pointer to enough memory, one byte beside where it belongs."""
        self._pins.append(self.ffi.new("char[]", 1 << 20))
        return self.ffi.cast(kind, self._pins[-1] + 1)

    def error(self, engine: Any) -> str:
        text: str = self.ffi.string(self.lib.se_error(engine)).decode()
        return text

    def open(self, content: dict[str, npt.NDArray[np.float64]] | None = None, **changes: Any) -> Any:
        """se_open's handle."""
        arrays = {n: np.ascontiguousarray(a, np.float64).ravel() for n, a in (content or self.tables).items()}
        names = [self.ffi.new("char[]", name.encode()) for name in arrays]
        values = [self.ffi.from_buffer("double[]", array) for array in arrays.values()]
        arguments = {
            "sport": b"nfl", "heads": self.heads, "tables": len(arrays),
            "names": self.ffi.new("char *[]", names), "values": self.ffi.new("double *[]", values),
            "sizes": self.ffi.new("int64_t[]", [array.size for array in arrays.values()]),
        }  # fmt: skip
        return self.lib.se_open(*(arguments | changes).values())

    def refuses(self, message: str, content: dict[str, npt.NDArray[np.float64]] | None = None, **changes: Any) -> None:
        """se_open fails with this message."""
        engine = self.open(content, **changes)
        assert engine == self.ffi.NULL, f"opened, expected: {message}"
        self.says(message, self.ffi.NULL)

    def says(self, message: str, engine: Any) -> None:
        assert re.search(message, self.error(engine)), f"{self.error(engine)!r} is not {message!r}"

    def run(self, engine: Any, *, buffers: dict[str, Any] | None = None, **changes: Any) -> int:
        """se_run's code; `changes` are options or arguments by their names, `buffers` fields of the outputs."""
        wanted = {
            "seed": 1,
            "first_scenario": 0,
            "scenarios": 3,
            "threads": 1,
            "batch_rows": 100,
            "level": 0,
            "unquantised": 0,
        }
        for name in wanted.keys() & changes.keys():
            wanted[name] = changes.pop(name)
        room = self._outputs(engine, max(0, min(wanted["scenarios"], 1000)))
        arguments = {
            "engine": engine, "options": self.ffi.new("se_options *", wanted), "infer": self.infer, "wait": self.wait,
            "user": self.ffi.NULL, "outputs": self.ffi.new("se_outputs *", room | (buffers or {})),
            "report": self.ffi.new("se_report *"),
        }  # fmt: skip
        return int(self.lib.se_run(*(arguments | changes).values()))

    def _outputs(self, engine: Any, scenarios: int) -> dict[str, Any]:
        _, _, team, player, entities, games, _ = (self.lib.se_width(engine, what) for what in range(7))
        if games < 0:  # no engine
            return {}
        sizes = {
            "points": entities,
            "scores": 2 * games,
            "team_stats": 2 * games * team,
            "player_stats": entities * player,
        }
        return {name: self.ffi.new("int16_t[]", size * scenarios) for name, size in sizes.items()}

    def replay(self, records: npt.NDArray[np.int32] | None = None, **changes: Any) -> int:
        """se_replay's code."""
        rows = np.ascontiguousarray(self.plays if records is None else records, np.int32)
        after = np.zeros((len(rows), self.state_width), np.int32)
        arguments = {
            "sport": b"nfl", "plays": rows.shape[0], "play_width": rows.shape[1],
            "rows": self.ffi.from_buffer("int32_t[]", rows), "state_width": self.state_width,
            "after": self.ffi.from_buffer("int32_t[]", after, require_writable=True),
        }  # fmt: skip
        return int(self.lib.se_replay(*(arguments | changes).values()))


def openings(call: Caller) -> None:
    null, count = call.ffi.NULL, len(call.tables)
    for name in ("sport", "heads", "names", "values", "sizes"):
        call.refuses(f"^{name} is null$", **{name: null})
    for name, kind in (("names", "char **"), ("values", "double **"), ("sizes", "int64_t *")):
        call.refuses(f"^{name} is misaligned: needed an address that 8 divides$", **{name: call.misaligned(kind)})
    call.refuses("^name 0 is null$", names=call.ffi.new("char *[]", count))
    first = next(iter(call.tables))
    call.refuses(f"^table {first} is null$", values=call.ffi.new("double *[]", count))
    beside = call.ffi.new("double *[]", [call.misaligned("double *")] * count)
    call.refuses(f"^table {first} is misaligned", values=beside)
    for size in (-1, -(2**63), 2**63 - 1, 2**60):
        call.refuses(
            f"^the size of table {first} is {size}: needed 0 to", sizes=call.ffi.new("int64_t[]", [size] * count)
        )
    for tables in (-1, -HUGE, HUGE):
        call.refuses(f"^tables is {tables}: needed 0 to 4096$", tables=tables)
    call.refuses("is missing$", tables=0)
    call.refuses("^no sport named curling", sport=b"curling")
    for heads in (b"", b",", b"a," * 5000):
        call.refuses("^the number of heads is .*: needed 11$", heads=heads)


def runs(call: Caller) -> None:
    null, engine = call.ffi.NULL, call.open()
    most = 2**26 // call.lib.se_width(engine, 5)
    cases: list[tuple[str, dict[str, Any]]] = []
    for name in ("options", "infer", "wait", "outputs", "report"):
        cases.append((f"^{name} is null$", {name: null}))
    for name in ("points", "scores", "team_stats"):
        cases.append((f"^{name} is null$", {"buffers": {name: null}}))
    for name in ("points", "scores", "team_stats", "player_stats"):
        cases.append((f"^{name} is misaligned", {"buffers": {name: call.misaligned("int16_t *")}}))
    for name in ("options", "outputs", "report"):
        cases.append((f"^{name} is misaligned", {name: call.misaligned(f"se_{name} *")}))
    for name, values in {
        "scenarios": (0, -1, -HUGE, HUGE, most + 1),
        "threads": (0, -1, 10**9),
        "batch_rows": (0, -1, -(2**63)),
        "first_scenario": (-1, -HUGE),
        "level": (-1, 5, HUGE),
        "unquantised": (-1, 2),
    }.items():
        cases += [(f"^{name} is {value}: needed", {name: value}) for value in values]
    for message, changes in cases:
        assert call.run(engine, **changes) == ERROR, message
        call.says(message, engine)
    assert call.run(null) == ERROR
    call.says("^engine is null$", null)
    assert call.run(engine, buffers={"player_stats": null}, batch_rows=2**63 - 1, first_scenario=HUGE) == OK
    call.lib.se_close(engine)


def widths(call: Caller) -> None:
    null, engine = call.ffi.NULL, call.open()
    assert all(call.lib.se_width(engine, what) > 0 for what in range(7))
    assert {call.lib.se_width(engine, what) for what in (-1, 7, HUGE, -HUGE)} == {-1}
    assert {call.lib.se_width(null, what) for what in range(-1, 8)} == {-1}
    assert call.error(engine) == ""
    call.lib.se_stop(null)
    call.lib.se_close(null)
    call.lib.se_close(engine)


def bucket_tables(call: Caller) -> None:
    null, engine = call.ffi.NULL, call.open()
    entries = call.ffi.new("uint16_t[]", call.lib.se_width(engine, 6))
    cases = [
        ("^engine is null$", (null, 0, 0, entries)),
        ("^entries is null$", (engine, 0, 0, null)),
        ("^entries is misaligned", (engine, 0, 0, call.misaligned("uint16_t *"))),
    ]
    for numbers in ((0, 0), (-1, 0), (HUGE, 0), (0, -1), (0, HUGE)):
        cases.append(("^no distributions of bucket", (engine, *numbers, entries)))
    for message, arguments in cases:
        assert call.lib.se_tables(*arguments) == ERROR, message
        call.says(message, arguments[0])
    call.lib.se_close(engine)


def measures(call: Caller) -> None:
    null, engine = call.ffi.NULL, call.open()
    assert call.run(engine) == OK
    options = {"seed": 1, "scenarios": 3, "threads": 1, "batch_rows": 1}
    limits = call.ffi.new("se_limits *")

    def measure(**changes: Any) -> int:
        kept = call.ffi.new("se_options *", options | {key: changes.pop(key) for key in options if key in changes})
        usual = {"engine": engine, "options": kept, "game": 0, "repeats": 2, "limits": limits}
        return int(call.lib.se_measure(*(usual | changes).values()))

    cases: list[tuple[str, dict[str, Any]]] = [(f"^{name} is null$", {name: null}) for name in ("options", "limits")]
    cases += [("^limits is misaligned", {"limits": call.misaligned("se_limits *")})]
    for name, values in {"game": (-1, HUGE), "repeats": (0, -HUGE, HUGE), "scenarios": (0, HUGE)}.items():
        cases += [(f"^{name} is {value}: needed", {name: value}) for value in values]
    cases += [("^a bucket has no distributions yet", {"seed": 2, "scenarios": 500})]
    for message, changes in cases:
        assert measure(**changes) == ERROR, message
        call.says(message, engine)
    assert measure(engine=null) == ERROR
    call.says("^engine is null$", null)
    assert measure() == OK
    assert limits.plays > 0
    call.lib.se_close(engine)


def replays(call: Caller) -> None:
    null, width = call.ffi.NULL, call.plays.shape[1]
    assert call.replay() == OK
    for name in ("sport", "rows", "after"):
        replay_refused(call, f"^{name} is null$", **{name: null})
    for name in ("rows", "after"):
        replay_refused(call, f"^{name} is misaligned", **{name: call.misaligned("int32_t *")})
    replay_refused(call, "^no sport named curling", sport=b"curling")
    for plays in (-1, -(2**63), 2**63 - 1, 2**62):
        replay_refused(call, f"^plays is {plays}: needed", plays=plays)
    for wrong in (0, -1, width - 1, width + 1, 2**63 - 1):
        replay_refused(call, f"^the number of columns of plays is {wrong}: needed {width}$", play_width=wrong)
    for wrong in (0, -1, call.state_width + 1, 2**63 - 1):
        replay_refused(call, f"^the number of columns of states is {wrong}", state_width=wrong)
    assert call.replay(plays=0) == OK


def replay_refused(call: Caller, message: str, **changes: Any) -> None:
    assert call.replay(**changes) == ERROR, message
    call.says(message, call.ffi.NULL)


def wild_replays(call: Caller) -> None:
    """Any record is played or named; half of the values drawn are small, so that many records pass."""
    value = st.one_of(st.integers(-2, 12), st.integers(-130, 130), st.integers(-(2**31), HUGE))
    changes = st.lists(st.tuples(st.integers(0, call.plays.size - 1), value), max_size=12)

    @settings(budget, max_examples=1000)
    @given(changes)
    def check(changes: list[tuple[int, int]]) -> None:
        plays = call.plays.copy()
        for place, found in changes:
            plays.flat[place] = found
        if call.replay(plays) != OK:
            call.says(r"^replayed play \d+ is out of range: .* is -?\d+: needed ", call.ffi.NULL)

    check()


def table_values(call: Caller) -> None:
    """Every table refuses what is no number of its range, wherever it stands."""
    for name, table in call.tables.items():
        for place in {0, table.size // 2, table.size - 1}:
            for value in WILD:
                call.refuses(f"^table {name} holds .* at {place}: needed", changed(call, name, {place: value}))
    for name, place, value in (
        ("heads", 0, 2), ("heads", 1, 5), ("heads", 19, 0), ("penalties", 1, 2),
        ("receivers", 0, 17), ("receivers", 3, -1), ("rushers", 0, 17), ("quarterbacks", 1, 17),
        ("quarterbacks", 0, 0.5), ("rows", 0, -2), ("rows", 16, -1), ("rows", 1, call.tables["entities"].item()),
        ("yard_values", 5, 201),
        ("time_values", 5, -1), ("distance_places", 9, -1), ("clock_places", 9, 16 * call.tables["margin_counts"].size),
        ("margin_counts", 1, 0), ("distance_counts", 1, 101), ("yardline_places", 99, 16 * 99),
        ("bucket_lines", 2, 100), ("bucket_lines", 0, 0), ("cell_buckets", 9, 1 << 16),
        ("cell_buckets", 5, call.tables["bucket_cells"].size), ("bucket_cells", 1, call.tables["cell_buckets"].size),
        ("special_rates", 3, 1.01), ("two_point_try", 100, -0.01), ("entities", 0, 0),
        ("game_overtime_rule", 0, 3), ("game_overtime_seconds", 0, 0), ("game_keys", 0, 2.0**32),
        ("player_units", 2, 5001),
    ):  # fmt: skip
        call.refuses(f"^table {name} holds .* at {place}: needed", changed(call, name, {place: value}))
    call.refuses("^table rows gives output row 0 twice$", changed(call, "rows", {1: 0}))
    call.refuses(r"^table rows leaves output row \d+ to nobody$", changed(call, "rows", {1: -1}))
    wide = {name: np.full(call.tables[name].size, 100.0) for name in ("distance_counts", "yardline_counts")}
    call.refuses("^the number of states", call.tables | wide)


def table_sizes(call: Caller) -> None:
    """A table one shorter, one longer, empty or missing is named, or one that no longer fits to it."""
    for name, table in call.tables.items():
        rest = {other: values for other, values in call.tables.items() if other != name}
        call.refuses(f"^table {name} is missing$", rest)
        for size in {0, table.size - 1, table.size + 1}:
            call.refuses(r"^table \w+ (has \d+ values instead of|is empty)", rest | {name: np.resize(table, size)})


def changed(call: Caller, name: str, values: dict[int, float]) -> dict[str, npt.NDArray[np.float64]]:
    table = call.tables[name].copy()
    for place, value in values.items():
        table[place] = value
    return call.tables | {name: table}


def wild_tables(call: Caller) -> None:
    """Whatever tables hold, an engine refuses them by name or plays them to an end, by two threads."""
    number = st.one_of(
        st.integers(-3, 20), st.integers(-210, 210), st.floats(width=32), st.sampled_from((0.5, 1800, 5000))
    )

    sizes = {"distance_counts", "yardline_counts", "margin_counts"}  # larger ones cost memory and show nothing
    names = sorted(call.tables.keys() - sizes)
    blocks = {"scenarios": 260, "threads": 2}  # of two games: more lanes than a thread takes at a time

    @settings(budget, max_examples=100)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        tables = dict(call.tables)
        for _ in range(data.draw(st.integers(1, 3))):
            name = data.draw(st.sampled_from(names))
            table = tables[name].copy()
            table[data.draw(st.integers(0, table.size - 1)) :] = data.draw(number)
            tables[name] = table
        engine = call.open(tables)
        if engine == call.ffi.NULL:
            call.says("^(table|the number of states)", call.ffi.NULL)
        elif call.run(engine, **blocks) != OK:
            call.says("passed 2000 plays|kick-offs follow kick-offs", engine)
        call.lib.se_close(engine)

    check()


def endless_kick_offs(call: Caller) -> None:
    """Every kick-off a touchdown that takes no time: said, not played for ever."""
    engine = call.open(changed(call, "special_rates", {0: 1.0}))
    assert call.run(engine) == ERROR
    call.says("kickoff_touchdown", engine)
    call.lib.se_close(engine)


FAMILIES: dict[str, Callable[[Caller], None]] = {
    family.__name__: family
    for family in (
        openings, runs, widths, bucket_tables, measures, replays, wild_replays, table_values, table_sizes, wild_tables,
        endless_kick_offs,
    )
}  # fmt: skip

if __name__ == "__main__":
    faulthandler.enable()
    FAMILIES[sys.argv[3]](Caller(sys.argv[1], sys.argv[2]))
