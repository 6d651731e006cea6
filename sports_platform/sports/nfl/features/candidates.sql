-- Who may play for each team of the weeks, by how many thousand his newest price of the season is above the cheapest of
-- his position on that list (`premium`; null without one), whether that is the week's (`is_listed`), and how likely he
-- plays, in hundredths of somebody who has missed no game (`availability`), by how many games the team has had in the
-- season since he was last seen anywhere.
-- A team on a site's own list has exactly the players on it. An archive's list, which has no ids of the site, names who
-- dressed, and nobody knows that before the first kick-off: whoever would be a candidate without it belongs to it, too.
-- These are the players last seen with the team in the 10 weeks before, or in the season before while the season is young.
WITH recent AS (
  SELECT w.week_key, w.season, w.week, w.cutoff, s.gsis_id, s.team, s.position
  FROM weeks w
  JOIN sightings s ON s.week_key = w.week_key
  WHERE (s.season = w.season AND s.week >= w.week - 10) OR (s.season = w.season - 1 AND w.week <= 4)
),
prices AS (
  SELECT
    w.week_key, w.season, w.week, w.cutoff, s.week = w.week AS is_listed, s.gsis_id, s.team, s.position,
    s.site_player_id,
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
found AS (
  SELECT
    week_key, season, week, cutoff, gsis_id, team, position, premium, is_listed,
    IF(is_listed, site_player_id, NULL) AS site_player_id, FALSE AS is_seen
  FROM prices
  WHERE nth = 1
  UNION ALL
  SELECT week_key, season, week, cutoff, gsis_id, team, position, NULL, NULL, NULL, TRUE FROM recent
),
-- Of a player and of his team everything is said in each of the rows, so that nothing is read twice.
told AS (
  SELECT
    week_key, season, week, cutoff, gsis_id, team, position, is_seen, is_listed AS is_in_list,
    MAX(premium) OVER (PARTITION BY week_key, gsis_id) AS premium,
    MAX(is_listed) OVER (PARTITION BY week_key, gsis_id) AS is_listed,
    COUNT(site_player_id) OVER (PARTITION BY week_key, team) > 0 AS is_sites_own
  FROM found
),
played AS (
  SELECT h.week_key, h.club, ARRAY_AGG(h.week) AS weeks
  FROM team_history h
  JOIN weeks w ON w.week_key = h.week_key AND w.season = h.season
  WHERE h.side = 'offence'
  GROUP BY h.week_key, h.club
),
missing AS (
  SELECT t.*, COALESCE(SIZE(FILTER(p.weeks, game -> game > IF(s.season = t.season, s.week, 0))), 0) AS missed
  FROM told t
  LEFT JOIN played p ON p.week_key = t.week_key AND p.club = t.team
  LEFT JOIN sightings s ON s.week_key = t.week_key AND s.gsis_id = t.gsis_id
  WHERE IF(is_seen, NOT COALESCE(is_listed, FALSE) AND NOT is_sites_own, is_in_list)
)
SELECT
  week_key, season, week, cutoff, gsis_id, team, ${player_group} AS position, premium, is_listed,
  ELEMENT_AT(ARRAY(100, 40, 25, 20, 15, 12, 5), LEAST(missed, 6) + 1) AS availability
FROM missing
WHERE ${player_group} <> 'other'
