"""Reading feature tables: rows of a pinned snapshot, in one order, strictly before a week where asked.

Belongs here: the offline store's read side, for training and simulation. Latest vectors are in `online`.
"""

from datetime import datetime

import polars as pl
import pyarrow as pa

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError, SchemaError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import KNOWN_TIME, WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.features.spec import VERSION_PROPERTY, FeatureSpec, load_spec
from sports_platform.lake import catalog
from sports_platform.lake.cutoffs import week_cutoff

_SNAPSHOT = b"sports.snapshot"
_ORDER = (WEEK_COLUMN, "game_id", "play_index", "posteam", "role")


def read_features(
    settings: Settings,
    domain: SportDomain,
    table: str,
    *,
    before: Week | None = None,
    week: Week | None = None,
    snapshot_id: int | None = None,
    schedules_snapshot: int | None = None,
    version: str | None = None,
) -> pa.Table:
    """Rows of a feature table with a schema's columns, sorted by week, game and play (or team), and part in it.

    `before`: weeks strictly earlier, each game in the version known at that week's cut-off, so that a correction
    known later changes nothing; `week`: that week alone. Without `before` games stand in their newest version. The
    snapshot read, the newest unless given, is `snapshot_of(rows)`; the cut-off is that of `schedules_snapshot`, the
    newest unless given. `version` is the feature version to read, the newest unless named: a table keeps the columns
    of its older versions. Raises MissingDataError when nothing is there, SchemaError with what an incompatible table
    or an older version's rows lack.
    """
    spec = load_spec(domain.features.schema_file(table, version))
    identifier = f"{domain.name}.{table}"
    stored = catalog.load_table(settings, identifier)
    _require_version(spec, stored.properties.get(VERSION_PROPERTY, "none"), stored.schema().column_names)
    snapshot_id = snapshot_id or catalog.newest_snapshot(stored)
    conditions = [f"{WEEK_COLUMN} < '{before}'"] * (before is not None)
    conditions += [f"{WEEK_COLUMN} = '{week}'"] * (week is not None)
    row_filter = " and ".join(conditions)
    scan = stored.scan(selected_fields=spec.names(), snapshot_id=snapshot_id)
    rows = (scan.filter(row_filter) if row_filter else scan).to_arrow().select(list(spec.names()))
    cutoff = None if before is None else week_cutoff(settings, domain, before, snapshot_id=schedules_snapshot)
    rows = _one_version(rows, cutoff)
    if not rows.num_rows:
        raise MissingDataError(
            found=f"no rows of {identifier} with {row_filter or 'any week'} in snapshot {snapshot_id}",
            needed="features of these weeks",
            remedy=f"build the features first (`sports-platform features {domain.name} ...`)",
        )
    _require_values(spec, rows)
    order = [(name, "ascending") for name in _ORDER if name in rows.column_names]
    return rows.sort_by(order).replace_schema_metadata({_SNAPSHOT: str(snapshot_id).encode()})


def weeks_built(settings: Settings, domain: SportDomain, table: str) -> set[str]:
    """Week keys of which a feature table holds rows; none where the table was never built."""
    identifier = f"{domain.name}.{table}"
    if not catalog.open_catalog(settings).table_exists(identifier):
        return set()
    stored = catalog.load_table(settings, identifier)
    if stored.current_snapshot() is None:
        return set()
    return set(stored.scan(selected_fields=(WEEK_COLUMN,)).to_arrow()[WEEK_COLUMN].unique().to_pylist())


def _one_version(rows: pa.Table, cutoff: datetime | None) -> pa.Table:
    """Of each game the rows of the version known last, before the cut-off where there is one."""
    if KNOWN_TIME not in rows.column_names:
        return rows
    frame = pl.DataFrame(rows.select(["game_id", KNOWN_TIME]))
    known = pl.lit(True) if cutoff is None else pl.col(KNOWN_TIME) < cutoff
    newest = pl.col(KNOWN_TIME).filter(known).max().over("game_id")
    return rows.filter(frame.select(keep=(pl.col(KNOWN_TIME) == newest) & known)["keep"].fill_null(False).to_arrow())


def snapshot_of(rows: pa.Table) -> int:
    """The Iceberg snapshot that `read_features` took these rows from."""
    return int(rows.schema.metadata[_SNAPSHOT])


def _require_version(spec: FeatureSpec, stored: str, columns: list[str]) -> None:
    """Refuse a table that this version cannot be read from: an older one, or one without some of its columns."""
    differences = [f"version {stored}"] if not stored.isdigit() or int(stored) < spec.version else []
    lacking = [name for name in spec.names() if name not in columns]
    differences += [f"no columns {', '.join(lacking)}"] if lacking else []
    if differences:
        raise SchemaError(
            found=f"feature table {spec.table} with {', '.join(differences)}",
            needed=f"version {spec.version} or a later one, with its {len(spec.columns)} columns",
            remedy="build the features again with this version of the platform",
        )


def _require_values(spec: FeatureSpec, rows: pa.Table) -> None:
    """Refuse rows that an older version wrote: the columns added since are null in them."""
    lacking = [name for name in spec.required if rows[name].null_count]
    if lacking:
        is_null = [pl.col(name).is_null() for name in lacking]
        weeks = pl.DataFrame(rows.select([WEEK_COLUMN, *lacking])).filter(pl.any_horizontal(is_null))[WEEK_COLUMN]
        raise SchemaError(
            found=f"rows of {spec.table} of {', '.join(weeks.unique().sort())} without {', '.join(lacking)}",
            needed=f"rows of version {spec.version}",
            remedy="build the features of these weeks again, or read the version that wrote them",
        )
