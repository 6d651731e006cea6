-- Rates of each side of the weeks' fixtures. Five league-average games are added to the decayed sums; a rate of
-- nothing is null.
WITH sums AS (
  SELECT week_key, side, club, SUM(weight) AS games, ${weighted_sums}
  FROM team_history
  GROUP BY week_key, side, club
),
clubs AS (
  SELECT DISTINCT week_key, posteam AS club, side FROM fixtures LATERAL VIEW EXPLODE(ARRAY('offence', 'defence')) AS side
),
shrunk AS (
  SELECT c.week_key, c.club, c.side, COALESCE(s.games, 0) + 5000000D AS games, ${shrunk_sums}
  FROM clubs c
  JOIN league l ON l.week_key = c.week_key
  LEFT JOIN sums s ON s.week_key = c.week_key AND s.club = c.club AND s.side = c.side
)
SELECT
  week_key, club, side,
  TRY_DIVIDE(plays, games) AS plays_pg,
  TRY_DIVIDE(points, games) AS points_pg,
  TRY_DIVIDE(dropbacks, plays) AS pass_rate,
  TRY_DIVIDE(neutral_dropbacks, neutral_plays) AS neutral_pass_rate,
  TRY_DIVIDE(completions, attempts) AS completion_rate,
  TRY_DIVIDE(passing_yards, attempts) AS yards_per_attempt,
  TRY_DIVIDE(interceptions, attempts) AS interception_rate,
  TRY_DIVIDE(sacks, dropbacks) AS sack_rate,
  TRY_DIVIDE(rushing_yards, carries) AS yards_per_carry,
  TRY_DIVIDE(fumbles_lost, plays) AS fumble_rate,
  TRY_DIVIDE(seconds, timed_plays) AS seconds_per_play,
  TRY_DIVIDE(red_zone_touchdowns, red_zone_drives) AS red_zone_td_rate
FROM shrunk
