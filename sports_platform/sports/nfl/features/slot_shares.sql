-- The receivers and rushers of each team in numbered columns.
SELECT
  week_key AS slot_week, team AS slot_team, ${slot_columns},
  MAX(receivers_missing) AS off_receivers_missing, MAX(rushers_missing) AS off_rushers_missing
FROM standings
GROUP BY week_key, team
