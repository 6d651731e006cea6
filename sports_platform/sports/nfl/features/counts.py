"""What is counted of a team's or a player's game, and which ratios of the counts are features.

Belongs here: names and expressions over the columns of `plays_seen.sql`; every count is a whole number, so that decayed
sums are exact in any order. The SQL files say over which games they are summed, the YAML schemas what they mean.
"""

from collections.abc import Mapping

# Of an offence in a game. Conditions count plays, other expressions are summed; null counts as zero.
TEAM_COUNTS: Mapping[str, str] = {
    "plays": "is_play",
    "yards": "IF(is_play, yards_gained, 0)",
    "dropbacks": "is_dropback",
    "neutral_plays": "is_play AND is_neutral",
    "neutral_dropbacks": "is_dropback AND is_neutral",
    "early_plays": "is_play AND is_neutral AND down <= 2",
    "early_dropbacks": "is_dropback AND is_neutral AND down <= 2",
    "third_plays": "is_play AND down = 3 AND ydstogo > 2",
    "third_dropbacks": "is_dropback AND down = 3 AND ydstogo > 2",
    "short_plays": "is_play AND down >= 3 AND ydstogo <= 2",
    "short_dropbacks": "is_dropback AND down >= 3 AND ydstogo <= 2",
    "red_zone_plays": "is_play AND yardline_100 <= 20",
    "red_zone_dropbacks": "is_dropback AND yardline_100 <= 20",
    "leading_plays": "is_play AND score_differential >= 8",
    "leading_dropbacks": "is_dropback AND score_differential >= 8",
    "trailing_plays": "is_play AND score_differential <= -8",
    "trailing_dropbacks": "is_dropback AND score_differential <= -8",
    "shotgun_plays": "is_play AND shotgun = 1",
    "shotgun_dropbacks": "is_dropback AND shotgun = 1",
    "under_plays": "is_play AND shotgun = 0",
    "under_dropbacks": "is_dropback AND shotgun = 0",
    "no_huddle_plays": "is_play AND no_huddle = 1",
    "successes": "is_success",
    "pass_successes": "is_success AND is_dropback",
    "rush_successes": "is_success AND is_run",
    "explosive_passes": "is_complete AND yards_gained >= 20",
    "explosive_runs": "is_run AND yards_gained >= 10",
    "stuffed_runs": "is_run AND yards_gained <= 0",
    "attempts": "is_pass",
    "targets": "is_pass AND receiver_player_id IS NOT NULL",
    "completions": "is_complete",
    "passing_yards": "IF(is_complete, yards_gained, 0)",
    "aimed_passes": "is_aimed",
    "air_yards": "IF(is_aimed, air_yards, 0)",
    "deep_passes": "is_aimed AND air_yards >= 20",
    "flat_passes": "is_aimed AND air_yards <= 0",
    "caught_air_yards": "IF(is_complete AND is_aimed, air_yards, 0)",
    "interceptions": "is_pass AND interception = 1",
    "sacks": "kind = 'sack'",
    "scrambles": "kind = 'scramble'",
    "carries": "is_run",
    "rushing_yards": "IF(is_run, yards_gained, 0)",
    "fumbles_lost": "is_play AND fumble_lost = 1",
    "third_downs": "is_play AND down = 3",
    "third_conversions": "is_play AND down = 3 AND yards_gained >= ydstogo",
    "fourth_downs": "down = 4",
    "fourth_goes": "is_play AND down = 4",
    "snaps": "is_play OR kind = 'no_play'",
    "own_fouls": "kind = 'no_play' AND penalty_team = posteam",
    "other_fouls": "kind = 'no_play' AND penalty_team = defteam",
    "kicks": "kind = 'field_goal'",
    "kicks_made": "kind = 'field_goal' AND field_goal_result = 'made'",
    "punts": "kind = 'punt'",
    "timed_plays": "is_timed",
    "seconds": "IF(is_timed, seconds, 0)",
    "neutral_timed_plays": "is_timed AND is_neutral",
    "neutral_seconds": "IF(is_timed AND is_neutral, seconds, 0)",
    "wr_targets": "is_pass AND target_position = 'WR'",
    "te_targets": "is_pass AND target_position = 'TE'",
    "rb_targets": "is_pass AND target_position = 'RB'",
    "wr_yards": "IF(is_complete AND target_position = 'WR', yards_gained, 0)",
    "te_yards": "IF(is_complete AND target_position = 'TE', yards_gained, 0)",
    "rb_yards": "IF(is_complete AND target_position = 'RB', yards_gained, 0)",
    "red_zone_touchdowns": "is_play AND yardline_100 <= 20 AND touchdown = 1 AND td_team = posteam",
}

