"""The trained play network in the form in which it answers the engine: what is known of states and sides comes first.

Belongs here: the same sums as `network.PlayNetwork`, arranged for speed. A snap is a column, so that a head lies in one
piece; what a side adds to a layer is one column of numbers for all its snaps.
Legend: B snaps of a pass, S states, M sides, K candidates, H hidden, D depth scorer, O logits of the heads that the
trunk gives alone, T play types, W output columns.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import nn

from sports_platform.models.blocks import CLAMP, Hats
from sports_platform.models.heads import distributions, head_slices
from sports_platform.models.serving import Segment
from sports_platform.sports.nfl.network import OTHER_HEADS, SNAP_HEADS, log_formations
from sports_platform.sports.nfl.outcomes import DEPTHS, FORMATIONS, HEADS, PLAY_TYPES

if TYPE_CHECKING:
    from sports_platform.sports.nfl.network import PlayNetwork

_SLICES = head_slices(HEADS)
_OWN = head_slices(OTHER_HEADS)
_RARE = head_slices(SNAP_HEADS)


class StateTerms(NamedTuple):
    """What a state brings, whoever plays."""

    first_SH: torch.Tensor
    depth_SD: torch.Tensor
    rare_SR: torch.Tensor  # probabilities
    end_game_ST: torch.Tensor
    yardline_S: torch.Tensor
    to_go_S: torch.Tensor


class SideTerms(NamedTuple):
    """What a team with the ball and its opponent bring, whatever the state."""

    first_MH: torch.Tensor
    logits_MO: torch.Tensor
    receivers_MKH: torch.Tensor
    receiver_shares_MK: torch.Tensor
    rushers_MKH: torch.Tensor
    rusher_shares_MK: torch.Tensor
    depths_MKD: torch.Tensor
    styles_MC: torch.Tensor


class ServingPlayNetwork:
    """Implements `models.serving.ServingNetwork`."""

    def __init__(self, network: "PlayNetwork") -> None:
        self._network = network
        first, *layers = [layer for layer in network.trunk if isinstance(layer, nn.Linear)]
        teams = first.in_features - network.depths.snap.in_features  # the snap's inputs come first
        self._first_snap = first.weight[:, :-teams], first.bias
        self._first_teams = first.weight[:, -teams:]
        self._layers = [_layer(layer) for layer in layers]
        situations = (network.output, network.receivers.situation, network.rushers.situation, network.depths.situation)
        self._widths = [layer.out_features for layer in situations]
        self._output = (
            torch.cat([layer.weight for layer in situations]),
            torch.cat([layer.bias for layer in situations])[:, None],
        )
        knots = [(cast(Hats, hat).column, cast(Hats, hat).knots[:, None]) for hat in network.hats]
        self._hats = [(column, values[:-1], values.diff(dim=0)) for column, values in knots]
        self._goal_line = network.goal_line.by_line()
        self._sticks = network.sticks.by_distance()
        self._end_zone = network.end_zone.by_line()
        self._receiver_score = _layer(network.receivers.score)
        self._rusher_score = _layer(network.rushers.score)
        self._depth_scores = [_layer(layer) for layer in network.depths.score if isinstance(layer, nn.Linear)]

    def states(self, features: torch.Tensor) -> StateTerms:
        """Of the states [S, F]; columns of the sides are not looked at."""
        network = self._network
        snap = self._snap(features)
        return StateTerms(
            nn.functional.linear(snap, *self._first_snap),
            network.depths.snap(snap),
            distributions(network.rare(snap), SNAP_HEADS),
            network.end_game.by_state(*features[:, network.end_game_columns].T),
            features[:, network.yardline_column].long().clamp(0, len(self._goal_line) - 1),
            features[:, network.to_go_column].long().clamp(0, len(self._sticks) - 1),
        )

    def _snap(self, features: torch.Tensor) -> torch.Tensor:
        """The network's `snap` [S, inputs], made input by input."""
        network = self._network
        columns, mean, scale = network.state_columns, network.standardise.mean, network.standardise.scale
        scaled = (features[:, columns] - mean[columns]) / scale[columns]
        parts = [scaled.clamp_(-CLAMP, CLAMP).T]
        for column, lows, steps in self._hats:
            rising = ((features[None, :, column] - lows) / steps).clamp_(0.0, 1.0)
            hat = torch.ones(len(rising) + 1, len(features))
            hat[1:] = rising
            hat[:-1] -= rising
            parts.append(hat)
        return torch.cat(parts).T

    def sides(self, features: torch.Tensor) -> SideTerms:
        """Of the sides [M, F]; columns of the state are not looked at."""
        network = self._network
        scaled = network.standardise(features)
        teams = network.teams(scaled[:, network.team_columns])
        logits = torch.zeros(len(features), self._widths[0])
        for name, term in network.matchup(scaled[:, network.strength_columns]).items():
            logits[:, _OWN[name]] += term
        logits[:, _OWN["formation"]] += log_formations(features[:, network.formation_columns])
        slots = network.receivers.slots(features)
        return SideTerms(
            nn.functional.linear(teams, self._first_teams),
            logits,
            network.receivers.known(features),
            network.receivers.log_shares(features),
            network.rushers.known(features),
            network.rushers.log_shares(features),
            network.depths.known(features, slots),
            network.depths.style(scaled[:, network.depths.style_columns]),
        )

    def add_probabilities(
        self,
        states: Sequence[torch.Tensor],
        sides: Sequence[torch.Tensor],
        place_B: torch.Tensor,
        segments: Sequence[Segment],
        total_WB: torch.Tensor,
    ) -> None:
        """Add the probabilities of snaps to `total_WB`; `place_B` are their numbers in `states`."""
        state, side = StateTerms(*states), SideTerms(*sides)
        first = state.first_SH.index_select(0, place_B)
        for number, rows in segments:
            first[rows] += side.first_MH[number]
        hidden = first.relu_().T
        for weight, bias in self._layers:
            hidden = torch.addmm(bias, weight, hidden).relu_()
        logits, receivers, rushers, depths = torch.split(
            torch.addmm(self._output[1], self._output[0], hidden), self._widths
        )
        _add(logits, side.logits_MO, segments)
        yardline = state.yardline_S.index_select(0, place_B)
        lines = self._goal_line.index_select(0, yardline)
        lines += self._sticks.index_select(0, state.to_go_S.index_select(0, place_B))
        logits[_OWN["yards"]] += lines.T
        end_zone = self._end_zone.index_select(0, yardline).T
        logits[_OWN["result_pass"]] += end_zone[len(DEPTHS) :]
        calls = logits[_OWN["play_type"]].view(len(FORMATIONS), len(PLAY_TYPES), -1)
        calls += state.end_game_ST.index_select(0, place_B).T
        depths += state.depth_SD.index_select(0, place_B).T
        for head in OTHER_HEADS:
            shape = (head.groups, head.classes, len(place_B))
            total_WB[_SLICES[head.name]] += logits[_OWN[head.name]].view(shape).softmax(dim=1).flatten(0, 1)
        total_WB[_SLICES["target_pass"]] += self._receivers(receivers, side, segments)
        total_WB[_SLICES["target_run"]] += self._rushers(rushers, side, segments)
        total_WB[_SLICES["depth"]] += self._depths(depths, side, segments, end_zone[: len(DEPTHS)])
        rare = state.rare_SR.index_select(0, place_B).T
        for name, rows in _RARE.items():
            total_WB[_SLICES[name]] += rare[rows]

    def _receivers(self, situation: torch.Tensor, side: SideTerms, segments: Sequence[Segment]) -> torch.Tensor:
        met = _met(situation, side.receivers_MKH, segments)
        scores = _through(self._receiver_score, met)[0]
        _add(scores, side.receiver_shares_MK, segments)
        return scores.softmax(dim=0)

    def _rushers(self, situation: torch.Tensor, side: SideTerms, segments: Sequence[Segment]) -> torch.Tensor:
        met = _met(situation, side.rushers_MKH, segments)
        scores = _through(self._rusher_score, met)
        for formation in scores:
            _add(formation, side.rusher_shares_MK, segments)
        return scores.softmax(dim=1).flatten(0, 1)

    def _depths(
        self, situation: torch.Tensor, side: SideTerms, segments: Sequence[Segment], end_zone_DB: torch.Tensor
    ) -> torch.Tensor:
        met = _met(situation, side.depths_MKD, segments)
        first, second = self._depth_scores
        scores = _through(second, _through(first, met).relu_())
        for number, columns in segments:
            scores[:, :, columns] += side.styles_MC[number, :, None, None]
        scores += end_zone_DB[:, None]
        return scores.softmax(dim=0).transpose(0, 1).flatten(0, 1)


def _layer(layer: nn.Linear) -> tuple[torch.Tensor, torch.Tensor]:
    return layer.weight, layer.bias[:, None]


def _add(values: torch.Tensor, terms_M: torch.Tensor, segments: Sequence[Segment]) -> None:
    """Add to each segment's columns the terms of its side."""
    for side, columns in segments:
        values[:, columns] += terms_M[side, :, None]


def _met(situation_HB: torch.Tensor, known_MKH: torch.Tensor, segments: Sequence[Segment]) -> torch.Tensor:
    """Each candidate in each situation [H, K, B], rectified."""
    _, candidates, hidden = known_MKH.shape
    met = torch.empty(hidden, candidates, situation_HB.shape[1])
    for side, columns in segments:
        torch.add(known_MKH[side].T[:, :, None], situation_HB[:, None, columns], out=met[:, :, columns])
    return met.relu_()


def _through(layer: tuple[torch.Tensor, torch.Tensor], inputs_HKB: torch.Tensor) -> torch.Tensor:
    """A layer's outputs [., K, B]."""
    weight, bias = layer
    return torch.addmm(bias, weight, inputs_HKB.flatten(1)).view(-1, *inputs_HKB.shape[1:])
