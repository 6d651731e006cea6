"""Feature rows as arrays: inputs, labels of every head, and the games and weeks they belong to.

Belongs here: reading a feature table's roles and splitting by week. What a label means is the sport's.
Legend: N rows, F features, G games.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from sports_platform.core.domain import Head, HeadLabels, ModelPlan, SportDomain
from sports_platform.core.errors import DataQualityError, MissingDataError, SchemaError
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec, require
from sports_platform.features.store import read_features

GAME_COLUMN = "game_id"
_LABEL_PREFIX = "label_"


@dataclass(frozen=True)
class PlayData:
    """Rows of a feature table, ordered by week, game and the remaining keys."""

    features_NF: npt.NDArray[np.float32]
    feature_names: tuple[str, ...]
    labels: dict[str, HeadLabels]
    game_index_N: npt.NDArray[np.int64]
    game_ids: tuple[str, ...]
    weeks_N: npt.NDArray[np.str_]

    @property
    def rows(self) -> int:
        """Number of plays."""
        return len(self.features_NF)

    @property
    def weeks(self) -> list[str]:
        """Week keys present, in order."""
        return [str(week) for week in np.unique(self.weeks_N)]

    @classmethod
    def from_table(cls, table: pa.Table, feature_names: Sequence[str], keys: Sequence[str], plan: ModelPlan) -> Self:
        """Arrays of a table; raises SchemaError or DataQualityError.

        `keys` identify a row: rows are put in their order, since a lake scan promises none.
        """
        _require(table, [WEEK_COLUMN, GAME_COLUMN, *keys, *feature_names])
        frame = pl.DataFrame(table).sort(WEEK_COLUMN, GAME_COLUMN, *keys)
        features = np.ascontiguousarray(frame.select(feature_names).to_numpy().astype(np.float32))
        _require_finite(features, feature_names)
        columns = {
            name: frame[name].to_numpy().astype(np.int64)
            for name in frame.columns
            if name.startswith(_LABEL_PREFIX) or name in plan.label_states
        }
        labels = plan.labels(columns)
        for head in plan.heads:
            _require_in_range(head, labels[head.name])
        return cls(
            features, tuple(feature_names), labels, *_games(frame), frame[WEEK_COLUMN].to_numpy().astype(np.str_)
        )

    def take(self, rows_N: npt.NDArray[np.bool_]) -> "PlayData":
        """The rows where the mask holds; games without rows disappear."""
        kept, index = np.unique(self.game_index_N[rows_N], return_inverse=True)
        labels = {
            name: HeadLabels(
                seen.group[rows_N],
                seen.low[rows_N],
                seen.high[rows_N],
                None if seen.bound is None else seen.bound[rows_N],
            )
            for name, seen in self.labels.items()
        }
        games = tuple(self.game_ids[game] for game in kept)
        return PlayData(self.features_NF[rows_N], self.feature_names, labels, index, games, self.weeks_N[rows_N])


def read_plays(
    settings: Settings,
    domain: SportDomain,
    week: Week,
    *,
    snapshot_id: int,
    feature_names: Sequence[str],
    feature_version: str | None = None,
    schedules_snapshot: int | None = None,
) -> PlayData:
    """Every play of the weeks before `week`, from one snapshot of the sport's feature table.

    `feature_names` are the inputs of a model and must be exactly those of the feature version it was trained on;
    else raises SchemaError with the difference.
    """
    table = domain.model.feature_table
    require(load_spec(domain.features.schema_file(table, feature_version)), feature_names, reader="the model")
    rows = read_features(
        settings,
        domain,
        table,
        before=week,
        snapshot_id=snapshot_id,
        schedules_snapshot=schedules_snapshot,
        version=feature_version,
    )
    return _arrays(domain, rows, feature_names)


def read_season(
    settings: Settings,
    domain: SportDomain,
    season: int,
    *,
    snapshot_id: int,
    feature_names: Sequence[str],
    feature_version: str | None = None,
) -> PlayData:
    """Every play of a season in its newest version, with the context that was known before its week."""
    table = domain.model.feature_table
    rows = read_features(settings, domain, table, snapshot_id=snapshot_id, version=feature_version)
    return _arrays(domain, rows.filter(pc.starts_with(rows[WEEK_COLUMN], f"{season}_")), feature_names)


def _arrays(domain: SportDomain, rows: pa.Table, feature_names: Sequence[str]) -> PlayData:
    keys = load_spec(domain.features.schema_file(domain.model.feature_table)).names("key")
    return PlayData.from_table(rows, feature_names, keys, domain.model)


def split_by_week(data: PlayData, validation_weeks: int) -> tuple[PlayData, PlayData]:
    """(rows to fit, rows of the last `validation_weeks` weeks); raises MissingDataError when too few weeks."""
    weeks = data.weeks
    if len(weeks) <= validation_weeks:
        raise MissingDataError(
            found=f"feature rows of {len(weeks)} week(s): {', '.join(weeks) or 'none'}",
            needed=f"more than {validation_weeks} weeks: the last {validation_weeks} are held out for validation",
            remedy="build the features of earlier weeks, or train with fewer validation weeks",
        )
    held_out = np.isin(data.weeks_N, weeks[-validation_weeks:])
    return data.take(~held_out), data.take(held_out)


def _games(frame: pl.DataFrame) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    ids, index = np.unique(frame[GAME_COLUMN].to_numpy().astype(np.str_), return_inverse=True)
    return index.astype(np.int64), tuple(str(game) for game in ids)


def _require(table: pa.Table, names: Sequence[str]) -> None:
    missing = sorted(set(names) - set(table.column_names))
    if missing:
        raise SchemaError(
            found=f"feature rows without {', '.join(missing)}",
            needed="every input the model was made for",
            remedy="rebuild the features with the version the model names, or train the model anew",
        )


def _require_finite(features_NF: npt.NDArray[np.float32], names: Sequence[str]) -> None:
    bad = [names[int(column)] for column in np.flatnonzero(~np.isfinite(features_NF).all(axis=0))]
    if bad:
        raise DataQualityError(
            found=f"null or infinite values in {', '.join(bad)}",
            needed="finite inputs in every row",
            remedy="correct the feature's SQL (each feature has a default) and rebuild the week",
        )


def _require_in_range(head: Head, labels: HeadLabels) -> None:
    seen = labels.group >= 0
    low, high = labels.low[seen], labels.high[seen]
    fine = (labels.group[seen] < head.groups) & (low >= 0) & (low <= high) & (high < head.classes)
    if not fine.all():
        raise DataQualityError(
            found=f"{int((~fine).sum())} label(s) of head {head.name!r} outside its classes",
            needed=f"groups 0..{head.groups - 1}, classes 0..{head.classes - 1}",
            remedy="rebuild the features: labels and outcome classes come from different versions",
        )
