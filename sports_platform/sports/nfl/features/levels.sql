-- Where the league stands at each cut-off: the rates of all clubs' decayed games together, and what the market thought of
-- them. A club's rate says how it plays only beside these, as all of them drift over the years.
WITH sums AS (
  SELECT week_key, SUM(weight) AS games, ${weighted_sums}
  FROM team_history
  WHERE side = 'offence'
  GROUP BY week_key
),
priced AS (
  SELECT week_key, SUM(weight * total) / SUM(weight) / 4D AS market_total
  FROM closings
  GROUP BY week_key
)
SELECT s.week_key, p.market_total, ${team_rates}
FROM sums s
LEFT JOIN priced p ON p.week_key = s.week_key
