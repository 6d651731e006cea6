"""A small table of a small league, and ways to fill its bronze without Kafka."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from sports_platform.core.settings import Settings
from sports_platform.core.tables import Column, TableSpec
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import ensure_table, open_catalog
from sports_platform.lake.decode import ORIGIN, bronze_schema

EPOCH = datetime(2015, 9, 1, tzinfo=UTC)
WEEKS = (Week(2015, 1), Week(2015, 2))
GOALS = TableSpec(
    name="goals",
    meaning="goals of a game",
    key=("game_id", "number"),
    rows_a_week=(1, 10),
    columns=(
        Column("game_id", "string", "game", nullable=False),
        Column("number", "int", "order of the goal", nullable=False, low=0, high=100),
        Column("side", "string", "scoring side", allowed=("home", "away")),
        Column("distance", "double", "distance", "m", low=0, high=100),
    ),
)


def goal(game: str, number: int, *, week: Week = WEEKS[0], known: int = 0, **values: Any) -> dict[str, Any]:
    """A goal known `known` hours after the epoch."""
    row = {"game_id": game, "number": number, "side": "home", "distance": 11.0, "week_key": str(week)}
    return row | {"event_time": EPOCH, "known_time": EPOCH + timedelta(hours=known)} | values


def fill_bronze(settings: Settings, sport: str, rows: Sequence[dict[str, Any]], *, spec: TableSpec = GOALS) -> None:
    """Append rows to bronze as if they had come from partition 0, offsets going on from those there."""
    identifier = f"{sport}.bronze_{spec.name}"
    table = ensure_table(
        open_catalog(settings), identifier, spec.all_columns, version=spec.version, extra=ORIGIN, by_week=False
    )
    first = table.scan().to_arrow().num_rows
    origin = {"_topic": spec.topic(sport), "_partition": 0, "_schema_id": 1, "_timestamp": EPOCH}
    records = [row | origin | {"_offset": first + i} for i, row in enumerate(rows)]
    table.append(pa.Table.from_pylist(records, bronze_schema(spec)))
