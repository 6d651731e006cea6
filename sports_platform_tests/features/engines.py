"""Two ways to the same features under one interface: the Spark job on a lake, and the reference in polars."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import polars as pl
from pyspark.sql import SparkSession

from sports_platform.core.domain import SportDomain
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.job import build
from sports_platform.features.spec import load_spec
from sports_platform.lake import catalog
from sports_platform.sports.nfl.features.reference import reference_features

Frames = dict[str, pl.DataFrame]


class FeatureEngine(Protocol):
    """Silver in all its versions -> feature tables with the rows of the weeks, in key order."""

    def __call__(self, silver: Mapping[str, pl.DataFrame], weeks: Sequence[Week]) -> Frames: ...


def polars_engine(silver: Mapping[str, pl.DataFrame], weeks: Sequence[Week]) -> Frames:
    """The reference."""
    return reference_features(silver, weeks)


def stored(settings: Settings, domain: SportDomain) -> Frames:
    """All rows of the feature tables, every version of a game, in key order."""
    found = {}
    for table in domain.features.tables:
        spec = load_spec(domain.features.schema_file(table))
        rows = catalog.load_table(settings, f"{domain.name}.{table}").scan(selected_fields=spec.names()).to_arrow()
        found[table] = pl.DataFrame(rows).select(spec.names()).sort(spec.names("key"))
    return found


def built_by_spark(settings: Settings, domain: SportDomain, spark: SparkSession, weeks: Sequence[Week]) -> Frames:
    """What the job makes of the domain's silver."""
    build(settings, domain, spark, weeks)
    return stored(settings, domain)


def differences(found: pl.DataFrame, wanted: pl.DataFrame) -> list[str]:
    """Columns in which two tables differ, floats by their bits; everything where rows, keys or order do."""
    if found.schema != wanted.schema or found.height != wanted.height:
        return [f"{found.shape} {found.schema} instead of {wanted.shape} {wanted.schema}"]
    return [name for name in found.columns if not _same(found[name], wanted[name])]


def _same(found: pl.Series, wanted: pl.Series) -> bool:
    if found.dtype == pl.Float32 and not found.has_nulls() and not wanted.has_nulls():
        return np.array_equal(found.to_numpy().view(np.int32), wanted.to_numpy().view(np.int32))
    return found.equals(wanted, null_equal=True)
