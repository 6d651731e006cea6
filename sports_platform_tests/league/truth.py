"""The distributions the test league is drawn from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Truth:
    """What every team draws from. Yards of completions are geometric; of runs normal, rounded."""

    pass_rate: float = 0.58  # of snaps on downs 1-3 that are not penalties
    penalty_rate: float = 0.05  # 5 yards against the offence, the down is played again
    sack_rate: float = 0.06  # of dropbacks; always 7 yards lost
    completion_rate: float = 0.62  # of passes thrown
    interception_rate: float = 0.025  # of passes thrown
    completion_yards: float = 11.0
    run_yards: tuple[float, float] = (4.2, 4.0)  # mean, standard deviation
    fumble_lost_rate: float = 0.012  # of runs
    field_goal_rate: float = 0.84
    extra_point_rate: float = 0.94
    seconds: tuple[int, int] = (22, 41)  # between snaps, both included; 6 after an incompletion
    target_shares: tuple[float, ...] = (0.24, 0.18, 0.14, 0.08, 0.14, 0.06, 0.10, 0.06)  # WR 4, TE 2, RB 2
    carry_shares: tuple[float, ...] = (0.68, 0.26, 0.06)  # RB 2, QB
