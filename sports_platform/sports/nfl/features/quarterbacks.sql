-- The expected quarterback of each team: the candidate with the most recent attempts.
SELECT * FROM passers WHERE nth = 1
