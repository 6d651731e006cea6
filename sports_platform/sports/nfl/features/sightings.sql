-- Where every player was seen last before each cut-off, in the season or the one before it.
WITH seen AS (
  SELECT
    w.week_key, p.gsis_id, p.season, p.week, p.team, p.position,
    ROW_NUMBER() OVER (PARTITION BY w.week_key, p.gsis_id ORDER BY p.season DESC, p.week DESC) AS nth
  FROM weeks w
  JOIN players p
    ON p.season BETWEEN w.season - ${history_seasons} AND w.season
    AND p.known_time < w.cutoff AND (p.next_known_time IS NULL OR p.next_known_time >= w.cutoff)
)
SELECT week_key, gsis_id, season, week, team, ${player_group} AS position FROM seen WHERE nth = 1
