"""The NFL's feature tables: a YAML schema and SQL files a version, in the order Spark runs them.

Belongs here: which files make which table, and what the SQL takes from the vocabulary and the schemas
(class indices, column lists, defaults), so that nothing is declared twice. Running them is `features.job`.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from sports_platform.features.spec import load_spec
from sports_platform.sports.nfl.features.terms import label_columns, output_columns, terms
from sports_platform.sports.nfl.outcomes import RECEIVER_SLOTS, RUSHER_SLOTS

if TYPE_CHECKING:
    import pyarrow as pa

_FOLDER = Path(__file__).parent

# Views of each table, in order; the last holds its rows.
_VIEWS = {
    "team_games": ("snaps", "plays_seen", "team_games"),
    "player_games": ("snaps", "plays_seen", "player_games"),
    "game_context": (
        "fixtures",
        "team_history",
        "league",
        "league_rates",
        "team_rates",
        "adjusted_rates",
        "market",
        "rest",
        "sightings",
        "candidates",
        "usage",
        "passers",
        "quarterbacks",
        "levels",
        "standings",
        "slot_shares",
        "game_context",
    ),
    "play_features": ("snaps", "play_features"),
    "play_players": ("snaps", "play_players"),
    "drive_features": ("drives", "drive_features"),
}


class NflFeatures:
    """Implements `core.domain.FeaturePlan`."""

    version = "v6"
    tables = ("game_context", "play_features", "play_players", "drive_features")
    summaries: tuple[str, ...] = ("team_games", "player_games")
    summarised: tuple[str, ...] = ("plays", "players")
    history_seasons = 1

    def schema_file(self, table: str, version: str | None = None) -> Path:
        """The YAML of a feature table at a version, the newest unless named: the last by then that changed the table.

        Of a version newer than this code's there is none, and who reads it is told.
        """
        asked = _number(version or self.version)
        oldest = 0 if asked <= _number(self.version) else asked - 1
        files = [_FOLDER / table / f"v{number}.yaml" for number in range(asked, oldest, -1)]
        return next((file for file in files if file.exists()), files[0])

    def statements(self, table: str) -> Sequence[tuple[str, str]]:
        """(view name, Spark SQL) pairs, the last of which is the feature table's rows.

        They read the views `weeks` (week_key, season, week, cutoff) and one a silver table with version
        intervals (`lake.asof.version_intervals_sql`). Summaries read `recount` (week_key, made_from) too, which says
        what to count; game_context the summaries, play_features game_context, and the others play_features.
        """
        spec = load_spec(self.schema_file(table))
        words = self._terms | {"output_columns": output_columns(spec), "label_columns": label_columns(spec)}
        return [(view, Template((_FOLDER / f"{view}.sql").read_text()).substitute(words)) for view in _VIEWS[table]]

    def vectors(self, rows: "pa.Table") -> Iterator[tuple[str, str, dict[str, float | str]]]:
        """Of each game_context row the team's context, then the role and share of each player in a slot."""
        context = load_spec(self.schema_file("game_context")).names("context")
        for row in rows.to_pylist():
            team, game = row["posteam"], row["game_id"]
            yield "team", team, {"game_id": game, "opponent": row["defteam"], **{name: row[name] for name in context}}
            yield from (("player", player, vector) for player, vector in _player_vectors(row).items())

    @cached_property
    def _terms(self) -> dict[str, str]:
        return terms(load_spec(self.schema_file("game_context")).names("context"), self.history_seasons)


def _number(version: str) -> int:
    return int(version.removeprefix("v"))


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
