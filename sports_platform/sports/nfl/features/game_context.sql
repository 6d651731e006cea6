-- One row for each side of each fixture. Unknown figures take the default of the schema.
WITH betting AS (
  SELECT w.week_key, l.game_id, l.spread_open, l.roof
  FROM weeks w
  JOIN lines l
    ON l.week_key = w.week_key
    AND l.known_time < w.cutoff AND (l.next_known_time IS NULL OR l.next_known_time >= w.cutoff)
),
listing AS (
  SELECT week_key, COUNT(premium) / COUNT(*) AS priced_rate FROM candidates GROUP BY week_key
),
joined AS (
  SELECT
    f.week_key, f.game_id, f.posteam, f.defteam, f.is_home,
    ${offence_columns},
    ${defence_columns},
    ${adjusted_offence_columns},
    ${adjusted_defence_columns},
    ${league_columns},
    li.priced_rate AS league_priced_rate,
    ${level_columns},
    ${quarterback_columns},
    IF(f.is_home = 1, b.spread_open, -b.spread_open) AS spread_open_posteam,
    om.total AS off_market_total, om.points AS off_market_points,
    dm.total AS def_market_total, dm.points AS def_market_points,
    INT(b.roof IN ('dome', 'closed')) AS is_dome,
    INT(f.is_home = 1 AND f.game_type <> 'SB') AS is_home_field,
    ore.days AS off_rest_days, dre.days AS def_rest_days, ore.days - dre.days AS rest_advantage,
    f.week AS week_of_season,
    INT(f.game_type <> 'REG') AS is_playoff,
    INT(f.week >= 13) AS is_late_season,
    q.gsis_id AS qb_id,
    s.*
  FROM fixtures f
  LEFT JOIN team_rates o ON o.week_key = f.week_key AND o.club = f.posteam AND o.side = 'offence'
  LEFT JOIN team_rates d ON d.week_key = f.week_key AND d.club = f.defteam AND d.side = 'defence'
  LEFT JOIN adjusted_rates ao ON ao.week_key = f.week_key AND ao.club = f.posteam AND ao.side = 'offence'
  LEFT JOIN adjusted_rates ad ON ad.week_key = f.week_key AND ad.club = f.defteam AND ad.side = 'defence'
  LEFT JOIN league_rates lr ON lr.week_key = f.week_key
  LEFT JOIN listing li ON li.week_key = f.week_key
  LEFT JOIN levels lv ON lv.week_key = f.week_key
  LEFT JOIN market om ON om.week_key = f.week_key AND om.club = f.posteam
  LEFT JOIN market dm ON dm.week_key = f.week_key AND dm.club = f.defteam
  LEFT JOIN rest ore ON ore.week_key = f.week_key AND ore.game_id = f.game_id AND ore.posteam = f.posteam
  LEFT JOIN rest dre ON dre.week_key = f.week_key AND dre.game_id = f.game_id AND dre.posteam = f.defteam
  LEFT JOIN quarterbacks q ON q.week_key = f.week_key AND q.team = f.posteam
  LEFT JOIN slot_shares s ON s.slot_week = f.week_key AND s.slot_team = f.posteam
  LEFT JOIN betting b ON b.week_key = f.week_key AND b.game_id = f.game_id
)
SELECT ${output_columns} FROM joined
