"""The Iceberg catalog: one SQLite file that pyiceberg and Spark share.

Belongs here: opening it, creating and widening tables from their columns, refusing what newer code
wrote, and reading snapshots. What is in the rows is the business of bronze, silver and features.
"""

from collections.abc import Iterable, Sequence

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DoubleType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestamptzType,
)

from sports_platform.core.errors import MissingDataError, SchemaError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN, Column
from sports_platform.streams.schemas import ARROW_TYPES

# Spark and pyiceberg see the same tables only under the same catalog name: it is a column of the database.
NAME = "lake"
WAREHOUSE_VERSION = 1
WAREHOUSE_PROPERTY = "sports.warehouse-version"
SCHEMA_PROPERTY = "sports.schema-version"

_TYPES: dict[pa.DataType, IcebergType] = {
    pa.string(): StringType(),
    pa.int32(): IntegerType(),
    pa.int64(): LongType(),
    pa.float64(): DoubleType(),
    pa.bool_(): BooleanType(),
    pa.binary(): BinaryType(),
    pa.timestamp("us", tz="UTC"): TimestamptzType(),
}
_WEEK_FIELD_ID = 1000
# Back-fills commit to one table from several processes; the default of 4 retries gives up too soon.
_TABLE_PROPERTIES = {"commit.retry.num-retries": "20", "format-version": "2", "write.parquet.compression-codec": "zstd"}


def open_catalog(settings: Settings) -> SqlCatalog:
    """The catalog of this home, made if missing."""
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    # 30 s: SQLite locks the whole file for the moment another process commits.
    uri = f"sqlite:///{settings.catalog}?timeout=30"
    return SqlCatalog(NAME, uri=uri, warehouse=settings.warehouse.as_uri())


def ensure_table(
    catalog: SqlCatalog,
    identifier: str,
    columns: Sequence[Column],
    *,
    version: int,
    extra: Iterable[pa.Field] = (),
    by_week: bool = True,
) -> Table:
    """The table `sport.name`, created or widened by the columns it lacks.

    `extra` are fields beside the columns. Raises SchemaError when newer code wrote it or a column has
    another type.
    """
    namespace = identifier.split(".")[0]
    catalog.create_namespace_if_not_exists(namespace, {WAREHOUSE_PROPERTY: str(WAREHOUSE_VERSION)})
    _refuse_newer_warehouse(catalog, namespace)
    wanted = _fields(columns, extra)
    try:
        table = catalog.load_table(identifier)
    except NoSuchTableError:
        return _create(catalog, identifier, wanted, version, by_week)
    _refuse_newer_table(table, wanted, version)
    return _widen(table, wanted, version)


def load_table(settings: Settings, identifier: str) -> Table:
    """An existing table; raises MissingDataError."""
    try:
        return open_catalog(settings).load_table(identifier)
    except NoSuchTableError as error:
        raise MissingDataError(
            found=f"no table {identifier} in {settings.catalog}",
            needed="the table that an earlier step writes",
            remedy="materialize the asset that writes it (see `sports-platform --help`)",
        ) from error


def current_snapshot(settings: Settings, table: str) -> int:
    """Id of the newest snapshot of `sport.name` as stored now; raises MissingDataError when it has none."""
    return newest_snapshot(load_table(settings, table))


def newest_snapshot(table: Table) -> int:
    """Id of the newest snapshot that `table` was loaded or committed with; raises MissingDataError."""
    snapshot = table.current_snapshot()
    if snapshot is None:
        raise MissingDataError(
            found=f"table {'.'.join(table.name())} has no snapshot",
            needed="at least one committed write",
            remedy="materialize the asset that writes it",
        )
    return snapshot.snapshot_id


def summary(snapshot: Snapshot) -> dict[str, str]:
    """The snapshot's own properties, as written by the step that made it."""
    return {} if snapshot.summary is None else dict(snapshot.summary.additional_properties)


