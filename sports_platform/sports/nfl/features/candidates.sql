-- Who may play for each team of the weeks, and by how many thousand his newest price of the season is above the
-- cheapest of his position on that list (`premium`; null without one), and whether that is the week's (`is_listed`).
-- A team on a site's own list has exactly the players on it. An archive's list, which has no ids of the site, names who
-- dressed, and nobody knows that before the first kick-off: whoever had a part in the team's last game of the season
-- belongs to it, too. A team without a list has those last seen with it in the 10 weeks before, or in the season before
-- while the season is young.
WITH recent AS (
  SELECT
    w.week_key, w.season, w.week, w.cutoff, s.gsis_id, s.team, s.position,
    s.season = w.season
      AND s.week = MAX(IF(s.season = w.season, s.week, NULL)) OVER (PARTITION BY w.week_key, s.team) AS in_last_game
  FROM weeks w
  JOIN sightings s ON s.week_key = w.week_key
  WHERE (s.season = w.season AND s.week >= w.week - 10) OR (s.season = w.season - 1 AND w.week <= 4)
),
prices AS (
  SELECT
    w.week_key, w.season, w.week, w.cutoff, s.week AS priced_week, s.gsis_id, s.team, s.position, s.site_player_id,
    (s.salary - MIN(s.salary) OVER (PARTITION BY w.week_key, s.week, s.position)) / 1000D AS premium,
    ROW_NUMBER() OVER (
      PARTITION BY w.week_key, s.gsis_id ORDER BY s.week DESC, s.salary DESC, s.team, s.position
    ) AS nth
  FROM weeks w
  JOIN slates s
    ON s.season = w.season AND s.week <= w.week
    AND s.known_time < w.cutoff AND (s.next_known_time IS NULL OR s.next_known_time >= w.cutoff)
  WHERE s.gsis_id IS NOT NULL AND s.position NOT IN ('K', 'DST')
),
newest AS (
  SELECT * FROM prices WHERE nth = 1
),
listed AS (
  SELECT * FROM newest WHERE priced_week = week
),
lists AS (
  SELECT week_key, team, COUNT(site_player_id) > 0 AS is_sites_own FROM listed GROUP BY week_key, team
),
chosen AS (
  SELECT week_key, season, week, cutoff, gsis_id, team, position FROM listed
  UNION ALL
  SELECT s.week_key, s.season, s.week, s.cutoff, s.gsis_id, s.team, s.position
  FROM recent s
  LEFT ANTI JOIN listed l ON l.week_key = s.week_key AND l.gsis_id = s.gsis_id
  LEFT JOIN lists t ON t.week_key = s.week_key AND t.team = s.team
  WHERE t.team IS NULL OR (NOT t.is_sites_own AND s.in_last_game)
)
SELECT c.week_key, c.season, c.week, c.cutoff, c.gsis_id, c.team, ${player_group} AS position, p.premium, p.is_listed
FROM chosen c
LEFT JOIN (SELECT week_key, gsis_id, premium, priced_week = week AS is_listed FROM newest) p
  ON p.week_key = c.week_key AND p.gsis_id = c.gsis_id
WHERE ${player_group} <> 'other'
