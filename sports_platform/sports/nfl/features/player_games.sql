-- What a player did in a game, for each published version of the game: targets, designed runs, passing.
WITH roles AS (
  SELECT *, receiver_player_id AS gsis_id, 'receiver' AS role FROM plays_seen WHERE is_pass
  UNION ALL
  SELECT *, rusher_player_id, 'rusher' FROM plays_seen WHERE is_run
  UNION ALL
  SELECT *, passer_player_id, 'passer' FROM plays_seen WHERE kind IN ('pass', 'sack')
  UNION ALL
  SELECT *, rusher_player_id, 'passer' FROM plays_seen WHERE kind = 'scramble'
),
counted AS (
  SELECT week_key, game_id, season, week, gsis_id, known_time, next_known_time, made_from, ${player_counts}
  FROM roles
  WHERE gsis_id IS NOT NULL
  GROUP BY week_key, game_id, season, week, gsis_id, known_time, next_known_time, made_from
)
SELECT ${output_columns} FROM counted
