"""Sweeps on a real lake, a real Optuna database and a real MLflow; where many trials are needed, of a stated loss."""

import itertools
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import optuna
import pyarrow as pa
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from sports_platform.core.errors import MissingDataError, SettingsError
from sports_platform.core.settings import Settings
from sports_platform.models import sweep as sweeps
from sports_platform.models.curve import Epoch
from sports_platform.models.fit import DivergedError, Fitted, TrainConfig
from sports_platform.models.sweep import Sweep, open_sweep, require_begun, results, run_trial
from sports_platform.models.train import train_week
from sports_platform.models.trial import Trial, trial_names
from sports_platform_tests.models import synthetic
from sports_platform_tests.models.sweep_process import BASE, opened
from sports_platform_tests.models.test_train import DOMAIN, LAST, fill_features, filled

# As of week 11, features of weeks 4-10: four to fit, week 8 stops, weeks 9 and 10 are the gate's.
STOPPING, VALIDATION = {"2015_wk08"}, {"2015_wk09", "2015_wk10"}
_seeds = itertools.count(1)
LossOf = Callable[[TrainConfig, int], float]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return filled(Settings(home=tmp_path_factory.mktemp("sweep"), threads=1))


@pytest.fixture
def fresh(lake: Settings) -> Settings:
    """The lake under a seed of the test's own, and so with studies of its own."""
    return lake.model_copy(update={"seed": next(_seeds)})


def kept(sweep: Sweep) -> list[optuna.trial.FrozenTrial]:
    """Every trial in the database, superseded and failed ones too."""
    storage = f"sqlite:///{sweep.settings.sweeps}"
    return optuna.load_study(study_name=sweep.study, storage=storage).trials


def mlflow(settings: Settings) -> MlflowClient:
    return MlflowClient(tracking_uri=f"sqlite:///{settings.home / 'mlflow.db'}")


def runs(sweep: Sweep, name: str | None = None) -> list[Run]:
    """The study's run and its trials', in order, or those of a trial."""
    client = mlflow(sweep.settings)
    experiment = client.get_experiment_by_name("nfl/play_model_sweep")
    of_study = f"tags.`input.study` = '{sweep.study}'"
    found = client.search_runs([experiment.experiment_id], of_study, order_by=["attributes.start_time"])
    return [run for run in found if name in (None, run.info.run_name)]


def trains_to(monkeypatch: pytest.MonkeyPatch, loss_of: LossOf) -> None:
    """Let trials have a stated loss of (config, epoch) instead of training for it."""

    def fit(*_: object, seed: int, on_epoch: Callable[[Epoch], None]) -> Fitted:
        config, curve = _[3], []
        for epoch in range(config.epochs):
            curve.append(Epoch(epoch=epoch, training=1.0, validation=loss_of(config, epoch), heads={}))
            on_epoch(curve[-1])
        return Fitted(None, curve)

    monkeypatch.setattr(sweeps, "fit", fit)


def relabelled(weeks: set[str]) -> pa.Table:
    """The lake's feature rows, with the labels of these weeks moved to other plays of the same weeks."""
    table = synthetic.table(12_000, seed=1)
    rows = np.arange(table.num_rows)
    there = np.isin(table["week_key"].to_numpy(zero_copy_only=False), list(weeks))
    rows[there] = np.random.default_rng(1).permutation(rows[there])
    for index, name in enumerate(table.column_names):
        if name.startswith("label_"):
            table = table.set_column(index, name, table[name].take(pa.array(rows)))
    return table


def test_the_first_trial_is_the_base_config_as_a_training_fits_its_first_member(fresh: Settings):
    trial = run_trial(opened(fresh), "trial_000")
    assert trial.params == {name: getattr(BASE, name) for name in sweeps.SPACE}
    curve = train_week(fresh, DOMAIN, LAST, BASE).metrics().curves[0]
    assert trial.losses == tuple(point.validation for point in curve)
    assert trial.objective == trial.losses[trial.best_epoch] == min(trial.losses)


