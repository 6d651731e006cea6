"""What of a play only its text tells: where the ball was dead after fumbles and blocked kicks, and who had it then.

Belongs here: reading the league's play descriptions. Plays that the feed's columns describe do without.
"""

import re

import polars as pl

from sports_platform.sports.nfl.names import team_code

_REVERSED = re.compile(r"REVERSED\.?")
_PENALTIES = re.compile(r"\bpenalty on\b", re.IGNORECASE)
_SPOT = re.compile(r"(?<!Caught )(?<!declared )(?<!ends )(?<!touched )\b(?:to|at|from) (?P<spot>50|[A-Z]{2,3} -?\d+)\b")
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
    """Adds `text_spot` and `text_team` of the plays with a loose ball: the last spot and the last recovery told."""
    loose = pl.any_horizontal(pl.col("fumble", "punt_blocked", "own_kickoff_recovery", "interception") == 1)
    blocked = pl.col("field_goal_result") == "blocked"
    told = plays.filter(loose | blocked | pl.col("desc").str.contains("MUFFS|Lateral|impetus"))
    rows = [(row["row"], *_told(row)) for row in told.iter_rows(named=True)]
    schema = {"row": pl.Int64, "text_spot": pl.Int64, "text_team": pl.String}
    return plays.join(pl.DataFrame(rows, schema=schema, orient="row"), on="row", how="left", maintain_order="left")


def _told(play: dict[str, object]) -> tuple[int | None, str | None]:
    text = _PENALTIES.split(final_ruling(str(play["desc"])))[0]
    spots, taken = _SPOT.findall(text), list(_TAKEN.finditer(text))
    return yardline(spots[-1], play) if spots else None, _team(taken[-1], play) if taken else None


def _team(taken: re.Match[str], play: dict[str, object]) -> str:
    return str(play["defteam"]) if taken["intercepted"] else team_code(taken["team"], int(str(play["season"])))
