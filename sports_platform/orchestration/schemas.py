"""Column schemas for Dagster's catalogue, rendered from TableSpecs and feature schemas. Nothing is declared here."""

from pathlib import Path

import dagster as dg

from sports_platform.core.tables import TableSpec
from sports_platform.features.spec import load_spec


def table_schema(spec: TableSpec) -> dg.TableSchema:
    """The schema of a topic or lake table."""
    return dg.TableSchema(
        [
            _column(
                column.name,
                column.type,
                column.meaning,
                column.unit,
                "key" if column.name in spec.key else "",
                column.nullable,
            )
            for column in spec.all_columns
        ]
    )


def feature_schema(path: Path) -> dg.TableSchema:
    """The schema of a feature table, from its YAML; no feature is ever null."""
    columns = load_spec(path).columns
    return dg.TableSchema(
        [
            _column(column.name, column.type, column.meaning, column.unit, column.role, nullable=False)
            for column in columns
        ]
    )


def _column(name: str, kind: str, meaning: str, unit: str, role: str, nullable: bool) -> dg.TableColumn:
    return dg.TableColumn(
        name,
        kind,
        f"{meaning} [{unit}]" if unit else meaning,
        constraints=dg.TableColumnConstraints(nullable=nullable),
        tags={role: ""} if role else {},
    )
