"""Scores of several methods beside one another, on outcomes drawn from known distributions."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from sports_platform.cli.comparison_tables import calls_table, heads_table, verdict_lines
from sports_platform.core.domain import ModelPlan
from sports_platform.core.errors import LookAheadError
from sports_platform.core.settings import Settings
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.baselines import climatology
from sports_platform.models.classifiers import CLASSIFIERS, predict
from sports_platform.models.comparison import HeadComparison, compare
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices
from sports_platform.models.scores import Scored, auc, brier, select
from sports_platform.models.season import SeasonReport, score_season
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.outcomes import PLAY_TYPES
from sports_platform_tests.models import synthetic

PLAN = NflDomain().model


def frequencies(rows: PlayData, of: PlayData) -> np.ndarray:
    return np.tile(climatology(of, PLAN.heads), (rows.rows, 1))


def with_true_calls(rows: PlayData, output_NW: np.ndarray) -> np.ndarray:
    """The same output with the play types' true probabilities."""
    third = rows.features_NF[:, rows.feature_names.index("down_3")] > 0
    passes = np.where(third, synthetic.PASS_SHARE["third_down"], synthetic.PASS_SHARE["other"])
    true = output_NW.copy()
    columns = true[:, head_slices(PLAN.heads)["play_type"]][:, : len(PLAY_TYPES)]  # of the only formation seen
    columns[:] = 0
    columns[:, PLAY_TYPES.index("pass")], columns[:, PLAY_TYPES.index("run")] = passes, 1 - passes
    return true


@pytest.fixture(scope="module")
def scored() -> PlayData:
    return synthetic.data(3000, seed=2)


@pytest.fixture(scope="module")
def heads(plays: PlayData, scored: PlayData) -> dict[str, HeadComparison]:
    base = frequencies(scored, plays)
    others = {"frequencies": base, "itself": with_true_calls(scored, base)}
    found = compare(with_true_calls(scored, base), others, scored, PLAN, seed=1)
    return {head.head: head for head in found}


def test_the_truth_beats_the_frequencies_and_not_itself(heads: dict[str, HeadComparison]) -> None:
    calls = heads["play_type"]
    assert calls.log_loss["frequencies"].high < 0
    assert calls.not_beaten == ["itself"]
    entropy = -np.mean([p * np.log(p) + (1 - p) * np.log(1 - p) for p in (0.95, 0.2, 0.2, 0.2)])
    assert calls.model.log_loss == pytest.approx(entropy, abs=0.04)  # 30 % third downs, 3000 plays
    assert calls.model.calibration.error < 1.5 * calls.model.calibration.floor_p95
    assert calls.model.accuracy == pytest.approx(0.3 * 0.95 + 0.7 * 0.8, abs=0.03)


def test_a_head_equal_to_its_baseline_is_not_called_better(heads: dict[str, HeadComparison]) -> None:
    assert set(heads["yards"].not_beaten) == {"frequencies", "itself"}
    assert heads["yards"].crps["frequencies"].value == 0
    assert "field_goal" not in heads  # no such play among these


def test_the_table_marks_what_is_not_beaten(heads: dict[str, HeadComparison]) -> None:
    report = SeasonReport("2015_wk12-abc", 2016, ("2015_wk04", "2015_wk11"), 6000, 500, 3000, 32, list(heads.values()))
    columns = {str(column.header): list(column.cells) for column in heads_table(report.heads).columns}
    first = columns["head"].index("play_type")
    verdicts = dict(zip(columns["method"][first:][:3], columns["model beats it"][first:][:3], strict=True))
    assert verdicts == {"model": "", "frequencies": "yes", "itself": "NO"}
    assert "NOT BETTER: play_type than itself" in verdict_lines(report)
    assert calls_table(report.heads).row_count == 3


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_learns_what_a_feature_says_and_leaves_no_class_impossible(name: str, scored: PlayData) -> None:
    rows = synthetic.data(2000)
    late = rows.weeks_N == rows.weeks[-1]
    wide = [head for head in PLAN.heads if head.name in ("play_type", "result_pass")]
    base = climatology(rows, wide)
    plan = cast(ModelPlan, SimpleNamespace(heads=wide, boosting={}, pooled_heads=()))
    output = predict(CLASSIFIERS[name], rows.take(~late), rows.take(late), scored, plan, base, seed=1)
    calls = output[:, head_slices(wide)["play_type"]][:, : len(PLAY_TYPES)]
    third = scored.features_NF[:, scored.feature_names.index("down_3")] > 0
    assert calls[third, PLAY_TYPES.index("pass")].mean() == pytest.approx(synthetic.PASS_SHARE["third_down"], abs=0.05)
    assert calls[~third, PLAY_TYPES.index("pass")].mean() == pytest.approx(synthetic.PASS_SHARE["other"], abs=0.05)
    assert (calls > 0).all()
    assert calls.sum(axis=1) == pytest.approx(1, abs=1e-5)
    # No pass was flat: its columns keep the frequencies.
    flat = slice(head_slices(wide)["result_pass"].start, head_slices(wide)["result_pass"].start + 4)
    assert (output[:, flat] == base[flat]).all()


def test_a_pooled_head_has_one_classifier_that_knows_the_candidate(scored: PlayData) -> None:
    """Depth follows the receiver's own air yards, whatever his slot: a few rows of a slot are enough."""
    rows, labels = synthetic.data(3000), {}
    head = next(head for head in PLAN.heads if head.name == "depth")
    for data in (rows, scored):
        slot = data.labels["depth"].group
        seen = slot >= 0
        own = PLAN.candidate_inputs("depth", data.features_NF[seen], data.feature_names, slot[seen])
        classes = np.full(data.rows, -1)
        classes[seen] = np.where(own[:, 1] > 0.5, 4, 0)
        labels[id(data)] = {"depth": replace(data.labels["depth"], low=classes, high=classes)}
    rows, there = replace(rows, labels=labels[id(rows)]), replace(scored, labels=labels[id(scored)])
    late = rows.weeks_N == rows.weeks[-1]
    plan = cast(
        ModelPlan,
        SimpleNamespace(heads=[head], boosting={}, pooled_heads=("depth",), candidate_inputs=PLAN.candidate_inputs),
    )
    base = climatology(rows, [head])
    output = predict(CLASSIFIERS["boosting"], rows.take(~late), rows.take(late), there, plan, base, seed=1)
    picked = select(output, head, slice(0, head.width), there.labels["depth"])
    assert (picked.p_nC[np.arange(len(picked.low_n)), picked.low_n] > 0.9).mean() > 0.97


def test_auc_and_brier_against_every_pair_and_every_row() -> None:
    draw = np.random.default_rng(1)
    p = draw.dirichlet(np.ones(3), size=60)
    low = draw.integers(0, 3, 60)
    found = Scored(np.arange(60), p, low, low)
    areas = []
    for class_ in range(3):
        above = p[low == class_, class_][:, None] - p[low != class_, class_][None, :]
        areas.append((above > 0).mean())
    assert auc(found, (0, 1, 2)) == pytest.approx(np.mean(areas))
    by_row = [sum((p[row, class_] - (low[row] == class_)) ** 2 for class_ in range(3)) for row in range(60)]
    assert brier(found) == pytest.approx(np.mean(by_row))


def test_a_version_that_may_have_seen_the_season_is_refused(settings: Settings, trained: ModelVersion) -> None:
    with pytest.raises(LookAheadError, match="must not have seen"):
        score_season(settings, NflDomain(), trained, trained.week.season, on_note=print)
