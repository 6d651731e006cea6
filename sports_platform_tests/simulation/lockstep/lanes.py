"""The games that are played side by side, a lane each: their states as columns. No rules here.

What columns mean is said in `oracle.state`. N: lanes. Lanes whose game is over leave the columns; what was counted of
them stays at their seat (`counts`).
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from sports_platform_tests.simulation.oracle.state import Half, Stage
from sports_platform_tests.simulation.oracle.tables import HALF_SECONDS

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.int32]

# Plain numbers, which arrays are compared with faster than with members of an enumeration.
FIRST_HALF, SECOND_HALF, OVERTIME = map(int, Half)
OPENING, ANSWER, NEXT_SCORE = range(len(Stage))  # of overtime

NOBODY = -1  # waits for a kick-off
GOES_ON = -1


@dataclass(slots=True)
class Lanes:
    """A column for each part of a game's state."""

    seat: Ints  # the lane's number among those that began
    half: Ints
    clock: Ints
    offence: Ints
    down: Ints
    yardline: Ints
    line_to_gain: Ints
    lead: Ints  # of the home side
    kick_to: Ints
    free_kick: Mask
    opening: Ints
    stage: Ints
    over: Mask
    numbers: Ints
    drive_ending: Ints  # of the side that had the ball (`counts.ENDINGS`); GOES_ON while its drive does
    untimed_down: Mask

    @classmethod
    def before_the_game(cls, seats: int) -> Self:
        """Lanes that wait for their toss."""

        def column(value: int) -> Ints:
            return np.full(seats, value, np.int64)

        return cls(
            seat=np.arange(seats),
            half=column(FIRST_HALF),
            clock=column(HALF_SECONDS),
            offence=column(0),
            down=column(1),
            yardline=column(50),
            line_to_gain=column(40),
            lead=column(0),
            kick_to=column(NOBODY),
            free_kick=np.zeros(seats, np.bool_),
            opening=column(0),
            stage=column(OPENING),
            over=np.zeros(seats, np.bool_),
            numbers=column(0),
            drive_ending=column(GOES_ON),
            untimed_down=np.zeros(seats, np.bool_),
        )

    def lead_of(self, at: Ints, side: Ints) -> Ints:
        """Points a side of each of these lanes is ahead by."""
        lead: Ints = self.lead[at]
        return np.where(side == 1, lead, -lead)

    def leave(self) -> None:
        """Takes out the lanes whose game is over."""
        if self.over.any():
            (kept,) = np.nonzero(~self.over)
            for column in fields(self):
                setattr(self, column.name, getattr(self, column.name)[kept])
