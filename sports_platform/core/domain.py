"""The Protocols a sport implements. Stages know these, never a sport.

Belongs here: shapes of the plug-ins and nothing that runs. Third-party types are imported for type
checking only, so that `core` stays light enough for a Lambda worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sports_platform.core.tables import TableSpec
from sports_platform.core.weeks import Week

if TYPE_CHECKING:
    import pyarrow as pa
    import torch

    from sports_platform.core.contest import ContestRules


Wait = Callable[[], None]
"""Returns when work that goes on in the background is done, or raises what went wrong with it."""


class RawSource(Protocol):
    """Where raw tables come from (packaged sample, folder, live loader), in their publisher's columns."""

    name: str

    def __hash__(self) -> int:
        """Sources are told apart by identity, so that what is read from one can be cached."""
        ...

    def seasons(self) -> list[int]:
        """Seasons on offer, in order."""
        ...

    def frame(self, table: str, season: int) -> pa.Table:
        """One raw table of a season, e.g. `play_by_play`; raises MissingDataError."""
        ...

    def salaries(self, week: Week) -> pa.Table | None:
        """A week's prices in the site's spelling (`draftkings.SALARY_SCHEMA`); None where no file covers it."""
        ...


class EventPlan(Protocol):
    """How a sport's raw tables become event rows."""

    def weeks(self, source: RawSource) -> list[Week]:
        """Every week of the source that has games, in order."""
        ...

    def events(self, source: RawSource, spec: TableSpec, week: Week) -> pa.Table:
        """The week's rows with `spec.all_columns`; raises SchemaError or MissingDataError."""
        ...


class FeaturePlan(Protocol):
    """A sport's feature tables: Spark SQL and a YAML schema a version.

    The first table describes fixtures and has rows for every week that has any. What it knows of earlier games it
    reads from the summaries, tables of single games, so that a week costs no more than a week.
    """

    version: str
    history_seasons: int  # full seasons before a week's own that its features look back on
    summaries: tuple[str, ...]  # with a column `made_from`; each week of them is counted from its own silver alone
    summarised: tuple[str, ...]  # silver tables they are counted from; of the first nothing else needs earlier weeks

    def schema_file(self, table: str, version: str | None = None) -> Path:
        """The YAML of a feature table at a version, such as `v1`; at this plan's unless named."""
        ...

    def statements(self, table: str) -> Sequence[tuple[str, str]]:
        """(view name, Spark SQL) pairs, the last of which is the feature table's (or summary's) rows."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """Feature tables in the order they are built."""
        ...

    def vectors(self, rows: pa.Table) -> Iterable[tuple[str, str, dict[str, float | str]]]:
        """(entity, key, values) of everything the first table's rows of a week describe, for the online store."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """A block of the network's output: `groups` categorical distributions of `classes` outcomes each.

    `edges` holds the lower edge of each class and then the cap where classes are bins of a number.
    """

    name: str
    groups: int
    classes: int
    edges: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """Number of output columns."""
        return self.groups * self.classes


@dataclass(frozen=True, slots=True)
class HeadLabels:
    """What was seen of a head in N rows: the outcome lies in classes `low..high` of `group` (-1: head not in play).

    `low == high` except for censored rows, of which only a bound is known. All int64 [N].
    """

    group: np_i64
    low: np_i64
    high: np_i64
    # The first class that censoring would hide in a row, the number of classes where none can; None: unknown.
    bound: np_i64 | None = None


@dataclass(frozen=True, slots=True)
class Levelling:
    """How what a model says on average of past plays is put right in each group of a head.

    `moves` [C, B]: what the classes' logits may move by; None: each by itself. `pull` to no move, in nats: half the
    inverse square of what a group is expected to move by.
    """

    moves: np_f32 | None = None
    # By 5, 20 and 50 the NFL's levels gain, on the seasons after 2009-2011 to 2009-2014, 8, 14 and 16 of 10,000 nats
    # of a penalty, 23, 22 and 19 of a play's time.
    pull: float = 20.0


class ModelPlan(Protocol):
    """A model of a sport: heads, network, gate and the tables that are counted rather than learnt."""

    heads: tuple[Head, ...]
    class_names: Mapping[str, tuple[str, ...]]  # of the heads whose classes have names
    feature_table: str
    event_table: str  # silver table that `auxiliary` counts
    label_states: tuple[str, ...]  # state columns that labels depend on, whole numbers
    primary_heads: tuple[str, ...]  # each must beat the class frequencies before a model may serve
    levelled_heads: Mapping[str, Levelling]
    calibrated_head: str  # judged by accuracy and calibration too
    boosting: Mapping[str, Mapping[str, float]]  # settings of the baseline, of the heads that want their own
    pooled_heads: tuple[str, ...]  # whose groups share one baseline classifier, which is told of the group
    accuracy_classes: tuple[int, ...]  # class of that head -> class counted for accuracy; -1: row not counted
    min_accuracy: float

    def network(self, feature_names: Sequence[str], *, dropout: float) -> torch.nn.Module:
        """The network [N, F] -> logits [N, sum of head widths]."""
        ...

    def labels(self, columns: Mapping[str, np_i64]) -> dict[str, HeadLabels]:
        """Head name -> labels, from the feature table's label columns and `label_states` [N]."""
        ...

    def candidate_inputs(self, head: str, features_NF: np_f32, names: Sequence[str], group_N: np_i64) -> np_f32:
        """Columns [N, K] that tell a baseline of a pooled head which candidate a row is about."""
        ...

    def auxiliary(self, plays: pa.Table) -> dict[str, object]:
        """JSON-able tables counted from plays known at the cut-off (special teams, returns, tries)."""
        ...

    def tendencies(
        self,
        output_NW: np_f32,
        labels: Mapping[str, HeadLabels],
        features_NF: np_f32,
        names: Sequence[str],
        game_N: np_i64,
    ) -> dict[str, object]:
        """JSON-able numbers of how far rows of a game stray together from the network's probabilities [N, W]."""
        ...


