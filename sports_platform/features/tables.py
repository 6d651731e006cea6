"""Feature tables in the lake: created from their schema, widened by added columns, refused when newer.

Belongs here: the Iceberg side of a FeatureSpec, through Spark's DDL. Their rows come from `job`.
"""

from pyspark.sql import SparkSession

from sports_platform.core.errors import SchemaError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.features.spec import VERSION_PROPERTY, FeatureColumn, FeatureSpec
from sports_platform.lake import catalog


def ensure_feature_table(settings: Settings, spark: SparkSession, spec: FeatureSpec, sport: str) -> None:
    """Make the table, or widen it by the columns it lacks; raises SchemaError when newer code wrote it."""
    name = f"{catalog.NAME}.{sport}.{spec.table}"
    if not spark.catalog.tableExists(name):
        columns = ", ".join(_column(column, required=column.name in spec.required) for column in spec.columns)
        spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {catalog.NAME}.{sport}")
        spark.sql(
            f"CREATE TABLE {name} ({columns}) USING iceberg PARTITIONED BY ({WEEK_COLUMN}) "
            f"TBLPROPERTIES ('format-version' = '2', 'commit.retry.num-retries' = '20', "
            f"'{VERSION_PROPERTY}' = '{spec.version}')"
        )
        return
    present = {field.name: field.dataType.simpleString() for field in spark.table(name).schema.fields}
    properties = catalog.load_table(settings, f"{sport}.{spec.table}").properties
    _refuse_other(spec, present, int(properties.get(VERSION_PROPERTY, "0")))
    added = [column for column in spec.columns if column.name not in present]
    if added:
        # Older rows have no value for an added column, so it cannot be NOT NULL.
        spark.sql(f"ALTER TABLE {name} ADD COLUMNS ({', '.join(_column(column) for column in added)})")
    if int(properties.get(VERSION_PROPERTY, "0")) < spec.version:
        spark.sql(f"ALTER TABLE {name} SET TBLPROPERTIES ('{VERSION_PROPERTY}' = '{spec.version}')")


def _column(column: FeatureColumn, *, required: bool = False) -> str:
    meaning = column.meaning.replace("'", "\\'")
    return f"{column.name} {column.type}{' NOT NULL' if required else ''} COMMENT '{meaning}'"


def _refuse_other(spec: FeatureSpec, present: dict[str, str], version: int) -> None:
    wanted = {column.name: column.type for column in spec.columns}
    differences = [f"version {version} instead of {spec.version}"] if version > spec.version else []
    differences += [f"unknown column {name}" for name in present if name not in wanted]
    differences += [
        f"column {name} is {present[name]} instead of {kind}"
        for name, kind in wanted.items()
        if name in present and present[name] != kind
    ]
    if differences:
        raise SchemaError(
            found=f"feature table {spec.table}: {'; '.join(differences)}",
            needed=f"a table of feature version {spec.version} or an older one with fewer columns",
            remedy="update the platform, or point SPORTS_HOME at another folder",
        )
