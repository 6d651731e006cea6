"""A training in a process of its own, for tests that kill it or start several of it.

python -m sports_platform_tests.models.member_process checkpoints FOLDER
torchrun --nproc-per-node 2 -m sports_platform_tests.models.member_process ranks FOLDER
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from sports_platform.models.dataset import PlayData, split_by_week
from sports_platform.models.fit import TrainConfig, fit
from sports_platform.models.member import fit_member
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.model import NflModel
from sports_platform_tests.models import synthetic

SEED = 7
# Everything that a checkpoint must carry: dropout, averaged weights, a rate that rises and falls.
KILLED = TrainConfig(epochs=6, patience=6, batch_size=32, dropout=0.2, ema_decay=0.99, warmup=0.1, clip_norm=5.0)
# 1200 rows: 11 batches of 109, which two processes cannot halve, and one of a single row, which leaves one none.
SHARED = TrainConfig(epochs=2, batch_size=109, dropout=0.0, ema_decay=0.9, warmup=0.1, clip_norm=5.0)


class DoubleModel(NflModel):
    """The NFL's plan with weights of double precision, in which a difference of method shows and rounding does not."""

    def network(self, feature_names: Sequence[str], *, dropout: float) -> torch.nn.Module:
        return super().network(feature_names, dropout=dropout).double()


def rows() -> tuple[PlayData, PlayData]:
    """Plays to fit and plays to validate on."""
    return split_by_week(synthetic.data(1600), 2)


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "checkpoints":
        fit(*rows(), NflDomain().model, KILLED, seed=SEED, checkpoints=folder)
    else:
        fit_member(*rows(), DoubleModel(), SHARED, seed=SEED, folder=folder)


if __name__ == "__main__":
    main()
