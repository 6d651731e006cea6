"""By what simulated NFL games are held against real ones.

Belongs here: which statistics, margins, positions and pairs of players. How they are compared is `simulation.fidelity`.
"""

from collections.abc import Mapping

import pyarrow as pa

from sports_platform.core.domain import Role, RolePair
from sports_platform.sports.nfl.market import closing_lines


class NflFidelity:
    """Implements `core.domain.FidelityPlan`."""

    sums: Mapping[str, tuple[str, ...]] = {"turnovers": ("interceptions", "fumbles_lost")}
    # A field goal, a touchdown, two of either, both, and no winner at all.
    margins: tuple[int, ...] = (3, 7, 6, 10, 14, 0)
    positions: tuple[str, ...] = ("QB", "RB", "WR", "TE", "DST")
    pairs: tuple[RolePair, ...] = (
        RolePair("QB and WR1", Role("QB"), Role("WR")),
        RolePair("QB and TE1", Role("QB"), Role("TE")),
        RolePair("QB and opposing QB", Role("QB"), Role("QB"), opposing=True),
        RolePair("RB1 and own DST", Role("RB"), Role("DST")),
        RolePair("DST and opposing QB", Role("DST"), Role("QB"), opposing=True),
    )

    def closing_lines(self, lines: pa.Table) -> pa.Table:
        """The closing spread and total."""
        return closing_lines(lines)
