-- Rates of each side of the weeks' fixtures. Five league-average games are added to the decayed sums.
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
  plays / games AS plays_pg,
  points / games AS points_pg,
  dropbacks / plays AS pass_rate,
  neutral_dropbacks / neutral_plays AS neutral_pass_rate,
  completions / attempts AS completion_rate,
  passing_yards / attempts AS yards_per_attempt,
  interceptions / attempts AS interception_rate,
  sacks / dropbacks AS sack_rate,
  rushing_yards / carries AS yards_per_carry,
  fumbles_lost / plays AS fumble_rate,
  seconds / timed_plays AS seconds_per_play,
  red_zone_touchdowns / red_zone_drives AS red_zone_td_rate
FROM shrunk
