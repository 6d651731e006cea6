"""How the sides use their players and call their plays in one scenario of a game: drawn once, before the game.

Belongs here: those draws and what they do to a call. Choosing a player by the weights is `distributions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sports_platform.sports.nfl.forms import FORMS
from sports_platform.sports.nfl.outcomes import RECEIVER_SLOTS
from sports_platform_tests.simulation.oracle.philox import Numbers
from sports_platform_tests.simulation.oracle.state import State
from sports_platform_tests.simulation.oracle.tables import (
    ANYBODY_ELSE,
    HALF_SECONDS,
    LEVELS,
    SIDES,
    USAGE_SLOTS,
    Fixture,
    Side,
    Tables,
)

BEFORE_THE_GAME = 0xFFFF_FFFF  # the number of an event that no game comes to
_BLOCK_LEVELS = 16  # a byte each
# The last are the call tilt's, the quarterback's, whether backs are used together, the pace's, and those of the forms.
SIDE_LEVELS = USAGE_SLOTS + 4 + len(FORMS)
BLOCKS = -(-SIDES * SIDE_LEVELS // _BLOCK_LEVELS)
RECEIVERS = RECEIVER_SLOTS + 1  # with anybody else
TOGETHER = LEVELS // 2  # levels below say that a back's passes go with his runs
COMMON = 1  # and the lowest bit of the away side's that the day goes alike for both, but for sacks
RUNNING = 19  # seconds of a play that runs into the next one
CALLS = 64
STANDS = 48  # of as many calls, those that stand when the side has no tilt; of results and yards, too
TILTED = {"pass": 1, "sack": 1, "scramble": 1, "run": -1}  # a sack and a scramble were called as passes


@dataclass(frozen=True, slots=True)
class Usage:
    """What one scenario makes of a side: weights of its slots, and a call tilt and forms in 64ths of what is drawn.

    A positive tilt is towards the pass, a negative one towards the run; forms are towards the sack, the catch and the
    long gain. The quarterback leaves the game once so many seconds of it are played. Plays that run into the next one
    take `pace` seconds more.
    """

    receivers: list[int]  # nought: he takes no part
    rushers: list[int]
    call_tilt: int
    quarterback_leaves: int
    pace: int
    forms: dict[str, int]

    @classmethod
    def of(cls, side: Side, tables: Tables, levels: Sequence[int]) -> Self:
        """What a level for each receiver's slot, each rusher's slot, the tilt, the quarterback, the backs and each form
        comes to.

        A receiver who also runs has the level of his runs for his passes, if backs are used together or he is absent.
        """
        slots, (tilt, leaves, together, pace, *of_forms) = levels[:USAGE_SLOTS], levels[USAGE_SLOTS:]
        slots = [*_with_runs(side, slots, together=together < TOGETHER), *slots[RECEIVERS:]]
        weights = [by_level[level] for by_level, level in zip(side.usage, slots, strict=True)]
        return cls(
            weights[:RECEIVERS],
            weights[RECEIVERS:],
            tables.call_tilts[tilt],
            tables.quarterback_leaves[leaves],
            tables.paces[pace],
            {name: tables.forms[form][of_forms[form]] for form, name in enumerate(FORMS)},
        )

    def seconds(self, drawn: int) -> int:
        """How long a play takes of which so many seconds were drawn."""
        return drawn + self.pace if drawn >= RUNNING else drawn

    def stands(self, play_type: str, draw: int) -> bool:
        """Whether a call that was drawn is the one played: the low bits of a draw say so."""
        sacked = self.forms["sack"] if play_type == "sack" else 0
        return draw % CALLS < STANDS + self.call_tilt * TILTED.get(play_type, 0) + sacked

    def goes_with(self, form: str, draw: int, *, well: bool) -> bool:
        """Whether what was drawn stands, which is good for the offence or not."""
        return draw % CALLS < STANDS + (self.forms[form] if well else -self.forms[form])

    def absent(self, side: Side) -> frozenset[int]:
        """The numbers of the side's players who take no part, as receivers or, if they are none, as rushers."""
        slots = [*zip(side.receivers, self.receivers, strict=True), *zip(side.rushers, self.rushers, strict=True)]
        return frozenset(player for player, weight in dict(reversed(slots)).items() if weight == 0)

    def quarterback_is_gone(self, state: State) -> bool:
        """Whether he has left the game that has come to a state."""
        return (state.half + 1) * HALF_SECONDS - state.clock >= self.quarterback_leaves


def _with_runs(side: Side, slots: Sequence[int], *, together: bool) -> list[int]:
    """Levels of the receivers' slots, in which a named player goes by his first slot as a rusher, if any."""
    slot_of = {player: RECEIVERS + slot for slot, player in reversed(list(enumerate(side.rushers)))}
    del slot_of[ANYBODY_ELSE]
    levels = list(slots[:RECEIVERS])
    for slot, player in enumerate(side.receivers):
        if player in slot_of:
            runs, absent = slots[slot_of[player]], side.usage[slot_of[player]].count(0)
            follows = together or runs < absent
            levels[slot] = runs if follows else absent + levels[slot] * (LEVELS - absent) // LEVELS
    return levels


def usage_of_sides(fixture: Fixture, tables: Tables, numbers: Numbers) -> tuple[Usage, Usage]:
    """The usage of the away and the home side."""
    draws = [draw for block in range(BLOCKS) for draw in numbers.draws(BEFORE_THE_GAME, block)]
    levels = [byte for draw in draws for byte in draw.to_bytes(2, "little")]
    away, home = fixture.sides
    of_away, of_home = levels[:SIDE_LEVELS], levels[SIDE_LEVELS : SIDES * SIDE_LEVELS]
    if of_away[USAGE_SLOTS + 2] & COMMON:
        for place, form in enumerate(FORMS, start=-len(FORMS)):
            if form != "sack":
                of_home[place] = of_away[place]
    return Usage.of(away, tables, of_away), Usage.of(home, tables, of_home)
