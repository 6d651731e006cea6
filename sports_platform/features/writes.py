"""Rows of a feature table checked and committed: whole weeks, in one snapshot that says what it was made from.

Belongs here: the last step of every build. Where the rows come from is `job` and `summaries`.
"""

import json
from collections.abc import Iterable, Mapping

from pyspark.sql import DataFrame

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import DataQualityError
from sports_platform.core.lineage import git_commit
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.features.spec import FeatureSpec
from sports_platform.lake import catalog


def checked_counts(frame: DataFrame, spec: FeatureSpec, weeks: Iterable[str]) -> dict[str, int]:
    """Rows of each week; raises DataQualityError when a column that is never null is."""
    required = [name for name in spec.required if name != WEEK_COLUMN]
    # As one text: a thousand columns of PySpark's are 24 s of calls to the JVM.
    nulls = "".join(f", COUNT_IF({name} IS NULL) AS {name}" for name in required)
    counting = f"SELECT {WEEK_COLUMN}, COUNT(*) AS rows{nulls} FROM {{frame}} GROUP BY {WEEK_COLUMN}"
    found = {row[WEEK_COLUMN]: row for row in frame.sparkSession.sql(counting, frame=frame).collect()}
    faults = [f"{week} {name} ({row[name]})" for week, row in found.items() for name in required if row[name]]
    if faults:
        raise DataQualityError(
            found=f"{spec.table} with missing values: {', '.join(sorted(faults)[:20])}",
            needed="a value in every column but ids of empty slots",
            remedy="look for plays in silver that lack what the column is computed from",
        )
    return {week: int(found[week]["rows"]) if week in found else 0 for week in weeks}


def write_weeks(
    settings: Settings, domain: SportDomain, spec: FeatureSpec, frame: DataFrame, inputs: Mapping[str, int]
) -> int:
    """Replace the partitions of the frame's weeks by its rows in key order; the snapshot made."""
    properties = {
        "step": f"features/{spec.table}",
        "git-commit": git_commit(),
        "inputs": json.dumps(inputs),
        "feature-version": str(spec.version),
    }
    ordered = frame.repartition(2, WEEK_COLUMN).sortWithinPartitions(*spec.names("key"))
    writer = ordered.writeTo(f"{catalog.NAME}.{domain.name}.{spec.table}")
    writer = writer.option("use-table-distribution-and-ordering", "false")
    for key, value in properties.items():
        writer = writer.option(f"snapshot-property.sports.{key}", value)
    writer.overwritePartitions()
    return catalog.current_snapshot(settings, f"{domain.name}.{spec.table}")
