import numpy as np
import pytest

from sports_platform.core.errors import SchemaError
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices
from sports_platform.models.predictor import PlayPredictor
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.outcomes import HEADS


@pytest.fixture(scope="module")
def predictor(trained: ModelVersion) -> PlayPredictor:
    return PlayPredictor.load(trained, NflDomain())


@pytest.mark.parametrize("size", [1, 3, 511, 512, 513, 1200])
def test_a_row_gets_the_same_bits_in_any_company(predictor: PlayPredictor, plays: PlayData, size: int):
    features = plays.features_NF[:2000]
    whole = predictor.probabilities(features)
    chosen = np.random.default_rng(size).permutation(2000)[:size]
    assert (predictor.probabilities(features[chosen]) == whole[chosen]).all()


def test_every_group_sums_to_one(predictor: PlayPredictor, plays: PlayData):
    output = predictor.probabilities(plays.features_NF[:100])
    for head, columns in zip(HEADS, head_slices(HEADS).values(), strict=True):
        sums = output[:, columns].reshape(100, head.groups, head.classes).sum(axis=2)
        assert sums == pytest.approx(1.0, abs=1e-5)


def test_the_callers_buffer_is_filled_in_place(predictor: PlayPredictor, plays: PlayData):
    buffer = np.full((100, predictor.width), -1, dtype=np.float32)
    assert predictor.probabilities(plays.features_NF[:100], out=buffer) is buffer
    assert (buffer == predictor.probabilities(plays.features_NF[:100])).all()
    assert predictor.probabilities(plays.features_NF[:0]).shape == (0, predictor.width)


def test_wrong_shapes_and_types_are_refused(predictor: PlayPredictor, plays: PlayData):
    with pytest.raises(SchemaError, match="features"):
        predictor.probabilities(plays.features_NF[:4, :-1])
    with pytest.raises(SchemaError, match="float64"):
        predictor.probabilities(plays.features_NF[:4].astype(np.float64))
    with pytest.raises(SchemaError, match="output buffer"):
        predictor.probabilities(plays.features_NF[:4], out=np.empty((5, predictor.width), dtype=np.float32))
