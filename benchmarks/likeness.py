"""How alike cells of the state are: what the network says of them, as points whose distances are Hellinger's.

Belongs here: from the network's answers to points. Which cells are merged is `merging`.
Legend: N cells, W output columns, D dimensions, F formations, C play types, T targets, G depths.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sports_platform.models.heads import head_slices
from sports_platform.sports.nfl.outcomes import HEADS, PASS_RESULTS, PLAY_TYPES, TIME_GROUPS

Floats = npt.NDArray[np.float32]

_SLICES = head_slices(HEADS)
_OF_CALLS = 4.0  # weight of calls beside what becomes of them: all else of a game follows from them
_DIMENSIONS = 24
_CAUGHT = [PASS_RESULTS.index(name) for name in ("complete", "fumble_lost")]
_SHOTGUN = np.array([0, 1, 0, 1])  # by formation


def roots(output_NW: Floats) -> Floats:
    """Square roots of the chances of all that a snap may become, head by head [N, D]."""
    heads = {head.name: output_NW[:, _SLICES[head.name]].reshape(-1, head.groups, head.classes) for head in HEADS}
    calls_NFC = heads["formation"][:, 0, :, None] * heads["play_type"]
    calls_N2C = np.stack([calls_NFC[:, shotgun == _SHOTGUN].sum(axis=1) for shotgun in (0, 1)], axis=1)
    chance = dict(zip(PLAY_TYPES, calls_N2C.sum(axis=1).T[:, :, None], strict=True))  # each [N, 1]
    of_formation = dict(zip(PLAY_TYPES, calls_N2C.transpose(2, 0, 1), strict=True))
    thrown_NTG = chance["pass"][..., None] * heads["target_pass"][:, 0, :, None] * heads["depth"]
    thrown_NG = thrown_NTG.sum(axis=1)
    caught_NG = thrown_NG * heads["result_pass"][..., _CAUGHT].sum(axis=2)
    yards_of = [caught_NG, of_formation["run"], chance["scramble"], chance["sack"], chance["punt"]]
    parts = [
        (_OF_CALLS * calls_NFC, 1.0),
        (thrown_NTG, 1.0),
        (thrown_NG, heads["result_pass"]),
        (of_formation["run"], heads["target_run"]),
        (np.hstack([chance[name] for name in ("run", "scramble", "sack")]), heads["result_run"]),
        (_OF_CALLS * chance["field_goal"], heads["field_goal"]),
        (of_formation["no_play"], heads["penalty"]),
        (np.hstack(yards_of), heads["yards"]),
        (_clocks(chance, caught_NG, thrown_NG), heads["time"]),
    ]
    return np.sqrt(np.hstack([_flat(chances, given) for chances, given in parts]))


def _clocks(chance: dict[str, Floats], caught_NG: Floats, thrown_NG: Floats) -> Floats:
    """Chances of the groups of time."""
    caught = caught_NG.sum(axis=1, keepdims=True)
    of_group = chance | {
        "complete": caught,
        "incomplete": thrown_NG.sum(axis=1, keepdims=True) - caught + chance["qb_spike"],
        "run": chance["run"] + chance["scramble"],
    }
    return np.hstack([of_group[name] for name in TIME_GROUPS])


def _flat(chances: Floats, given: Floats | float) -> Floats:
    joint = chances if isinstance(given, float) else chances[..., None] * given
    flat: Floats = joint.reshape(len(joint), -1)
    return flat


def axes(roots_ND: Floats, weight_N: npt.NDArray[np.float64]) -> Floats:
    """The directions in which most of the weighted variance lies."""
    centred = roots_ND - np.average(roots_ND, axis=0, weights=weight_N)
    _, vectors = np.linalg.eigh((centred * weight_N[:, None]).T @ centred)
    return vectors[:, -_DIMENSIONS:].astype(np.float32)


def side_by_side(points: Sequence[Floats]) -> Floats:
    """Points of several sides as one, whose squared distances are means over sides."""
    return np.hstack(points) / np.float32(np.sqrt(len(points)))
