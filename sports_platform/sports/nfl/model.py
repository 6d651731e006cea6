"""The NFL's `ModelPlan`: which heads, which network, which bar a model must clear."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sports_platform.core.domain import Head, HeadLabels, Levelling
from sports_platform.sports.nfl.outcomes import (
    DEPTHS,
    FORMATIONS,
    HEADS,
    PASS_RESULTS,
    PLAY_TYPES,
    RECEIVER_INPUTS,
    RECEIVER_SLOTS,
)
from sports_platform.sports.nfl.tilts import yard_tilts

if TYPE_CHECKING:
    import pyarrow as pa
    import torch

    from sports_platform.core.domain import np_f32, np_i64

# Rare outcomes and wide heads want small trees and slow steps, and rare ones a draw of the inputs at each split. Of
# four settings, what was best on 2014 after training on 2009-2013 (docs/evaluation.md).
_RARE = {"min_samples_leaf": 200, "l2_regularization": 10.0, "max_features": 0.3, "n_iter_no_change": 15}
BOOSTING: Mapping[str, Mapping[str, float]] = {
    "target_pass": {"max_leaf_nodes": 7},
    "result_pass": {"max_leaf_nodes": 7, "learning_rate": 0.05, "min_samples_leaf": 200},
    "result_run": {"max_leaf_nodes": 7, **_RARE},
    "field_goal": {"max_leaf_nodes": 4, "learning_rate": 0.05, **_RARE},
    "penalty": {"max_leaf_nodes": 7, **_RARE},
    "yards": {"max_leaf_nodes": 7, "learning_rate": 0.05, "min_samples_leaf": 200},
}

# Quantities, whose errors add up, what drifts from season to season, and rare results, which a network with dropout
# expects too often. On the seasons after 2009-2011 to 2009-2014 levels gain 1 (result_run) to 22 (time) of 10,000 nats
# a row; targets and depths would lose on most. Yards are tilted: class by class they would gain 0, so 5. Calls move
# little: by a pull of 200 they gain 1.2, 0.3, 2.1 and 3.8, by one of 20 0.8, -1.8, 2.4 and 3.5.
LEVELLED: Mapping[str, Levelling] = {
    "formation": Levelling(),
    "play_type": Levelling(pull=200.0),
    "result_pass": Levelling(),
    "result_run": Levelling(),
    "field_goal": Levelling(),
    "penalty": Levelling(),
    "yards": Levelling(yard_tilts()),
    "time": Levelling(),
}


class NflModel:
    """Implements `core.domain.ModelPlan`."""

    heads: tuple[Head, ...] = HEADS
    class_names: Mapping[str, tuple[str, ...]] = {
        "formation": FORMATIONS,
        "play_type": PLAY_TYPES,
        "depth": DEPTHS,
        "result_pass": PASS_RESULTS,
    }
    feature_table = "play_features"
    event_table = "plays"
    label_states: tuple[str, ...] = ("half_seconds_remaining", "is_overtime", "yardline_100", "down_4", "ydstogo")
    primary_heads: tuple[str, ...] = ("play_type", "target_pass", "target_run", "yards", "time")
    levelled_heads: Mapping[str, Levelling] = LEVELLED
    calibrated_head = "play_type"
    boosting: Mapping[str, Mapping[str, float]] = BOOSTING
    pooled_heads: tuple[str, ...] = ("depth", "penalty")
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
        """Head name -> labels, from the label columns and the state before the snap."""
        from sports_platform.sports.nfl.labels import play_labels

        return play_labels(columns)

    def candidate_inputs(self, head: str, features_NF: "np_f32", names: Sequence[str], group_N: "np_i64") -> "np_f32":
        """The number of the group, and of the depth of a pass the receiver's own columns, zero for anybody else."""
        if head != "depth":
            return group_N[:, None].astype(np.float32)
        columns = np.array(
            [
                [names.index(f"receiver_{slot}_{name}") for name in RECEIVER_INPUTS]
                for slot in range(1, RECEIVER_SLOTS + 1)
            ]
        )
        known = group_N < RECEIVER_SLOTS
        own = np.take_along_axis(features_NF, columns[np.where(known, group_N, 0)], axis=1)
        return np.hstack([np.where(known[:, None], own, 0.0), group_N[:, None]]).astype(np.float32)

    def auxiliary(self, plays: "pa.Table") -> dict[str, object]:
        """Counted from plays known at the cut-off: special teams, returns, tries, departures, what lies within bins."""
        from sports_platform.sports.nfl.departures import fit_departures
        from sports_platform.sports.nfl.special import fit_special_teams
        from sports_platform.sports.nfl.within import fit_within

        others = {"within": fit_within(plays), "quarterback_leaves": fit_departures(plays)}
        return fit_special_teams(plays) | others

    def tendencies(
        self,
        output_NW: "np_f32",
        labels: "Mapping[str, HeadLabels]",
        features_NF: "np_f32",
        names: Sequence[str],
        game_N: "np_i64",
    ) -> dict[str, object]:
        """What plays of a game have in common (`tendencies`, `forms`, `pace`); who stops the clock (`clock_stops`)."""
        from sports_platform.sports.nfl.clock_stops import fit_clock_stops
        from sports_platform.sports.nfl.forms import fit_forms
        from sports_platform.sports.nfl.pace import fit_pace
        from sports_platform.sports.nfl.tendencies import fit_tendencies

        played = output_NW, labels, features_NF, names, game_N
        return {
            "tendencies": fit_tendencies(*played),
            "forms": fit_forms(*played),
            "pace": fit_pace(*played),
            "clock_stops": fit_clock_stops(output_NW, labels, features_NF, names),
        }
