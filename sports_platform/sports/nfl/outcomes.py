"""What can happen on an NFL play: the classes and bins that labels, network heads and engine share.

Belongs here: names, bins and the layout of the network's fused output. The engine receives these
arrays when it starts; nothing is declared twice.
"""

from sports_platform.core.domain import Head

PLAY_TYPES = ("pass", "run", "sack", "scramble", "punt", "field_goal", "qb_kneel", "qb_spike", "no_play")

# Usage slots of a team, most used first; the last class of each target head is "anybody else".
RECEIVER_SLOTS = 10
RUSHER_SLOTS = 5
FORMATIONS = ("under_center", "shotgun", "no_huddle", "no_huddle_shotgun")
# Feature columns `receiver_<slot>_<name>` and `rusher_<slot>_<name>` of each candidate.
RECEIVER_INPUTS = ("share", "air_yards", "catch_rate", "yards", "red_zone_rate", "is_te", "is_rb")
RUSHER_INPUTS = ("share", "yards", "goal_line_rate", "is_qb")
TARGET_GROUPS = ("WR", "TE", "RB")  # position group of a receiver; any other position counts as RB
PLAYER_GROUPS = (*TARGET_GROUPS, "QB", "other")  # position group of any player; `other` when it is unknown, too

# How deep a pass is thrown, by air yards: class i from DEPTH_LOWS[i] on. At or behind the line passes are screens and
# check-downs; from 20 yards on most fall incomplete.
DEPTHS = ("flat", "short", "medium", "long", "deep")
DEPTH_LOWS = (-99, 1, 6, 11, 20)

PASS_RESULTS = ("complete", "incomplete", "interception", "fumble_lost")
RUN_FORMATIONS = ("under", "shotgun")  # of runs and fouls; the quarterback keeps the ball from the shotgun only
RUN_RESULTS = ("normal", "fumble_lost")  # runs, scrambles and sacks

# Yardage bins: bin i holds yards LOW[i]..LOW[i+1]-1, YARD_CAP ends the last. What lies within one is counted: `within`.
YARD_LOWS = (
    -20, -9, -7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 19, 22, 26, 31, 38, 48, 60,
    75,
)  # fmt: skip
YARD_CAP = 100
YARD_GROUPS = (*(f"complete_{depth}" for depth in DEPTHS), "run_under", "run_shotgun", "scramble", "sack", "punt_net")

# Seconds from this snap to the next: bin i holds LOW[i]..LOW[i+1]-1.
TIME_LOWS = (0, 1, 3, 5, 6, 7, 8, 10, 14, 19, 24, 29, 34, 37, 40, 43)
TIME_CAP = 60
TIME_GROUPS = ("complete", "incomplete", "run", "sack", "punt", "field_goal", "qb_kneel", "no_play")

# Penalties that wipe out the down: net yards for the offence and whether the down starts anew.
PENALTIES = (
    (-15, False), (-10, False), (-5, False), (0, False), (5, False),
    (5, True), (10, True), (15, True), (20, True), (30, True), (45, True),
)  # fmt: skip
SPOT_FOUL = 20  # yards from which on they are marked off where they happened: kSpotFoul in native/src/nfl/course.h


HEADS = (
    Head("formation", 1, len(FORMATIONS)),
    Head("play_type", len(FORMATIONS), len(PLAY_TYPES)),
    Head("target_pass", 1, RECEIVER_SLOTS + 1),
    Head("target_run", len(RUN_FORMATIONS), RUSHER_SLOTS + 1),
    Head("depth", RECEIVER_SLOTS + 1, len(DEPTHS)),  # a group a target
    Head("result_pass", len(DEPTHS), len(PASS_RESULTS)),
    Head("result_run", 3, len(RUN_RESULTS)),  # run, scramble, sack
    Head("field_goal", 1, 2),  # missed or blocked, made
    Head("penalty", len(RUN_FORMATIONS), len(PENALTIES)),
    Head("yards", len(YARD_GROUPS), len(YARD_LOWS), (*YARD_LOWS, YARD_CAP)),
    Head("time", len(TIME_GROUPS), len(TIME_LOWS), (*TIME_LOWS, TIME_CAP)),
)
OUTPUT_WIDTH = sum(head.width for head in HEADS)
