"""Feature rows drawn from stated distributions, so that a trained model can be held against the truth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.spec import FeatureSpec, load_spec
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.dataset import PlayData
from sports_platform.models.fit import TrainConfig
from sports_platform.models.train import model_card, train_rows
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.outcomes import PLAY_TYPES

# What the rows below are drawn from.
PASS_SHARE = {"third_down": 0.95, "other": 0.2}  # everything else is a run
COMPLETION = 0.65
RECEIVER_SHARES = ((0.6, 0.2, 0.1, 0.1), (0.25, 0.25, 0.25, 0.25))  # of the home, of the away team
RUSHER_SHARES = ((0.9, 0.1), (0.5, 0.5))
LOST_FUMBLE = 0.02
PASS_YARDS = {"red_zone": (0, 8), "other": (0, 30)}  # uniform, upper end excluded
RUN_YARDS = {"red_zone": (-2, 3), "other": (-2, 10)}
SECONDS = {"two_minute": (5, 20), "other": (20, 40)}

Mask = npt.NDArray[np.bool_]

WEEK = Week(2015, 12)
GAMES_A_WEEK = 4
QUICK = TrainConfig(
    members=1,
    epochs=8,
    batch_size=128,
    learning_rate=1e-3,
    weight_decay=1e-3,
    stopping_weeks=1,
    validation_weeks=2,
    dropout=0.1,
)


def spec() -> FeatureSpec:
    """Schema of the NFL's play features."""
    domain = NflDomain()
    return load_spec(domain.features.schema_file(domain.model.feature_table))


def table(
    rows: int, seed: int, *, weeks: int = 8, states: dict[str, npt.NDArray[np.float32]] | None = None
) -> pa.Table:
    """`rows` scrimmage plays over the last `weeks` weeks before WEEK, in `states` (by column) where given."""
    draw = np.random.default_rng(seed)
    columns: dict[str, object] = {name: draw.random(rows).astype(np.float32) for name in spec().inputs}
    home = draw.random(rows) < 0.5
    for kind, shares, slots in (("receiver", RECEIVER_SHARES, 10), ("rusher", RUSHER_SHARES, 5)):
        padded = np.pad(np.asarray(shares, dtype=np.float32), ((0, 0), (0, slots - len(shares[0]))))
        for slot in range(slots):
            columns[f"{kind}_{slot + 1}_share"] = np.where(home, padded[0, slot], padded[1, slot])
    flags = {name: draw.random(rows) < 0.3 for name in ("down_3", "red_zone", "two_minute")}
    if states is not None:
        columns |= states
        flags = {name: states[name] > 0 for name in flags}
    columns |= {name: flag.astype(np.float32) for name, flag in flags.items()}
    week = WEEK.number - weeks + np.arange(rows) * weeks // rows
    game = np.arange(rows) % GAMES_A_WEEK
    columns["week_key"] = [str(Week(WEEK.season, int(number))) for number in week]
    columns["game_id"] = [f"{WEEK.season}_{w:02d}_{g}" for w, g in zip(week, game, strict=True)]
    opening = datetime(WEEK.season, 9, 10, 5, tzinfo=UTC)
    columns["known_time"] = [opening + timedelta(weeks=int(number) - 1) for number in week]
    for key in ("play_id", "play_index"):
        columns[key] = np.arange(rows, dtype=np.int32)
    columns["posteam"] = columns["defteam"] = np.full(rows, "AAA")
    return pa.table(columns | _labels(draw, home, flags))


def _labels(draw: np.random.Generator, home: Mask, flags: dict[str, Mask]) -> dict[str, np.ndarray]:
    rows = len(home)

    def uniform(flag: str, bounds: dict[str, tuple[int, int]]) -> np.ndarray:
        return np.where(flags[flag], draw.integers(*bounds[flag], rows), draw.integers(*bounds["other"], rows))

    def slot(shares: tuple[tuple[float, ...], ...]) -> np.ndarray:
        own, other = (draw.choice(len(p), rows, p=p) for p in shares)
        return np.where(home, own, other)

    is_pass = draw.random(rows) < np.where(flags["down_3"], PASS_SHARE["third_down"], PASS_SHARE["other"])
    complete = draw.random(rows) < COMPLETION
    lost = draw.random(rows) < LOST_FUMBLE
    gained = ~is_pass | complete
    target = np.where(is_pass, slot(RECEIVER_SHARES), slot(RUSHER_SHARES))
    yards = np.where(is_pass, uniform("red_zone", PASS_YARDS), uniform("red_zone", RUN_YARDS))
    labels = {
        "play_type": np.where(is_pass, PLAY_TYPES.index("pass"), PLAY_TYPES.index("run")),
        "target": target,
        "group": np.where(is_pass, 0, -1),
        "formation": np.zeros(rows, dtype=int),
        "depth": np.where(is_pass, np.arange(rows) % 3 // 2 + 1, -1),  # two short passes, then one of medium depth
        "result": np.where(is_pass, np.where(complete, 0, 1), lost.astype(int)),
        "result_group": np.where(is_pass, -1, 0),
        "field_goal": np.full(rows, -1),
        "penalty": np.full(rows, -1),
        "penalty_at_spot": np.full(rows, -1),
        "yards": np.where(gained, yards, -1),
        "yards_group": np.where(gained, np.where(is_pass, 0, 3), -1),
        "yards_censored": np.zeros(rows, dtype=int),
        "seconds": uniform("two_minute", SECONDS),
        "time_group": np.where(is_pass, np.where(complete, 0, 1), 2),
    }
    return {f"label_{name}": values.astype(np.int32) for name, values in labels.items()}


def data(rows: int, seed: int = 1, *, weeks: int = 8) -> PlayData:
    """The same as arrays."""
    keys = spec().names("key")
    return PlayData.from_table(table(rows, seed, weeks=weeks), spec().inputs, keys, NflDomain().model)


def shuffled(rows: PlayData, seed: int) -> PlayData:
    """The same plays with every label moved to another play."""
    order = np.random.default_rng(seed).permutation(rows.rows)
    labels = {
        name: replace(seen, group=seen.group[order], low=seen.low[order], high=seen.high[order])
        for name, seen in rows.labels.items()
    }
    return replace(rows, labels=labels)


def train(settings: Settings, rows: PlayData, *, week: Week = WEEK, config: TrainConfig = QUICK) -> ModelVersion:
    """A stored version trained on the rows, without lake or MLflow."""
    domain = NflDomain()
    lineage = Lineage(step="models/play_model", sport="nfl", week=str(week), snapshots={"nfl.play_features": 1})
    return train_rows(settings, domain, rows, model_card(domain, week, config), lineage, {"kickoffs": 1})
