"""A week's slate: who can be picked, at which price, in which games.

Belongs here: reading silver `slates` and `schedules` as of the week's cut-off and naming everybody who
is left out. Salary files are read by the streams; what players will score is the scenarios' business.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.asof import read_as_of
from sports_platform.lake.catalog import current_snapshot
from sports_platform.lake.cutoffs import week_cutoff
from sports_platform.portfolio.lineup import SlatePlayer
from sports_platform.streams.sources.opening import slate_name

_TABLES = ("slates", "schedules")


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row of the salary file that cannot be picked, and why."""

    name: str
    position: str
    team: str
    salary: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Slate:
    """Players by falling salary. `off_slate` counts rows of games outside the slate: known, but not on offer."""

    week: Week
    games: tuple[str, ...]
    players: tuple[SlatePlayer, ...]
    unmatched: tuple[Unmatched, ...]
    off_slate: int
    snapshots: Mapping[str, int]

    def with_simulated(self, player_ids: Collection[str]) -> "Slate":
        """The slate of those who were simulated; the others move to `unmatched`."""
        simulated = frozenset(player_ids)
        missing = [player for player in self.players if player.player_id not in simulated]
        moved = tuple(
            Unmatched(p.name, p.position, p.team, p.salary, "not among the simulated players") for p in missing
        )
        players = tuple(player for player in self.players if player.player_id in simulated)
        return replace(self, players=players, unmatched=self.unmatched + moved)


def load_slate(settings: Settings, domain: SportDomain, week: Week) -> Slate:
    """The slate that the settings name, as known before the week's first kick-off.

    Raises MissingDataError where there is none or it was not published. A contest's file is the slate as it stands;
    a list of the whole week without site ids is cut to the sport's main slate, since archives hold every game.
    """
    wanted = slate_name(settings, domain, week)
    cutoff = week_cutoff(settings, domain, week)
    snapshots = {name: current_snapshot(settings, f"{domain.name}.{name}") for name in _TABLES}
    rows, fixtures = (
        read_as_of(settings, domain, domain.tables[name], cutoff=cutoff, weeks=[str(week)], snapshot_id=snapshots[name])
        for name in _TABLES
    )
    published = sorted(set(rows["slate"].to_pylist()))
    rows = rows.filter(pc.equal(rows["slate"], wanted))
    if rows.num_rows == 0:
        raise MissingDataError(
            found=f"slates {published} for {week} known before {cutoff:%Y-%m-%d %H:%M} UTC",
            needed=f"slate {wanted}, which the settings name",
            remedy=f"publish, ingest and materialize `slates` of {week} again",
        )
    named = {f"{domain.name}.{name}": snapshot for name, snapshot in snapshots.items()}
    return slate_of(domain, week, rows, fixtures, snapshots=named)


def slate_of(
    domain: SportDomain, week: Week, rows: pa.Table, fixtures: pa.Table, *, snapshots: Mapping[str, int] | None = None
) -> Slate:
    """The slate in `slates` rows and the week's `schedules` rows."""
    prices = sorted(rows.to_pylist(), key=lambda row: (-(row["salary"] or 0), row["player_name"], row["team"]))
    games = fixtures.to_pylist()
    game_of_team = {game[f"{side}_team"]: game["game_id"] for game in games for side in ("home", "away")}
    kickoffs = {game["game_id"]: game["kickoff"] for game in games}
    located = [(row, row["game_id"] or game_of_team.get(row["team"])) for row in prices]
    offered = _games_on_offer(domain, located, kickoffs)
    players: dict[str, SlatePlayer] = {}
    unmatched: list[Unmatched] = []
    for row, game in located:
        if game is not None and game not in offered:
            continue
        if reason := _reason_against(row, game, domain.contest.positions, players):
            unmatched.append(Unmatched(row["player_name"], row["position"], row["team"], row["salary"], reason))
        else:
            players[row["gsis_id"]] = _player(row, str(game))
    off_slate = len(prices) - len(players) - len(unmatched)
    return Slate(week, offered, tuple(players.values()), tuple(unmatched), off_slate, snapshots or {})


def _games_on_offer(
    domain: SportDomain, located: Sequence[tuple[Mapping[str, object], str | None]], kickoffs: Mapping[str, datetime]
) -> tuple[str, ...]:
    """The priced games by kick-off; the main slate where every game of the week is priced without site ids."""
    priced = {game for _, game in located if game is not None and game in kickoffs}
    whole_week = len(priced) == len(kickoffs) and all(row["site_player_id"] is None for row, _ in located)
    return tuple(domain.main_slate(kickoffs) if whole_week else sorted(priced, key=lambda game: (kickoffs[game], game)))


def _reason_against(
    row: Mapping[str, object], game: str | None, positions: Collection[str], taken: Collection[object]
) -> str | None:
    if game is None:
        return "his team has no game this week"
    if row["position"] not in positions:
        return "no roster slot takes his position"
    if not row["salary"]:
        return "no salary"
    if row["gsis_id"] is None:
        return "no player of that name, position and team is known"
    return "second price of the same player" if row["gsis_id"] in taken else None


def _player(row: Mapping[str, object], game: str) -> SlatePlayer:
    return SlatePlayer.model_validate(
        {
            "player_id": row["gsis_id"],
            "name": row["player_name"],
            "position": row["position"],
            "team": row["team"],
            "game_id": game,
            "salary": row["salary"],
            "site_player_id": row["site_player_id"],
        }
    )
