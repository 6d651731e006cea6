"""Games with a known course: fixtures, team context, counted tables and scripted distributions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sports_platform.core.domain import EngineInput, Wait
from sports_platform.core.settings import Settings
from sports_platform.simulation.inference import Situated
from sports_platform.simulation.native import Engine, EngineReport, Infer, Outputs
from sports_platform.sports.nfl import outcomes
from sports_platform.sports.nfl.clock_stops import REACHES
from sports_platform.sports.nfl.departures import NEVER
from sports_platform.sports.nfl.forms import FORMS
from sports_platform.sports.nfl.rules import DRAFTKINGS_SCORING, Scoring
from sports_platform.sports.nfl.simulation import NflSimulation
from sports_platform.sports.nfl.special import EQUAL_PARTS, MAX_MARGIN
from sports_platform.sports.nfl.tendencies import LEVELS
from sports_platform.sports.nfl.within import PARTS

PLAN = NflSimulation()
Row = npt.NDArray[np.float32]
Infer32 = Callable[[Row, Row], None]
_RATES = (
    "kickoff_touchdown kickoff_lost onside_attempt onside_recovered extra_point two_point two_point_pass "
    "interception_touchdown fumble_touchdown punt_blocked punt_blocked_touchdown punt_touchdown punt_muffed "
    "field_goal_blocked field_goal_blocked_touchdown foul_after_play"
).split()
_NEVER = {
    "kickoff_start": 80,
    "kickoff_seconds": 0,
    "free_kick_start": 60,
    "interception_net": 0,
    "fumble_net": 0,
    "punt_blocked_net": 0,
    "foul_after_play_net": 0,
    "touchdown_seconds": 7,
    "turnover_seconds": 7,
    "downs_seconds": 7,
    "last_seconds": 1,
}


ALWAYS_THERE = {"log_odds": -50.0, "by_log_share": 0.0}


def alike(concentration: float, slots: int, absences: Mapping[str, float] = ALWAYS_THERE) -> dict[str, object]:
    """How shares of a role stray when all its slots do so alike."""
    concentrations, levels = [concentration] * (slots + 1), [1.0] * (slots + 1)
    return {"concentrations": concentrations, "absences": absences, "levels": levels}


# Plays of a game have nothing in common: shares as expected, and no call withdrawn more readily than another.
INDEPENDENT: Mapping[str, object] = {
    "receiver": alike(1e6, outcomes.RECEIVER_SLOTS),
    "rusher": alike(1e6, outcomes.RUSHER_SLOTS),
    "call_spread": 0.0,
}
# Every day goes as expected.
USUAL: Mapping[str, object] = {"spreads": dict.fromkeys(FORMS, 0.0), "long_gains": [9] * len(outcomes.YARD_GROUPS)}


def counted(*, two_point_tries: float = 0.0, clock_stops: float = 0.0, **overrides: float) -> dict[str, object]:
    """Counted tables in which nothing special happens and tries are good, but for `overrides`."""
    rates = {name: float(overrides.get(name, name == "extra_point")) for name in _RATES}
    rates["extra_point_from_15"] = rates["extra_point"]
    values = {name: [int(overrides.get(name, value))] * EQUAL_PARTS for name, value in _NEVER.items()}
    two_point_try = [[two_point_tries] * (2 * MAX_MARGIN + 1)] * 2
    counts = {"rates": rates, "values": values, "two_point_try": two_point_try, "within": evenly()}
    of_games = {"tendencies": INDEPENDENT, "forms": USUAL, "quarterback_leaves": [NEVER] * LEVELS, "pace": 0.0}
    return {**counts, **of_games, "clock_stops": [[clock_stops] * len(REACHES)] * 2}


def evenly() -> dict[str, list[list[list[int]]]]:
    """Values spread evenly over each bin."""
    yards, seconds = (
        [np.linspace(low, high, PARTS, endpoint=False).astype(int).tolist() for low, high in pairwise((*lows, cap))]
        for lows, cap in ((outcomes.YARD_LOWS, outcomes.YARD_CAP), (outcomes.TIME_LOWS, outcomes.TIME_CAP))
    )
    return {"yards": [yards] * len(outcomes.YARD_GROUPS), "seconds": [seconds] * len(outcomes.TIME_GROUPS)}


def fixtures(games: int, *, game_type: str = "REG", season: int = 2015) -> pa.Table:
    """Fixtures G0, G1, ... of teams A<i> at H<i>."""
    names = range(games)
    return pa.table(
        {
            "game_id": [f"G{i:02d}" for i in names],
            "season": [season] * games,
            "away_team": [f"A{i}" for i in names],
            "home_team": [f"H{i}" for i in names],
            "game_type": [game_type] * games,
        }
    )


def context(games: int) -> pa.Table:
    """Team context with every slot filled; the quarterback is also the last rusher, the first rusher a receiver."""
    rows = []
    for i in range(games):
        for team in (f"A{i}", f"H{i}"):
            row: dict[str, object] = {"game_id": f"G{i:02d}", "posteam": team, "strength": float(i)}
            row |= {f"receiver_{n}_id": f"{team}_r{n}" for n in range(1, outcomes.RECEIVER_SLOTS + 1)}
            row |= {f"receiver_{n}_share": 0.09 for n in range(1, outcomes.RECEIVER_SLOTS + 1)}
            row |= {f"rusher_{n}_share": 0.18 for n in range(1, outcomes.RUSHER_SLOTS + 1)}
            row |= {f"receiver_{n}_group": n % 3 for n in range(1, outcomes.RECEIVER_SLOTS + 1)}
            row |= {f"rusher_{n}_id": f"{team}_b{n}" for n in range(1, outcomes.RUSHER_SLOTS + 1)}
            row |= {"rusher_1_id": f"{team}_r2", "rusher_5_id": f"{team}_qb", "qb_id": f"{team}_qb"}
            rows.append(row)
    return pa.Table.from_pylist(rows)


def engine_input(
    games: int = 1,
    *,
    game_type: str = "REG",
    season: int = 2015,
    seed: int = 1,
    scoring: Scoring = DRAFTKINGS_SCORING,
    tendencies: Mapping[str, object] = INDEPENDENT,
    forms: Mapping[str, object] = USUAL,
    **rates: float,
) -> EngineInput:
    """Everything the engine needs but probabilities; gains are those drawn, moved to no line to gain."""
    games_played = fixtures(games, game_type=game_type, season=season)
    counts = {**counted(**rates), "tendencies": tendencies, "forms": forms}
    inputs = NflSimulation(scoring).engine_input(games_played, context(games), counts, seed)
    nowhere = np.zeros_like(inputs.tables["bucket_distances"])
    return replace(inputs, tables={**inputs.tables, "bucket_distances": nowhere})


def by_yard_line(inputs: EngineInput, *, to_go: int = 0) -> EngineInput:
    """The same with cells of one yard line merged, and no others, said to be asked about at so many yards to go."""
    cells = PLAN.buckets.cells
    lines, cell_B, bucket_C = np.unique(PLAN.buckets.yards(cells)[1], return_index=True, return_inverse=True)
    tables = {
        "cell_buckets": bucket_C,
        "bucket_cells": cell_B,
        "bucket_lines": lines,
        "bucket_distances": np.full(len(lines), to_go),
        "bucket_snaps": np.ones(len(lines)),
    }
    return replace(inputs, tables={**inputs.tables, **{name: table.astype(float) for name, table in tables.items()}})


def open_engine(inputs: EngineInput) -> Engine:
    """The compiled engine on these inputs."""
    return Engine(Settings.load(), PLAN.engine, outcomes.HEADS, inputs.tables)


def row(play_type: str, **choices: float) -> Row:
    """A certain outcome: play type, then by name `target`, `result`, `field_goal`, `penalty`, `yards`, `seconds`."""
    parts = []
    for head in outcomes.HEADS:
        picked = min(_choice(head.name, play_type, choices), head.classes - 1)
        part = np.zeros((head.groups, head.classes), np.float32)
        part[:, picked] = 1.0
        parts.append(part.ravel())
    return np.concatenate(parts)


def _choice(head: str, play_type: str, choices: Mapping[str, float]) -> int:
    if head == "play_type":
        return outcomes.PLAY_TYPES.index(play_type)
    if head == "yards":
        return int(np.searchsorted(outcomes.YARD_LOWS, choices.get("yards", 0), side="right") - 1)
    if head == "time":
        return int(np.searchsorted(outcomes.TIME_LOWS, choices.get("seconds", 7), side="right") - 1)
    return int(choices.get(head.split("_")[0] if head != "field_goal" else head, 0))


def always(distribution: Row) -> Infer:
    """A callback with the same distributions in every state."""

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        out[:] = distribution

    return infer


def situated(answer: Infer32, contexts_MF: Row) -> Situated:
    """A model before these sides: `answer` is given whole feature rows and fills the buffer."""

    def write(states_SF: Row, state_N: npt.NDArray[np.int64], side_N: npt.NDArray[np.int64], out_NW: Row) -> Wait:
        return partial(answer, np.hstack([states_SF[state_N], contexts_MF[side_N]]), out_NW)

    return write


def by_state(choose: Callable[["State"], Row]) -> Infer:
    """A callback that chooses by state."""

    def infer(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        for number, bucket in enumerate(buckets):
            out[number] = choose(State.of(bucket))

    return infer


@dataclass(frozen=True)
class State:
    """A bucket in football terms, its clock a node's number; or a state as it is, with half * 1801 + seconds left."""

    game: int
    side: int
    down: int
    distance: int
    yardline: int
    clock: int
    margin: int

    @classmethod
    def of(cls, bucket: npt.NDArray[np.int32]) -> "State":
        game, side, down, _, _, clock, margin = (int(value) for value in bucket)
        spec = PLAN.buckets.spec
        distance, yardline = (int(yards.item()) for yards in PLAN.buckets.yards(bucket[None, 2:]))
        return cls(game, side, down, distance, yardline, clock, spec.margin[spec.moments()[clock].margin][margin])


