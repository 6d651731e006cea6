"""The NFL's tables: what a week of the league is made of, in nflverse names.

Ranges are those seen in 2009-2015 with room; a value outside is an error of the feed, not football.
"""

from sports_platform.core.tables import Column, ColumnType, TableSpec


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "int", meaning, "0/1", low=0, high=1)


def _id(name: str) -> Column:
    return Column(name, "string", f"GSIS id of the {name.removesuffix('_player_id').replace('_', ' ')}")


def _number(name: str, meaning: str, unit: str, low: float, high: float, kind: ColumnType = "int") -> Column:
    return Column(name, kind, meaning, unit, low=low, high=high)


def _text(name: str, meaning: str, *, nullable: bool = True, allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, "string", meaning, nullable=nullable, allowed=allowed)


_GAME = (
    _text("game_id", "season_week_away_home", nullable=False),
    Column("season", "int", "season's first calendar year", nullable=False, low=1999, high=2100),
    Column("week", "int", "week of the season; 18 and later are playoffs", nullable=False, low=1, high=22),
)

PLAYS = TableSpec(
    name="plays",
    meaning="a play, timeout or quarter end; state columns are before the snap",
    key=("game_id", "play_id"),
    rows_a_week=(100, 3600),
    columns=(
        *_GAME,
        Column("play_id", "int", "GSIS play id", nullable=False, low=0, high=99_999),
        Column("play_index", "int", "order of play within the game, from 0", nullable=False, low=0, high=400),
        _text("season_type", "REG or POST", nullable=False, allowed=("REG", "POST")),
        _text("home_team", "home team", nullable=False),
        _text("away_team", "away team", nullable=False),
        _text("posteam", "team with the ball; receiving team on kick-offs"),
        _text("defteam", "team without the ball"),
        Column("qtr", "int", "quarter; 5 and later are overtime", nullable=False, low=1, high=8),
        _number("quarter_seconds_remaining", "clock of the quarter", "s", 0, 900),
        _number("half_seconds_remaining", "clock of the half", "s", 0, 1800),
        _number("game_seconds_remaining", "clock of the game; in overtime of the period", "s", 0, 3600),
        _text("game_half", "half", allowed=("Half1", "Half2", "Overtime")),
        _number("drive", "drive number in the game", "", 0, 60),
        _number("down", "down; null on kicks-offs and tries", "", 1, 4),
        _number("ydstogo", "distance to a first down", "yd", 0, 60),
        _number("yardline_100", "distance to the opponent's goal line", "yd", 0, 100),
        _flag("goal_to_go", "goal to go"),
        _text("play_type", "nflverse play type; null where no play was run"),
        _number("yards_gained", "yards of the play", "yd", -60, 110),
        *(
            _flag(name, name.replace("_", " "))
            for name in (
                "shotgun no_huddle qb_dropback qb_kneel qb_spike qb_scramble pass_attempt rush_attempt sack "
                "complete_pass incomplete_pass interception fumble fumble_lost touchdown pass_touchdown "
                "rush_touchdown return_touchdown field_goal_attempt extra_point_attempt two_point_attempt "
                "kickoff_attempt punt_attempt punt_blocked touchback safety penalty first_down "
                "first_down_penalty own_kickoff_recovery own_kickoff_recovery_td defensive_two_point_conv "
                "defensive_extra_point_conv timeout"
            ).split()
        ),
        _text("field_goal_result", "result of a field goal", allowed=("made", "missed", "blocked")),
        _text("extra_point_result", "result of a kicked try", allowed=("good", "failed", "blocked", "aborted")),
        _text("two_point_conv_result", "result of a two-point try", allowed=("success", "failure")),
        _number("kick_distance", "length of the kick", "yd", -20, 110),
        _number("return_yards", "yards of the return", "yd", -60, 110),
        _number("air_yards", "depth of the target from the line of scrimmage", "yd", -99, 99),
        _number("penalty_yards", "yards of the penalty", "yd", 0, 100),
        _text("penalty_team", "team penalised"),
        _text("penalty_type", "foul"),
        _text("td_team", "team that scored the touchdown"),
        _text("timeout_team", "team that called the timeout"),
        _text("return_team", "team that returned the ball"),
        *(
            _id(f"{role}_player_id")
            for role in (
                "passer receiver rusher lateral_receiver lateral_rusher td kicker punt_returner "
                "kickoff_returner interception fumbled_1 fumbled_2 fumble_recovery_1 fumble_recovery_2 "
                "sack half_sack_1 half_sack_2 blocked"
            ).split()
        ),
        *(_text(f"{role}_team", f"team of {role}") for role in ("fumbled_1", "fumbled_2")),
        *(_text(f"{role}_team", f"team of {role}") for role in ("fumble_recovery_1", "fumble_recovery_2")),
        *(
            _number(f"{kind}_yards", f"{kind.replace('_', ' ')} yards credited", "yd", -60, 110)
            for kind in "passing receiving rushing lateral_receiving lateral_rushing".split()
        ),
        _number("posteam_score", "points of the team with the ball", "points", 0, 100),
        _number("defteam_score", "points of the other team", "points", 0, 100),
        _number("score_differential", "posteam_score - defteam_score", "points", -100, 100),
        _number("posteam_score_post", "points of posteam after the play", "points", 0, 100),
        _number("defteam_score_post", "points of defteam after the play", "points", 0, 100),
        _number("posteam_timeouts_remaining", "timeouts of posteam", "", 0, 3),
        _number("defteam_timeouts_remaining", "timeouts of defteam", "", 0, 3),
    ),
)

