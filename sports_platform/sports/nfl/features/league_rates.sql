-- The same rates of an average team.
SELECT week_key, ${league_rates}
FROM (SELECT *, 1D AS games FROM league)
