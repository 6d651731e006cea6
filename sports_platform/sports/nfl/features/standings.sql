-- The place of each candidate among his team's receivers and among its rushers, most used first, and what is expected
-- of him; of a newcomer the same, without a place. Two games at the share usual for the position and the price (34
-- targets, 25 runs a game; one game of runs where there is a price) are added to what is known of each, and what comes
-- of it counts by how likely he plays; the shares are whole numbers until they are divided by the sum of those in a
-- place, so that it is exact. `missing` is what part of the sum is lost as players may be missing. Other rates are drawn
-- to the mean of the position, `other` to that of RB.
WITH priced AS (
  SELECT
    *,
    CASE
      WHEN premium IS NULL THEN CASE position WHEN 'WR' THEN 0.05D WHEN 'TE' THEN 0.04D ELSE 0.03D END
      WHEN premium = 0 THEN CASE position WHEN 'WR' THEN 0.034D WHEN 'TE' THEN 0.011D ELSE 0.014D END
      WHEN position = 'WR' THEN 0.13D + 0.045D * premium
      WHEN position = 'TE' THEN 0.11D + 0.047D * premium
      ELSE 0.055D + 0.015D * premium
    END AS usual_targets,
    CASE
      WHEN premium IS NULL THEN CASE position WHEN 'RB' THEN 0.08D WHEN 'QB' THEN 0.05D ELSE 0.005D END
      WHEN position = 'QB' THEN 0.5D
      WHEN position <> 'RB' THEN 0.006D
      WHEN premium = 0 THEN 0.065D
      ELSE 0.5D + 0.3D * premium
    END AS usual_carries,
    IF(premium IS NULL, 50000000, 25000000) AS added_carries
  FROM usage
),
shares AS (
  SELECT
    u.* EXCEPT (usual_targets, usual_carries),
    u.gsis_id IS NOT NULL AND u.position <> 'QB' AS receives,
    u.gsis_id IS NOT NULL AND (u.position <> 'QB' OR q.gsis_id IS NOT NULL) AS rushes,  -- no reserve quarterback
    BIGINT(ROUND(
      1000000000 * (share_targets + 68000000 * usual_targets) / (team_targets + 68000000)
    )) AS whole_targets,
    BIGINT(ROUND(
      1000000000 * (share_carries + added_carries * usual_carries) / (team_carries + added_carries)
    )) AS whole_carries,
    availability * whole_targets AS targets_share,
    availability * whole_carries AS carries_share
  FROM priced u
  LEFT JOIN quarterbacks q ON q.week_key = u.week_key AND q.team = u.team AND q.gsis_id = u.gsis_id
),
means AS (
  SELECT week_key, position, ${position_sums}
  FROM usage
  GROUP BY week_key, position
),
placed AS (
  SELECT
    *,
    COALESCE(SUM(IF(receives, targets_share, NULL)) OVER (PARTITION BY week_key, team), 100000000000) AS all_targets,
    COALESCE(SUM(IF(rushes, carries_share, NULL)) OVER (PARTITION BY week_key, team), 100000000000) AS all_carries,
    100 * SUM(IF(receives, whole_targets, NULL)) OVER (PARTITION BY week_key, team) AS usual_targets,
    100 * SUM(IF(rushes, whole_carries, NULL)) OVER (PARTITION BY week_key, team) AS usual_carries,
    ROW_NUMBER() OVER (PARTITION BY week_key, team, receives ORDER BY targets_share DESC, gsis_id) AS nth_receiver,
    ROW_NUMBER() OVER (PARTITION BY week_key, team, rushes ORDER BY carries_share DESC, gsis_id) AS nth_rusher
  FROM shares
)
SELECT
  r.week_key, r.team, r.gsis_id, r.position,
  IF(r.receives, r.nth_receiver, NULL) AS receiver_slot,
  IF(r.rushes, r.nth_rusher, NULL) AS rusher_slot,
  r.targets_share / r.all_targets AS receiver_share,
  r.carries_share / r.all_carries AS rusher_share,
  1D - r.all_targets / r.usual_targets AS receivers_missing,
  1D - r.all_carries / r.usual_carries AS rushers_missing,
  ${slot_rates},
  CASE r.position WHEN 'WR' THEN 0 WHEN 'TE' THEN 1 ELSE 2 END AS target_group
FROM placed r
LEFT JOIN means m ON m.week_key = r.week_key AND m.position = IF(r.position = 'other', 'RB', r.position)
