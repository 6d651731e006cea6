"""The NFL's side of the simulation: nodes, rules and players as the tables the engine's plug-in reads.

Belongs here: what native/src/nfl/tables.h is told. The course of a game is C++, the state features are
`state`, what is counted from past plays is `special`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sports_platform.core.domain import EngineInput, RawSource, ReplayReport
from sports_platform.core.errors import MissingDataError
from sports_platform.core.seeds import derive_seed
from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.buckets import Buckets
from sports_platform.sports.nfl.drive_outcomes import DRIVE_STATS
from sports_platform.sports.nfl.forms import FORMS
from sports_platform.sports.nfl.pace import paces
from sports_platform.sports.nfl.replay_report import replay_season
from sports_platform.sports.nfl.rulebook import season_rules
from sports_platform.sports.nfl.rules import DRAFTKINGS_SCORING, KICKING_STATS, Scoring
from sports_platform.sports.nfl.sides import LOCALS, SideTables, side_tables
from sports_platform.sports.nfl.state import STATE_NAMES
from sports_platform.sports.nfl.strength import strength_draws
from sports_platform.sports.nfl.tendencies import (
    ROLES,
    absent_in_role,
    share_names,
    tilts,
    usage_weights,
    with_anybody,
)

Array = npt.NDArray[np.float64]

# Order of PlayerStat, DefenceStat and TeamStat in native/src/nfl/state.h; units by name from `rules`.
_PLAYER_UNITS = {
    "passing_yards": "passing_yard",
    "passing_touchdowns": "passing_touchdown",
    "interceptions_thrown": "interception_thrown",
    "rushing_touchdowns": "touchdown",
    "rushing_yards": "rushing_yard",
    "receptions": "reception",
    "receiving_yards": "receiving_yard",
    "receiving_touchdowns": "touchdown",
    "two_point_conversions": "two_point_conversion",
    "fumbles_lost": "fumble_lost",
}
_DEFENCE_UNITS = {
    "dst_sacks": "dst_sack",
    "dst_interceptions": "dst_interception",
    "dst_fumble_recoveries": "dst_fumble_recovery",
    "dst_touchdowns": "dst_touchdown",
    "dst_safeties": "dst_safety",
    "dst_blocked_kicks": "dst_blocked_kick",
}
_BONUSES = ("bonus_300_passing", "bonus_100_rushing", "bonus_100_receiving")
_RATES = (
    "kickoff_touchdown", "kickoff_lost", "onside_attempt", "onside_recovered", "extra_point", "two_point",
    "two_point_pass", "interception_touchdown", "fumble_touchdown", "punt_blocked", "punt_blocked_touchdown",
    "punt_touchdown", "punt_muffed", "field_goal_blocked", "field_goal_blocked_touchdown", "foul_after_play",
)  # fmt: skip
_VALUES = (
    "kickoff_start", "kickoff_seconds", "free_kick_start", "interception_net", "fumble_net", "punt_blocked_net",
    "foul_after_play_net", "touchdown_seconds", "turnover_seconds", "downs_seconds", "last_seconds",
)  # fmt: skip


class NflSimulation:
    """Implements `core.domain.SimulationPlan`; players' points are those of `scoring`."""

    engine: str = "nfl"
    context_table: str = "game_context"
    team_stats: tuple[str, ...] = (
        "points", "scrimmage_plays", "pass_attempts", "completions", "pass_yards", "rush_attempts", "rush_yards",
        "sacks", "interceptions", "fumbles_lost", "punts", "field_goals_made", "touchdowns", "field_goal_attempts",
        "passing_touchdowns", "rushing_touchdowns", "first_downs", *DRIVE_STATS, *KICKING_STATS,
    )  # fmt: skip
    judged_stats: tuple[str, ...] = ("points", "scrimmage_plays", "pass_yards", "rush_yards")
    player_stats: tuple[str, ...] = (*_PLAYER_UNITS, *_DEFENCE_UNITS, "dst_points_charged")

    def __init__(self, scoring: Scoring = DRAFTKINGS_SCORING) -> None:
        self._scoring = scoring

    @cached_property
    def buckets(self) -> Buckets:
        """The cells of buckets.yaml, merged."""
        return Buckets.load()

    def engine_input(
        self, fixtures: pa.Table, context: pa.Table, auxiliary: Mapping[str, object], seed: int
    ) -> EngineInput:
        """Tables of the fixtures' games, sides as (away, home), in the order of game ids."""
        games = cast(pl.DataFrame, pl.from_arrow(fixtures)).sort("game_id")
        frame = cast(pl.DataFrame, pl.from_arrow(context))
        rows_G2 = _context_rows(games, frame)
        sides = side_tables(frame, rows_G2)
        tables = {
            **_outcome_tables(auxiliary),
            **self.buckets.tables(),
            **_special_tables(auxiliary, int(games.item(0, "season"))),
            **_scoring_tables(self._scoring),
            **_game_tables(games, seed),
            **_player_tables(sides),
            **_tendency_tables(auxiliary, frame, rows_G2, sides),
        }
        return EngineInput(tables, tuple(games["game_id"]), rows_G2, sides.players)

    def strength_draws(self, history: pa.Table, context: pa.Table, draws: int, seed: int) -> Sequence[pa.Table]:
        """Copies of a week's context with rates moved as they really may be (`strength`)."""
        return strength_draws(history, context, draws, seed)

    def bucket_features(self, buckets: npt.NDArray[np.int32], state_names: Sequence[str]) -> npt.NDArray[np.float32]:
        """Canonical state features [N, F_state], in the order asked for."""
        features_NF = self.buckets.features(buckets[:, 2:])
        if tuple(state_names) == STATE_NAMES:
            return features_NF
        return features_NF[:, [STATE_NAMES.index(name) for name in state_names]]

    def replay(
        self, source: RawSource, season: int, rules: Callable[[npt.NDArray[np.int32], int], npt.NDArray[np.int32]]
    ) -> ReplayReport:
        """Compared with each play's next row and each game's result (`replay_report`)."""
        return replay_season(source, season, rules)


