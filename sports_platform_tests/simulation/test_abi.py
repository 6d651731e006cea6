"""The engine's C interface under bad calls: an error that names the offender, never a crash.

Each family of `abi_process` runs in a process of its own, so that a crash is a failed test and no end of pytest.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sports_platform.core.settings import Settings
from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.replay import PLAY_FIELDS, STATE_FIELDS
from sports_platform_tests.simulation import abi_process
from sports_platform_tests.simulation.course import HOME, Event, play
from sports_platform_tests.simulation.scripted import engine_input, football


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What good calls hand over: two games' tables, a row of probabilities and a few plays."""
    tables = {f"table_{name}": table.ravel() for name, table in engine_input(2).tables.items()}
    shape = np.array([(head.groups, head.classes) for head in outcomes.HEADS], np.float64)
    row = np.empty((1, outcomes.OUTPUT_WIDTH), np.float32)
    football(np.zeros((1, 7), np.int32), row)
    events = (Event.SNAP, Event.PUNT, Event.FIELD_GOAL, Event.FOUL, Event.KICKOFF, Event.TRY)
    plays = [play(Event.OPENING, toss=HOME), *(play(event) for event in events)]
    path = tmp_path_factory.mktemp("abi") / "inputs.npz"
    np.savez(
        path,
        **tables,
        table_heads=shape.ravel(),
        row=row[0],
        plays=np.array([[fields.get(name, 0) for name in PLAY_FIELDS] for fields in plays], np.int32),
        heads=np.array(",".join(head.name for head in outcomes.HEADS)),
        state_width=np.array(len(STATE_FIELDS)),
    )
    return path


@pytest.mark.parametrize("family", abi_process.FAMILIES)
def test_bad_calls_are_named_and_do_no_harm(family: str, inputs: Path) -> None:
    engine = Settings.load().tools / "native"
    ended = subprocess.run(
        [sys.executable, abi_process.__file__, engine, inputs, family], capture_output=True, text=True, timeout=280
    )
    assert ended.returncode == 0, f"{family} ended with {ended.returncode}:\n{ended.stderr[-6000:]}"
