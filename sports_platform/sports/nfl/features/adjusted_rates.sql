-- Rates as they would be against average opponents: a club's own rate less what its opponents' other side gives up to
-- anybody, plus the league's. Expectations are whole millionths of a count, so that their sums are exact.
WITH met AS (
  SELECT
    h.week_key, h.side, h.club, h.weight, ${adjusted_bases},
    ${opponent_rates}
  FROM (SELECT *, 1 AS games, IF(side = 'offence', opponent, team) AS met_club FROM team_history) h
  JOIN team_rates r
    ON r.week_key = h.week_key AND r.club = h.met_club AND r.side = IF(h.side = 'offence', 'defence', 'offence')
),
sums AS (
  SELECT week_key, side, club, ${expected_sums}
  FROM met
  GROUP BY week_key, side, club
)
SELECT r.week_key, r.side, r.club, ${adjusted_rates}
FROM team_rates r
JOIN league_rates g ON g.week_key = r.week_key
JOIN (SELECT *, 1D AS games FROM league) l ON l.week_key = r.week_key
LEFT JOIN sums s ON s.week_key = r.week_key AND s.side = r.side AND s.club = r.club
