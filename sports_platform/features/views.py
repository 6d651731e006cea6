"""The temporary views a sport's SQL reads: pinned silver, and one view a step, computed once.

Belongs here: what Spark sees by which name during a build. Which rows are wanted is `job` and `summaries`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import DataFrame, SparkSession

from sports_platform.core.domain import FeaturePlan
from sports_platform.core.tables import TableSpec
from sports_platform.lake.asof import NEXT_KNOWN_TIME, version_intervals_sql

_SPARK_TYPES = {"string": "string", "int": "int", "long": "bigint", "double": "double", "boolean": "boolean"}


class Views:
    """Temporary views of one build."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self._names: list[str] = []

    def create(self, name: str, frame: DataFrame) -> None:
        """A view of this name, in place of an earlier one."""
        frame.createOrReplaceTempView(name)
        self._names.append(name)

    def create_silver(self, sport: str, spec: TableSpec, snapshot_id: int | None, weeks: str) -> None:
        """The versions of a silver table's rows in the weeks of a condition; of no table at all, none."""
        self.create(spec.name, self.spark.sql(_silver_sql(sport, spec, snapshot_id, weeks)))

    def compute(self, plan: FeaturePlan, table: str) -> DataFrame:
        """The rows of a table from its statements; a view that two tables share is computed once."""
        for view, sql in plan.statements(table):
            if view not in self._names:
                # A checkpoint, not a cache: Spark 4.1 cannot inline the WITH of a cached view that is read twice.
                self.create(view, self.spark.sql(sql).localCheckpoint())
        return self.spark.table(table)

    def drop(self) -> None:
        """Remove them all."""
        for name in self._names:
            self.spark.catalog.dropTempView(name)


@contextmanager
def temporary_views(spark: SparkSession) -> Iterator[Views]:
    """Views that are gone after the block."""
    views = Views(spark)
    try:
        yield views
    finally:
        views.drop()


def _silver_sql(sport: str, spec: TableSpec, snapshot_id: int | None, weeks: str) -> str:
    if snapshot_id is not None:
        return version_intervals_sql(spec, sport, snapshot_id, weeks)
    types = {column.name: _SPARK_TYPES.get(column.type, "timestamp") for column in spec.all_columns}
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in types.items())
    return f"SELECT {empty}, CAST(NULL AS timestamp) AS {NEXT_KNOWN_TIME} WHERE false"
