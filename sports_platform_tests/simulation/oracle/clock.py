"""How long a play from scrimmage takes once it is known what it came to. The second block of draws is `snaps`'."""

from collections.abc import Callable

from sports_platform.sports.nfl.clock_stops import MOST_BEHIND, REACHES
from sports_platform.sports.nfl.special import YARDS_A_SECOND
from sports_platform_tests.simulation.oracle.kicks import Kicks, happens, pick
from sports_platform_tests.simulation.oracle.philox import Draws
from sports_platform_tests.simulation.oracle.state import Half


def clock_runs(kicks: Kicks, seconds: int, second_block: Callable[[], Draws]) -> int:
    """Seconds until the next snap, if a play that ends no drive takes so many. What ends one stops the clock.

    The engine draws those of safeties like others.
    """
    state, values = kicks.state, kicks.tables.values
    if state.drive_ending is None:
        return seconds if seconds < state.clock else _last_seconds(kicks, seconds, second_block())
    if state.drive_ending == "safety":
        return seconds
    counted = {"touchdown": values.touchdown_seconds, "downs": values.downs_seconds}
    dead = pick(counted.get(state.drive_ending, values.turnover_seconds), second_block()[4])
    return dead + (state.yardline // YARDS_A_SECOND if state.drive_ending == "touchdown" else 0)


def _last_seconds(kicks: Kicks, seconds: int, draws: Draws) -> int:
    """Of a play that would end the half, unless a side within reach of a field goal that helps stops the clock."""
    state, later = kicks.state, kicks.state.half is not Half.FIRST
    reach = sum(state.yardline > yards for yards in REACHES)
    if reach == len(REACHES) or (later and not -MOST_BEHIND <= state.lead(state.offence) <= 0):
        return seconds
    left, stops = draws[4:6]
    if not happens(stops, kicks.tables.clock_stops[later][reach]):
        return seconds
    state.seen["clock stopped for another play"] += 1
    return max(state.clock - pick(kicks.tables.values.last_seconds, left), 0)