# Counted otherwise in team_games.sql: drives by their numbers, points by the score.
GAME_COUNTS = ("points", "drives", "red_zone_drives")

# Rate -> (count above, count below); `games` is the decayed number of games.
TEAM_RATES: Mapping[str, tuple[str, str]] = {
    "plays_pg": ("plays", "games"),
    "points_pg": ("points", "games"),
    "drives_pg": ("drives", "games"),
    "punts_pg": ("punts", "games"),
    "yards_per_play": ("yards", "plays"),
    "pass_rate": ("dropbacks", "plays"),
    "neutral_pass_rate": ("neutral_dropbacks", "neutral_plays"),
    "early_pass_rate": ("early_dropbacks", "early_plays"),
    "third_pass_rate": ("third_dropbacks", "third_plays"),
    "short_pass_rate": ("short_dropbacks", "short_plays"),
    "red_zone_pass_rate": ("red_zone_dropbacks", "red_zone_plays"),
    "leading_pass_rate": ("leading_dropbacks", "leading_plays"),
    "trailing_pass_rate": ("trailing_dropbacks", "trailing_plays"),
    "shotgun_pass_rate": ("shotgun_dropbacks", "shotgun_plays"),
    "under_pass_rate": ("under_dropbacks", "under_plays"),
    "shotgun_rate": ("shotgun_plays", "plays"),
    "no_huddle_rate": ("no_huddle_plays", "plays"),
    "success_rate": ("successes", "plays"),
    "pass_success_rate": ("pass_successes", "dropbacks"),
    "rush_success_rate": ("rush_successes", "carries"),
    "explosive_pass_rate": ("explosive_passes", "dropbacks"),
    "explosive_run_rate": ("explosive_runs", "carries"),
    "stuffed_run_rate": ("stuffed_runs", "carries"),
    "completion_rate": ("completions", "attempts"),
    "yards_per_attempt": ("passing_yards", "attempts"),
    "air_yards_per_target": ("air_yards", "aimed_passes"),
    "deep_pass_rate": ("deep_passes", "aimed_passes"),
    "flat_pass_rate": ("flat_passes", "aimed_passes"),
    "interception_rate": ("interceptions", "attempts"),
    "sack_rate": ("sacks", "dropbacks"),
    "scramble_rate": ("scrambles", "dropbacks"),
    "yards_per_carry": ("rushing_yards", "carries"),
    "fumble_rate": ("fumbles_lost", "plays"),
    "third_conversion_rate": ("third_conversions", "third_downs"),
    "fourth_go_rate": ("fourth_goes", "fourth_downs"),
    "red_zone_td_rate": ("red_zone_touchdowns", "red_zone_drives"),
    "field_goal_rate": ("kicks_made", "kicks"),
    "own_foul_rate": ("own_fouls", "snaps"),
    "other_foul_rate": ("other_fouls", "snaps"),
    "seconds_per_play": ("seconds", "timed_plays"),
    "neutral_seconds_per_play": ("neutral_seconds", "neutral_timed_plays"),
    "wr_target_rate": ("wr_targets", "targets"),
    "te_target_rate": ("te_targets", "targets"),
    "rb_target_rate": ("rb_targets", "targets"),
    "wr_yards_per_target": ("wr_yards", "wr_targets"),
    "te_yards_per_target": ("te_yards", "te_targets"),
    "rb_yards_per_target": ("rb_yards", "rb_targets"),
}

