-- An average team game among those known at each cut-off; no row where none is known.
SELECT week_key, ${league_means}
FROM team_history
WHERE side = 'offence'
GROUP BY week_key
