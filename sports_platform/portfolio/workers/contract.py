"""What goes to a worker and what comes back, as JSON. An event stays below 10 kB, far from Lambda's 256 kB."""

from typing import TypedDict


class Event(TypedDict):
    """A task: values of the slate's players in points, in the order of the board's slate."""

    redis: str
    run: str
    task: str
    round: int
    objective: list[float]
    target_exposure: float
    penalty: float


class Answer(TypedDict):
    """What became of a task; `status` as in `StateBoard.commit`."""

    task: str
    status: str
    player_ids: list[str]
