"""ContestRules: the roster of a contest as plain data, light enough for a Lambda worker."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class Slot(BaseModel):
    """A roster slot and the site positions that may fill it."""

    model_config = ConfigDict(frozen=True)

    name: str
    positions: frozenset[str]


class StackRule(BaseModel):
    """Whoever fills `anchor` brings at least `at_least` players of his team at `partners` positions."""

    model_config = ConfigDict(frozen=True)

    anchor: str
    partners: frozenset[str]
    at_least: int = 1


class ContestRules(BaseModel):
    """Roster slots in upload order, cap and spread over games and teams.

    `stack` is the platform's own default strategy, not a rule of the site: a lineup without it uploads.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    slots: tuple[Slot, ...]
    salary_cap: int
    min_games: int
    max_from_team: int
    stack: StackRule | None = None

    @property
    def positions(self) -> frozenset[str]:
        """Every site position that some slot accepts."""
        return frozenset().union(*(slot.positions for slot in self.slots))

    def violations(
        self, positions: Sequence[str], salaries: Sequence[int], games: Sequence[str], teams: Sequence[str]
    ) -> list[str]:
        """What breaks the site's rules when players fill the slots in this order; empty for a valid lineup."""
        if len(positions) != len(self.slots):
            return [f"{len(positions)} players for {len(self.slots)} slots"]
        broken = [
            f"{position} in slot {slot.name}"
            for slot, position in zip(self.slots, positions, strict=True)
            if position not in slot.positions
        ]
        if sum(salaries) > self.salary_cap:
            broken.append(f"salary {sum(salaries)} above the cap of {self.salary_cap}")
        if len(set(games)) < self.min_games:
            broken.append(f"{len(set(games))} games where {self.min_games} are needed")
        crowded = [f"{count} players of {team}" for team, count in Counter(teams).items() if count > self.max_from_team]
        return broken + crowded