@dataclass(frozen=True)
class Played:
    """A finished run, with its statistics by name."""

    outputs: Outputs
    report: EngineReport
    inputs: EngineInput

    def team(self, name: str) -> npt.NDArray[np.int16]:
        """A team statistic [G, 2, S]."""
        return self.outputs.team_stats_G2TS[:, :, PLAN.team_stats.index(name)]

    def player(self, player_id: str, name: str) -> npt.NDArray[np.int16]:
        """A player's or defence's statistic [S]."""
        assert self.outputs.player_stats_PKS is not None
        place = self.inputs.players["player_id"].to_pylist().index(player_id)
        return self.outputs.player_stats_PKS[place, PLAN.player_stats.index(name)]


def simulate(inputs: EngineInput, infer: Infer, *, scenarios: int = 20, seed: int = 1) -> Played:
    """Run with player statistics."""
    with open_engine(inputs) as engine:
        outputs, report = engine.run(infer, seed=seed, scenarios=scenarios, player_stats=True)
    return Played(outputs, report, inputs)


def simulate_states(
    inputs: EngineInput, choose: Callable[[State], Row], *, scenarios: int = 20, seed: int = 1
) -> Played:
    """Run with player statistics, and before every snap of a lane `choose` by its state as it is."""

    def infer(states: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
        for number, state in enumerate(states.tolist()):
            out[number] = choose(State(*state))

    with open_engine(inputs) as engine:
        engine.run(always(row("run", yards=3)), seed=seed, scenarios=1)  # fits the books
        outputs, report = engine.run(infer, seed=seed, scenarios=scenarios, player_stats=True, unquantised=True)
    return Played(outputs, report, inputs)


def football(buckets: npt.NDArray[np.int32], out: npt.NDArray[np.float32]) -> None:
    """Plausible random football, a little different in every bucket, for tests of reproducibility."""
    out[:] = 0.0
    start = 0
    weights = buckets @ np.array([3, 5, 7, 11, 13, 17, 19])
    for head in outcomes.HEADS:
        for _ in range(head.groups):
            classes = np.arange(head.classes)
            logits = np.sin(weights[:, None] * 0.37 + classes * 1.7 + start) - 0.1 * np.abs(classes - head.classes / 2)
            if head.name in ("result_pass", "result_run", "play_type"):
                logits -= classes * 0.8
            part = np.exp(logits)
            out[:, start : start + head.classes] = part / part.sum(axis=1, keepdims=True)
            start += head.classes
