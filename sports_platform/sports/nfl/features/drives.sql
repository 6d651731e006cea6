-- Every drive of the weeks' games in each published version of its game: its first snap, how the team came to the ball,
-- and what became of it. A drive is what the feed numbers as one, which changes of possession, scores, kick-offs and
-- halves confirm in all but 8 of the 37,558 drives of 2009-2014.
WITH played AS (
  SELECT
    p.week_key, p.game_id, v.known_time, p.drive, p.play_id, p.play_index, p.posteam, p.defteam, p.down,
    -- All of overtime is one: drives go on from one of its periods to the next.
    LEAST((p.qtr + 1) DIV 2, 3) AS half, p.half_seconds_remaining AS clock,
    p.interception, p.fumble_lost, p.touchdown, p.td_team, p.safety, p.field_goal_result,
    p.extra_point_result, p.two_point_conv_result,
    p.play_type AS kind, p.down IS NOT NULL AND ARRAY_CONTAINS(${play_types}, p.play_type) AS is_snap
  FROM plays p
  JOIN weeks w ON w.week_key = p.week_key
  JOIN (SELECT DISTINCT game_id, known_time FROM plays) v
    ON v.game_id = p.game_id
    AND p.known_time <= v.known_time AND (p.next_known_time IS NULL OR p.next_known_time > v.known_time)
  WHERE p.play_type IS NOT NULL
),
neighbours AS (
  SELECT
    *,
    LAG(kind) OVER game AS previous_kind, LAG(posteam) OVER game AS previous_team,
    LEAD(half) OVER game AS next_half, LEAD(clock) OVER game AS next_clock, LEAD(posteam) OVER game AS next_team
  FROM played
  WHERE is_snap OR kind = 'kickoff'
  WINDOW game AS (PARTITION BY game_id, known_time ORDER BY play_index)
),
drives AS (
  SELECT
    week_key, game_id, known_time, drive,
    MIN_BY(STRUCT(play_id, play_index, posteam, half, clock, previous_kind, previous_team), play_index) AS first,
    MAX_BY(STRUCT(next_half, next_clock, next_team), play_index) AS last,
    MAX_BY(STRUCT(kind, down, posteam, interception, fumble_lost, touchdown, td_team, field_goal_result), play_index)
      FILTER (WHERE kind <> 'no_play') AS ran,
    MAX(safety) AS safety,
    COUNT_IF(kind IN ('pass', 'run', 'qb_kneel', 'qb_spike')) AS plays
  FROM neighbours
  WHERE is_snap AND drive IS NOT NULL AND posteam IS NOT NULL
  GROUP BY week_key, game_id, known_time, drive
),
tries AS (
  SELECT
    game_id, known_time, drive,
    MAX(
      CASE
        WHEN two_point_conv_result = 'success' THEN 2
        WHEN extra_point_result = 'good' THEN 1
        WHEN COALESCE(two_point_conv_result, extra_point_result) IS NOT NULL THEN 0
      END
    ) AS points
  FROM played
  WHERE down IS NULL AND kind <> 'no_play'
  GROUP BY game_id, known_time, drive
),
ended AS (
  SELECT
    d.*, t.points AS try_points,
    COALESCE(last.next_half = first.half, false) AS half_goes_on,
    CASE
      WHEN ran.touchdown = 1 AND ran.td_team = ran.posteam THEN 'touchdown'
      WHEN ran.touchdown = 1 AND ran.td_team <> ran.posteam THEN 'opponent_touchdown'
      -- A foul in the end zone is one too, and wipes out its play.
      WHEN safety = 1 THEN 'safety'
      WHEN ran.kind = 'field_goal' THEN IF(ran.field_goal_result = 'made', 'field_goal', 'missed_field_goal')
      WHEN ran.kind = 'punt' THEN 'punt'
      WHEN ran.interception = 1 OR ran.fumble_lost = 1 THEN 'turnover'
      WHEN NOT COALESCE(last.next_half = first.half, false) THEN 'end_of_half'
      WHEN last.next_team = first.posteam THEN NULL  -- the feed does not say
      WHEN ran.down = 4 THEN 'downs'
      ELSE 'turnover'
    END AS outcome
  FROM drives d
  LEFT JOIN tries t ON t.game_id = d.game_id AND t.known_time = d.known_time AND t.drive = d.drive
),
begun AS (
  SELECT
    *,
    LAG(IF(outcome = 'turnover', IF(ran.interception = 1, 'interception', 'fumble'), outcome)) OVER (
      PARTITION BY game_id, known_time ORDER BY first.play_index
    ) AS ending_before
  FROM ended
)
SELECT
  week_key, game_id, known_time, drive, first.play_id AS play_id, outcome,
  CASE
    WHEN first.previous_kind = 'kickoff' THEN IF(first.previous_team = first.posteam, 'kickoff', 'recovered_kick')
    WHEN ending_before = 'punt' AND first.previous_team = first.posteam THEN 'recovered_kick'
    ELSE ending_before
  END AS start,
  IF(outcome = 'touchdown', try_points, NULL) AS try_points,
  IF(outcome IS NOT NULL, plays, NULL) AS plays,
  CASE
    WHEN outcome IS NULL OR outcome = 'end_of_half' THEN NULL
    WHEN half_goes_on THEN first.clock - last.next_clock
    WHEN first.half < 3 THEN first.clock  -- scored or lost as the half ran out
  END AS seconds
FROM begun