class DrivePlan(ModelPlan, Protocol):
    """A sport's drive model: a model of whole possessions, whose outcomes are worth points."""

    def expected_points(self, output_NW: np_f32) -> np_f64:
        """Mean points [N] for the team with the ball, by probabilities [N, W]."""
        ...

    def seen_points(self, labels: Mapping[str, HeadLabels]) -> np_f64:
        """Points [N] for the team with the ball as they were seen; not a number where the feed does not say."""
        ...


@dataclass(frozen=True, slots=True)
class EngineInput:
    """A week as the engine takes it: G games, P players and team entities, F context columns.

    `context_rows_G2` are the rows of the game context table of (away, home); `players` has a row an
    output row of the engine: `player_id, team, game_id, position`.
    """

    tables: Mapping[str, np_f64]
    game_ids: tuple[str, ...]
    context_rows_G2: np_i64
    players: pa.Table


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """A season's real plays through the engine's rules: how many went on as they did, the others by what differs."""

    season: int
    plays: int
    reproduced: int
    causes: Mapping[str, int]
    games: int
    other_finals: tuple[str, ...]  # games whose points by the rules are not their final score

    @property
    def share(self) -> float:
        """Share of plays whose next state is the real one."""
        return self.reproduced / self.plays


class SimulationPlan(Protocol):
    """What the engine must know of a sport to play out a week."""

    engine: str  # name of the compiled plug-in
    context_table: str
    team_stats: tuple[str, ...]
    judged_stats: tuple[str, ...]  # those by which the gate tells whether simulated games are like real ones
    player_stats: tuple[str, ...]

    def engine_input(
        self, fixtures: pa.Table, context: pa.Table, auxiliary: Mapping[str, object], seed: int
    ) -> EngineInput:
        """The week's games, players, bins and rules; raises MissingDataError for a game without context."""
        ...

    def strength_draws(self, history: pa.Table, context: pa.Table, draws: int, seed: int) -> Sequence[pa.Table]:
        """Copies of a week's context as strong as its teams may really be, by the rows of earlier weeks."""
        ...

    def bucket_features(self, buckets: np_i32, state_names: Sequence[str]) -> np_f32:
        """Canonical state features [N, F_state] of bucket descriptors [N, D]; their first two are game and side."""
        ...

    def replay(self, source: RawSource, season: int, rules: Callable[[np_i32, int], np_i32]) -> ReplayReport:
        """A season's real plays against `rules`: the engine's states [N, width] after records [N, P] in order."""
        ...


@dataclass(frozen=True, slots=True)
class Role:
    """Of a team's players of a position, the one expected the `rank`-th most points before the game."""

    position: str
    rank: int = 1


@dataclass(frozen=True, slots=True)
class RolePair:
    """Two players whose contest points move together: of one team, or of a team and its opponent."""

    name: str
    first: Role
    second: Role
    opposing: bool = False


class FidelityPlan(Protocol):
    """By what the simulated games of a sport are held against the real ones, besides `SimulationPlan.team_stats`."""

    sums: Mapping[str, tuple[str, ...]]  # statistic -> those of `team_stats` that it is the sum of
    margins: tuple[int, ...]  # winning margins that the sport's scoring makes common or rare
    positions: tuple[str, ...]
    pairs: tuple[RolePair, ...]

    def closing_lines(self, lines: pa.Table) -> pa.Table:
        """`game_id, margin, total` (home less away, both) that the market expected at the start."""
        ...


class SportDomain(Protocol):
    """One sport. Pieces load when first asked for, so that a light caller stays light."""

    name: str
    tables: Mapping[str, TableSpec]

    @property
    def events(self) -> EventPlan:
        """Raw tables to event rows."""
        ...

    @property
    def features(self) -> FeaturePlan:
        """Feature tables."""
        ...

    @property
    def model(self) -> ModelPlan:
        """Play model."""
        ...

    @property
    def drive_model(self) -> DrivePlan:
        """Model of what comes of a whole possession."""
        ...

    @property
    def simulation(self) -> SimulationPlan:
        """Engine plug-in."""
        ...

    @property
    def fidelity(self) -> FidelityPlan:
        """What simulated games are compared with real ones by."""
        ...

    @property
    def contest(self) -> ContestRules:
        """Roster rules of the default contest."""
        ...

    def main_slate(self, kickoffs: Mapping[str, datetime]) -> list[str]:
        """Game ids of the week's main slate, from game id -> kick-off (UTC)."""
        ...

    def player_points(self, plays: pa.Table, schedules: pa.Table) -> pa.Table:
        """Actual contest points: `game_id, player_id, team, points`."""
        ...

    def team_games(self, plays: pa.Table, schedules: pa.Table) -> pa.Table:
        """A row per team and finished game: `game_id, team` and counts named as `simulation.team_stats`."""
        ...

    def closing_win_probabilities(self, lines: pa.Table) -> pa.Table:
        """`game_id, home_win` as the market's closing lines imply them, to compare with."""
        ...


if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    np_i32 = npt.NDArray[np.int32]
    np_i64 = npt.NDArray[np.int64]
    np_f64 = npt.NDArray[np.float64]
    np_f32 = npt.NDArray[np.float32]
