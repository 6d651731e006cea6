-- Receivers and rushers of each team by share among its candidates, most used first. Two games at the share usual for
-- a newcomer of the position (34 targets, 25 runs a game) are added to what is known of each; the shares are whole
-- billionths until they are divided, so that their sum is exact. Other rates are drawn to the mean of the position.
WITH priors AS (
  SELECT
    u.*,
    CASE u.position WHEN 'WR' THEN 0.05D WHEN 'TE' THEN 0.04D ELSE 0.03D END AS target_prior,
    CASE u.position WHEN 'RB' THEN 0.08D WHEN 'QB' THEN 0.05D ELSE 0.005D END AS carry_prior,
    u.position = 'QB' AND q.gsis_id IS NULL AS is_reserve_qb
  FROM usage u
  LEFT JOIN quarterbacks q ON q.week_key = u.week_key AND q.team = u.team AND q.gsis_id = u.gsis_id
),
means AS (
  SELECT week_key, position, ${position_sums}
  FROM usage
  GROUP BY week_key, position
),
roles AS (
  SELECT
    'receiver' AS role, week_key, team, gsis_id, position, ${slot_counts},
    BIGINT(ROUND(1000000000 * (share_targets + 68000000 * target_prior) / (team_targets + 68000000))) AS share
  FROM priors
  WHERE position <> 'QB'
  UNION ALL
  SELECT
    'rusher', week_key, team, gsis_id, position, ${slot_counts},
    BIGINT(ROUND(1000000000 * (share_carries + 50000000 * carry_prior) / (team_carries + 50000000)))
  FROM priors
  WHERE NOT is_reserve_qb
),
ranked AS (
  SELECT
    r.role, r.week_key, r.team, r.gsis_id, r.position, ${slot_rates},
    r.share / SUM(r.share) OVER (PARTITION BY r.week_key, r.team, r.role) AS part,
    ROW_NUMBER() OVER (PARTITION BY r.week_key, r.team, r.role ORDER BY r.share DESC, r.gsis_id) AS slot,
    CASE r.position WHEN 'WR' THEN 0 WHEN 'TE' THEN 1 ELSE 2 END AS target_group
  FROM roles r
  JOIN means m ON m.week_key = r.week_key AND m.position = r.position
  WHERE r.share > 0
)
SELECT week_key AS slot_week, team AS slot_team, ${slot_columns}
FROM ranked
GROUP BY week_key, team