# Rates that are also given as they would be against average opponents.
ADJUSTED_RATES = (
    "points_pg", "yards_per_play", "success_rate", "yards_per_attempt", "yards_per_carry", "sack_rate",
    "completion_rate", "neutral_pass_rate",
)  # fmt: skip
# Rates of an average team among the games known: where the league stands.
LEAGUE_RATES = (
    "points_pg", "pass_rate", "shotgun_rate", "no_huddle_rate", "completion_rate", "yards_per_carry",
    "air_yards_per_target", "seconds_per_play", "fourth_go_rate", "field_goal_rate",
)  # fmt: skip

# Of a player in a game, by the part he has in a play (`role` of player_games.sql).
PLAYER_COUNTS: Mapping[str, str] = {
    "targets": "role = 'receiver'",
    "catches": "role = 'receiver' AND is_complete",
    "receiving_yards": "IF(role = 'receiver' AND is_complete, yards_gained, 0)",
    "aimed_targets": "role = 'receiver' AND is_aimed",
    "target_air_yards": "IF(role = 'receiver' AND is_aimed, air_yards, 0)",
    "red_zone_targets": "role = 'receiver' AND yardline_100 <= 20",
    "carries": "role = 'rusher'",
    "rushing_yards": "IF(role = 'rusher', yards_gained, 0)",
    "goal_line_carries": "role = 'rusher' AND yardline_100 <= 10",
    "attempts": "role = 'passer' AND is_pass",
    "completions": "role = 'passer' AND is_complete",
    "passing_yards": "IF(role = 'passer' AND is_complete, yards_gained, 0)",
    "aimed_passes": "role = 'passer' AND is_aimed",
    "air_yards": "IF(role = 'passer' AND is_aimed, air_yards, 0)",
    "deep_passes": "role = 'passer' AND is_aimed AND air_yards >= 20",
    "interceptions": "role = 'passer' AND is_pass AND interception = 1",
    "sacks": "role = 'passer' AND kind = 'sack'",
    "scrambles": "role = 'passer' AND kind = 'scramble'",
    "pass_successes": "role = 'passer' AND is_success",
}

# Of the expected quarterback; `dropbacks` = attempts + sacks + scrambles.
QUARTERBACK_RATES: Mapping[str, tuple[str, str]] = {
    "completion_rate": ("completions", "attempts"),
    "yards_per_attempt": ("passing_yards", "attempts"),
    "interception_rate": ("interceptions", "attempts"),
    "sack_rate": ("sacks", "dropbacks"),
    "scramble_rate": ("scrambles", "dropbacks"),
    "success_rate": ("pass_successes", "dropbacks"),
    "air_yards_per_target": ("air_yards", "aimed_passes"),
    "deep_pass_rate": ("deep_passes", "aimed_passes"),
}

# Figures whose mean over the clubs says where the league stands.
LEVELS = (
    *TEAM_RATES,
    *(f"adjusted_{name}" for name in ADJUSTED_RATES),
    "market_total",
    *(f"qb_{name}" for name in QUARTERBACK_RATES),
)

# Of each player in a slot: shrunk to the mean of his position by so many tries.
SLOT_RATES: Mapping[str, Mapping[str, tuple[str, str, int]]] = {
    "receiver": {
        "air_yards": ("target_air_yards", "aimed_targets", 20),
        "catch_rate": ("catches", "targets", 40),
        "yards": ("receiving_yards", "targets", 40),
        "red_zone_rate": ("red_zone_targets", "targets", 40),
    },
    "rusher": {
        "yards": ("rushing_yards", "carries", 60),
        "goal_line_rate": ("goal_line_carries", "carries", 60),
    },
}
