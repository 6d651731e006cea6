"""The NFL's `DrivePlan`: which heads, which network, what a drive's outcome means in points.

Belongs here: labels of a drive and its points. The vocabulary is `drive_outcomes`, features are `features/drives.sql`.
Legend: N rows, W output columns.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sports_platform.core.domain import Head, HeadLabels, Levelling
from sports_platform.core.errors import SchemaError
from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.drive_outcomes import (
    DRIVE_HEADS,
    DRIVE_OUTCOMES,
    FIELD_GOAL,
    GROUP_OF_OUTCOME,
    PLAY_LOWS,
    SECOND_LOWS,
    TIMED_GROUPS,
    TOUCHDOWN,
    TRY_POINTS,
)
from sports_platform.sports.nfl.labels import bins, exact, one_group

if TYPE_CHECKING:
    import pyarrow as pa
    import torch

    from sports_platform.core.domain import np_f32, np_f64, np_i64

_TOUCHDOWN = DRIVE_OUTCOMES.index("touchdown")
_POINTS = np.array([{"touchdown": TOUCHDOWN, "field_goal": FIELD_GOAL}.get(name, 0) for name in DRIVE_OUTCOMES], float)

LEVELLED: Mapping[str, Levelling] = {"plays": Levelling(), "seconds": Levelling()}


class NflDriveModel:
    """Implements `core.domain.DrivePlan`."""

    heads: tuple[Head, ...] = DRIVE_HEADS
    class_names: Mapping[str, tuple[str, ...]] = {"outcome": DRIVE_OUTCOMES}
    feature_table = "drive_features"
    event_table = "plays"
    label_states: tuple[str, ...] = ()
    primary_heads: tuple[str, ...] = ("outcome", "plays", "seconds")
    levelled_heads: Mapping[str, Levelling] = LEVELLED
    calibrated_head = "outcome"
    # A seventh as many rows as plays: small trees, as for the rare outcomes of plays.
    boosting: Mapping[str, Mapping[str, float]] = {
        head.name: {"max_leaf_nodes": 7, "learning_rate": 0.05, "min_samples_leaf": 100} for head in DRIVE_HEADS
    }
    pooled_heads: tuple[str, ...] = ()
    accuracy_classes = tuple(range(len(DRIVE_OUTCOMES)))
    min_accuracy = 0.40  # a punt, always, is right in 40 % of drives

    def network(self, feature_names: Sequence[str], *, dropout: float) -> "torch.nn.Module":
        """The network [N, F] -> logits [N, W]."""
        from sports_platform.sports.nfl.drive_network import DriveNetwork

        return DriveNetwork(feature_names, dropout=dropout)

    def labels(self, columns: "Mapping[str, np_i64]") -> dict[str, HeadLabels]:
        """Head name -> labels, from the label columns; -1 is not known."""
        outcome, seconds = columns["label_outcome"], columns["label_possession_seconds"]
        group = np.where(outcome >= 0, np.asarray(GROUP_OF_OUTCOME)[outcome], -1)
        timed = np.where((seconds >= 0) & (group < TIMED_GROUPS), group, -1)
        return {
            "outcome": one_group(outcome),
            "try": one_group(columns["label_try"]),
            "plays": exact(group, bins(columns["label_plays"], PLAY_LOWS)),
            "seconds": exact(timed, bins(seconds, SECOND_LOWS)),
        }

    def candidate_inputs(self, head: str, features_NF: "np_f32", names: Sequence[str], group_N: "np_i64") -> "np_f32":
        """No head of a drive has candidates."""
        raise SchemaError(
            found=f"candidates of head {head!r} asked for", needed="a pooled head", remedy="leave pooled_heads empty"
        )

    def auxiliary(self, plays: "pa.Table") -> dict[str, object]:
        """Nothing is counted beside the network."""
        return {}

    def tendencies(
        self,
        output_NW: "np_f32",
        labels: Mapping[str, HeadLabels],
        features_NF: "np_f32",
        names: Sequence[str],
        game_N: "np_i64",
    ) -> dict[str, object]:
        """Drives are not played out, so how they hang together is nobody's question."""
        return {}

    def expected_points(self, output_NW: "np_f32") -> "np_f64":
        """Mean points [N] for the team with the ball: a touchdown with its try, or a field goal."""
        slices = head_slices(DRIVE_HEADS)
        outcome, tried = (output_NW[:, slices[name]].astype(np.float64) for name in ("outcome", "try"))
        points: np_f64 = outcome @ _POINTS + outcome[:, _TOUCHDOWN] * (tried @ np.asarray(TRY_POINTS, np.float64))
        return points

    def seen_points(self, labels: Mapping[str, HeadLabels]) -> "np_f64":
        """Points [N] that drives brought; a touchdown without a try, at the end of a game, brought six."""
        outcome, tried = labels["outcome"].low, labels["try"].low
        points = _POINTS[outcome] + np.where(tried > 0, np.asarray(TRY_POINTS)[tried], 0)
        return np.where(outcome >= 0, points, np.nan)
