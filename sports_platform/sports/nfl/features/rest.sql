-- Days since each club's game before, by the schedule known at the cut-off.
WITH before AS (
  SELECT f.week_key, f.game_id, f.posteam, f.kickoff, MAX(s.kickoff) AS last_kickoff
  FROM fixtures f
  JOIN schedules s
    ON s.season = f.season AND f.posteam IN (s.home_team, s.away_team) AND s.kickoff < f.kickoff
    AND s.known_time < f.cutoff AND (s.next_known_time IS NULL OR s.next_known_time >= f.cutoff)
  GROUP BY f.week_key, f.game_id, f.posteam, f.kickoff
)
SELECT week_key, game_id, posteam, LEAST(DATEDIFF(kickoff, last_kickoff), 14) AS days
FROM before
