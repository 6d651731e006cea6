"""Accepted fouls of real plays as the engine's rules take them: from where, how far, and what becomes of the down.

Belongs here: the rule book's distances by foul, and reading which fouls were accepted. The feed's columns name one foul
a play and not where it was enforced, so both come from the text, where `PENALTY` marks the accepted ones. Half the
distance is left to the engine: a foul has the distance of the rule book, not the yards that were walked.
"""

import re
from dataclasses import astuple, dataclass

import polars as pl

from sports_platform.sports.nfl.names import team_code
from sports_platform.sports.nfl.play_text import final_ruling, yardline

MOST_FOULS = 3
FOUL_FIELDS = ("spot", "yards", "down", "at_spot", "after")

_AGAIN, _COUNTED, _NEW = range(3)  # order of Down in native/src/nfl/course.h
_NO, _YES, _BETWEEN_DOWNS = range(3)  # order of After in native/src/nfl/replay.h

_PENALTY = re.compile(
    r"PENALTY on (?P<team>[A-Za-z]{2,3})\b[^,]*, (?P<foul>[^,]+), (?P<yards>\d+) yards?, "
    r"enforced (?:(?P<dead>between downs)|(?:at|in) (?P<spot>[Ee]nd [Zz]one|50|[A-Za-z]{2,3} -?\d+))"
)

_SPOT_FOUL = "Defensive Pass Interference"
_GROUNDING = "Intentional Grounding"
_FIRST_TOUCH = "Illegal Touch Kick"
_TEN = frozenset(
    (
        "Offensive Holding", "Offensive Pass Interference", "Illegal Block Above the Waist", "Tripping", "Illegal Bat",
        _GROUNDING,
    )
)  # fmt: skip
_FIFTEEN = frozenset(
    (
        "Unnecessary Roughness", "Roughing the Passer", "Face Mask (15 Yards)", "Unsportsmanlike Conduct",
        "Personal Foul", "Taunting", "Horse Collar Tackle", "Horse Collar", "Illegal Blindside Block", "Clipping",
        "Chop Block", "Low Block", "Roughing the Kicker", "Interference with Opportunity to Catch",
        "Fair Catch Interference", "Disqualification", "Illegal Peelback", "Illegal Crackback", "Leverage", "Leaping",
        "Illegal Wedge",
    )
)  # fmt: skip
_HANDS = "Illegal Use of Hands"  # ten yards for the offence, five and a first down for the defence
# Five yards by the defence that give no first down of themselves.
_NOT_AUTOMATIC = frozenset(
    (
        "Defensive Offside", "Neutral Zone Infraction", "Encroachment", "Delay of Game", "Defensive Delay of Game",
        "Defensive 12 On-field", "Illegal Substitution", "Running Into the Kicker", "Illegal Formation",
        "Offside on Free Kick", "Face Mask (5 Yards)",
    )
)  # fmt: skip
_LOSS_OF_DOWN = frozenset((_GROUNDING, "Illegal Forward Pass"))
# Committed by the offence when the play was over: the play stands.
_AFTER_THE_PLAY = frozenset(
    (
        "Unnecessary Roughness", "Unsportsmanlike Conduct", "Taunting", "Personal Foul", "Disqualification",
        "Delay of Game",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Foul:
    """Spots and yards as the side with the ball before the play counts them; fields as Foul in replay.h."""

    spot: int
    yards: int
    down: int
    at_spot: int
    after: int


def with_fouls(plays: pl.DataFrame) -> pl.DataFrame:
    """Adds `fouls`, their number, and the fields of each; plays need `row`, the text and the state before them."""
    marked = plays.filter(pl.col("desc").str.contains("PENALTY on"))
    rows = [(row["row"], accepted_fouls(row)) for row in marked.iter_rows(named=True)]
    names = [f"foul_{number}_{name}" for number in range(MOST_FOULS) for name in FOUL_FIELDS]
    values = [
        (row, len(fouls), *(value for foul in fouls for value in astuple(foul)))
        + (0,) * (len(FOUL_FIELDS) * (MOST_FOULS - len(fouls)))
        for row, fouls in rows
    ]
    schema = dict.fromkeys(("row", "fouls", *names), pl.Int64)
    return plays.join(pl.DataFrame(values, schema=schema, orient="row"), on="row", how="left", maintain_order="left")


def accepted_fouls(play: dict[str, object]) -> list[Foul]:
    """The fouls that were enforced, in the order of the text."""
    found = _PENALTY.finditer(final_ruling(str(play["desc"])))
    # Touching a kick first is penalised by the ball where it was touched.
    walked = [match for match in found if (match["foul"].strip(), match["yards"]) != (_FIRST_TOUCH, "0")]
    return [_foul(play, match) for match in walked[:MOST_FOULS]]


def _foul(play: dict[str, object], match: re.Match[str]) -> Foul:
    team = team_code(match["team"], int(str(play["season"])))
    name, walked, ours = match["foul"].strip(), int(match["yards"]), team == play["posteam"]
    spot = 0 if match["dead"] else yardline(match["spot"], play, end_zone=100 if ours else 0)
    stands = play["play_type"] != "no_play"
    if name == _GROUNDING and walked > _distance(name, ours=True):
        return Foul(spot + walked, 0, _COUNTED, 0, 0)  # where the passer stood
    if name == _SPOT_FOUL:
        return Foul(spot, walked, _NEW, 1, 0)
    distance = _distance(name, ours=ours, kicked=play["play_type"] in ("punt", "kickoff"))
    if not ours:
        # An automatic first down leaves the play's own line to gain without meaning.
        down, after = (_AGAIN, stands) if name in _NOT_AUTOMATIC else (_NEW, False)
    else:
        down, after = (_COUNTED if name in _LOSS_OF_DOWN else _AGAIN), stands and name in _AFTER_THE_PLAY
    if match["dead"]:
        return Foul(0, -distance if ours else distance, _AGAIN if ours else down, 0, _BETWEEN_DOWNS)
    return Foul(spot, -distance if ours else distance, down, 0, _YES if after else _NO)


def _distance(name: str, *, ours: bool, kicked: bool = False) -> int:
    if name in _FIFTEEN:
        return 15
    ten = name in _TEN or (name == _HANDS and (ours or kicked)) or (name == "Defensive Holding" and kicked)
    return 10 if ten else 5
