"""ContestRules: the roster of a contest as plain data, light enough for a Lambda worker."""

from pydantic import BaseModel, ConfigDict


class Slot(BaseModel):
    """A roster slot and the site positions that may fill it."""

    model_config = ConfigDict(frozen=True)

    name: str
    positions: frozenset[str]


class ContestRules(BaseModel):
    """Roster slots in upload order, cap and spread over games and teams."""

    model_config = ConfigDict(frozen=True)

    name: str
    slots: tuple[Slot, ...]
    salary_cap: int
    min_games: int
    max_from_team: int
