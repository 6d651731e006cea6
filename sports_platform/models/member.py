"""One member of an ensemble, trained by the processes of `torchrun` together and written by the first of them.

Belongs here: what each of these processes runs. How they share the work is `distributed.py`; a version that serves
comes from `train.py`, in one process, since sums over processes round otherwise and its weights must be repeatable.
"""

import json
import os
from pathlib import Path

from safetensors.torch import save_file

from sports_platform.core.domain import ModelPlan, SportDomain
from sports_platform.core.errors import ArtefactError
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import current_snapshot
from sports_platform.models.artefacts import MODEL_NAME, WEIGHTS
from sports_platform.models.dataset import PlayData
from sports_platform.models.distributed import joined
from sports_platform.models.fit import Fitted, TrainConfig, fit
from sports_platform.models.side_by_side import member_seed
from sports_platform.models.train import input_tables, model_card, read_inputs, split

CURVE = "curve.json"


def train_member(
    settings: Settings, domain: SportDomain, week: Week, member: int, folder: Path, config: TrainConfig
) -> Fitted:
    """Train a member of the model as of `week` from the lake; each process of torchrun calls this."""
    snapshots = {table: current_snapshot(settings, table) for table in input_tables(domain)}
    data, _ = read_inputs(settings, domain, model_card(domain, week, config), snapshots)
    training, stopping, _ = split(data, config)
    seed = member_seed(derive_seed(settings.seed, domain.name, MODEL_NAME, week), member)
    return fit_member(training, stopping, domain.model, config, seed=seed, folder=folder)


def fit_member(
    training: PlayData, held_out: PlayData, plan: ModelPlan, config: TrainConfig, *, seed: int, folder: Path
) -> Fitted:
    """Train with the other processes of torchrun; the first writes weights and curve to `folder`, which must be new."""
    if folder.exists():
        raise ArtefactError(
            found=f"{folder} exists", needed="a folder to make", remedy="name another folder or move this one away"
        )
    with joined(config.device) as ranks:
        ranks.wait()  # until every process has looked for the folder
        fitted = fit(training, held_out, plan, config, seed=seed, ranks=ranks)
        if ranks.first:
            _write(fitted, folder)
        ranks.wait()
    return fitted


def _write(fitted: Fitted, folder: Path) -> None:
    """Beside first, so that the folder is whole when it is seen."""
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    beside.mkdir(parents=True)
    save_file({name: value.contiguous() for name, value in fitted.network.state_dict().items()}, beside / WEIGHTS)
    (beside / CURVE).write_text(json.dumps([epoch.model_dump() for epoch in fitted.curve]))
    beside.rename(folder)
