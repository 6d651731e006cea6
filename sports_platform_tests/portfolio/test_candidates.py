import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from redis import Redis

from sports_platform.core.errors import InfeasibleError, ServiceDownError
from sports_platform.core.settings import Endpoints
from sports_platform.portfolio.board import StateBoard
from sports_platform.portfolio.candidates import CandidateConfig, generate
from sports_platform.portfolio.lineup import CompactSlate
from sports_platform.portfolio.projections import objective
from sports_platform.portfolio.workers.contract import Event
from sports_platform.portfolio.workers.pool import WorkerError, WorkerPool
from sports_platform.sports.nfl.rules import DRAFTKINGS_CLASSIC
from sports_platform_tests.portfolio.pools import scenarios_for, small_slate

SLATE = small_slate()
COMPACT = CompactSlate(rules=DRAFTKINGS_CLASSIC.model_copy(update={"salary_cap": 55_000}), players=SLATE.players)
POINTS = scenarios_for(SLATE).points_PS
CONFIG = CandidateConfig(tasks=24, rounds=3, target_exposure=0.3, penalty=40.0)


def _events(board: StateBoard, tasks: int) -> list[Event]:
    return [
        {
            "redis": board.address,
            "run": board.run,
            "task": f"{task:06d}",
            "round": 0,
            "objective": objective(POINTS, seed=1, task=task),
            "target_exposure": 1.0,
            "penalty": 0.0,
        }
        for task in range(tasks)
    ]


def _keys(services: Endpoints) -> set[bytes]:
    with Redis.from_url(f"redis://{services.redis}") as client:
        return set(client.scan_iter())


def test_candidates_depend_on_the_seed_and_not_on_the_workers(services: Endpoints) -> None:
    before = _keys(services)
    made = [
        generate(COMPACT, POINTS, config=CONFIG, seed=seed, redis=services.redis, workers=workers)
        for seed, workers in ((1, 1), (1, 3), (2, 2))
    ]
    assert np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])
    assert _keys(services) == before, "a finished run leaves nothing behind"


def test_penalties_spread_the_exposure(services: Endpoints) -> None:
    spread, crowded = (
        generate(COMPACT, POINTS, config=config, seed=1, redis=services.redis, workers=2)
        for config in (CONFIG, CONFIG.model_copy(update={"penalty": 0.0}))
    )
    shares = [np.unique(players_LK, return_counts=True)[1].max() / len(players_LK) for players_LK in (spread, crowded)]
    assert shares[0] < shares[1]


def test_killed_workers_are_replaced_and_nothing_is_lost_or_doubled(services: Endpoints) -> None:
    board = StateBoard(services.redis, run="crash")
    board.clear()
    board.publish(COMPACT)
    events = _events(board, 60)
    with WorkerPool(2) as pool:
        first = pool.process_ids
        killer = threading.Timer(0.8, os.kill, (first[0], signal.SIGKILL))
        os.kill(first[1], signal.SIGKILL)
        killer.start()
        answers = pool.invoke_all(events)
        killer.join()
        again = pool.invoke_all(events)
        assert not set(first) & set(pool.process_ids)
    assert [answer["player_ids"] for answer in answers] == [answer["player_ids"] for answer in again]
    assert {answer["status"] for answer in again} == {"repeated"}
    assert sum(board.exposure().values()) == board.distinct_lineups() * len(COMPACT.rules.slots)
    assert len(board.lineups()) == len(events)
    board.clear()


def test_a_task_that_ends_every_worker_is_an_error(services: Endpoints, capfd: pytest.CaptureFixture[str]) -> None:
    board = StateBoard(services.redis, run="poison")
    board.publish(COMPACT)
    event = _events(board, 1)[0] | {"objective": [1.0, 2.0]}
    with WorkerPool(1) as pool, pytest.raises(WorkerError, match="task 000000 ended 3 workers"):
        pool.invoke_all([event])  # type: ignore[list-item]
    assert "ValueError" in capfd.readouterr().err, "the worker's traceback is on standard error"
    board.clear()


def test_an_infeasible_slate_is_explained_across_the_process_border(services: Endpoints) -> None:
    players = tuple(player for player in COMPACT.players if player.position != "TE")
    slate = COMPACT.model_copy(update={"players": players})
    with pytest.raises(InfeasibleError, match="players for TE"):
        generate(slate, POINTS[: len(players)], config=CONFIG, seed=1, redis=services.redis, workers=1)


def test_without_redis_nothing_starts() -> None:
    with pytest.raises(ServiceDownError, match="Redis at"):
        generate(COMPACT, POINTS, config=CONFIG, seed=1, redis="127.0.0.1:9", workers=1)


def test_the_worker_stays_light() -> None:
    heavy = {"torch", "pyspark", "mlflow", "kafka", "dagster", "pyiceberg", "pyarrow", "polars"}
    code = "import sys, sports_platform.portfolio.workers.process; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not heavy & set(loaded)
