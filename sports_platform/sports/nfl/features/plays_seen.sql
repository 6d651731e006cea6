-- Scrimmage snaps of the weeks to be counted, with what counts are made from: kind of play, success, depth of the pass,
-- position of its target.
SELECT
  s.*,
  r.made_from,
  s.kind IN ('pass', 'run', 'sack', 'scramble') AS is_play,
  s.kind IN ('pass', 'sack', 'scramble') AS is_dropback,
  s.kind = 'pass' AS is_pass,
  s.kind = 'run' AS is_run,
  s.kind = 'pass' AND s.complete_pass = 1 AS is_complete,
  s.kind = 'pass' AND s.receiver_player_id IS NOT NULL AND s.air_yards BETWEEN -15 AND 70 AS is_aimed,
  ABS(s.score_differential) <= 8 AND s.half_seconds_remaining > 120 AS is_neutral,
  s.kind IN ('pass', 'run', 'sack', 'scramble') AND s.seconds BETWEEN 0 AND ${time_cap} AS is_timed,
  -- The usual definition: 40 % of the distance on first down, 60 % on second, all of it later; the ball kept.
  s.kind IN ('pass', 'run', 'sack', 'scramble') AND s.interception = 0 AND s.fumble_lost = 0
    AND 10 * s.yards_gained >= CASE s.down WHEN 1 THEN 4 WHEN 2 THEN 6 ELSE 10 END * s.ydstogo AS is_success,
  CASE
    WHEN s.receiver_player_id IS NULL THEN NULL  -- thrown away: nobody's target
    WHEN p.position IN ('WR', 'TE') THEN p.position
    ELSE 'RB'
  END AS target_position
FROM snaps s
JOIN recount r ON r.week_key = s.week_key
LEFT JOIN players p
  ON p.gsis_id = s.receiver_player_id AND p.season = s.season AND p.week = s.week
  AND p.known_time <= s.known_time AND (p.next_known_time IS NULL OR p.next_known_time > s.known_time)
WHERE s.down IS NOT NULL AND ARRAY_CONTAINS(${play_types}, s.kind)
