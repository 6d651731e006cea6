-- Every drive of the weeks: state and context of its first snap, how it began, and what came of it, for each version of
-- its game. Readers take the version known at their own cut-off.
SELECT ${output_columns}
FROM (
  SELECT
    f.*, d.drive, ${drive_starts},
    ARRAY_POSITION(${drive_outcomes}, d.outcome) - 1 AS label_outcome,
    d.try_points AS label_try,
    d.plays AS label_plays,
    -- The feed's clock jumps here and there.
    IF(d.seconds BETWEEN 0 AND 900, d.seconds, -1) AS label_possession_seconds
  FROM drives d
  JOIN play_features f
    ON f.week_key = d.week_key AND f.game_id = d.game_id AND f.known_time = d.known_time AND f.play_id = d.play_id
)