def files_by_week(table: Table, snapshot_id: int, first: str, last: str) -> dict[str, list[str]]:
    """Week key -> its data files in a snapshot, sorted; a week that is written again has other files."""
    wanted = f"{WEEK_COLUMN} >= '{first}' and {WEEK_COLUMN} <= '{last}'"
    files: dict[str, list[str]] = {}
    for task in table.scan(wanted, snapshot_id=snapshot_id).plan_files():
        files.setdefault(str(task.file.partition[0]), []).append(task.file.file_path)
    return {week: sorted(paths) for week, paths in sorted(files.items())}


def weeks_filter(weeks: Sequence[str]) -> str:
    """Row filter of the given week keys, at least one."""
    return f"{WEEK_COLUMN} in ({', '.join(repr(str(week)) for week in weeks)})"


def _fields(columns: Sequence[Column], extra: Iterable[pa.Field]) -> list[NestedField]:
    """Optional fields in order: a rejected record has null everywhere, and an added column has no past."""
    fields = [(column.name, _TYPES[ARROW_TYPES[column.type]], column.meaning) for column in columns]
    fields += [(field.name, _TYPES[field.type], "") for field in extra]
    return [
        NestedField(number, name, kind, required=False, doc=meaning or None)
        for number, (name, kind, meaning) in enumerate(fields, start=1)
    ]


def _create(catalog: SqlCatalog, identifier: str, wanted: list[NestedField], version: int, by_week: bool) -> Table:
    schema = Schema(*wanted)
    spec = PartitionSpec()
    if by_week:
        source = schema.find_field(WEEK_COLUMN).field_id
        spec = PartitionSpec(PartitionField(source, _WEEK_FIELD_ID, IdentityTransform(), WEEK_COLUMN))
    properties = _TABLE_PROPERTIES | {SCHEMA_PROPERTY: str(version)}
    return catalog.create_table_if_not_exists(identifier, schema, partition_spec=spec, properties=properties)


def _widen(table: Table, wanted: list[NestedField], version: int) -> Table:
    present = {field.name for field in table.schema().fields}
    added = [field for field in wanted if field.name not in present]
    if not added and table.properties.get(SCHEMA_PROPERTY) == str(version):
        return table
    with table.transaction() as transaction:
        with transaction.update_schema() as update:
            for field in added:
                update.add_column(field.name, field.field_type, doc=field.doc)
        transaction.set_properties({SCHEMA_PROPERTY: str(version)})
    return table


def _refuse_newer_warehouse(catalog: SqlCatalog, namespace: str) -> None:
    found = int(catalog.load_namespace_properties(namespace).get(WAREHOUSE_PROPERTY, WAREHOUSE_VERSION))
    if found > WAREHOUSE_VERSION:
        raise SchemaError(
            found=f"warehouse of {namespace} with layout version {found}",
            needed=f"layout version {WAREHOUSE_VERSION} or older",
            remedy="update the platform, or point SPORTS_HOME at another folder",
        )


def _refuse_newer_table(table: Table, wanted: list[NestedField], version: int) -> None:
    """An unknown column means newer code just as a higher version does: additions keep the version."""
    identifier = ".".join(table.name()[-2:])
    present = {field.name: field.field_type for field in table.schema().fields}
    known = {field.name: field.field_type for field in wanted}
    written = int(table.properties.get(SCHEMA_PROPERTY, version))
    differences = [f"schema version {written} instead of {version}"] if written > version else []
    differences += [f"unknown column {name} ({kind})" for name, kind in present.items() if name not in known]
    differences += _changed_types(present.items(), known)
    if differences:
        raise SchemaError(
            found=f"{identifier}: {'; '.join(differences)}",
            needed=f"a table this version of the platform wrote (schema version {version}, columns only added)",
            remedy="update the platform, or point SPORTS_HOME at another folder",
        )


def _changed_types(present: Iterable[tuple[str, IcebergType]], known: dict[str, IcebergType]) -> list[str]:
    return [
        f"column {name} is {kind} instead of {known[name]}"
        for name, kind in present
        if name in known and known[name] != kind
    ]
