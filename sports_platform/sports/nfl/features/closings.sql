-- What the betting market thought of each club's known games: the closing total and the club's own part of it, in whole
-- quarters of a point, weighted like the club's games. The closing line of the week itself is known at kick-off only and
-- so never enters.
SELECT
  h.week_key, h.club, h.weight,
  BIGINT(ROUND(4 * l.total_line)) AS total,
  BIGINT(ROUND(4 * (l.total_line + IF(h.club = l.home_team, 1, -1) * l.spread_line) / 2)) AS own
FROM team_history h
JOIN weeks w ON w.week_key = h.week_key
JOIN lines l
  ON l.game_id = h.game_id AND l.total_line IS NOT NULL AND l.spread_line IS NOT NULL
  AND l.known_time < w.cutoff AND (l.next_known_time IS NULL OR l.next_known_time >= w.cutoff)
WHERE h.side = 'offence'
