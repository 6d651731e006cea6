"""The drive model on drives of known truth: trained, stored apart from the play model, scored and made again."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
import torch

from sports_platform.core.errors import ArtefactError
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.spec import load_spec
from sports_platform.models.artefacts import DRIVE_MODEL, ModelVersion, model_dir, stored_version, week_version
from sports_platform.models.baselines import climatology
from sports_platform.models.dataset import PlayData
from sports_platform.models.drive_points import drive_points
from sports_platform.models.drives import DriveDomain, domain_of_model
from sports_platform.models.evaluate import evaluate
from sports_platform.models.heads import head_slices
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.train import model_card, train_rows
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.drive_network import DriveNetwork
from sports_platform.sports.nfl.drive_outcomes import DRIVE_GROUPS, DRIVE_HEADS, DRIVE_OUTCOMES, PLAY_LOWS
from sports_platform_tests.models.synthetic import GAMES_A_WEEK, QUICK, WEEK

DOMAIN = DriveDomain(NflDomain())
SPEC = load_spec(DOMAIN.features.schema_file(DOMAIN.model.feature_table))
# What the drives below are drawn from: near the goal they score, elsewhere they punt, and punts take fewer plays.
TOUCHDOWN = {"near": 0.8, "far": 0.1}
PLAYS = {"touchdown": (5, 9), "punt": (3, 5)}  # uniform, upper end excluded
GOOD_TRY = 0.9
# Epochs enough to reach the truth: half the rows are held out by week, so that an epoch has few steps.
CONFIG = QUICK.model_copy(update={"epochs": 30, "learning_rate": 3e-3})


def table(rows: int, seed: int) -> pa.Table:
    draw = np.random.default_rng(seed)
    columns: dict[str, object] = {name: draw.random(rows).astype(np.float32) for name in SPEC.inputs}
    near = draw.random(rows) < 0.5
    columns["yardline_100"] = np.where(near, 10, 80).astype(np.float32)
    week = WEEK.number - 8 + np.arange(rows) * 8 // rows
    columns["week_key"] = [str(Week(WEEK.season, int(number))) for number in week]
    columns["game_id"] = [f"{w}_{n % GAMES_A_WEEK}" for n, w in enumerate(week)]
    opening = datetime(WEEK.season, 9, 10, 5, tzinfo=UTC)
    columns["known_time"] = [opening + timedelta(weeks=int(number) - 1) for number in week]
    columns |= {key: np.arange(rows, dtype=np.int32) for key in ("drive", "play_id", "play_index")}
    columns["posteam"] = columns["defteam"] = np.full(rows, "AAA")
    scored = draw.random(rows) < np.where(near, TOUCHDOWN["near"], TOUCHDOWN["far"])
    good = draw.random(rows) < GOOD_TRY
    labels = {
        "outcome": np.where(scored, DRIVE_OUTCOMES.index("touchdown"), DRIVE_OUTCOMES.index("punt")),
        "try": np.where(scored, good, -1),
        "plays": np.where(scored, draw.integers(*PLAYS["touchdown"], rows), draw.integers(*PLAYS["punt"], rows)),
        "possession_seconds": draw.integers(60, 200, rows),
    }
    return pa.table(columns | {f"label_{name}": values.astype(np.int32) for name, values in labels.items()})


def drives(rows: int, seed: int) -> PlayData:
    return PlayData.from_table(table(rows, seed), SPEC.inputs, SPEC.names("key"), DOMAIN.model)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("drives"), threads=1)


@pytest.fixture(scope="module")
def version(home: Settings) -> ModelVersion:
    lineage = Lineage(step=f"models/{DRIVE_MODEL}", sport="nfl", week=str(WEEK), snapshots={"nfl.drive_features": 1})
    card = model_card(DOMAIN, WEEK, CONFIG)
    return train_rows(home, DOMAIN, drives(8000, seed=1), card, lineage, {}, model=DRIVE_MODEL)


def test_it_is_stored_beside_the_play_model_under_the_same_rules(home: Settings, version: ModelVersion) -> None:
    assert version.path.parent == home.home / "models" / "drive_model" / "versions"
    assert week_version(home, WEEK, DRIVE_MODEL) == version
    assert stored_version(home, DRIVE_MODEL, WEEK, None) == stored_version(home, DRIVE_MODEL, WEEK, version.name)
    assert version.lineage().inputs == {"iceberg_tag": f"train-drive_model-{version.name}"}
    assert list(model_dir(home).iterdir()) == []  # nothing of it among play models
    with pytest.raises(ArtefactError):
        stored_version(home, "play_model", WEEK, version.name)
    with pytest.raises(ArtefactError, match="play_model or drive_model"):
        stored_version(home, "other_model", WEEK, None)


def test_the_play_model_is_not_taken_for_it(version: ModelVersion) -> None:
    with pytest.raises(ArtefactError, match="with the heads"):
        PlayPredictor.load(version, NflDomain())


def test_it_finds_the_truth_of_new_drives(version: ModelVersion) -> None:
    new = drives(2000, seed=2)
    output = PlayPredictor.load(version, DOMAIN).probabilities(new.features_NF)
    near = new.features_NF[:, new.feature_names.index("yardline_100")] == 10
    touchdown = output[:, DRIVE_OUTCOMES.index("touchdown")]
    assert touchdown[near].mean() == pytest.approx(TOUCHDOWN["near"], abs=0.05)
    assert touchdown[~near].mean() == pytest.approx(TOUCHDOWN["far"], abs=0.05)
    plays = output[:, head_slices(DRIVE_HEADS)["plays"]].reshape(len(output), len(DRIVE_GROUPS), len(PLAY_LOWS))
    for name, (low, high) in PLAYS.items():
        assert plays[:, DRIVE_GROUPS.index(name), low:high].sum(axis=1).mean() > 0.9
    scores = evaluate(output, climatology(new, DRIVE_HEADS), new, DOMAIN.model, version="", week=str(WEEK))
    assert scores.heads["outcome"].log_loss < scores.heads["outcome"].baseline_log_loss - 0.1


def test_its_points_are_those_seen(version: ModelVersion) -> None:
    new = drives(2000, seed=3)
    found = drive_points(PlayPredictor.load(version, DOMAIN).probabilities(new.features_NF), new, DOMAIN.drive_model)
    truth = (TOUCHDOWN["near"] + TOUCHDOWN["far"]) / 2 * (6 + GOOD_TRY)
    assert found.seen == pytest.approx(truth, abs=4 * found.seen_error)
    assert found.expected == pytest.approx(truth, abs=0.3)
    assert found.drives == 2000
    assert found.per_team_game == pytest.approx(2000 / (2 * 8 * GAMES_A_WEEK))
    assert found.expected_per_team_game == found.expected * found.per_team_game


def test_which_player_has_which_slot_changes_nothing() -> None:
    """Teams count by their own figures: a network that read thousands of slots would learn games by heart."""
    network = DriveNetwork(SPEC.inputs, dropout=0.0).eval()
    rows = torch.rand(5, len(SPEC.inputs))
    moved = rows.clone()
    slots = [place for place, name in enumerate(SPEC.inputs) if name.startswith(("receiver_", "rusher_"))]
    moved[:, slots] = torch.rand(5, len(slots))
    team = rows.clone()
    team[:, SPEC.inputs.index("off_points_pg")] += 1
    assert len(slots) > 50
    assert torch.equal(network(rows), network(moved))
    assert not torch.equal(network(rows), network(team))


def test_the_steps_of_a_model_see_it_as_the_model() -> None:
    sport = NflDomain()
    assert domain_of_model(sport, "play_model") is sport
    assert domain_of_model(sport, DRIVE_MODEL).model is sport.drive_model
