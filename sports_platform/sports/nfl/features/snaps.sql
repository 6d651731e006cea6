-- Every play of every published version of its game, with the interval in which that version was the newest.
-- A correction of one play makes a new version of the whole game, so that sums and neighbours are right in each.
WITH versions AS (
  SELECT game_id, known_time, LEAD(known_time) OVER (PARTITION BY game_id ORDER BY known_time) AS next_known_time
  FROM (SELECT DISTINCT game_id, known_time FROM plays)
)
SELECT
  p.week_key, p.game_id, p.season, p.week, p.play_id, p.play_index, p.posteam, p.defteam, v.known_time, v.next_known_time,
  p.drive, p.qtr, p.down, p.shotgun, p.no_huddle, p.air_yards, p.posteam_timeouts_remaining, p.defteam_timeouts_remaining,
  p.ydstogo, p.yardline_100, p.half_seconds_remaining, p.game_seconds_remaining,
  p.score_differential, p.posteam_score_post, p.defteam_score_post, p.yards_gained, p.complete_pass, p.interception,
  p.fumble_lost, p.touchdown, p.td_team, p.field_goal_result, p.punt_blocked, p.touchback, p.return_touchdown,
  p.kick_distance, p.return_yards, p.penalty_team, p.penalty_yards, p.first_down_penalty,
  p.passer_player_id, p.receiver_player_id, p.rusher_player_id,
  CASE
    WHEN p.play_type IN ('pass', 'run') AND p.qb_scramble = 1 THEN 'scramble'
    WHEN p.play_type = 'pass' AND p.sack = 1 THEN 'sack'
    ELSE p.play_type
  END AS kind,
  p.half_seconds_remaining - LEAD(p.half_seconds_remaining) OVER (
    PARTITION BY p.game_id, v.known_time, p.game_half ORDER BY p.play_index
  ) AS seconds
FROM plays p
JOIN versions v
  ON v.game_id = p.game_id
  AND p.known_time <= v.known_time AND (p.next_known_time IS NULL OR p.next_known_time > v.known_time)
WHERE p.play_type IS NOT NULL
