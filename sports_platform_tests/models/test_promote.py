"""The gate's error rates, on evaluations built from per-game losses."""

from pathlib import Path

import numpy as np
import pytest

from sports_platform.core.seeds import derive_seed
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.baselines import climatology
from sports_platform.models.dataset import PlayData, split_by_week
from sports_platform.models.evaluate import Calibration, Evaluation, HeadScore, evaluate
from sports_platform.models.heads import head_slices
from sports_platform.models.predictor import PlayPredictor
from sports_platform.models.promote import Thresholds, Verdict, judge
from sports_platform.sports.nfl import NflDomain
from sports_platform_tests.models import synthetic

GAMES, PLAYS = 90, 150
THRESHOLDS = Thresholds(primary_heads=("kind",), min_accuracy=0.7)
GOOD = Calibration(accuracy=0.72, brier=0.4, ece=0.005, ece_floor_mean=0.004, ece_floor_p95=0.005)


def evaluation(loss_G: np.ndarray, *, version: str = "candidate", week: str = "2015_wk12", **changes) -> Evaluation:
    """An evaluation with the given nats by game."""
    games = len(loss_G)
    head = HeadScore(
        rows_by_game=(PLAYS,) * games,
        loss_by_game=tuple(map(float, loss_G)),
        baseline_by_game=(6.8 * PLAYS,) * games,
    )
    fields = {"heads": {"kind": head}, "calibration": GOOD, "game_ids": tuple(f"g{i}" for i in range(games))} | changes
    return Evaluation(version=version, week=week, weeks=("2015_wk11",), plays_by_game=(PLAYS,) * games, **fields)


def game_losses(seed: int) -> np.ndarray:
    """Nats by game of a decent model: 6.5 a play, games differing by 0.15 a play as the real ones do."""
    return PLAYS * np.random.default_rng(seed).normal(6.5, 0.15, GAMES)


def failed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.checks if not check.passed}


@pytest.mark.parametrize("spread", [0.005, 0.02])
def test_an_equal_model_is_refused_at_most_one_time_in_twenty(spread: float):
    """Twins differ game by game by `spread` nats a play around no difference; 400 draws put 20 at 5 %."""
    refused = 0
    for draw in range(400):
        shared = game_losses(derive_seed(1, draw))
        twin = shared + PLAYS * np.random.default_rng(derive_seed(2, draw)).normal(0, spread, GAMES)
        verdict = judge(evaluation(twin), evaluation(shared, version="champion"), THRESHOLDS, seed=draw)
        refused += not verdict.passed
    assert refused <= 20


def test_a_model_worse_by_more_than_the_tolerance_is_always_refused():
    for draw in range(50):
        shared = game_losses(draw)
        worse = shared + PLAYS * np.random.default_rng(derive_seed(3, draw)).normal(0.05, 0.02, GAMES)
        verdict = judge(evaluation(worse), evaluation(shared, version="champion"), THRESHOLDS, seed=draw)
        assert "total loss less the champion's, nats a play" in failed(verdict)


def test_a_surely_worse_model_is_refused_even_within_the_tolerance():
    shared = game_losses(1)
    verdict = judge(evaluation(shared + PLAYS * 0.005), evaluation(shared, version="champion"), THRESHOLDS, seed=1)
    assert failed(verdict) == {"not shown to be worse, nats a play"}


def test_a_champion_as_of_a_later_week_stays():
    later = evaluation(game_losses(1) + 90, version="champion", week="2015_wk13")
    verdict = judge(evaluation(game_losses(1)), later, THRESHOLDS, seed=1)
    assert failed(verdict) == {"as of the champion's week or later"}
    assert "champion as of 2015_wk13" in verdict.summary


def test_scores_of_other_plays_are_not_compared():
    verdict = judge(evaluation(game_losses(1)), evaluation(game_losses(1)[:-1], version="c"), THRESHOLDS, seed=1)
    assert failed(verdict) == {"same plays"}


def test_the_first_model_must_clear_the_absolute_bar():
    assert judge(evaluation(game_losses(1)), None, THRESHOLDS, seed=1).passed
    # No better than the class frequencies (6.8 nats), whose interval then holds zero.
    assert failed(judge(evaluation(game_losses(1) + PLAYS * 0.3), None, THRESHOLDS, seed=1)) == {
        "kind gain on class frequencies, nats"
    }
    inaccurate = GOOD.model_copy(update={"accuracy": 0.69, "ece": 0.016})
    assert failed(judge(evaluation(game_losses(1), calibration=inaccurate), None, THRESHOLDS, seed=1)) == {
        "accuracy",
        "calibration error",
    }


def test_the_verdict_reads_as_a_table_and_survives_storage(tmp_path: Path):
    verdict = judge(evaluation(game_losses(1)), None, THRESHOLDS, seed=1)
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict
    assert verdict.markdown().count("\n") == len(verdict.checks) + 1


@pytest.fixture(scope="module")
def real(trained: ModelVersion, plays: PlayData):
    """A function giving the evaluation of changed probabilities of a trained model."""
    training, held_out = split_by_week(plays, synthetic.QUICK.validation_weeks)
    plan = NflDomain().model
    output = PlayPredictor.load(trained, NflDomain()).probabilities(held_out.features_NF)
    baseline = climatology(training, plan.heads)

    def scored(change) -> Evaluation:
        return evaluate(change(output), baseline, held_out, plan, version="changed", week="2015_wk12")

    return scored


def over_confident(output: np.ndarray) -> np.ndarray:
    """All logits times 1.5."""
    sharp = output**1.5
    for head, columns in zip(NflDomain().model.heads, head_slices(NflDomain().model.heads).values(), strict=True):
        block = sharp[:, columns].reshape(len(sharp), head.groups, head.classes)
        sharp[:, columns] = (block / block.sum(axis=2, keepdims=True)).reshape(len(sharp), -1)
    return sharp


def test_a_trained_model_passes_and_so_does_its_twin(real):
    thresholds = Thresholds.of(NflDomain().model)
    own = real(lambda output: output)
    assert judge(own, None, thresholds, seed=1).passed, judge(own, None, thresholds, seed=1).markdown()
    assert judge(own, own, thresholds, seed=1).passed


def test_an_over_confident_model_is_refused(real):
    verdict = judge(real(over_confident), real(lambda output: output), Thresholds.of(NflDomain().model), seed=1)
    assert "total loss less the champion's, nats a play" in failed(verdict)


def test_a_model_of_shuffled_labels_is_refused(real, settings, plays: PlayData):
    _, held_out = split_by_week(plays, synthetic.QUICK.validation_weeks)
    nonsense = synthetic.train(settings, synthetic.shuffled(plays, seed=1))
    output = PlayPredictor.load(nonsense, NflDomain()).probabilities(held_out.features_NF)
    verdict = judge(real(lambda _: output), None, Thresholds.of(NflDomain().model), seed=1)
    assert {"play_type gain on class frequencies, nats", "accuracy"} <= failed(verdict)
    against = judge(real(lambda _: output), real(lambda own: own), Thresholds.of(NflDomain().model), seed=1)
    assert "not shown to be worse, nats a play" in failed(against)
