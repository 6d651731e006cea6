-- What a team's offence did in a game, for each published version of the game. All figures are whole numbers.
WITH scores AS (
  SELECT game_id, known_time, posteam AS team, posteam_score_post AS points FROM snaps
  UNION ALL
  SELECT game_id, known_time, defteam, defteam_score_post FROM snaps
),
finals AS (
  SELECT game_id, known_time, team, MAX(points) AS points FROM scores GROUP BY game_id, known_time, team
),
offence AS (
  SELECT
    game_id, season, week, posteam AS team, defteam AS opponent, known_time, next_known_time,
    COUNT(*) AS plays,
    SUM(INT(kind <> 'run')) AS dropbacks,
    SUM(INT(ABS(score_differential) <= 8 AND half_seconds_remaining > 120)) AS neutral_plays,
    SUM(INT(kind <> 'run' AND ABS(score_differential) <= 8 AND half_seconds_remaining > 120)) AS neutral_dropbacks,
    SUM(INT(kind = 'pass')) AS attempts,
    SUM(INT(kind = 'pass' AND receiver_player_id IS NOT NULL)) AS targets,
    SUM(INT(kind = 'pass' AND complete_pass = 1)) AS completions,
    SUM(IF(kind = 'pass' AND complete_pass = 1, yards_gained, 0)) AS passing_yards,
    SUM(INT(kind = 'pass' AND interception = 1)) AS interceptions,
    SUM(INT(kind = 'sack')) AS sacks,
    SUM(INT(kind = 'scramble')) AS scrambles,
    SUM(INT(kind = 'run')) AS carries,
    SUM(IF(kind = 'run', yards_gained, 0)) AS rushing_yards,
    SUM(INT(fumble_lost = 1)) AS fumbles_lost,
    SUM(INT(seconds BETWEEN 0 AND ${time_cap})) AS timed_plays,
    SUM(IF(seconds BETWEEN 0 AND ${time_cap}, seconds, 0)) AS seconds,
    SIZE(COLLECT_SET(IF(yardline_100 <= 20, drive, NULL))) AS red_zone_drives,
    SUM(INT(yardline_100 <= 20 AND touchdown = 1 AND td_team = posteam)) AS red_zone_touchdowns
  FROM snaps
  WHERE down IS NOT NULL AND kind IN ('pass', 'run', 'sack', 'scramble')
  GROUP BY game_id, season, week, posteam, defteam, known_time, next_known_time
)
SELECT o.*, f.points
FROM offence o
JOIN finals f ON f.game_id = o.game_id AND f.known_time = o.known_time AND f.team = o.team
