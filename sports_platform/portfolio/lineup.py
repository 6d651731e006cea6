"""Players of a slate and lineups of them, light enough for a Lambda worker.

Belongs here: the records that travel between parent, workers and files, and the seating of players in
slots. Solving is `milp`, reading the lake is `slate`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from sports_platform.core.contest import ContestRules


class SlatePlayer(BaseModel):
    """A player one can put in a lineup. `player_id` is the simulation's id, `site_player_id` the contest site's."""

    model_config = ConfigDict(frozen=True)

    player_id: str
    name: str
    position: str
    team: str
    game_id: str
    salary: int
    site_player_id: str | None = None

    @property
    def label(self) -> str:
        """The player's cell in an upload file."""
        return self.name if self.site_player_id is None else f"{self.name} ({self.site_player_id})"


class CompactSlate(BaseModel):
    """All a worker has to know: the rules and the players, in the order of every objective vector."""

    model_config = ConfigDict(frozen=True)

    rules: ContestRules
    players: tuple[SlatePlayer, ...]


@dataclass(frozen=True)
class Lineup:
    """Players in the order of the rules' slots."""

    players: tuple[SlatePlayer, ...]

    @property
    def salary(self) -> int:
        """Sum of the salaries."""
        return sum(player.salary for player in self.players)

    def violations(self, rules: ContestRules) -> list[str]:
        """What breaks the rules; empty for a valid lineup."""
        players = self.players
        broken = rules.violations(
            [p.position for p in players],
            [p.salary for p in players],
            [p.game_id for p in players],
            [p.team for p in players],
        )
        if len({player.player_id for player in players}) < len(players):
            broken.append("a player twice")
        return broken


def lineup_hash(player_ids: Sequence[str]) -> str:
    """The same text for the same players in any order."""
    return hashlib.sha256("|".join(sorted(player_ids)).encode()).hexdigest()[:16]


def seat(rules: ContestRules, positions: Sequence[str]) -> list[int] | None:
    """For each slot the index of the position seated there, each used once; None where it cannot be done.

    Augmenting paths, trying slots in their order: the narrow slots, listed first, keep the first players.
    """
    holder: dict[int, int] = {}

    def place(index: int, tried: set[int]) -> bool:
        for number, slot in enumerate(rules.slots):
            if positions[index] in slot.positions and number not in tried:
                tried.add(number)
                if number not in holder or place(holder[number], tried):
                    holder[number] = index
                    return True
        return False

    if not all(place(index, set()) for index in range(len(positions))) or len(holder) < len(rules.slots):
        return None
    return [holder[number] for number in range(len(rules.slots))]
