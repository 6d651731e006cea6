"""Plays and games of a known truth, and models of them that are right, or off by as much as an estimate is.

A play's outcomes follow multinomial logits of its features. Games differ by a shift of every logit that no model knows,
so plays of a game share its surprises. A model is a set of weights; one estimated from about 10,000 plays is the
truth with noise of NOISE in every weight (an excess of 0.002 to 0.004 nats a row and head).
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.core.lineage import Lineage
from sports_platform.models.dataset import PlayData
from sports_platform.models.evaluate import Evaluation, evaluate
from sports_platform.models.evidence import Evidence, SimulatedGames
from sports_platform.models.verdict import Thresholds
from sports_platform.simulation.backtest import RealGames, score
from sports_platform.simulation.scenarios import UNITS_PER_POINT, Scenarios

F64 = npt.NDArray[np.float64]
Weights = dict[str, F64]  # head -> [features + 1, classes]

FEATURES = tuple(f"f{number}" for number in range(8))
WEEKS = tuple(f"2015_wk{number:02d}" for number in range(6, 12))
GAMES_A_WEEK = 15
NOISE = 0.03
GAME_SHIFT = 0.1
CENSORED = 0.04  # of the rows of ordered heads: only a lower bound is known


@dataclass(frozen=True)
class TruthPlan:
    """The part of a ModelPlan that scoring reads."""

    heads: tuple[Head, ...] = (
        Head("kind", 1, 6),
        Head("target", 1, 8),
        Head("gain", 1, 10, (-5, 0, 2, 4, 6, 8, 11, 15, 20, 30, 60)),
        Head("kick", 1, 2),
    )
    primary_heads: tuple[str, ...] = ("kind", "target", "gain")
    calibrated_head: str = "kind"
    accuracy_classes: tuple[int, ...] = tuple(range(6))
    min_accuracy: float = 0.4


PLAN = TruthPlan()
LIMITS = Thresholds.of(PLAN).model_copy(update={"draws": 500})


def truth() -> Weights:
    """The weights that outcomes are drawn from."""
    generator = np.random.default_rng(20150910)
    rare = {"kind": np.array([1.2, 1.0, 0.3, -0.5, -1.0, -1.6]), "kick": np.array([-0.8, 0.8])}
    return {
        head.name: np.vstack(
            [generator.normal(0, 0.35, (len(FEATURES), head.classes)), rare.get(head.name, np.zeros(head.classes))]
        )
        for head in PLAN.heads
    }


def estimated(seed: int, noise: float = NOISE) -> Weights:
    """The truth as an independent training would find it."""
    generator = np.random.default_rng(seed)
    return {name: weights + generator.normal(0, noise, weights.shape) for name, weights in truth().items()}


def softmax(logits: F64) -> F64:
    powers: F64 = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def logits(features_NF: npt.NDArray[np.float32], weights: F64) -> F64:
    found: F64 = features_NF @ weights[:-1] + weights[-1]
    return found


def output(
    features_NF: npt.NDArray[np.float32], weights: Weights, *, sharpness: float = 1.0
) -> npt.NDArray[np.float32]:
    """The fused output of the model with these weights, its logits times `sharpness`."""
    parts = [softmax(sharpness * logits(features_NF, weights[head.name])) for head in PLAN.heads]
    return np.concatenate(parts, axis=1).astype(np.float32)


def sharpened(output_NW: npt.NDArray[np.float32], factor: float) -> npt.NDArray[np.float32]:
    """The same output with all logits times a factor."""
    parts, start = [], 0
    for head in PLAN.heads:
        powers = output_NW[:, start : start + head.width] ** factor
        parts.append(powers / powers.sum(axis=1, keepdims=True))
        start += head.width
    return np.concatenate(parts, axis=1)


def plays(seed: int, *, plays_a_game: int = 60) -> PlayData:
    """Held-out plays of the six weeks, drawn from the truth."""
    generator = np.random.default_rng(seed)
    games = len(WEEKS) * GAMES_A_WEEK
    rows = games * plays_a_game
    game_N = np.repeat(np.arange(games), plays_a_game)
    features = generator.normal(size=(rows, len(FEATURES))).astype(np.float32)
    drawn = {}
    for head in PLAN.heads:
        shift = generator.normal(0, GAME_SHIFT, (games, head.classes))[game_N]
        cdf = softmax(logits(features, truth()[head.name]) + shift).cumsum(axis=1)
        drawn[head.name] = np.minimum((generator.random((rows, 1)) >= cdf).sum(axis=1), head.classes - 1)
    weeks = np.array(WEEKS)[game_N // GAMES_A_WEEK]
    names = tuple(f"g{number:03d}" for number in range(games))
    return PlayData(features, FEATURES, _labels(drawn, generator), game_N, names, weeks)


def _labels(drawn: dict[str, npt.NDArray[np.int64]], generator: np.random.Generator) -> dict[str, HeadLabels]:
    kind = drawn["kind"]
    applies = {"kind": kind >= 0, "target": kind < 3, "gain": kind < 4, "kick": kind == 5}
    labels = {}
    for head in PLAN.heads:
        low = drawn[head.name]
        bounded = (generator.random(len(low)) < CENSORED) & bool(head.edges)
        # A bound some classes below the outcome, as the goal line bounds the yards of a touchdown.
        low = np.where(bounded, np.maximum(low - 2, 0), low)
        labels[head.name] = HeadLabels(
            np.where(applies[head.name], 0, -1), low, np.where(bounded, head.classes - 1, drawn[head.name])
        )
    return labels


def shuffled(data: PlayData, seed: int) -> PlayData:
    """The same plays with the labels of each moved to another."""
    order = np.random.default_rng(seed).permutation(data.rows)
    labels = {
        name: replace(seen, group=seen.group[order], low=seen.low[order], high=seen.high[order])
        for name, seen in data.labels.items()
    }
    return replace(data, labels=labels)


def scored(data: PlayData, output_NW: npt.NDArray[np.float32], version: str) -> Evaluation:
    """Scores as training and gate take them; class frequencies are the rows' own."""
    frequencies = [
        np.bincount(seen.low[seen.group >= 0], minlength=head.classes) / (seen.group >= 0).sum()
        for head, seen in ((head, data.labels[head.name]) for head in PLAN.heads)
    ]
    baseline = np.concatenate(frequencies).astype(np.float32)
    return evaluate(output_NW, baseline, data, PLAN, version=version, week="2015_wk12")


