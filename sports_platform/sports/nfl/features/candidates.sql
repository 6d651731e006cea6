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
    week_key, season, week, cutoff, gsis_id, team, position, premium, is_listed, FALSE AS in_last_game,
    IF(is_listed, site_player_id, NULL) AS site_player_id, FALSE AS is_seen
  FROM prices
  WHERE nth = 1
  UNION ALL
  SELECT week_key, season, week, cutoff, gsis_id, team, position, NULL, NULL, in_last_game, NULL, TRUE FROM recent
),
-- Of a player and of his team everything is said in each of the rows, so that nothing is read twice.
told AS (
  SELECT
    week_key, season, week, cutoff, gsis_id, team, position, is_seen, in_last_game, is_listed AS is_in_list,
    MAX(premium) OVER (PARTITION BY week_key, gsis_id) AS premium,
    MAX(is_listed) OVER (PARTITION BY week_key, gsis_id) AS is_listed,
    COALESCE(MAX(is_listed) OVER (PARTITION BY week_key, team), FALSE) AS has_list,
    COUNT(site_player_id) OVER (PARTITION BY week_key, team) > 0 AS is_sites_own
  FROM found
)
SELECT week_key, season, week, cutoff, gsis_id, team, ${player_group} AS position, premium, is_listed
FROM told
WHERE
  ${player_group} <> 'other'
  AND IF(
    is_seen,
    NOT COALESCE(is_listed, FALSE) AND (NOT has_list OR (NOT is_sites_own AND in_last_game)),
    is_in_list
  )
