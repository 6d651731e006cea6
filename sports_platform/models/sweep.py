"""Sweeps: hyper-parameters of the play model as of a week, proposed and kept by Optuna.

Belongs here: the search space, what makes trials comparable, and a trial from its proposal to its record.
Nothing is chosen by the validation weeks, which the gate judges on: a trial sees the rows to fit and those that stop.

A trial knows the results of the trials before it by name and no others, whatever ran in between. So a trial that
runs again after the same results is the same trial, and no order of partitions is wrong.
"""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
)
from optuna.trial import FrozenTrial, TrialState

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError, SettingsError
from sports_platform.core.lineage import Lineage, config_hash, git_commit
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import current_snapshot
from sports_platform.models.artefacts import MODEL_NAME, ModelCard
from sports_platform.models.config import training_config
from sports_platform.models.curve import Epoch
from sports_platform.models.dataset import PlayData
from sports_platform.models.fit import TrainConfig, fit
from sports_platform.models.registry import log_trial
from sports_platform.models.side_by_side import member_seed
from sports_platform.models.train import input_tables, model_card, read_inputs, split
from sports_platform.models.trial import State, Trial, ranked, trial_names

# Each study would announce itself on the console; what happens stands in the study and in MLflow.
optuna.logging.set_verbosity(optuna.logging.WARNING)

# Fields of TrainConfig. Members, weeks, device and threads are no matter of taste, epochs and patience are the budget.
SPACE: Mapping[str, BaseDistribution] = {
    "learning_rate": FloatDistribution(2e-4, 2e-2, log=True),
    "weight_decay": FloatDistribution(1e-4, 1e-1, log=True),
    "dropout": FloatDistribution(0.0, 0.4),
    "batch_size": IntDistribution(64, 2048, log=True),
    "warmup": FloatDistribution(0.0, 0.3),
    "ema_decay": CategoricalDistribution((0.0, 0.9, 0.99, 0.998)),
}
_NAME = "trial"  # attribute of an Optuna trial
_COUNTED: Mapping[TrialState, State] = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned"}
# A trial is pruned when, after its third epoch, its best loss is behind the median of at least five others there:
# before that, losses tell of warm-up and rate rather than of the end.
_MEDIAN = {"n_startup_trials": 5, "n_warmup_steps": 3}


@dataclass(frozen=True)
class Sweep:
    """What the trials of a study share. Trials of other data, features, heads, space or base have another study."""

    settings: Settings
    domain: SportDomain
    config: TrainConfig  # as it would be trained; trials train one member
    card: ModelCard
    lineage: Lineage

    @property
    def study(self) -> str:
        """The study's name, in Optuna and in MLflow."""
        return self.lineage.inputs["study"]

    @property
    def start(self) -> dict[str, int | float]:
        """The base config's place in the search space: the first trial, for the others to be compared with."""
        return {name: getattr(self.config, name) for name in SPACE}

    @cached_property
    def rows(self) -> tuple[PlayData, PlayData]:
        """Rows to fit and rows that stop; those of the validation weeks are dropped here."""
        data, _ = read_inputs(self.settings, self.domain, self.card, self.lineage.snapshots)
        training, stopping, _ = split(data, self.card.config)
        return training, stopping

    def found(self, trial: Trial) -> TrainConfig:
        """The config that a trial speaks for, with the base's members."""
        return TrainConfig.model_validate(self.config.model_dump() | dict(trial.params))


def open_sweep(settings: Settings, domain: SportDomain, week: Week, config: TrainConfig | None = None) -> Sweep:
    """The sweep on the lake as it is now; begins no study. Raises MissingDataError or SettingsError."""
    config = config or training_config(settings)
    card = model_card(domain, week, config.model_copy(update={"members": 1}))
    snapshots = {table: current_snapshot(settings, table) for table in input_tables(domain)}
    seed = _seed(settings, domain, week)  # as of a training: the first trial is its first member
    space = {name: distribution_to_json(values) for name, values in SPACE.items()}
    comparable = config_hash([card.model_dump(mode="json"), snapshots, seed, space])
    lineage = Lineage(
        step=f"models/{MODEL_NAME}_trial",
        sport=domain.name,
        week=str(week),
        inputs={"study": f"{domain.name}/{MODEL_NAME}/{week}/{comparable}"},
        snapshots=snapshots,
        seed=seed,
        config_hash=config_hash(card.config.model_dump()),
        git_commit=git_commit(),
    )
    sweep = Sweep(settings, domain, config, card, lineage)
    _require_inside(sweep.start)
    return sweep


def run_trial(sweep: Sweep, name: str) -> Trial:
    """Train the named trial and record it as that name's result; what training raises is recorded, then raised."""
    rows = sweep.rows  # first: a lake without them is no failure of the trial
    study = _study(sweep)
    adviser = _adviser(sweep, name, study)
    asked = adviser.ask(dict(SPACE))
    asked.set_user_attr(_NAME, name)
    config = TrainConfig.model_validate(sweep.card.config.model_dump() | asked.params)
    curve: list[Epoch] = []
    objective, state = None, TrialState.FAIL
    try:
        objective, state = _objective(sweep, rows, config, asked, curve), TrialState.COMPLETE
    except optuna.TrialPruned:
        state = TrialState.PRUNED
    finally:
        trial = _record(sweep, study, adviser.tell(asked, objective, state), config, curve)
    return trial


