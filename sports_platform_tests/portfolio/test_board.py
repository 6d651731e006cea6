from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sports_platform.core.errors import MissingDataError, ServiceDownError
from sports_platform.core.settings import Endpoints
from sports_platform.portfolio.board import StateBoard
from sports_platform.portfolio.lineup import CompactSlate
from sports_platform.sports.nfl.rules import DRAFTKINGS_CLASSIC
from sports_platform_tests.portfolio.pools import small_pool


@pytest.fixture
def board(services: Endpoints, request: pytest.FixtureRequest) -> Iterator[StateBoard]:
    mine = StateBoard(services.redis, run=request.node.name)
    yield mine
    mine.clear()


def test_a_repeated_commit_changes_nothing(board: StateBoard) -> None:
    assert board.commit("t1", ["a", "b"]) == "committed"
    assert board.commit("t1", ["a", "b"]) == "repeated"
    assert board.commit("t1", ["c", "d"]) == "repeated"
    assert board.exposure() == {"a": 1, "b": 1}
    assert board.lineups() == {"t1": ["a", "b"]}


def test_a_lineup_of_two_tasks_counts_once(board: StateBoard) -> None:
    assert board.commit("t1", ["a", "b"]) == "committed"
    assert board.commit("t2", ["b", "a"]) == "duplicate"
    assert board.exposure() == {"a": 1, "b": 1}
    assert board.distinct_lineups() == 1
    assert list(board.lineups()) == ["t1", "t2"]


def test_concurrent_commits_of_the_same_tasks_count_once(board: StateBoard) -> None:
    commits = [(f"t{task}", ["star", f"p{task % 10}"]) for task in range(40)] * 5
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda commit: board.commit(*commit), commits))
    assert (outcomes.count("committed"), outcomes.count("duplicate"), outcomes.count("repeated")) == (10, 30, 160)
    assert board.exposure() == {"star": 10} | {f"p{number}": 1 for number in range(10)}


def test_frozen_exposures_stay_while_commits_go_on(board: StateBoard) -> None:
    board.freeze(0)
    board.commit("t1", ["a"])
    board.freeze(1)
    board.commit("t2", ["a", "b"])
    assert (board.exposure(0), board.exposure(1), board.exposure()) == ({}, {"a": 1}, {"a": 2, "b": 1})


def test_the_slate_survives_and_is_cleared(board: StateBoard) -> None:
    slate = CompactSlate(rules=DRAFTKINGS_CLASSIC, players=small_pool())
    board.publish(slate)
    assert board.slate() == slate
    board.clear()
    with pytest.raises(MissingDataError, match="no slate"):
        board.slate()


def test_redis_down_is_named() -> None:
    with pytest.raises(ServiceDownError, match=r"Redis at 127\.0\.0\.1:9 does not answer"):
        StateBoard("127.0.0.1:9", run="r").exposure()
