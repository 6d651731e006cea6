"""How long the snaps of all lanes take once it is known what they came to, as `oracle.snaps` says.

N: lanes, E: those whose seconds are not those that the network's distributions gave.
"""

import numpy as np

from sports_platform.sports.nfl.clock_stops import MOST_BEHIND, REACHES
from sports_platform.sports.nfl.special import YARDS_A_SECOND
from sports_platform_tests.simulation.lockstep.counts import ENDINGS
from sports_platform_tests.simulation.lockstep.endings import SCRAMBLE
from sports_platform_tests.simulation.lockstep.lanes import FIRST_HALF, GOES_ON, Ints, Lanes, Mask
from sports_platform_tests.simulation.lockstep.philox import Numbers
from sports_platform_tests.simulation.lockstep.snaps import Drawn
from sports_platform_tests.simulation.lockstep.tables import Tables, pick

_TOUCHDOWN, _DOWNS, _SAFETY = ENDINGS["touchdown"], ENDINGS["downs"], ENDINGS["safety"]


def seconds_played(lanes: Lanes, drawn: Drawn, tables: Tables, numbers: Numbers) -> Ints:
    """Seconds [N] until the next snaps, after the plays and before their time has passed."""
    seconds_N = drawn.seconds_N.copy()
    ending_N = lanes.drive_ending
    runs_out_N = (ending_N == GOES_ON) & (seconds_N >= lanes.clock)
    ends_N = (ending_N != GOES_ON) & (ending_N != _SAFETY)
    (at_E,) = np.nonzero((drawn.play_type_N <= SCRAMBLE) & (runs_out_N | ends_N))
    draws_8E = numbers.draws(lanes.seat[at_E], drawn.number_N[at_E], block=1)
    ending_E, draw_E = ending_N[at_E], draws_8E[4]
    dead_E = pick(tables.values.turnover_seconds, draw_E)
    dead_E = np.where(ending_E == _DOWNS, pick(tables.values.downs_seconds, draw_E), dead_E)
    scored_E = pick(tables.values.touchdown_seconds, draw_E) + lanes.yardline[at_E] // YARDS_A_SECOND
    dead_E = np.where(ending_E == _TOUCHDOWN, scored_E, dead_E)
    left_E = np.maximum(lanes.clock[at_E] - pick(tables.values.last_seconds, draw_E), 0)
    last_E = np.where(draws_8E[5] < _stops(lanes, tables, at_E), left_E, seconds_N[at_E])
    seconds_N[at_E] = np.where(ending_E == GOES_ON, last_E, dead_E)
    return seconds_N


def _stops(lanes: Lanes, tables: Tables, at_E: Ints) -> Ints:
    """Draws below which the side with the ball stops the clock [E]."""
    first_E: Mask = lanes.half[at_E] == FIRST_HALF
    lead_E = lanes.lead_of(at_E, lanes.offence[at_E])
    helps_E = first_E | ((lead_E <= 0) & (lead_E >= -MOST_BEHIND))
    reach_E = np.searchsorted(REACHES, lanes.yardline[at_E], side="left")
    within_E = helps_E & (reach_E < len(REACHES))
    place_E = np.where(first_E, 0, len(REACHES)) + np.minimum(reach_E, len(REACHES) - 1)
    return np.where(within_E, tables.stop_draws.take(place_E), 0)
