-- The expected quarterback of each team.
SELECT * FROM passers WHERE nth = 1
