"""The NFL play network: one trunk, one fused output, player shares as the prior of who gets the ball."""

from collections.abc import Sequence

import torch
from torch import nn

from sports_platform.models.blocks import Standardise, trunk
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.outcomes import HEADS, OUTPUT_WIDTH, RECEIVER_SLOTS, RUSHER_SLOTS

TRUNK = (512, 256, 128)

# Below this a share is noise; it keeps the logarithm of an empty slot finite (-7.6).
_LEAST_SHARE = 5e-4
_LEAST_OTHER = 0.01

RECEIVER_SHARES = tuple(f"receiver_{slot}_share" for slot in range(1, RECEIVER_SLOTS + 1))
RUSHER_SHARES = tuple(f"rusher_{slot}_share" for slot in range(1, RUSHER_SLOTS + 1))


class PlayNetwork(nn.Module):
    """Features [N, F] -> logits [N, W] of all heads, in the order of `outcomes.HEADS`.

    The logit of a target is log(prior share of the slot) plus the trunk's output, so that a change of
    a player's share moves his probability directly and the trunk only learns what the situation adds.
    """

    receiver_columns: torch.Tensor
    rusher_columns: torch.Tensor

    def __init__(self, feature_names: Sequence[str], *, dropout: float) -> None:
        super().__init__()
        self.standardise = Standardise(len(feature_names))
        self.trunk = trunk(len(feature_names), TRUNK, dropout)
        self.output = nn.Linear(TRUNK[-1], OUTPUT_WIDTH)
        self.columns = head_slices(HEADS)
        places = {name: place for place, name in enumerate(feature_names)}
        for buffer, shares in (("receiver_columns", RECEIVER_SHARES), ("rusher_columns", RUSHER_SHARES)):
            self.register_buffer(buffer, torch.tensor([places[name] for name in shares]), persistent=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of all heads."""
        logits: torch.Tensor = self.output(self.trunk(self.standardise(features)))
        prior = torch.zeros_like(logits)
        prior[:, self.columns["target_pass"]] = _log_shares(features[:, self.receiver_columns])
        prior[:, self.columns["target_run"]] = _log_shares(features[:, self.rusher_columns])
        return logits + prior


def _log_shares(shares: torch.Tensor) -> torch.Tensor:
    """Log of the slots' shares [N, S] and of what they leave to anybody else [N, S + 1]."""
    other = (1.0 - shares.sum(dim=1, keepdim=True)).clamp(min=_LEAST_OTHER)
    return torch.cat([shares.clamp(min=_LEAST_SHARE), other], dim=1).log()
