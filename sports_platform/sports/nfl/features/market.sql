-- What the betting market thought of each club in its known games: closing totals, and its own part of them, decayed
-- like the club's games. The closing line of the week itself is known at kick-off only and so never enters.
WITH closed AS (
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
)
SELECT
  week_key, club,
  SUM(weight * total) / SUM(weight) / 4D AS total,
  SUM(weight * own) / SUM(weight) / 4D AS points
FROM closed
GROUP BY week_key, club