# Games: statistics of a team are normal about a mean that differs from team to team, rounded. Points of a player are
# gamma about a mean of his own; the players of a game share a good or bad day.
STATS = {
    "points": (23.0, 4.0, 9.0),
    "plays": (64.0, 3.0, 8.0),
    "yards": (240.0, 30.0, 75.0),
}  # mean, of means, of games
PLAYERS_A_GAME = 16
GAMES, SCENARIOS = 42, 128
DAY = 0.15
GAME_NOISE = 0.1  # of a model's means of teams and players, in units of how far these lie apart
BIAS_NOISE = 0.005  # of a model's level, as a share


@dataclass(frozen=True)
class Games:
    """Real games with the means they were drawn from: of statistics [G, 2], of players' points [P]."""

    real: RealGames
    means: dict[str, F64]
    player_means: F64


def games(seed: int) -> Games:
    """Games drawn from the truth."""
    generator = np.random.default_rng(seed)
    means = {name: generator.normal(mean, apart, (GAMES, 2)) for name, (mean, apart, _) in STATS.items()}
    player_means = generator.uniform(5, 22, GAMES * PLAYERS_A_GAME)
    drawn = _scenarios(means, player_means, generator, "reality", scenarios=1)
    sides = {game: (f"a{game}", f"h{game}") for game in drawn.game_ids}
    teams = {
        (game, team): {name: float(drawn.team_stats[name][place, side, 0]) for name in STATS}
        for place, (game, both) in enumerate(sides.items())
        for side, team in enumerate(both)
    }
    keys = zip(drawn.players["game_id"].to_pylist(), drawn.players["player_id"].to_pylist(), strict=True)
    points = {key: float(units) / UNITS_PER_POINT for key, units in zip(keys, drawn.points_PS[:, 0], strict=True)}
    return Games(RealGames(sides, teams, points), means, player_means)


def simulated(played: Games, version: str, seed: int, *, spread: float = 1.0, level: float = 1.0) -> Scenarios:
    """The games as an estimated model plays them: its spread and its level may be off besides."""
    generator = np.random.default_rng(seed)

    def estimate(true: F64, apart: float) -> F64:
        off: F64 = true * level * (1 + generator.normal(0, BIAS_NOISE)) + generator.normal(0, apart, true.shape)
        return off

    means = {name: estimate(played.means[name], GAME_NOISE * apart) for name, (_, apart, _) in STATS.items()}
    player_means = np.maximum(estimate(played.player_means, GAME_NOISE * 5), 0.5)
    return _scenarios(means, player_means, generator, version, scenarios=SCENARIOS, spread=spread)


def _scenarios(
    means: dict[str, F64],
    player_means: F64,
    generator: np.random.Generator,
    version: str,
    *,
    scenarios: int,
    spread: float = 1.0,
) -> Scenarios:
    names = tuple(f"g{game:03d}" for game in range(GAMES))
    team_stats = {
        name: np.rint(generator.normal(means[name][..., None], width * spread, (GAMES, 2, scenarios))).astype(np.int16)
        for name, (_, _, width) in STATS.items()
    }
    day_PS = generator.normal(0, DAY, (GAMES, scenarios)).repeat(PLAYERS_A_GAME, axis=0)
    shape = 2 / spread**2  # of the gamma: its standard deviation is in proportion to `spread`
    points = generator.gamma(shape, player_means[:, None] / shape, day_PS.shape) * np.exp(day_PS - DAY**2 / 2)
    players = pa.table(
        {
            "player_id": [f"p{row}" for row in range(len(player_means))],
            "game_id": np.repeat(names, PLAYERS_A_GAME).tolist(),
        }
    )
    return Scenarios(
        week="2015_wk11",
        model_version=version,
        seed=1,
        game_ids=names,
        players=players,
        points_PS=np.rint(points * UNITS_PER_POINT).astype(np.int16),
        team_scores_G2S=team_stats["points"],
        team_stats=team_stats,
        lineage=Lineage(step="simulation", sport="truth", week="2015_wk11"),
    )


def beside_reality(played: Games, *found: Scenarios) -> dict[str, SimulatedGames]:
    """Scores of the versions' scenarios, by version."""
    return score({one.model_version: [one] for one in found}, played.real, tuple(STATS), seed=1)


def evidence(
    data: PlayData, output_NW: npt.NDArray[np.float32], found: dict[str, SimulatedGames], version: str
) -> Evidence:
    return Evidence(evaluation=scored(data, output_NW, version), games=found[version])
