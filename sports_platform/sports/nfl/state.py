"""State features of a snap in numpy: the twin of `features/play_features.sql`, bit for bit.

Belongs here: pure functions of down, distance, field position, clock and score, which the engine's
bucket descriptors go through. What depends on the teams is `features/game_context.sql`.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.integer] | npt.NDArray[np.floating]

STATE_NAMES = (
    "down_1",
    "down_2",
    "down_3",
    "down_4",
    "ydstogo",
    "log_ydstogo",
    "yardline_100",
    "goal_to_go",
    "half_seconds_remaining",
    "game_seconds_remaining",
    "qtr_1",
    "qtr_2",
    "qtr_3",
    "qtr_4",
    "is_overtime",
    "score_differential",
    "score_differential_per_minute",
    "one_score_game",
    "trailing",
    "leading",
    "two_minute",
    "red_zone",
    "backed_up",
    "four_down_territory",
    "final_five_trailing",
    "posteam_timeouts",
    "defteam_timeouts",
    "log_half_seconds",
    "two_minute_first_half",
    "garbage_time",
    "possessions_behind",
    "can_kneel_out",
    "fourth_and_short",
)


def state_features(
    *,
    down: Array,
    ydstogo: Array,
    yardline_100: Array,
    qtr: Array,
    half_seconds_remaining: Array,
    game_seconds_remaining: Array,
    score_differential: Array,
    posteam_timeouts_remaining: Array,
    defteam_timeouts_remaining: Array,
) -> npt.NDArray[np.float32]:
    """Float32 [N, len(STATE_NAMES)] of N snaps, in the order of STATE_NAMES.

    Units as in the `plays` table: yards, seconds, points; `qtr` 5 and later is overtime, whose clock is the
    period's. Computed in float64 and rounded once at the end, as the SQL does.
    """
    minutes = np.asarray(game_seconds_remaining, np.float64) / 60.0
    columns = (
        *(np.equal(down, n) for n in (1, 2, 3, 4)),
        ydstogo,
        np.log(np.asarray(ydstogo, np.float64) + 1.0),
        yardline_100,
        np.greater_equal(ydstogo, yardline_100),
        half_seconds_remaining,
        game_seconds_remaining,
        *(np.equal(qtr, n) for n in (1, 2, 3, 4)),
        np.greater(qtr, 4),
        score_differential,
        np.asarray(score_differential, np.float64) / (minutes + 1.0),
        np.less_equal(np.abs(score_differential), 8),
        np.less(score_differential, 0),
        np.greater(score_differential, 0),
        np.less_equal(half_seconds_remaining, 120),
        np.less_equal(yardline_100, 20),
        np.greater_equal(yardline_100, 90),
        np.greater_equal(yardline_100, 31) & np.less_equal(yardline_100, 50),
        np.greater_equal(qtr, 4) & np.less_equal(game_seconds_remaining, 300) & np.less(score_differential, 0),
        posteam_timeouts_remaining,
        defteam_timeouts_remaining,
        np.log(np.asarray(half_seconds_remaining, np.float64) + 1.0),
        np.less_equal(qtr, 2) & np.less_equal(half_seconds_remaining, 120),
        np.greater_equal(qtr, 4) & np.greater_equal(np.abs(score_differential), 17),
        np.ceil(np.maximum(np.negative(score_differential), 0) / 8.0),
        np.greater_equal(qtr, 4)
        & np.greater(score_differential, 0)
        & np.less_equal(game_seconds_remaining, _kneel_seconds(down, defteam_timeouts_remaining)),
        np.equal(down, 4) & np.less_equal(ydstogo, 2),
    )
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1).astype(np.float32)


def _kneel_seconds(down: Array, timeouts: Array) -> Array:
    """Seconds that kneeling on every down burns: 42 each, but none where the defence stops the clock."""
    seconds: Array = 42 * np.maximum(4 - np.asarray(down, np.int64) - np.asarray(timeouts, np.int64), 0)
    return seconds