def results(sweep: Sweep) -> list[Trial]:
    """The result of every trial that has one, best first."""
    begun = sweep.study in _studies(sweep.settings)
    return ranked(map(_trial, _counted(_study(sweep)).values())) if begun else []


def require_begun(sweep: Sweep) -> None:
    """Raise MissingDataError where no trial was run yet."""
    known = _studies(sweep.settings)
    if sweep.study not in known:
        others = [name for name in known if name.startswith(sweep.study.rpartition("/")[0])]
        raise MissingDataError(
            found=f"no study {sweep.study}; of that week: {', '.join(others) or 'none'}",
            needed="trials on the lake's current snapshots, with this base config and search space",
            remedy=f"run `sports-platform sweep {sweep.card.week}`",
        )


def _require_inside(start: dict[str, int | float]) -> None:
    try:
        optuna.trial.create_trial(params=start, distributions=dict(SPACE), value=0.0)
    except ValueError as error:
        raise SettingsError(
            found=f"a base config outside the search space: {error}",
            needed=f"each of {', '.join(SPACE)} inside its range, since the first trial is the base config",
            remedy="change the base config, or SPACE in sports_platform/models/sweep.py",
        ) from error


def _objective(
    sweep: Sweep, rows: tuple[PlayData, PlayData], config: TrainConfig, asked: optuna.Trial, curve: list[Epoch]
) -> float:
    """The best epoch's loss of one member, whose epochs go to `curve` as they end; raises TrialPruned."""

    def on_epoch(epoch: Epoch) -> None:
        curve.append(epoch)
        asked.report(epoch.validation, epoch.epoch)
        if len(curve) < config.epochs and asked.should_prune():
            raise optuna.TrialPruned

    seed = member_seed(_seed(sweep.settings, sweep.domain, sweep.card.week), 0)
    return fit(*rows, sweep.domain.model, config, seed=seed, on_epoch=on_epoch).best.validation


def _adviser(sweep: Sweep, name: str, study: optuna.Study) -> optuna.Study:
    """A study in memory that knows the results before the trial: it proposes and prunes, the same each time."""
    seed = _seed(sweep.settings, sweep.domain, sweep.card.week, "sweep", name)
    sampler = optuna.samplers.TPESampler(seed=seed % 2**32)  # numpy takes no longer seed
    adviser = optuna.create_study(sampler=sampler, pruner=optuna.pruners.MedianPruner(**_MEDIAN))
    counted = _counted(study)
    adviser.add_trials(counted[before] for before in sorted(counted) if before < name)
    if name == trial_names(1)[0]:
        adviser.enqueue_trial(sweep.start)
    return adviser


def _seed(settings: Settings, domain: SportDomain, week: Week | str, *use: str) -> int:
    return derive_seed(settings.seed, domain.name, MODEL_NAME, week, *use)


def _counted(study: optuna.Study) -> dict[str, FrozenTrial]:
    """Of each name its newest trial that was not a failure."""
    found = study.get_trials(deepcopy=False, states=tuple(_COUNTED))
    return {trial.user_attrs[_NAME]: trial for trial in sorted(found, key=lambda trial: trial.number)}


def _record(sweep: Sweep, study: optuna.Study, ended: FrozenTrial, config: TrainConfig, curve: list[Epoch]) -> Trial:
    """Keep an ended trial, whole: in the study, then in MLflow."""
    trial = _trial(ended)
    with _locked(sweep.settings):
        study.add_trial(ended)
        log_trial(sweep.settings, sweep.lineage, trial, config, curve)
    return trial


def _trial(ended: FrozenTrial) -> Trial:
    losses = tuple(ended.intermediate_values[epoch] for epoch in sorted(ended.intermediate_values))
    return Trial(ended.user_attrs[_NAME], _COUNTED.get(ended.state, "failed"), ended.params, losses)


def _study(sweep: Sweep) -> optuna.Study:
    with _locked(sweep.settings):  # two processes would make the tables at once
        storage = _storage(sweep.settings)
        return optuna.create_study(storage=storage, study_name=sweep.study, load_if_exists=True)


def _studies(settings: Settings) -> list[str]:
    with _locked(settings):
        return optuna.get_all_study_names(_storage(settings)) if settings.sweeps.exists() else []


def _storage(settings: Settings) -> optuna.storages.RDBStorage:
    # 30 s: SQLite locks the whole file for the moment another process commits.
    return optuna.storages.RDBStorage(f"sqlite:///{settings.sweeps}?timeout=30")


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    """Hold studies and their runs against other processes while a trial is recorded."""
    with settings.sweeps.with_suffix(".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