SCHEDULES = TableSpec(
    name="schedules",
    meaning="a game: first as a fixture without scores, then with its result",
    key=("game_id",),
    rows_a_week=(1, 40),
    columns=(
        *_GAME,
        _text("game_type", "REG, WC, DIV, CON or SB", nullable=False, allowed=("REG", "WC", "DIV", "CON", "SB")),
        _text("home_team", "home team", nullable=False),
        _text("away_team", "away team", nullable=False),
        Column("kickoff", "timestamp", "kick-off", "UTC", nullable=False),
        _number("home_score", "final points of the home team; null before the game", "points", 0, 100),
        _number("away_score", "final points of the away team; null before the game", "points", 0, 100),
        _flag("overtime", "whether overtime was played; null before the game"),
    ),
)

PLAYERS = TableSpec(
    name="players",
    meaning="a player as seen in a week's game: his team and position then",
    key=("season", "week", "gsis_id"),
    rows_a_week=(20, 2500),
    columns=(
        *_GAME[1:],
        _text("gsis_id", "GSIS id", nullable=False),
        _text("full_name", "name", nullable=False),
        _text("position", "position"),
        _text("team", "team of the week", nullable=False),
    ),
)

LINES = TableSpec(
    name="lines",
    meaning="a game's betting line: first the opening spread, then the closing spread and total",
    key=("game_id",),
    rows_a_week=(1, 40),
    columns=(
        *_GAME,
        _text("home_team", "home team", nullable=False),
        _text("away_team", "away team", nullable=False),
        _number("spread_open", "opening spread; > 0: home favoured", "points", -40, 40, "double"),
        _number("spread_line", "closing spread; null until kick-off", "points", -40, 40, "double"),
        _number("total_line", "closing total; null until kick-off", "points", 20, 90, "double"),
        _text("roof", "outdoors, dome, open or closed", allowed=("outdoors", "dome", "open", "closed")),
    ),
)

SLATES = TableSpec(
    name="slates",
    meaning="a player's price on a contest site for a week",
    key=("season", "week", "site", "slate", "player_name", "position", "team"),
    rows_a_week=(0, 2500),  # no salary file covers most weeks of the archive
    columns=(
        *_GAME[1:],
        _text("site", "contest site", nullable=False, allowed=("dk",)),
        _text("slate", "price list: name of its file and digest of its prices", nullable=False),
        _text("player_name", "name as the site spells it", nullable=False),
        _text("position", "site position", nullable=False, allowed=("QB", "RB", "WR", "TE", "K", "DST", "FB")),
        _text("team", "team", nullable=False),
        _text("game_id", "game of the slate; null when the file does not say which"),
        _text("site_player_id", "the site's id of the player; null in files without ids"),
        Column("salary", "int", "price", "USD", nullable=False, low=0, high=50_000),
        _text("gsis_id", "GSIS id, team code for a defence; null when no player matched"),
    ),
)

TABLES = {spec.name: spec for spec in (PLAYS, SCHEDULES, PLAYERS, LINES, SLATES)}
