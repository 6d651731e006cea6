-- What a player did in a game, for each published version of the game: targets, designed runs, passing.
WITH roles AS (
  SELECT *, receiver_player_id AS gsis_id, 'receiver' AS role FROM snaps WHERE kind = 'pass'
  UNION ALL
  SELECT *, rusher_player_id, 'rusher' FROM snaps WHERE kind = 'run'
  UNION ALL
  SELECT *, passer_player_id, 'passer' FROM snaps WHERE kind IN ('pass', 'sack')
  UNION ALL
  SELECT *, rusher_player_id, 'passer' FROM snaps WHERE kind = 'scramble'
)
SELECT
  season, week, game_id, gsis_id, known_time, next_known_time,
  SUM(INT(role = 'receiver')) AS targets,
  SUM(INT(role = 'rusher')) AS carries,
  SUM(INT(role = 'passer' AND kind = 'pass')) AS attempts,
  SUM(INT(role = 'passer' AND kind = 'pass' AND complete_pass = 1)) AS completions,
  SUM(IF(role = 'passer' AND kind = 'pass' AND complete_pass = 1, yards_gained, 0)) AS passing_yards,
  SUM(INT(role = 'passer' AND kind = 'pass' AND interception = 1)) AS interceptions,
  SUM(INT(role = 'passer' AND kind = 'sack')) AS sacks,
  SUM(INT(role = 'passer' AND kind = 'scramble')) AS scrambles
FROM roles
WHERE down IS NOT NULL AND gsis_id IS NOT NULL
GROUP BY season, week, game_id, gsis_id, known_time, next_known_time
