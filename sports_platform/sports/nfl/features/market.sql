-- Of each club the decayed mean of its games' closing totals and of its own part of them.
SELECT
  week_key, club,
  SUM(weight * total) / SUM(weight) / 4D AS total,
  SUM(weight * own) / SUM(weight) / 4D AS points
FROM closings
GROUP BY week_key, club
