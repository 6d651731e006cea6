-- The expected quarterback of each team: the candidate with the most recent attempts. Two league-average games are
-- added to his decayed sums.
WITH ranked AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY week_key, team ORDER BY recent_attempts DESC, gsis_id) AS nth
  FROM usage
  WHERE position = 'QB'
),
shrunk AS (
  SELECT
    q.week_key, q.team, q.gsis_id,
    q.attempts + 2000000 * l.attempts AS attempts,
    q.completions + 2000000 * l.completions AS completions,
    q.passing_yards + 2000000 * l.passing_yards AS passing_yards,
    q.interceptions + 2000000 * l.interceptions AS interceptions,
    q.sacks + 2000000 * l.sacks AS sacks,
    q.scrambles + 2000000 * l.scrambles AS scrambles
  FROM ranked q
  LEFT JOIN league l ON l.week_key = q.week_key
  WHERE q.nth = 1
)
SELECT
  week_key, team, gsis_id,
  TRY_DIVIDE(completions, attempts) AS completion_rate,
  TRY_DIVIDE(passing_yards, attempts) AS yards_per_attempt,
  TRY_DIVIDE(interceptions, attempts) AS interception_rate,
  TRY_DIVIDE(sacks, attempts + sacks + scrambles) AS sack_rate,
  TRY_DIVIDE(scrambles, attempts + sacks + scrambles) AS scramble_rate
FROM shrunk
