-- Where the league stands at each cut-off: the mean of every figure over its clubs. A club's figure says how it plays only
-- beside it, as all of them drift over the years. Means are of whole billionths, whose sums are exact in any order.
WITH rated AS (
  SELECT week_key, ${team_means} FROM team_rates WHERE side = 'offence' GROUP BY week_key
),
adjusted AS (
  SELECT week_key, ${adjusted_means} FROM adjusted_rates WHERE side = 'offence' GROUP BY week_key
),
priced AS (
  SELECT week_key, ${market_means} FROM market GROUP BY week_key
),
passing AS (
  SELECT week_key, ${quarterback_means} FROM quarterbacks GROUP BY week_key
)
SELECT *
FROM rated
LEFT JOIN adjusted USING (week_key)
LEFT JOIN priced USING (week_key)
LEFT JOIN passing USING (week_key)
