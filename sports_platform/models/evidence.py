"""What the gate is told of a model: scores on held-out plays, simulated games beside the real ones, and its inputs.

Belongs here: the records. Plays are scored by `evaluate.py`; games are played and scored in `simulation`, which models
may not import, so whoever runs the gate brings both together. The decision is `promote.py`.
"""

from pydantic import BaseModel, ConfigDict

from sports_platform.models.evaluate import Evaluation

PIT_BINS = 20


class TeamStat(BaseModel):
    """One statistic of a team in a game, simulated and real; sums over a game's teams, in the order of `game_ids`."""

    model_config = ConfigDict(frozen=True)

    error_by_game: tuple[float, ...]  # mean of the scenarios less what happened
    actual_by_game: tuple[float, ...]
    crps_by_game: tuple[float, ...]
    covered_by_game: tuple[int, ...]  # teams that ended within their 80 % interval


class SimulatedGames(BaseModel):
    """Held-out games as a version plays them, beside what happened; kept by game so that two versions can be compared.

    `pit_by_game` counts players by the place of their real points among the simulated ones, in `PIT_BINS` equal bins.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    weeks: tuple[str, ...]
    scenarios: int
    seed: int
    game_ids: tuple[str, ...]
    teams_by_game: tuple[int, ...]
    stats: dict[str, TeamStat]
    pit_by_game: tuple[tuple[int, ...], ...]


class Evidence(BaseModel):
    """Everything the decision on one model rests on.

    `input_differences` are inputs that the feature version lacks, or that the model does not read though it has them.
    A model that could not be played has no `games`; the gate does not pass it.
    """

    model_config = ConfigDict(frozen=True)

    evaluation: Evaluation
    games: SimulatedGames | None
    input_differences: tuple[str, ...] = ()
