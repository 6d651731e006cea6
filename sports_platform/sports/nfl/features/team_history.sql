-- Games of each team known at each cut-off, as attack and as defence, newest first. The weight halves every 8 games
-- and is a whole number of millionths, so that weighted sums are exact whatever their order.
WITH known AS (
  SELECT w.week_key, g.* EXCEPT (week_key)
  FROM weeks w
  JOIN team_games g
    ON g.season BETWEEN w.season - ${history_seasons} AND w.season
    AND g.known_time < w.cutoff AND (g.next_known_time IS NULL OR g.next_known_time >= w.cutoff)
),
sides AS (
  SELECT 'offence' AS side, team AS club, * FROM known
  UNION ALL
  SELECT 'defence', opponent, * FROM known
),
ranked AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY week_key, side, club ORDER BY season DESC, week DESC, game_id) AS nth
  FROM sides
)
SELECT *, BIGINT(ROUND(1000000 * POW(0.5D, (nth - 1) / 8D))) AS weight FROM ranked
