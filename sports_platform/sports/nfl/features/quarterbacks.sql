-- The expected quarterback of each team: the candidate with the most recent attempts. Two league-average games are
-- added to his decayed sums.
WITH ranked AS (
  SELECT
    *,
    SUM(recent_attempts) OVER (PARTITION BY week_key, team) AS team_recent,
    ROW_NUMBER() OVER (PARTITION BY week_key, team ORDER BY recent_attempts DESC, gsis_id) AS nth
  FROM usage
  WHERE position = 'QB'
),
shrunk AS (
  SELECT
    q.week_key, q.team, q.gsis_id, q.attempts / 1000000D AS known_attempts,
    TRY_DIVIDE(q.recent_attempts, q.team_recent) AS recent_share,
    ${quarterback_sums},
    q.attempts + q.sacks + q.scrambles + 2000000 * (l.attempts + l.sacks + l.scrambles) AS dropbacks
  FROM ranked q
  LEFT JOIN league l ON l.week_key = q.week_key
  WHERE q.nth = 1
)
SELECT week_key, team, gsis_id, known_attempts, recent_share, ${quarterback_rates}
FROM shrunk