def test_trials_never_see_the_weeks_that_the_gate_judges_on(
    lake: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sweeps, "log_trial", lambda *_: None)
    found = run_trial(opened(lake), "trial_001")
    other = filled(Settings(home=tmp_path / "validation", threads=1), relabelled(VALIDATION))
    assert run_trial(opened(other), "trial_001") == found
    # It could: labels of the week that stops a training are seen, and by nothing but their losses.
    other = filled(Settings(home=tmp_path / "stopping", threads=1), relabelled(STOPPING))
    seen = run_trial(opened(other), "trial_001")
    assert seen.params == found.params
    assert all(one != two for one, two in zip(seen.losses, found.losses, strict=True))


def test_a_trial_that_runs_again_replaces_its_result(fresh: Settings, monkeypatch: pytest.MonkeyPatch):
    sweep = opened(fresh)
    first = [run_trial(sweep, name) for name in trial_names(3)]
    again = run_trial(sweep, "trial_001")
    assert again == first[1]  # though trial_002 ended meanwhile
    assert results(sweep) == sorted(first, key=lambda trial: trial.objective)
    assert [trial.user_attrs["trial"] for trial in kept(sweep)] == [*trial_names(3), "trial_001"]
    old, new = runs(sweep, "trial_001")
    assert old.data.tags["replaced_by"] == new.info.run_id
    assert "replaced_by" not in new.data.tags
    trains_to(monkeypatch, lambda config, epoch: 0.25)
    better = run_trial(sweep, "trial_001")
    assert results(sweep)[0] == better == Trial("trial_001", "complete", first[1].params, (0.25, 0.25))
    assert len(results(sweep)) == 3


def test_a_failed_trial_is_kept_and_takes_no_result_away(fresh: Settings, monkeypatch: pytest.MonkeyPatch):
    sweep = opened(fresh)
    trains_to(monkeypatch, lambda config, epoch: 1.0)
    result = run_trial(sweep, "trial_000")

    def diverge(*_: object, **__: object) -> Fitted:
        raise DivergedError(found="loss nan", needed="a number", remedy="a smaller rate")

    monkeypatch.setattr(sweeps, "fit", diverge)
    for name in trial_names(2):
        with pytest.raises(DivergedError):
            run_trial(sweep, name)
    assert results(sweep) == [result]
    assert [trial.state.name for trial in kept(sweep)] == ["COMPLETE", "FAIL", "FAIL"]
    old, new = runs(sweep, "trial_000")
    assert (old.info.status, new.info.status) == ("FINISHED", "FAILED")
    assert "replaced_by" not in old.data.tags


def test_a_lake_with_too_few_weeks_is_no_failed_trial(fresh: Settings):
    sweep = open_sweep(fresh, DOMAIN, LAST, BASE.model_copy(update={"stopping_weeks": 9}))
    with pytest.raises(MissingDataError, match="weeks"):
        run_trial(sweep, "trial_000")
    with pytest.raises(MissingDataError, match="no study"):
        require_begun(sweep)


def test_a_proposal_follows_from_the_results_before_it_alone(fresh: Settings, monkeypatch: pytest.MonkeyPatch):
    sweep, names = opened(fresh), trial_names(13)
    trains_to(monkeypatch, lambda config, epoch: config.dropout)
    trials = [run_trial(sweep, name) for name in names]
    assert run_trial(sweep, names[11]) == trials[11]
    # They are learned from: with the opposite loss the eleven before it lead elsewhere.
    trains_to(monkeypatch, lambda config, epoch: -config.dropout)
    for name in names[:11]:
        run_trial(sweep, name)
    assert run_trial(sweep, names[11]).params != trials[11].params


def test_a_trial_behind_the_median_is_pruned_and_ranks_last(fresh: Settings, monkeypatch: pytest.MonkeyPatch):
    sweep = open_sweep(fresh, DOMAIN, LAST, BASE.model_copy(update={"epochs": 6}))
    trains_to(monkeypatch, lambda config, epoch: 1.0 - 0.1 * epoch)
    for name in trial_names(5):
        assert run_trial(sweep, name).state == "complete"
    trains_to(monkeypatch, lambda config, epoch: 2.0)
    pruned = run_trial(sweep, "trial_005")
    assert (pruned.state, pruned.losses) == ("pruned", (2.0,) * 4)
    trains_to(monkeypatch, lambda config, epoch: 3.0)
    assert run_trial(sweep, "trial_000").state == "complete"  # nothing before it to be behind of
    assert [trial.name for trial in results(sweep)][-2:] == ["trial_000", "trial_005"]


