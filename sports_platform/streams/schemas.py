"""TableSpec rendered as an Arrow schema: the form in which event rows are handed on."""

import pyarrow as pa

from sports_platform.core.errors import SchemaError
from sports_platform.core.tables import ColumnType, TableSpec

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


def arrow_schema(spec: TableSpec) -> pa.Schema:
    """`spec.all_columns` in order; every field nullable, because nulls are the lake's to judge."""
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in spec.all_columns])


def conform(rows: pa.Table, spec: TableSpec) -> pa.Table:
    """`rows` with the columns and types of `spec`, no more; raises SchemaError where a value does not fit."""
    schema = arrow_schema(spec)
    missing = [name for name in schema.names if name not in rows.column_names]
    if missing:
        raise SchemaError(
            found=f"rows of {spec.name} without {', '.join(missing)}",
            needed=f"the columns {', '.join(schema.names)}",
            remedy="add the columns to the source, or correct their names",
        )
    try:
        return rows.select(schema.names).cast(schema)
    except pa.ArrowInvalid as error:
        raise SchemaError(
            found=f"rows of {spec.name}: {error}",
            needed="values that fit the types of the table's columns",
            remedy="correct the source's column types",
        ) from error
