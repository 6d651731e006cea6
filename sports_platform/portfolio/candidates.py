"""Candidate lineups: rounds of tasks fanned out to workers that share a state board.

Belongs here: making tasks and collecting commits. Within a round every task sees the exposures frozen
at its start, so the candidates depend on the seed alone, never on which worker was faster.
"""

import uuid
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from sports_platform.portfolio.board import StateBoard
from sports_platform.portfolio.lineup import CompactSlate
from sports_platform.portfolio.projections import objective
from sports_platform.portfolio.workers.contract import Event
from sports_platform.portfolio.workers.pool import WorkerPool


class CandidateConfig(BaseModel):
    """How many candidates, in how many rounds, and how hard crowded players are pushed out.

    A player in more than `target_exposure` of the candidates so far loses `penalty` points times the excess share.
    """

    model_config = ConfigDict(frozen=True)

    tasks: int = 300
    rounds: int = 6
    target_exposure: float = 0.35
    penalty: float = 20.0


def generate(
    slate: CompactSlate,
    points_PS: npt.NDArray[np.int16],
    *,
    config: CandidateConfig,
    seed: int,
    redis: str,
    workers: int,
) -> npt.NDArray[np.intp]:
    """Distinct candidates [L, K] as player indices in slot order, by task; raises InfeasibleError, ServiceDownError.

    Rows of `points_PS` are the slate's players.
    """
    board = StateBoard(redis, run=uuid.uuid4().hex)
    board.publish(slate)
    try:
        with WorkerPool(workers) as pool:
            for number, tasks in enumerate(np.array_split(np.arange(config.tasks), config.rounds)):
                board.freeze(number)
                pool.invoke_all(list(_events(board, number, tasks, points_PS, config, seed)))
        return _distinct(board, slate)
    finally:
        board.clear()


def _events(
    board: StateBoard,
    number: int,
    tasks: npt.NDArray[np.intp],
    points_PS: npt.NDArray[np.int16],
    config: CandidateConfig,
    seed: int,
) -> Iterator[Event]:
    for task in tasks:
        yield {
            "redis": board.address,
            "run": board.run,
            "task": f"{task:06d}",
            "round": number,
            "objective": objective(points_PS, seed=seed, task=int(task)),
            "target_exposure": config.target_exposure,
            "penalty": config.penalty,
        }


def _distinct(board: StateBoard, slate: CompactSlate) -> npt.NDArray[np.intp]:
    index = {player.player_id: number for number, player in enumerate(slate.players)}
    first: dict[frozenset[str], list[int]] = {}
    for player_ids in board.lineups().values():
        first.setdefault(frozenset(player_ids), [index[player] for player in player_ids])
    return np.array(list(first.values()), dtype=np.intp)
