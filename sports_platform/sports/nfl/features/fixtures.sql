-- The two sides of each game of the weeks, as scheduled at the cut-off.
WITH games AS (
  SELECT w.week_key, w.season, w.week, w.cutoff, s.game_id, s.game_type, s.kickoff, s.home_team, s.away_team
  FROM weeks w
  JOIN schedules s
    ON s.week_key = w.week_key
    AND s.known_time < w.cutoff AND (s.next_known_time IS NULL OR s.next_known_time >= w.cutoff)
)
SELECT *, home_team AS posteam, away_team AS defteam, 1 AS is_home FROM games
UNION ALL
SELECT *, away_team, home_team, 0 FROM games
