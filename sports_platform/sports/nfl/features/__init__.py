"""The NFL's feature tables: a YAML schema and SQL files a version, in the order Spark runs them.

Belongs here: which files make which table, and what the SQL takes from the vocabulary and the schemas
(class indices, column lists, defaults), so that nothing is declared twice. Running them is `features.job`.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from sports_platform.features.spec import FeatureColumn, FeatureSpec, load_spec
from sports_platform.sports.nfl.outcomes import PENALTIES, PLAY_TYPES, RECEIVER_SLOTS, RUSHER_SLOTS, TIME_CAP

if TYPE_CHECKING:
    import pyarrow as pa

_FOLDER = Path(__file__).parent

# Views of each table, in order; the last holds its rows.
_VIEWS = {
    "game_context": (
        "snaps",
        "team_games",
        "player_games",
        "fixtures",
        "team_history",
        "league",
        "team_rates",
        "candidates",
        "usage",
        "quarterbacks",
        "slot_shares",
        "game_context",
    ),
    "play_features": ("snaps", "play_features"),
}

# Columns of team_games.sql that are summed over games.
_COUNTS = tuple(
    "plays points dropbacks neutral_plays neutral_dropbacks attempts targets completions passing_yards interceptions "
    "sacks scrambles carries rushing_yards fumbles_lost timed_plays seconds red_zone_drives red_zone_touchdowns".split()
)
_FLAGGED_RECEIVERS = 5


class NflFeatures:
    """Implements `core.domain.FeaturePlan`."""

    version = "v1"
    tables = tuple(_VIEWS)
    history_seasons = 1

    def schema_file(self, table: str) -> Path:
        """The YAML of a feature table."""
        return _FOLDER / f"{table}.{self.version}.yaml"

    def statements(self, table: str) -> Sequence[tuple[str, str]]:
        """(view name, Spark SQL) pairs, the last of which is the feature table's rows.

        They read the views `weeks` (week_key, season, week, cutoff) and one a silver table with version
        intervals (`lake.asof.version_intervals_sql`); play_features reads `game_context` too.
        """
        terms = self._terms | {"output_columns": _output_columns(load_spec(self.schema_file(table)))}
        return [(view, Template((_FOLDER / f"{view}.sql").read_text()).substitute(terms)) for view in _VIEWS[table]]

    def vectors(self, rows: "pa.Table") -> Iterator[tuple[str, str, dict[str, float | str]]]:
        """Of each game_context row the team's context, then the role and share of each player in a slot."""
        context = load_spec(self.schema_file("game_context")).names("context")
        for row in rows.to_pylist():
            team, game = row["posteam"], row["game_id"]
            yield "team", team, {"game_id": game, "opponent": row["defteam"], **{name: row[name] for name in context}}
            yield from (("player", player, vector) for player, vector in _player_vectors(row).items())

    @cached_property
    def _terms(self) -> dict[str, str]:
        context = load_spec(self.schema_file("game_context")).names("context")
        receivers, rushers = range(1, RECEIVER_SLOTS + 1), range(1, RUSHER_SLOTS + 1)
        return {
            "history_seasons": str(self.history_seasons),
            "time_cap": str(TIME_CAP),
            "weighted_sums": _columns(f"SUM(weight * {name}) AS {name}" for name in _COUNTS),
            "league_means": _columns(f"SUM({name}) / COUNT(*) AS {name}" for name in _COUNTS),
            "shrunk_sums": _columns(f"COALESCE(s.{name}, 0) + 5000000 * l.{name} AS {name}" for name in _COUNTS),
            "offence_columns": _rates(context, "off", "o"),
            "defence_columns": _rates(context, "def", "d"),
            "quarterback_columns": _rates(context, "qb", "q"),
            "slot_columns": _columns(_slot_columns()),
            "context_names": _columns(context),
            "context_columns": _columns(f"c.{name}" for name in context),
            "receiver_ids": _columns(f"c.receiver_{slot}_id" for slot in receivers),
            "receiver_groups": _columns(f"c.receiver_{slot}_group" for slot in receivers),
            "rusher_ids": _columns(f"c.rusher_{slot}_id" for slot in rushers),
            "receiver_slots": str(RECEIVER_SLOTS),
            "rusher_slots": str(RUSHER_SLOTS),
            "play_types": f"ARRAY({_columns(repr(name) for name in PLAY_TYPES)})",
            "penalty_class": _penalty_class(),
        }


def _player_vectors(row: dict[str, float | str | None]) -> dict[str, dict[str, float | str]]:
    """Vector of each player of a game_context row; a player may receive, run and pass."""
    vectors: dict[str, dict[str, float | str]] = {}
    for role, slots in (("receiver", RECEIVER_SLOTS), ("rusher", RUSHER_SLOTS)):
        for slot in range(1, slots + 1):
            player, share = row[f"{role}_{slot}_id"], row[f"{role}_{slot}_share"]
            if player is not None and share is not None:
                vector = vectors.setdefault(str(player), {"team": str(row["posteam"])})
                vector |= {f"{role}_slot": slot, f"{role}_share": share}
    if row["qb_id"] is not None:
        vectors.setdefault(str(row["qb_id"]), {"team": str(row["posteam"])})["is_expected_qb"] = 1
    return vectors


def _columns(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _rates(context: Sequence[str], prefix: str, alias: str) -> str:
    """`off_pass_rate` is column `pass_rate` of the offence's row, and so on."""
    names = [name.removeprefix(f"{prefix}_") for name in context if name.startswith(f"{prefix}_")]
    return _columns(f"{alias}.{name} AS {prefix}_{name}" for name in names)


def _slot_columns() -> list[str]:
    """The pivot of ranked players into numbered columns; an empty slot has share 0 and no id."""
    columns = []
    for role, slots in (("receiver", RECEIVER_SLOTS), ("rusher", RUSHER_SLOTS)):
        for slot in range(1, slots + 1):
            at = f"role = '{role}' AND slot = {slot}"
            columns.append(f"MAX(IF({at}, part, NULL)) AS {role}_{slot}_share")
            columns.append(f"MAX(IF({at}, gsis_id, NULL)) AS {role}_{slot}_id")
    for slot in range(1, RECEIVER_SLOTS + 1):
        columns.append(f"MAX(IF(role = 'receiver' AND slot = {slot}, target_group, NULL)) AS receiver_{slot}_group")
    for slot in range(1, _FLAGGED_RECEIVERS + 1):
        for name, group in (("te", 1), ("rb", 2)):
            at = f"role = 'receiver' AND slot = {slot} AND target_group = {group}"
            columns.append(f"MAX(INT({at})) AS receiver_{slot}_is_{name}")
    return columns


def _penalty_class() -> str:
    """Index of the class nearest in yards among those that restart the down or not, as the penalty did."""
    classes = _columns(
        f"STRUCT(IF(penalty_restarts = {str(restarts).upper()}, ABS(penalty_net - ({yards})), 999), {index})"
        for index, (yards, restarts) in enumerate(PENALTIES)
    )
    return f"ARRAY_MIN(ARRAY({classes})).col2"


def _output_columns(spec: FeatureSpec) -> str:
    """The schema's columns in order and type, with its default where nothing is known."""
    return _columns(f"CAST({_or_default(column)} AS {column.type}) AS {column.name}" for column in spec.columns)


def _or_default(column: FeatureColumn) -> str:
    return column.name if column.default is None else f"COALESCE({column.name}, {column.default})"
