import numpy as np
import pytest
import torch

from sports_platform.core.settings import Settings
from sports_platform.models.artefacts import WEIGHTS, ModelVersion
from sports_platform.models.blocks import Standardise
from sports_platform.models.curve import Epoch
from sports_platform.models.dataset import PlayData, split_by_week
from sports_platform.models.fit import fit
from sports_platform.models.heads import head_slices
from sports_platform.models.predictor import PlayPredictor
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.outcomes import HEADS, PLAY_TYPES
from sports_platform_tests.cuda import needs_cuda
from sports_platform_tests.models import synthetic

BRIEF = synthetic.QUICK.model_copy(update={"epochs": 3})


@pytest.fixture(scope="module")
def few() -> PlayData:
    """Plays for what holds of any training, however little it learns."""
    return synthetic.data(1600)


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory, few: PlayData) -> ModelVersion:
    return synthetic.train(Settings(home=tmp_path_factory.mktemp("brief"), threads=1), few, config=BRIEF)


def test_training_twice_gives_the_same_bits(settings: Settings, brief: ModelVersion, few: PlayData):
    again = synthetic.train(settings, few, config=BRIEF)
    assert again.path != brief.path
    assert (again.path / WEIGHTS).read_bytes() == (brief.path / WEIGHTS).read_bytes()
    assert again.name == brief.name
    assert (again.path / "metrics.json").read_bytes() == (brief.path / "metrics.json").read_bytes()


def test_another_seed_gives_another_model(settings: Settings, brief: ModelVersion, few: PlayData):
    other = synthetic.train(settings.model_copy(update={"seed": 1}), few, config=BRIEF)
    assert other.name != brief.name


def test_each_epoch_is_told_and_who_is_told_may_end_the_training(few: PlayData):
    told: list[Epoch] = []
    rows = split_by_week(few, 2)
    assert fit(*rows, NflDomain().model, BRIEF, seed=1, on_epoch=told.append).curve == told
    heard = told.copy()
    told.clear()

    def end(epoch: Epoch) -> None:
        told.append(epoch)
        if epoch.epoch == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fit(*rows, NflDomain().model, BRIEF, seed=1, on_epoch=end)
    assert told == heard[:2]


@needs_cuda
def test_a_cuda_device_learns_what_the_processor_learns(few: PlayData):
    """The same rows in the same order, without dropout: what differs is the rounding of mixed precision."""
    rows = split_by_week(few, 2)
    config = BRIEF.model_copy(update={"dropout": 0.0})
    here = fit(*rows, NflDomain().model, config, seed=1)
    there = fit(*rows, NflDomain().model, config.model_copy(update={"device": "cuda"}), seed=1)
    for ours, theirs in zip(there.curve, here.curve, strict=True):
        assert ours.training == pytest.approx(theirs.training, rel=0.01)
        assert ours.validation == pytest.approx(theirs.validation, rel=0.01)
    assert {weight.device.type for weight in there.network.parameters()} == {"cpu"}


def test_the_loss_falls_and_every_primary_head_beats_the_class_frequencies(trained: ModelVersion):
    metrics = trained.metrics()
    (curve,) = metrics.curves
    assert curve[-1].validation < curve[0].validation - 0.3
    for name in NflDomain().model.primary_heads:
        head = metrics.evaluation.heads[name]
        assert head.log_loss < head.baseline_log_loss, name


def test_stated_probabilities_are_recovered(trained: ModelVersion, plays: PlayData):
    training, held_out = split_by_week(plays, synthetic.QUICK.validation_weeks)
    output = PlayPredictor.load(trained, NflDomain()).probabilities(held_out.features_NF)
    third = held_out.features_NF[:, held_out.feature_names.index("down_3")] == 1
    columns = head_slices(HEADS)
    p_pass = output[:, columns["play_type"]][:, PLAY_TYPES.index("pass")]
    for rows, stated in ((third, synthetic.PASS_SHARE["third_down"]), (~third, synthetic.PASS_SHARE["other"])):
        fitted_rows = training.rows * rows.mean()
        # 4 binomial standard errors of the training rows, and 1 % for weight decay and the unseen classes.
        assert p_pass[rows].mean() == pytest.approx(stated, abs=4 * np.sqrt(stated * (1 - stated) / fitted_rows) + 0.01)


def test_a_share_moves_its_own_player(trained: ModelVersion, plays: PlayData):
    """The prior enters directly: more share for the second receiver, more targets for him."""
    names = list(plays.feature_names)
    features = plays.features_NF[:64].copy()
    predictor, target = PlayPredictor.load(trained, NflDomain()), head_slices(HEADS)["target_pass"]
    before = predictor.probabilities(features)[:, target][:, 1]
    features[:, names.index("receiver_2_share")] += 0.2
    features[:, names.index("receiver_1_share")] -= 0.2
    assert (predictor.probabilities(features)[:, target][:, 1] > before).all()


def test_constant_inputs_become_zero_and_stay_harmless():
    block = Standardise(3)
    rows = torch.tensor([[0.1, 5.0, 1.0], [0.1, 5.0, 3.0]])
    block.fit(rows)
    assert block(rows).tolist() == [[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]]
    assert block(torch.tensor([[1e9, 5.0, 2.0]]))[0].tolist() == [8.0, 0.0, 0.0]
