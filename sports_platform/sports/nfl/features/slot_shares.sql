-- The receivers and rushers of each team in numbered columns.
SELECT week_key AS slot_week, team AS slot_team, ${slot_columns}
FROM standings
GROUP BY week_key, team
