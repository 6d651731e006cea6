"""The NFL's `ModelPlan`: which heads, which network, which bar a model must clear."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sports_platform.core.domain import Head, HeadLabels
from sports_platform.sports.nfl.outcomes import HEADS, PASS_RESULTS, PLAY_TYPES

if TYPE_CHECKING:
    import pyarrow as pa
    import torch

    from sports_platform.core.domain import np_i64


class NflModel:
    """Implements `core.domain.ModelPlan`."""

    heads: tuple[Head, ...] = HEADS
    class_names: Mapping[str, tuple[str, ...]] = {"play_type": PLAY_TYPES, "result_pass": PASS_RESULTS}
    feature_table = "play_features"
    event_table = "plays"
    primary_heads: tuple[str, ...] = ("play_type", "target_pass", "target_run", "yards", "time")
    calibrated_head = "play_type"
    # Accuracy is of the call: sacks and scrambles were passes called, and a play wiped out by a penalty shows no call.
    accuracy_classes = tuple(
        {"no_play": -1, "sack": 0, "scramble": 0}.get(name, index) for index, name in enumerate(PLAY_TYPES)
    )
    min_accuracy = 0.70

    def network(self, feature_names: Sequence[str], *, dropout: float) -> "torch.nn.Module":
        """The network [N, F] -> logits [N, OUTPUT_WIDTH]."""
        from sports_platform.sports.nfl.network import PlayNetwork

        return PlayNetwork(feature_names, dropout=dropout)

    def labels(self, columns: "Mapping[str, np_i64]") -> dict[str, HeadLabels]:
        """Head name -> labels, from the label columns."""
        from sports_platform.sports.nfl.labels import play_labels

        return play_labels(columns)

    def auxiliary(self, plays: "pa.Table") -> dict[str, object]:
        """Special-teams, return and try tables counted from plays known at the cut-off."""
        from sports_platform.sports.nfl.special import fit_special_teams

        return fit_special_teams(plays)