@pytest.mark.timeout(600)  # two fresh interpreters import torch and MLflow
def test_two_processes_lose_nothing_in_one_study_that_is_new_to_both(lake: Settings, tmp_path: Path):
    settings = Settings(home=tmp_path, threads=1)
    shutil.copy(lake.catalog, settings.catalog)
    command = [sys.executable, "-m", "sports_platform_tests.models.sweep_process", str(tmp_path)]
    shares = [trial_names(6)[0::2], trial_names(6)[1::2]]
    both = [subprocess.Popen([*command, *share], stderr=subprocess.PIPE, text=True) for share in shares]
    for process in both:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    sweep = opened(settings)
    assert sorted(trial.name for trial in results(sweep)) == trial_names(6)
    assert sorted(trial.number for trial in kept(sweep)) == list(range(6))
    found = runs(sweep)
    (parent,) = [run for run in found if run.info.run_name == sweep.study]
    assert [run.data.tags.get("mlflow.parentRunId") for run in found].count(parent.info.run_id) == len(found) - 1 == 6


def test_other_data_base_space_or_seed_make_another_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = filled(Settings(home=tmp_path, threads=1))
    monkeypatch.setattr(sweeps, "log_trial", lambda *_: None)
    trains_to(monkeypatch, lambda config, epoch: 1.0)
    before = opened(settings)
    run_trial(before, "trial_000")
    assert opened(settings).study == before.study
    names = {before.study, open_sweep(settings, DOMAIN, LAST, BASE.model_copy(update={"epochs": 3})).study}
    names.add(opened(settings.model_copy(update={"seed": 1})).study)
    with monkeypatch.context() as patched:
        patched.setitem(sweeps.SPACE, "dropout", optuna.distributions.FloatDistribution(0.0, 0.5))
        names.add(opened(settings).study)
    fill_features(settings, synthetic.table(10, seed=2))
    after = opened(settings)
    assert len(names | {after.study}) == 5
    with pytest.raises(MissingDataError, match=f"of that week: {before.study}"):
        require_begun(after)
    assert results(after) == []
    require_begun(before)
    assert len(results(before)) == 1


def test_members_do_not_matter_to_a_trial_but_to_what_is_found(fresh: Settings):
    sweep = open_sweep(fresh, DOMAIN, LAST, BASE.model_copy(update={"members": 5}))
    assert sweep.study == opened(fresh).study
    found = sweep.found(Trial("trial_001", "complete", sweep.start | {"dropout": 0.3}, (1.0,)))
    assert found == BASE.model_copy(update={"members": 5, "dropout": 0.3})


def test_mlflow_holds_a_child_run_a_trial_and_no_model(fresh: Settings):
    sweep = opened(fresh)
    trials = [run_trial(sweep, name) for name in trial_names(2)]
    parent, *children = runs(sweep)
    assert parent.info.run_name == sweep.study
    assert [run.info.run_name for run in children] == trial_names(2)
    client = mlflow(fresh)
    for run, trial in zip(children, trials, strict=True):
        assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert run.data.tags["input.study"] == sweep.study
        assert run.data.tags["snapshot.nfl.play_features"] == str(sweep.lineage.snapshots["nfl.play_features"])
        assert run.data.params["learning_rate"] == str(trial.params["learning_rate"])
        history = client.get_metric_history(run.info.run_id, "validation_loss")
        assert tuple(point.value for point in sorted(history, key=lambda point: point.step)) == trial.losses
        assert run.data.metrics["objective"] == trial.objective
        assert client.list_artifacts(run.info.run_id) == []
        assert client.search_model_versions(f"run_id = '{run.info.run_id}'") == []


@pytest.mark.parametrize("changes", [{"learning_rate": 0.5}, {"ema_decay": 0.5}, {"batch_size": 8}])
def test_a_base_outside_the_space_is_refused(lake: Settings, changes: dict[str, float]):
    with pytest.raises(SettingsError, match="outside the search space"):
        open_sweep(lake, DOMAIN, LAST, BASE.model_copy(update=changes))
