-- What is expected of every candidate and newcomer as a passer. Two league-average games are added to his decayed sums.
-- `nth` numbers the quarterbacks of a team by their recent attempts, but that who is above the cheapest price of the
-- week's list, though another has more attempts, comes before him: sites price who is to start. Nobody else has one, nor a
-- part in those attempts. While no attempts are known the job is the first's (null: the default of the schema) and so
-- nobody else's.
WITH ranked AS (
  SELECT
    *,
    position = 'QB' AND gsis_id IS NOT NULL AS is_quarterback,
    SUM(IF(position = 'QB', recent_attempts, 0)) OVER (PARTITION BY week_key, team) AS team_recent,
    ROW_NUMBER() OVER (
      PARTITION BY week_key, team, position = 'QB' AND gsis_id IS NOT NULL ORDER BY recent_attempts DESC, gsis_id
    ) AS by_attempts
  FROM usage
),
shrunk AS (
  SELECT
    q.week_key, q.team, q.gsis_id, q.position, q.attempts / 1000000D AS known_attempts,
    TRY_DIVIDE(IF(position = 'QB', q.recent_attempts, 0), q.team_recent) AS part,
    IF(
      is_quarterback,
      ROW_NUMBER() OVER (
        PARTITION BY q.week_key, team, is_quarterback
        ORDER BY IF(by_attempts > 1 AND is_listed, premium, 0) DESC, by_attempts
      ),
      NULL
    ) AS nth,
    ${quarterback_sums},
    q.attempts + q.sacks + q.scrambles + 2000000 * (l.attempts + l.sacks + l.scrambles) AS dropbacks
  FROM ranked q
  LEFT JOIN league l ON l.week_key = q.week_key
)
SELECT
  week_key, team, gsis_id, position, nth, known_attempts,
  IF(nth = 1, part, COALESCE(part, 0)) AS recent_share,
  ${quarterback_rates}
FROM shrunk
