-- One row for each side of each fixture. Unknown figures take the default of the schema.
WITH betting AS (
  SELECT w.week_key, l.game_id, l.spread_open, l.roof
  FROM weeks w
  JOIN lines l
    ON l.week_key = w.week_key
    AND l.known_time < w.cutoff AND (l.next_known_time IS NULL OR l.next_known_time >= w.cutoff)
),
joined AS (
  SELECT
    f.week_key, f.game_id, f.posteam, f.defteam, f.is_home,
    ${offence_columns},
    ${defence_columns},
    ${quarterback_columns},
    IF(f.is_home = 1, b.spread_open, -b.spread_open) AS spread_open_posteam,
    INT(b.roof IN ('dome', 'closed')) AS is_dome,
    INT(f.is_home = 1 AND f.game_type <> 'SB') AS is_home_field,
    f.week AS week_of_season,
    q.gsis_id AS qb_id,
    s.*
  FROM fixtures f
  LEFT JOIN team_rates o ON o.week_key = f.week_key AND o.club = f.posteam AND o.side = 'offence'
  LEFT JOIN team_rates d ON d.week_key = f.week_key AND d.club = f.defteam AND d.side = 'defence'
  LEFT JOIN quarterbacks q ON q.week_key = f.week_key AND q.team = f.posteam
  LEFT JOIN slot_shares s ON s.slot_week = f.week_key AND s.slot_team = f.posteam
  LEFT JOIN betting b ON b.week_key = f.week_key AND b.game_id = f.game_id
)
SELECT ${output_columns} FROM joined
