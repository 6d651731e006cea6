-- Every player with a part in a snap of the weeks, with what was expected of him at the cut-off and what came of the
-- play, for each version of its game. A candidate of another team brings his own figures but has no place in this one;
-- who is nobody's candidate has those of a newcomer at the position he was last seen in.
WITH involved AS (
  SELECT week_key, game_id, known_time, play_id, 'passer' AS role, passer_player_id AS player_id
  FROM snaps
  WHERE kind IN ('pass', 'sack', 'qb_spike')
  UNION ALL
  SELECT week_key, game_id, known_time, play_id, 'target', receiver_player_id
  FROM snaps
  WHERE kind = 'pass'
  UNION ALL
  SELECT week_key, game_id, known_time, play_id, 'rusher', rusher_player_id
  FROM snaps
  WHERE kind IN ('run', 'scramble', 'qb_kneel')
),
named AS (
  SELECT
    f.week_key, f.game_id, f.play_id, f.known_time, f.play_index, f.posteam, f.defteam, i.role, i.player_id,
    c.gsis_id, COALESCE(c.team, f.posteam) AS team, COALESCE(c.position, l.position, 'other') AS position,
    ${label_columns}
  FROM involved i
  JOIN play_features f
    ON f.week_key = i.week_key AND f.game_id = i.game_id AND f.known_time = i.known_time AND f.play_id = i.play_id
  LEFT JOIN candidates c ON c.week_key = i.week_key AND c.gsis_id = i.player_id
  LEFT JOIN sightings l ON l.week_key = i.week_key AND l.gsis_id = i.player_id
  WHERE i.player_id IS NOT NULL
)
SELECT ${output_columns}
FROM (
  SELECT
    n.*, s.* EXCEPT (week_key, team, gsis_id, position), ${quarterback_columns},
    ARRAY_POSITION(${player_groups}, n.position) - 1 AS position_group,
    CASE n.role
      WHEN 'passer' THEN IF(n.team = n.posteam AND q.nth = 1, 0, 1)
      WHEN 'target' THEN LEAST(IF(n.team = n.posteam, s.receiver_slot - 1, NULL), ${receiver_slots})
      ELSE LEAST(IF(n.team = n.posteam, s.rusher_slot - 1, NULL), ${rusher_slots})
    END AS slot,
    INT(s.target_group = 1) AS receiver_is_te,
    INT(s.target_group = 2) AS receiver_is_rb,
    INT(n.position = 'QB') AS rusher_is_qb
  FROM named n
  LEFT JOIN standings s
    ON s.week_key = n.week_key AND s.team = n.team AND s.gsis_id <=> n.gsis_id AND s.position = n.position
  LEFT JOIN passers q
    ON q.week_key = n.week_key AND q.team = n.team AND q.gsis_id <=> n.gsis_id AND q.position = n.position
)
