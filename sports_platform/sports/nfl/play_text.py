"""What of a play only its text tells: where the ball was dead after fumbles and blocked kicks, and who had it then.

Belongs here: reading the league's play descriptions. Plays that the feed's columns describe do without.
"""

import re

import polars as pl

from sports_platform.sports.nfl.names import team_code

_REVERSED = re.compile(r"REVERSED\.?")
_PENALTIES = re.compile(r"\bpenalty on\b", re.IGNORECASE)
_PLAYER = r"[A-Z][\w.'\- ]*?(?: \([^)]*\)| \[[^\]]*\])*"
# Where the play itself was, not where a note of the scorer's saw the ball.
_SPOT = re.compile(
    rf"(?:\bto|\bob at|out of bounds at|declared at|sacked at|\(Aborted\) at|recovers at|"
    rf"(?:RECOVERED|recovered|INTERCEPTED) by {_PLAYER} at) (?P<spot>50|[A-Z]{{2,3}} -?\d+)\b"
)
_FUMBLED_OUT = re.compile(r"FUMBLES(?: \([^)]*\))?, (?:touched at [A-Z0-9 -]+, )?ball out of bounds at")
_TAKEN = re.compile(r"(?:RECOVERED|recovered) by (?P<team>[A-Z]{2,3})-|(?P<intercepted>INTERCEPTED by)")


def final_ruling(text: str) -> str:
    """The description that counts: after a reversal the play is told anew."""
    return _REVERSED.split(text)[-1]


def yardline(spot: str, play: dict[str, object], *, end_zone: int = 0) -> int:
    """`DAL 35` as yards to the goal line that the side with the ball before the play attacks."""
    if spot.lower() == "end zone":
        return end_zone
    if spot == "50":
        return 50
    code, yards = spot.split()
    return 100 - int(yards) if team_code(code, int(str(play["season"]))) == play["posteam"] else int(yards)


def with_text_spots(plays: pl.DataFrame) -> pl.DataFrame:
    """Adds what is told of plays with a loose ball: `text_spot`, the last spot, and `text_team`, who took it last.

    `text_loose` is where a ball was fumbled that then went out of bounds at `text_spot`.
    """
    loose = pl.any_horizontal(pl.col("fumble", "punt_blocked", "own_kickoff_recovery", "interception") == 1)
    blocked = pl.col("field_goal_result") == "blocked"
    told = plays.filter(loose | blocked | pl.col("desc").str.contains("MUFFS|Lateral|impetus"))
    rows = [(row["row"], *_told(row)) for row in told.iter_rows(named=True)]
    schema = {"row": pl.Int64, "text_spot": pl.Int64, "text_loose": pl.Int64, "text_team": pl.String}
    return plays.join(pl.DataFrame(rows, schema=schema, orient="row"), on="row", how="left", maintain_order="left")


def _told(play: dict[str, object]) -> tuple[int | None, int | None, str | None]:
    text = _PENALTIES.split(final_ruling(str(play["desc"])))[0]
    spots = [yardline(spot, play) for spot in _SPOT.findall(text)]
    taken = list(_TAKEN.finditer(text))
    fumbled_out = len(spots) > 1 and _FUMBLED_OUT.search(text)
    return (
        spots[-1] if spots else None,
        spots[-2] if fumbled_out else None,
        _team(taken[-1], play) if taken else None,
    )


def _team(taken: re.Match[str], play: dict[str, object]) -> str:
    return str(play["defteam"]) if taken["intercepted"] else team_code(taken["team"], int(str(play["season"])))
