"""Slots of the usage model to players: who of a side catches, runs and throws, and where his points go.

Belongs here: the numbering of a side's players for the engine. Shares and slots come from `game_context`.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sports_platform.sports.nfl.outcomes import RECEIVER_SLOTS, RUSHER_SLOTS, TARGET_GROUPS

LOCALS = RECEIVER_SLOTS + RUSHER_SLOTS + 2  # a quarterback and "anybody else", whose place in `rows` is the defence's
NOBODY = LOCALS - 1
OTHER_GROUP = TARGET_GROUPS.index("RB")

Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SideTables:
    """Per side (two a game, away first): local numbers of the slots' players and output rows of the locals."""

    receivers: Integers  # [sides, RECEIVER_SLOTS + 1]
    rushers: Integers  # [sides, RUSHER_SLOTS + 1]
    quarterbacks: Integers  # [sides]
    rows: Integers  # [sides, LOCALS], -1 where there is nobody
    players: pa.Table  # player_id, team, game_id, position of every output row


@dataclass(slots=True)
class _Side:
    """The players of one side in the order they were met."""

    numbers: dict[str, int] = field(default_factory=dict)
    positions: list[str] = field(default_factory=list)

    def number(self, player: str | None, position: str) -> int:
        if player is None:
            return NOBODY
        if player not in self.numbers:
            self.numbers[player] = len(self.numbers)
            self.positions.append(position)
        return self.numbers[player]


def side_tables(context: pl.DataFrame, rows_G2: npt.NDArray[np.int64]) -> SideTables:
    """Tables of the context rows of (away, home) of every game."""
    sides: list[tuple[Integers, ...]] = []
    output: list[tuple[str, str, str, str]] = []
    for place in rows_G2.ravel():
        row = context.row(int(place), named=True)
        side, tables = _number(row)
        first = len(output)
        rows = np.full(LOCALS, -1, np.int32)
        rows[: len(side.numbers)] = np.arange(first, first + len(side.numbers))
        rows[NOBODY] = first + len(side.numbers)
        named = [*zip(side.numbers, side.positions, strict=True), (row["posteam"], "DST")]
        output += [(player, row["posteam"], row["game_id"], position) for player, position in named]
        sides.append((*tables, rows))
    receivers, rushers, quarterbacks, rows = (np.stack(column) for column in zip(*sides, strict=True))
    return SideTables(receivers, rushers, quarterbacks, rows, _players(output))


def _number(row: dict[str, str | int | None]) -> tuple[_Side, tuple[npt.NDArray[np.int32], ...]]:
    side = _Side()
    quarterback = side.number(_text(row["qb_id"]), "QB")
    groups = [_group(row[f"receiver_{i}_group"]) for i in range(1, RECEIVER_SLOTS + 1)]
    receivers = [side.number(_text(row[f"receiver_{i + 1}_id"]), TARGET_GROUPS[groups[i]]) for i in range(len(groups))]
    rushers = [side.number(_text(row[f"rusher_{i}_id"]), "RB") for i in range(1, RUSHER_SLOTS + 1)]
    return side, tuple(np.array(values, np.int32) for values in ([*receivers, NOBODY], [*rushers, NOBODY], quarterback))


def _text(value: str | int | None) -> str | None:
    return str(value) if value else None


def _group(value: str | int | None) -> int:
    return OTHER_GROUP if value is None else int(value)


def _players(rows: list[tuple[str, str, str, str]]) -> pa.Table:
    schema = pa.schema([(name, pa.string()) for name in ("player_id", "team", "game_id", "position")])
    return pa.Table.from_arrays([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=schema)
