"""Invented distributions of football, near enough to the real game that the engine meets states as often as it would.

Belongs here: a callback for benchmarks that need no trained model. Shares are those of NFL seasons to one digit; side,
down, distance, spot, clock and score move them smoothly, so that no two buckets share a distribution.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sports_platform.core.domain import EngineInput
from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.simulation import NflSimulation

Floats = npt.NDArray[np.float64]

_BUCKETS = NflSimulation().buckets
_CLOCKS = len(_BUCKETS.spec.moments())
_DOWN_YARDS = 4 * 100  # places of yards, by down
_USUAL = (1, 9, 1, 2)  # nodes of distance, yard line, clock and margin
_DEVIATION = 0.2  # of a class's log probability
_FORMATIONS = (0.45, 0.40, 0.05, 0.10)
_RECEIVERS = (0.22, 0.17, 0.13, 0.11, 0.09, 0.07, 0.06, 0.05, 0.04, 0.03, 0.03)
_RUSHERS = (0.55, 0.20, 0.09, 0.06, 0.04, 0.06)
_DEPTHS = (0.18, 0.32, 0.20, 0.18, 0.12)
_PASS_RESULTS = ((0.75, 0.235, 0.01, 0.005), (0.72, 0.26, 0.015, 0.005), (0.63, 0.34, 0.025, 0.005),
                 (0.52, 0.44, 0.035, 0.005), (0.32, 0.62, 0.055, 0.005))  # fmt: skip
_RUN_RESULTS = ((0.99, 0.01), (0.985, 0.015), (0.93, 0.07))
_PENALTIES = (0.02, 0.24, 0.33, 0.05, 0.10, 0.03, 0.02, 0.12, 0.05, 0.03, 0.01)
# Mean and spread of each group of yards, and of seconds; an incompletion stops the clock.
_YARDS = ((5, 6), (7, 5), (11, 5), (17, 7), (30, 10), (4, 5), (5, 6), (7, 6), (-7, 3), (38, 9))
_SECONDS = ((33, 9), (6, 2), (35, 8), (33, 9), (9, 4), (4, 2), (38, 5), (3, 4))


def football(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
    """A callback of the engine: distributions of these buckets, written to `out`."""
    down, (distance, yardline) = buckets[:, 2], _BUCKETS.yards(buckets[:, 2:])
    moved = _moves(buckets, down, distance, yardline)
    heads = {
        "formation": [_FORMATIONS],
        "play_type": [_play_types(down, distance, yardline)] * outcomes.HEADS[1].groups,
        "target_pass": [_RECEIVERS],
        "target_run": [_RUSHERS] * len(outcomes.RUN_FORMATIONS),
        "depth": [_DEPTHS] * (outcomes.RECEIVER_SLOTS + 1),
        "result_pass": _PASS_RESULTS,
        "result_run": _RUN_RESULTS,
        "field_goal": [np.stack([0.05 + yardline / 120, 0.95 - yardline / 120], axis=1)],
        "penalty": [_PENALTIES] * len(outcomes.RUN_FORMATIONS),
        "yards": [_binned(outcomes.YARD_LOWS, outcomes.YARD_CAP, *shape) for shape in _YARDS],
        "time": [_binned(outcomes.TIME_LOWS, outcomes.TIME_CAP, *shape) for shape in _SECONDS],
    }
    start = 0
    for head in outcomes.HEADS:
        for group in heads[head.name]:
            part = np.asarray(group) * moved[:, start : start + head.classes]
            out[:, start : start + head.classes] = part / part.sum(axis=1, keepdims=True)
            start += head.classes


def few_states(inputs: EngineInput) -> EngineInput:
    """The same games with a bucket a side and down, whatever else the state is."""
    margins = inputs.tables["margin_places"].size // inputs.tables["margin_counts"].size
    ones = {
        "margin_counts": 1,
        "distance_counts": 4,
        "yardline_counts": 4,
        "bucket_lines": 4,
        "bucket_distances": 4,
        "bucket_snaps": 4,
    }
    sizes = {
        "clock_places": inputs.tables["clock_places"].size,
        "margin_places": margins,
        "spot_nodes": 1,
        "distance_places": _DOWN_YARDS,
        "yardline_places": _DOWN_YARDS,
    }
    first = {name: np.zeros(size) for name, size in sizes.items()}
    counts = {name: np.ones(size) for name, size in ones.items()}
    buckets = {name: np.arange(4.0) for name in ("cell_buckets", "bucket_cells")}
    return replace(inputs, tables={**inputs.tables, **first, **counts, **buckets})


def one_answer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
    """`football` of a usual state at each side and down."""
    usual = buckets.copy()
    usual[:, 3:] = _USUAL
    football(usual, out)


def _moves(
    buckets: npt.NDArray[np.int32],
    down: npt.NDArray[np.int32],
    distance: npt.NDArray[np.int_],
    yardline: npt.NDArray[np.int_],
) -> Floats:
    """Factors [N, output width] that are smooth in the state and differ between classes."""
    game, side, clock, margin = (buckets[:, column] for column in (0, 1, 5, 6))
    state = np.stack([game * 2 + side, down / 4, distance / 20, yardline / 100, clock / _CLOCKS, margin / 8], axis=1)
    waves = np.random.default_rng(0).normal(size=(state.shape[1], outcomes.OUTPUT_WIDTH))
    return np.asarray(np.exp(_DEVIATION * np.sin(2 * state @ waves)))


def _play_types(down: npt.NDArray[np.int32], distance: npt.NDArray[np.int_], yardline: npt.NDArray[np.int_]) -> Floats:
    """Shares [N, types]: more passes on long downs, a kick on most fourth downs."""
    passes = np.clip(0.40 + 0.03 * (distance - 8) + 0.12 * (down == 3), 0.2, 0.8)
    kick = np.where(down == 4, np.where((distance <= 2) & (yardline < 60), 0.5, 0.95), 0.0)
    field_goal = kick * (yardline <= 37)
    plays = 1 - kick
    return np.stack(
        [
            plays * passes,
            plays * (0.90 - passes),
            plays * 0.03,
            plays * 0.02,
            kick - field_goal,
            field_goal,
            plays * 0.003,
            plays * 0.001,
            plays * 0.046,
        ],
        axis=1,
    )


def _binned(lows: tuple[int, ...], cap: int, mean: float, spread: float) -> Floats:
    """A distribution with exponential tails over bins."""
    edges = np.array([*lows, cap], np.float64)
    middles, widths = (edges[1:] + edges[:-1] - 1) / 2, np.diff(edges)
    shares = widths / np.cosh((middles - mean) / spread)
    return np.asarray(shares / shares.sum())