def _outcome_tables(auxiliary: Mapping[str, object]) -> dict[str, Array]:
    """What lies within bins, and penalties of `outcomes`."""
    within = cast(Mapping[str, list[list[list[int]]]], auxiliary["within"])
    return {
        "yard_values": np.array(within["yards"], np.float64),
        "time_values": np.array(within["seconds"], np.float64),
        "yard_lows": np.array(outcomes.YARD_LOWS, np.float64),
        "penalties": np.array(outcomes.PENALTIES, np.float64),
    }


def _context_rows(games: pl.DataFrame, context: pl.DataFrame) -> npt.NDArray[np.int64]:
    place = {key: row for row, key in enumerate(zip(context["game_id"], context["posteam"], strict=True))}
    wanted = [
        [(game["game_id"], game["away_team"]), (game["game_id"], game["home_team"])]
        for game in games.iter_rows(named=True)
    ]
    missing = [key for pair in wanted for key in pair if key not in place]
    if missing or not wanted:
        raise MissingDataError(
            found=f"no game context for {missing[:4]}" if missing else "no fixtures to simulate",
            needed="a row of game_context for both teams of every fixture",
            remedy="build the week's features first",
        )
    return np.array([[place[away], place[home]] for away, home in wanted], np.int64)


def _special_tables(auxiliary: Mapping[str, object], season: int) -> dict[str, Array]:
    rates = dict(cast(Mapping[str, float], auxiliary["rates"]))
    if season_rules(season, playoff=False).try_from == 15:
        rates["extra_point"] = rates["extra_point_from_15"]
    values = cast(Mapping[str, list[int]], auxiliary["values"])
    tables = {name: np.array(values[name], np.float64) for name in _VALUES}
    tables["special_rates"] = np.array([rates[name] for name in _RATES], np.float64)
    tables["two_point_try"] = np.array(auxiliary["two_point_try"], np.float64)
    return tables


def _scoring_tables(scoring: Scoring) -> dict[str, Array]:
    def units(names: Sequence[str]) -> Array:
        return np.array([scoring.units[name] for name in names], np.float64)

    return {
        "player_units": units(tuple(_PLAYER_UNITS.values())),
        "bonus_units": units(_BONUSES),
        # Points charged count by their band, not by the point.
        "defence_units": np.append(units(tuple(_DEFENCE_UNITS.values())), 0.0),
        "allowed_from": np.array([low for low, _ in scoring.points_allowed], np.float64),
        "allowed_units": np.array([units for _, units in scoring.points_allowed], np.float64),
    }


