-- Decayed sums of each candidate over the games he was seen in, and of a newcomer (no id) to each team at each position
-- nothing at all. Weights are whole numbers: in millionths halving every 4 (`share`) and 8 (`rate`) of his games; in
-- billionths halving every 2 weeks (`recent`), 21 weeks to a season, and by how likely he plays.
WITH appearances AS (
  SELECT
    c.*, p.season AS seen_season, p.week AS seen_week, p.team AS seen_team,
    ROW_NUMBER() OVER (PARTITION BY c.week_key, c.gsis_id ORDER BY p.season DESC, p.week DESC) AS nth,
    21 * (c.season - p.season) + c.week - p.week AS weeks_ago
  FROM candidates c
  JOIN players p
    ON p.gsis_id = c.gsis_id AND p.season BETWEEN c.season - ${history_seasons} AND c.season
    AND p.known_time < c.cutoff AND (p.next_known_time IS NULL OR p.next_known_time >= c.cutoff)
),
weighted AS (
  SELECT
    *,
    BIGINT(ROUND(1000000 * POW(0.5D, (nth - 1) / 4D))) AS share,
    BIGINT(ROUND(1000000 * POW(0.5D, (nth - 1) / 8D))) AS rate,
    BIGINT(ROUND(1000000000 * POW(0.5D, weeks_ago / 2D))) AS recent
  FROM appearances
),
sums AS (
  SELECT
    a.week_key, a.gsis_id,
    SUM(share * g.targets) AS share_targets, SUM(share * t.targets) AS team_targets,
    SUM(share * g.carries) AS share_carries, SUM(share * t.carries) AS team_carries,
    SUM(recent * g.attempts) AS recent_attempts,
    ${player_sums}
  FROM weighted a
  JOIN team_games t
    ON t.team = a.seen_team AND t.season = a.seen_season AND t.week = a.seen_week
    AND t.known_time < a.cutoff AND (t.next_known_time IS NULL OR t.next_known_time >= a.cutoff)
  LEFT JOIN player_games g
    ON g.gsis_id = a.gsis_id AND g.season = a.seen_season AND g.week = a.seen_week
    AND g.known_time < a.cutoff AND (g.next_known_time IS NULL OR g.next_known_time >= a.cutoff)
  GROUP BY a.week_key, a.gsis_id
),
people AS (
  SELECT week_key, team, gsis_id, position, premium, is_listed, availability FROM candidates
  UNION ALL
  SELECT week_key, team, NULL, position, NULL, NULL, 100
  FROM (SELECT DISTINCT week_key, posteam AS team FROM fixtures) LATERAL VIEW EXPLODE(${player_groups}) AS position
)
SELECT
  c.week_key, c.team, c.gsis_id, c.position, c.premium, c.is_listed, c.availability,
  COALESCE(share_targets, 0) AS share_targets, COALESCE(team_targets, 0) AS team_targets,
  COALESCE(share_carries, 0) AS share_carries, COALESCE(team_carries, 0) AS team_carries,
  availability * COALESCE(recent_attempts, 0) AS recent_attempts,
  ${player_values}
FROM people c
LEFT JOIN sums s ON s.week_key = c.week_key AND s.gsis_id = c.gsis_id
