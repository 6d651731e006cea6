"""What can come of an NFL drive: the classes and bins that labels and heads of the drive model share.

Belongs here: names, bins and points. A drive is what the feed numbers as one: the scrimmage snaps of one team without a
kick-off, a score or a change of possession between them. Kick-off returns are no drives.
"""

from sports_platform.core.domain import Head

# A missed field goal may have been blocked. Who loses the ball on a play that the other side then scores on is in
# `opponent_touchdown`, returned punts and blocked kicks too.
DRIVE_OUTCOMES = (
    "touchdown", "field_goal", "missed_field_goal", "punt", "turnover", "downs", "safety", "opponent_touchdown",
    "end_of_half",
)  # fmt: skip
# Team statistics of a game: its drives, and those that ended so.
DRIVE_STATS = ("drives", *(f"drives_{name}" for name in DRIVE_OUTCOMES))
# How many plays and how much time a drive takes depends on its outcome; rare outcomes are counted with like ones.
DRIVE_GROUPS = ("touchdown", "field_goal", "punt", "turnover", "downs", "end_of_half")
GROUP_OF_OUTCOME = tuple(
    DRIVE_GROUPS.index(
        {"missed_field_goal": "field_goal", "safety": "turnover", "opponent_touchdown": "turnover"}.get(name, name)
    )
    for name in DRIVE_OUTCOMES
)
# The last group has no time of its own: what the half had left.
TIMED_GROUPS = len(DRIVE_GROUPS) - 1

# How the team came to the ball; a kick is recovered by those who kicked it.
DRIVE_STARTS = ("kickoff", "punt", "interception", "fumble", "downs", "missed_field_goal", "recovered_kick")

TRY_POINTS = (0, 1, 2)  # classes of the try after a touchdown
TOUCHDOWN, FIELD_GOAL = 6, 3  # points

# Passes, runs, sacks, kneels and spikes; kicks and fouls that wipe out a down are not counted.
PLAY_LOWS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15)
PLAY_CAP = 22
# From the first snap to the next team's, or to the kick-off.
SECOND_LOWS = (
    0, 8, 15, 25, 40, 55, 70, 85, 100, 115, 135, 155, 180, 210, 240, 270, 300, 340, 390, 450,
)  # fmt: skip
SECOND_CAP = 720

DRIVE_HEADS = (
    Head("outcome", 1, len(DRIVE_OUTCOMES)),
    Head("try", 1, len(TRY_POINTS)),
    Head("plays", len(DRIVE_GROUPS), len(PLAY_LOWS), (*PLAY_LOWS, PLAY_CAP)),
    Head("seconds", TIMED_GROUPS, len(SECOND_LOWS), (*SECOND_LOWS, SECOND_CAP)),
)