def _game_tables(games: pl.DataFrame, seed: int) -> dict[str, Array]:
    # A game's key comes from its id, so its scenarios do not depend on the other games of the run.
    keys = [derive_seed(seed, "game", game) & 0xFFFF_FFFF for game in games["game_id"]]
    playoff = (games["game_type"] != "REG").to_numpy()
    rules = [season_rules(season, playoff=late) for season, late in zip(games["season"], playoff, strict=True)]
    return {
        "game_keys": np.array(keys, np.float64),
        "game_playoff": playoff.astype(np.float64),
        "game_overtime_seconds": np.array([rule.overtime_seconds for rule in rules], np.float64),
        "game_overtime_rule": np.array([rule.overtime for rule in rules], np.float64),
        "game_out_of_bounds_yards": np.array([rule.out_of_bounds_yards for rule in rules], np.float64),
        "game_kickoff_touchback": np.array([rule.kickoff_touchback for rule in rules], np.float64),
    }


def _tendency_tables(
    auxiliary: Mapping[str, object], context: pl.DataFrame, rows_G2: npt.NDArray[np.int64], sides: SideTables
) -> dict[str, Array]:
    """Weights of the candidates [games, sides, candidates, levels], tilts of the call, forms and departures."""
    fitted, forms = _fitted_games(auxiliary)
    players = {"receiver": sides.receivers, "rusher": sides.rushers}
    shares, in_role = {}, {}
    for role in ROLES:
        expected = with_anybody(context.select(share_names(role)).to_numpy().astype(np.float64)[rows_G2.ravel()])
        shares[role] = expected * np.array(fitted[role]["levels"])
        is_quarterback = players[role] == sides.quarterbacks[:, None]
        in_role[role] = absent_in_role(fitted[role]["absences"], shares[role], is_quarterback)
    absent = _least_absent([(players[role], in_role[role]) for role in ROLES])
    weights = [
        usage_weights(
            shares[role],
            np.array(fitted[role]["concentrations"]),
            in_role[role],
            np.take_along_axis(absent, players[role], axis=1),
        )
        for role in ROLES
    ]
    return {
        "usage": np.concatenate(weights, axis=1).ravel(),
        "call_tilts": tilts(fitted["call_spread"]),
        "forms": np.concatenate([tilts(forms["spreads"][form]) for form in FORMS]),
        "long_gains": np.array(forms["long_gains"], np.float64),
        "quarterback_leaves": np.array(auxiliary["quarterback_leaves"], np.float64),
        "paces": paces(cast(float, auxiliary["pace"])),
        "clock_stops": np.array(auxiliary["clock_stops"], np.float64).ravel(),
    }


def _fitted_games(auxiliary: Mapping[str, object]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What a version knows of games as wholes, their tendencies and forms."""
    known = {"tendencies", "forms", "quarterback_leaves", "pace", "clock_stops"} <= auxiliary.keys()
    fitted, forms = (cast(Mapping[str, Any], auxiliary.get(name, {})) for name in ("tendencies", "forms"))
    if not known or any("absences" not in fitted[role] for role in ROLES):
        raise MissingDataError(
            found="a model version of an earlier release, without what it fits of games as wholes",
            needed="tendencies, forms, absences, paces and clock stops, which this release fits in training",
            remedy="train the week again with this release",
        )
    return fitted, forms


def _least_absent(roles: Sequence[tuple[npt.NDArray[np.int32], Array]]) -> Array:
    """How likely each player of a side is absent [sides, LOCALS]: as the role tells in which he is expected most."""
    absent = np.ones((len(roles[0][0]), LOCALS))
    for players, in_role in roles:
        np.minimum.at(absent, (np.arange(len(players))[:, None], players), in_role)
    return absent


def _player_tables(sides: SideTables) -> dict[str, Array]:
    return {
        "receivers": sides.receivers.astype(np.float64),
        "rushers": sides.rushers.astype(np.float64),
        "quarterbacks": sides.quarterbacks.astype(np.float64),
        "rows": sides.rows.astype(np.float64),
        "entities": np.array([sides.players.num_rows], np.float64),
    }
