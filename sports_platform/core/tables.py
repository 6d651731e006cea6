"""TableSpec: the one description of a table, from which schemas, checks and documents derive.

Belongs here: columns with type, unit, meaning, key and valid range. Avro, Iceberg, Spark and Dagster
renderings live in the stages that use them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

ColumnType = Literal["string", "int", "long", "double", "boolean", "timestamp"]

# Present in every table of the lake beside its own columns; times are UTC microseconds.
WEEK_COLUMN = "week_key"
EVENT_TIME = "event_time"
KNOWN_TIME = "known_time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `low` and `high` bound valid values (inclusive), `allowed` lists valid texts."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    nullable: bool = True
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSpec:
    """A table and its topic: `key` identifies an entity, (key, known_time) a version of it.

    `rows_a_week` bounds the volume of one week (inclusive); a week outside is refused.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows_a_week: tuple[int, int]
    version: int = 1

    def __post_init__(self) -> None:
        missing = [name for name in self.key if name not in self.column_names]
        if missing:
            raise ValueError(f"{self.name}: key columns {missing} are not columns")

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Own columns followed by none of the common ones, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        """Own columns, then week key, event time and known time."""
        return self.columns + COMMON_COLUMNS

    def topic(self, sport: str) -> str:
        """The versioned topic of this table, e.g. `nfl.plays.v1`."""
        return f"{sport}.{self.name}.v{self.version}"


COMMON_COLUMNS = (
    Column(WEEK_COLUMN, "string", "partition key of the week the row belongs to", nullable=False),
    Column(EVENT_TIME, "timestamp", "when it happened", "UTC", nullable=False),
    Column(KNOWN_TIME, "timestamp", "from when the platform may use it", "UTC", nullable=False),
)
