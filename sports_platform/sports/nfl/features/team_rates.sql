-- Rates of each side of every club. Five league-average games are added to the decayed sums; a rate of nothing is null.
WITH sums AS (
  SELECT week_key, side, club, SUM(weight) AS games, ${weighted_sums}
  FROM team_history
  GROUP BY week_key, side, club
),
clubs AS (
  SELECT week_key, club, side FROM sums
  UNION
  SELECT week_key, posteam, side FROM fixtures LATERAL VIEW EXPLODE(ARRAY('offence', 'defence')) AS side
),
shrunk AS (
  SELECT c.week_key, c.club, c.side, COALESCE(s.games, 0) + 5000000D AS games, ${shrunk_sums}
  FROM clubs c
  JOIN league l ON l.week_key = c.week_key
  LEFT JOIN sums s ON s.week_key = c.week_key AND s.club = c.club AND s.side = c.side
)
SELECT week_key, club, side, ${team_rates}
FROM shrunk
