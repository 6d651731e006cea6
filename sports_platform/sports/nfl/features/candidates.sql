-- Who may play for each team of the weeks. A team with a price list has exactly the players on it; any other those
-- last seen with it in the 10 weeks before, or in the season before while the season is young.
WITH recent AS (
  SELECT w.week_key, w.season, w.week, w.cutoff, s.gsis_id, s.team, s.position
  FROM weeks w
  JOIN sightings s ON s.week_key = w.week_key
  WHERE (s.season = w.season AND s.week >= w.week - 10) OR (s.season = w.season - 1 AND w.week <= 4)
),
prices AS (
  SELECT
    w.week_key, w.season, w.week, w.cutoff, s.gsis_id, s.team, s.position,
    ROW_NUMBER() OVER (PARTITION BY w.week_key, s.gsis_id ORDER BY s.salary DESC, s.team, s.position) AS nth
  FROM weeks w
  JOIN slates s
    ON s.week_key = w.week_key
    AND s.known_time < w.cutoff AND (s.next_known_time IS NULL OR s.next_known_time >= w.cutoff)
  WHERE s.gsis_id IS NOT NULL AND s.position NOT IN ('K', 'DST')
),
listed AS (
  SELECT * FROM prices WHERE nth = 1
),
chosen AS (
  SELECT week_key, season, week, cutoff, gsis_id, team, position FROM listed
  UNION ALL
  SELECT s.*
  FROM recent s
  LEFT ANTI JOIN listed l ON l.week_key = s.week_key AND l.gsis_id = s.gsis_id
  LEFT ANTI JOIN listed t ON t.week_key = s.week_key AND t.team = s.team
)
SELECT week_key, season, week, cutoff, gsis_id, team, ${player_group} AS position
FROM chosen
WHERE ${player_group} <> 'other'
