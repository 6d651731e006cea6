-- Every scrimmage snap of the weeks: its state, the context of its side, and what came of it, for each version of its
-- game. Readers take the version known at their own cut-off.
WITH snap AS (
  SELECT
    s.*, ${context_columns},
    ARRAY_POSITION(ARRAY(${receiver_ids}), s.receiver_player_id) AS receiver_slot,
    ARRAY_POSITION(ARRAY(${rusher_ids}), s.rusher_player_id) AS rusher_slot,
    ARRAY(${receiver_groups}) AS receiver_groups,
    CASE p.position WHEN 'WR' THEN 0 WHEN 'TE' THEN 1 ELSE 2 END AS own_group,
    s.kind = 'pass' AND s.complete_pass = 1 AS completed,
    s.kind = 'punt' AND s.punt_blocked = 0 AND s.return_touchdown = 0 AND s.kick_distance IS NOT NULL AS net_punt,
    IF(s.penalty_team = s.posteam, -1, 1) * COALESCE(s.penalty_yards, 0) AS penalty_net,
    s.first_down_penalty = 1 AS penalty_restarts,
    COALESCE(s.posteam_timeouts_remaining, 3) AS posteam_timeouts,
    COALESCE(s.defteam_timeouts_remaining, 3) AS defteam_timeouts
  FROM snaps s
  JOIN game_context c ON c.week_key = s.week_key AND c.game_id = s.game_id AND c.posteam = s.posteam
  LEFT JOIN players p
    ON p.gsis_id = s.receiver_player_id AND p.season = s.season AND p.week = s.week
    AND p.known_time <= s.known_time AND (p.next_known_time IS NULL OR p.next_known_time > s.known_time)
  WHERE s.down IS NOT NULL AND ARRAY_CONTAINS(${play_types}, s.kind)
),
grouped AS (
  SELECT
    *,
    CASE
      WHEN kind <> 'pass' THEN -1
      WHEN receiver_player_id IS NULL THEN 0
      WHEN receiver_slot = 0 THEN own_group
      ELSE receiver_groups[INT(receiver_slot) - 1]
    END AS label_group
  FROM snap
),
labelled AS (
  SELECT
    week_key, game_id, play_id, known_time, play_index, posteam, defteam, ${context_names},
    INT(down = 1) AS down_1, INT(down = 2) AS down_2, INT(down = 3) AS down_3, INT(down = 4) AS down_4,
    ydstogo,
    LN(ydstogo + 1D) AS log_ydstogo,
    yardline_100,
    INT(ydstogo >= yardline_100) AS goal_to_go,
    half_seconds_remaining,
    game_seconds_remaining,
    INT(qtr = 1) AS qtr_1, INT(qtr = 2) AS qtr_2, INT(qtr = 3) AS qtr_3, INT(qtr = 4) AS qtr_4,
    INT(qtr > 4) AS is_overtime,
    score_differential,
    score_differential / (game_seconds_remaining / 60D + 1D) AS score_differential_per_minute,
    INT(ABS(score_differential) <= 8) AS one_score_game,
    INT(score_differential < 0) AS trailing,
    INT(score_differential > 0) AS leading,
    INT(half_seconds_remaining <= 120) AS two_minute,
    INT(yardline_100 <= 20) AS red_zone,
    INT(yardline_100 >= 90) AS backed_up,
    INT(yardline_100 BETWEEN 31 AND 50) AS four_down_territory,
    INT(qtr >= 4 AND game_seconds_remaining <= 300 AND score_differential < 0) AS final_five_trailing,
    posteam_timeouts,
    defteam_timeouts,
    LN(half_seconds_remaining + 1D) AS log_half_seconds,
    INT(qtr <= 2 AND half_seconds_remaining <= 120) AS two_minute_first_half,
    INT(qtr >= 4 AND ABS(score_differential) >= 17) AS garbage_time,
    CEIL(GREATEST(-score_differential, 0) / 8D) AS possessions_behind,
    INT(
      qtr >= 4 AND score_differential > 0
      AND game_seconds_remaining <= 42 * GREATEST(4 - down - defteam_timeouts, 0)
    ) AS can_kneel_out,
    INT(down = 4 AND ydstogo <= 2) AS fourth_and_short,
    ARRAY_POSITION(${play_types}, kind) - 1 AS label_play_type,
    CASE
      WHEN kind = 'pass' THEN IF(COALESCE(receiver_slot, 0) = 0, ${receiver_slots}, receiver_slot - 1)
      WHEN kind = 'run' THEN IF(COALESCE(rusher_slot, 0) = 0, ${rusher_slots}, rusher_slot - 1)
      ELSE -1
    END AS label_target,
    label_group,
    COALESCE(shotgun, 0) + 2 * COALESCE(no_huddle, 0) AS label_formation,
    IF(kind = 'pass', ${depth_class}, -1) AS label_depth,
    CASE
      WHEN kind = 'pass' THEN CASE WHEN interception = 1 THEN 2 WHEN NOT completed THEN 1 ELSE 3 * fumble_lost END
      WHEN kind IN ('run', 'scramble', 'sack') THEN fumble_lost
      ELSE -1
    END AS label_result,
    CASE kind WHEN 'run' THEN 0 WHEN 'scramble' THEN 1 WHEN 'sack' THEN 2 ELSE -1 END AS label_result_group,
    IF(kind = 'field_goal', INT(field_goal_result = 'made'), -1) AS label_field_goal,
    IF(kind = 'no_play', ${penalty_class}, -1) AS label_penalty,
    -- No other foul takes more than half the distance.
    IF(
      kind = 'no_play',
      INT(COALESCE(penalty_restarts AND penalty_team <> posteam AND penalty_net > (yardline_100 + 1) DIV 2, FALSE)),
      -1
    ) AS label_penalty_at_spot,
    CASE
      WHEN completed OR kind IN ('run', 'scramble', 'sack') THEN yards_gained
      WHEN net_punt THEN IF(touchback = 1, yardline_100 - 20, kick_distance - COALESCE(return_yards, 0))
      ELSE 0
    END AS label_yards,
    CASE
      WHEN completed THEN label_group
      WHEN kind = 'run' THEN 3
      WHEN kind = 'scramble' THEN 4
      WHEN kind = 'sack' THEN 5
      WHEN net_punt THEN 6
      ELSE -1
    END AS label_yards_group,
    INT(
      (completed OR kind IN ('run', 'scramble'))
      AND touchdown = 1 AND td_team = posteam AND yards_gained >= yardline_100
    ) AS label_yards_censored,
    IF(seconds BETWEEN 0 AND ${time_cap}, seconds, -1) AS label_seconds,
    CASE
      WHEN completed THEN 0
      WHEN kind IN ('pass', 'qb_spike') THEN 1
      WHEN kind IN ('run', 'scramble') THEN 2
      WHEN kind = 'sack' THEN 3
      WHEN kind = 'punt' THEN 4
      WHEN kind = 'field_goal' THEN 5
      WHEN kind = 'qb_kneel' THEN 6
      ELSE 7
    END AS label_time_group
  FROM grouped
)
SELECT ${output_columns} FROM labelled
