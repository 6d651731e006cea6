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
    week_key, game_id, season, week, posteam AS team, defteam AS opponent, known_time, next_known_time, made_from,
    ${team_counts},
    SIZE(COLLECT_SET(IF(is_play, drive, NULL))) AS drives,
    SIZE(COLLECT_SET(IF(is_play AND yardline_100 <= 20, drive, NULL))) AS red_zone_drives
  FROM plays_seen
  GROUP BY week_key, game_id, season, week, posteam, defteam, known_time, next_known_time, made_from
),
counted AS (
  SELECT o.*, f.points
  FROM offence o
  JOIN finals f ON f.game_id = o.game_id AND f.known_time = o.known_time AND f.team = o.team
)
SELECT ${output_columns} FROM counted
