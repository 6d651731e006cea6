"""FeatureSpec: what a feature table holds, read from its YAML.

Belongs here: the schema of a feature table, its roles, and refusing columns that another schema wrote.
Silver tables are described by `core.tables.TableSpec`.
"""

from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sports_platform.core.errors import SchemaError

VERSION_PROPERTY = "sports.feature-version"  # of a feature table in the lake

Role = Literal["key", "state", "context", "slot", "label", "count"]


class FeatureColumn(BaseModel):
    """One column. `default` is its value when nothing is known; `low` and `high` bound valid values, inclusive.

    Null means an empty slot, or what the meaning says where `nullable`; anywhere else it is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: Literal["string", "int", "float", "timestamp"]
    role: Role
    meaning: str
    group: str = Field(default="", description="what kind of knowledge an input is, e.g. `situation` or `defence`")
    unit: str = ""
    source: str = ""
    default: float | int | None = None
    low: float | None = None
    high: float | None = None
    nullable: bool = False


class FeatureSpec(BaseModel):
    """A feature table: keys, network inputs (state columns, then context columns), slots and labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    version: int
    meaning: str
    context_of: str | None = Field(
        default=None, description="YAML beside this one whose context columns are taken over"
    )
    columns: tuple[FeatureColumn, ...]

    @model_validator(mode="after")
    def _unique_names(self) -> Self:
        names = [column.name for column in self.columns]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"columns named twice: {', '.join(repeated)}")
        return self

    def names(self, *roles: Role) -> tuple[str, ...]:
        """Names of the columns with one of the roles, in order; of all columns without a role."""
        return tuple(column.name for column in self.columns if not roles or column.role in roles)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Columns that are never null: all but the ids of slots, which may be empty, and those that may be null."""
        slots = {column.name for column in self.columns if column.role == "slot" and column.type == "string"}
        return tuple(column.name for column in self.columns if not column.nullable and column.name not in slots)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Network inputs in order: state, then context."""
        return self.names("state") + self.names("context")


@lru_cache
def load_spec(path: Path) -> FeatureSpec:
    """The schema in a YAML file, context columns included; raises SchemaError for one that is not valid."""
    try:
        spec = FeatureSpec.model_validate(yaml.safe_load(path.read_text()))
        if spec.context_of is None:
            return spec
        context = [column for column in load_spec(path.parent / spec.context_of).columns if column.role == "context"]
        own = {role: [column for column in spec.columns if column.role == role] for role in ("key", "state", "label")}
        columns = (*own["key"], *own["state"], *context, *own["label"])
        return FeatureSpec.model_validate({**spec.model_dump(exclude={"columns"}), "columns": columns})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SchemaError(
            found=f"{path}: {error}", needed="a feature schema", remedy="correct the file named above"
        ) from error


def require(spec: FeatureSpec, columns: Iterable[str], *, reader: str) -> None:
    """Raise SchemaError listing the difference when `columns`, which `reader` was made for, are not `spec.inputs`."""
    wanted = tuple(columns)
    if wanted == spec.inputs:
        return
    lacking = [name for name in wanted if name not in spec.inputs]
    extra = [name for name in spec.inputs if name not in wanted]
    differences = [f"lacks {', '.join(lacking)}"] if lacking else []
    differences += [f"has beside them {', '.join(extra)}"] if extra else []
    raise SchemaError(
        found=f"{spec.table} version {spec.version} {' and '.join(differences) or 'has them in another order'}",
        needed=f"the {len(wanted)} columns {reader} was made for",
        remedy=f"train a model on version {spec.version}, or check out the code that wrote the older one",
    )
