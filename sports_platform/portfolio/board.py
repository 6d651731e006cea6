"""The state board: one Redis space a run, shared by its workers.

Belongs here: the slate the workers solve, exposure counts, and commits. The board decides nothing;
a commit is one Lua script, so a worker that dies leaves either all of its lineup or nothing.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import redis

from sports_platform.core.errors import MissingDataError, ServiceDownError
from sports_platform.portfolio.lineup import CompactSlate, lineup_hash

_SECONDS_KEPT = 24 * 3600
_FROZEN = "{prefix}:exposure:{round}"

# KEYS: tasks, lineups, exposure. ARGV: task, lineup hash, seconds kept, committed lineup, player ids...
_COMMIT = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[4]) == 0 then return 'repeated' end
local fresh = redis.call('SADD', KEYS[2], ARGV[2])
if fresh == 1 then
  for i = 5, #ARGV do redis.call('HINCRBY', KEYS[3], ARGV[i], 1) end
end
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
if fresh == 1 then return 'committed' end
return 'duplicate'
"""


class StateBoard:
    """One run's board at `address` (`host:port`)."""

    def __init__(self, address: str, run: str) -> None:
        self.address, self.run = address, run
        host, _, port = address.rpartition(":")
        self._redis = redis.Redis(host=host, port=int(port), decode_responses=True, socket_timeout=10)
        self._prefix = f"portfolio:{{{run}}}"  # braces: one hash slot in a Redis cluster
        self._script = self._redis.register_script(_COMMIT)

    def publish(self, slate: CompactSlate) -> None:
        """Lay out the slate for the workers."""
        with self._answering():
            self._redis.set(f"{self._prefix}:slate", slate.model_dump_json(), ex=_SECONDS_KEPT)

    def slate(self) -> CompactSlate:
        """The run's slate; raises MissingDataError when there is none."""
        with self._answering():
            text = self._redis.get(f"{self._prefix}:slate")
        if text is None:
            raise MissingDataError(
                found=f"no slate under {self._prefix} on the state board",
                needed="a slate published by the run that sent the task",
                remedy="start the run again: boards are kept for a day",
            )
        return CompactSlate.model_validate_json(cast(str, text))

    def freeze(self, round_number: int) -> None:
        """Keep the exposure counts of this moment for every task of the round."""
        frozen = _FROZEN.format(prefix=self._prefix, round=round_number)
        with self._answering():
            self._redis.copy(f"{self._prefix}:exposure", frozen, replace=True)
            self._redis.expire(frozen, _SECONDS_KEPT)

    def exposure(self, round_number: int | None = None) -> dict[str, int]:
        """Player id -> distinct lineups with him, as frozen for a round or (None) as of now."""
        now = f"{self._prefix}:exposure"
        key = now if round_number is None else _FROZEN.format(prefix=self._prefix, round=round_number)
        with self._answering():
            counts = cast(dict[str, str], self._redis.hgetall(key))
        return {player: int(count) for player, count in counts.items()}

    def commit(self, task: str, player_ids: Sequence[str]) -> str:
        """Add a task's lineup: `committed`, `duplicate` (another task had it) or `repeated` (nothing changed)."""
        keys = [f"{self._prefix}:{name}" for name in ("tasks", "lineups", "exposure")]
        values: list[str | int] = [
            task,
            lineup_hash(player_ids),
            _SECONDS_KEPT,
            json.dumps(list(player_ids)),
            *player_ids,
        ]
        with self._answering():
            return cast(str, self._script(keys=keys, args=values))

    def lineups(self) -> dict[str, list[str]]:
        """Task -> its player ids in slot order, by task; a lineup that several tasks found stands under each."""
        with self._answering():
            texts = cast(dict[str, str], self._redis.hgetall(f"{self._prefix}:tasks"))
        return {task: json.loads(texts[task]) for task in sorted(texts)}

    def distinct_lineups(self) -> int:
        """Number of different lineups committed."""
        with self._answering():
            return self._redis.scard(f"{self._prefix}:lineups")

    def clear(self) -> None:
        """Remove everything of the run."""
        with self._answering():
            for key in self._redis.scan_iter(f"{self._prefix}:*"):
                self._redis.delete(key)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise ServiceDownError(
                found=f"Redis at {self.address} does not answer ({error})",
                needed="the state board that the portfolio workers share",
                remedy="run `sports-platform services start`, then build the portfolio again",
            ) from error
