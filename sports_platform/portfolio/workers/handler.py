"""The worker's entry, under the contract of AWS Lambda: one JSON event, one JSON answer.

Reaches mip, redis, numpy and core only, so that its image stays small. The same function serves the
local processes of `pool`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt

from sports_platform.portfolio.board import StateBoard
from sports_platform.portfolio.milp import LineupSolver
from sports_platform.portfolio.workers.contract import Answer, Event


def handle(event: Mapping[str, object], context: object) -> Answer:
    """Solve one lineup against the round's exposures and commit it; safe to repeat."""
    task = cast(Event, event)
    board, solver, player_ids, slots = _run(task["redis"], task["run"])
    exposure = board.exposure(task["round"])
    counts_P = np.array([exposure.get(player, 0) for player in player_ids], dtype=np.float64)
    values = np.asarray(task["objective"], dtype=np.float64) - _penalties(counts_P, slots, task)
    chosen = [player_ids[index] for index in solver.best(values)]
    return {"task": task["task"], "status": board.commit(task["task"], chosen), "player_ids": chosen}


@lru_cache(maxsize=1)
def _run(address: str, run: str) -> tuple[StateBoard, LineupSolver, list[str], int]:
    """The run's board, model, player order and lineup size; kept between events: building costs ten solves."""
    board = StateBoard(address, run)
    slate = board.slate()
    return board, LineupSolver(slate), [player.player_id for player in slate.players], len(slate.rules.slots)


def _penalties(counts_P: npt.NDArray[np.float64], slots: int, task: Event) -> npt.NDArray[np.float64]:
    """Points taken from players whose share of the lineups so far exceeds the target, by the excess."""
    lineups = max(counts_P.sum() / slots, 1.0)
    excess_P: npt.NDArray[np.float64] = np.maximum(counts_P / lineups - task["target_exposure"], 0.0)
    return task["penalty"] * excess_P
