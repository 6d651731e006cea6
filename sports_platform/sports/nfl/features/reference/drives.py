"""Drives of a week in every published version of their games: the rows of `drive_features`.

Belongs here: what each label of a drive means, told event by event. Inputs are those of the first snap in `plays`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from sports_platform.core.tables import KNOWN_TIME
from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES, DRIVE_STARTS
from sports_platform.sports.nfl.features.reference.games import snaps
from sports_platform.sports.nfl.features.reference.plays import versions
from sports_platform.sports.nfl.outcomes import PLAY_TYPES

_KEY = ("game_id", "version")
_LONGEST = 900  # seconds
_COUNTED = {"pass", "run", "sack", "scramble", "qb_kneel", "qb_spike"}
_SCHEMA = {
    **{"game_id": pl.String(), KNOWN_TIME: pl.Datetime("us", "UTC"), "drive": pl.Int32(), "play_id": pl.Int32()},
    **{f"start_{name}": pl.Int32() for name in DRIVE_STARTS},
    **{f"label_{name}": pl.Int32() for name in ("outcome", "try", "plays", "possession_seconds")},
}

Play = dict[str, object]


@dataclass
class _Drive:
    """A drive of one version of a game, with the events on both sides of it."""

    number: object
    before: Play | None
    snaps: list[Play] = field(default_factory=list)
    after: Play | None = None

    @property
    def first(self) -> Play:
        return self.snaps[0]

    @property
    def team(self) -> object:
        return self.first["posteam"]

    @property
    def ended_by(self) -> Play:
        """The last snap that was not wiped out."""
        return next((play for play in reversed(self.snaps) if play["kind"] != "no_play"), {})

    @property
    def half_goes_on(self) -> bool:
        return self.after is not None and _half(self.after) == _half(self.first)


def drive_rows(plays: pl.DataFrame, play_features: pl.DataFrame) -> pl.DataFrame:
    """A row per drive and version, from all versions of the week's plays and from its rows of `play_features`."""
    found = []
    for (game, version), rows in snaps(versions(plays)).group_by(*_KEY, maintain_order=True):
        found += [{"game_id": game, KNOWN_TIME: version, **row} for row in _game(rows.to_dicts())]
    drives = pl.DataFrame(found, schema=_SCHEMA, orient="row")
    return play_features.join(drives, on=["game_id", KNOWN_TIME, "play_id"])


def _game(plays: list[Play]) -> Iterator[dict[str, object]]:
    tries: dict[object, list[int]] = {}
    for play in plays:
        if play["down"] is None and play["kind"] != "no_play" and (points := _try(play)) is not None:
            tries.setdefault(play["drive"], []).append(points)
    ending: str | None = None
    for drive in _drives(plays):
        outcome = _outcome(drive)
        start = _start(drive, ending)
        yield {
            "drive": drive.number,
            "play_id": drive.first["play_id"],
            **{f"start_{name}": int(name == start) for name in DRIVE_STARTS},
            "label_outcome": -1 if outcome is None else DRIVE_OUTCOMES.index(outcome),
            "label_try": max(tries.get(drive.number, [-1])) if outcome == "touchdown" else -1,
            "label_plays": -1 if outcome is None else sum(play["kind"] in _COUNTED for play in drive.snaps),
            "label_possession_seconds": _seconds(drive, outcome),
        }
        intercepted = drive.ended_by.get("interception") == 1
        ending = {"turnover": "interception" if intercepted else "fumble"}.get(outcome or "", outcome)


def _drives(plays: list[Play]) -> list[_Drive]:
    """Drives in the order of their first snaps."""
    found: dict[object, _Drive] = {}
    before: Play | None = None
    last: _Drive | None = None
    for play in plays:
        is_snap = play["down"] is not None and play["kind"] in PLAY_TYPES
        if not is_snap and play["kind"] != "kickoff":
            continue
        if last is not None:
            last.after = play
            last = None
        if is_snap and play["drive"] is not None and play["posteam"] is not None:
            last = found.setdefault(play["drive"], _Drive(play["drive"], before))
            last.snaps.append(play)
            last.after = None
        before = play
    return list(found.values())


def _half(play: Play) -> int:
    return min((int(str(play["qtr"])) + 1) // 2, 3)


def _try(play: Play) -> int | None:
    if play["two_point_conv_result"] == "success":
        return 2
    if play["extra_point_result"] == "good":
        return 1
    return None if play["two_point_conv_result"] is play["extra_point_result"] is None else 0


def _outcome(drive: _Drive) -> str | None:
    end, after = drive.ended_by, drive.after
    if end.get("touchdown") == 1 and None not in (end["td_team"], end["posteam"]):
        return "touchdown" if end["td_team"] == end["posteam"] else "opponent_touchdown"
    if any(play["safety"] == 1 for play in drive.snaps):
        return "safety"
    if end.get("kind") == "field_goal":
        return "field_goal" if end["field_goal_result"] == "made" else "missed_field_goal"
    if end.get("kind") == "punt":
        return "punt"
    if end.get("interception") == 1 or end.get("fumble_lost") == 1:
        return "turnover"
    if after is None or not drive.half_goes_on:
        return "end_of_half"
    if after["posteam"] == drive.team:
        return None
    return "downs" if end.get("down") == 4 else "turnover"


def _start(drive: _Drive, ending: str | None) -> str | None:
    before = drive.before
    kept = before is not None and before["posteam"] == drive.team
    if before is not None and before["kind"] == "kickoff":
        return "kickoff" if kept else "recovered_kick"
    return "recovered_kick" if ending == "punt" and kept else ending


def _seconds(drive: _Drive, outcome: str | None) -> int:
    if outcome in (None, "end_of_half"):
        return -1
    clock = int(str(drive.first["half_seconds_remaining"]))
    if drive.after is not None and drive.half_goes_on:
        clock -= int(str(drive.after["half_seconds_remaining"]))
    elif _half(drive.first) == 3:
        return -1
    return clock if 0 <= clock <= _LONGEST else -1
