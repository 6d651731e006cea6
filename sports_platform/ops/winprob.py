"""A season's stored scenarios beside what happened: win probability against the closing line, and points by team.

Belongs here: gathering scenarios, results and lines of the weeks that were simulated. Scores are `simulation.winprob`.
Legend: G games, S scenarios; the second axis of [G, 2, S] is (away, home).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.asof import read_as_of
from sports_platform.lake.cutoffs import SCHEDULES, week_cutoffs
from sports_platform.simulation.runner import scenarios_dir
from sports_platform.simulation.scenarios import Scenarios
from sports_platform.simulation.winprob import WinCheck, check, results, win_probabilities

LINES = "lines"


@dataclass(frozen=True, slots=True)
class SeasonWins:
    """Of the weeks simulated: both forecasts of who wins, and points a team and game, simulated and real."""

    weeks: tuple[str, ...]
    unscored: int  # games without a result or a closing line
    wins: WinCheck
    simulated_points: float
    real_points: float


def season_wins(settings: Settings, domain: SportDomain, season: int) -> SeasonWins:
    """Check the season's stored scenarios; raises MissingDataError when no finished game of it was simulated."""
    weeks = [week for week in week_cutoffs(settings, domain) if week.season == season]
    stored = [week for week in weeks if scenarios_dir(settings, domain, week).exists()]
    played = [Scenarios.load(scenarios_dir(settings, domain, week)) for week in stored]
    known = {table: known_today(settings, domain, table, stored) for table in (SCHEDULES, LINES)} if stored else {}
    return compare_season(domain, played, known, derive_seed(settings.seed, domain.name, "winprob", season))


def compare_season(
    domain: SportDomain, played: Sequence[Scenarios], known: Mapping[str, pa.Table], seed: int
) -> SeasonWins:
    """Scenarios of several weeks against the `schedules` and `lines` of their games."""
    final = _finals(known[SCHEDULES]) if known else {}
    line = _closing(domain, known[LINES]) if known else {}
    simulated, reference, scores, points = [], [], [], []
    for week in played:
        chances = win_probabilities(week.team_scores_G2S)
        for place, game in enumerate(week.game_ids):
            if game in final and game in line:
                simulated.append(float(chances[place]))
                reference.append(line[game])
                scores.append(final[game])
                points.append(float(week.team_scores_G2S[place].mean()))
    if not scores:
        raise MissingDataError(
            found=f"{len(played)} simulated week(s), no game of them with a result and a closing line",
            needed="stored scenarios of weeks that have been played",
            remedy="simulate weeks of the season (`sports-platform backfill FIRST LAST`)",
        )
    scores_G2 = np.array(scores, np.int64)
    return SeasonWins(
        weeks=tuple(week.week for week in played),
        unscored=sum(len(week.game_ids) for week in played) - len(scores),
        wins=check(np.array(simulated), np.array(reference), results(scores_G2), seed),
        simulated_points=float(np.mean(points)),
        real_points=float(scores_G2.mean()),
    )


def _finals(schedules: pa.Table) -> dict[str, tuple[int, int]]:
    """Game -> (away, home) of finished games."""
    names = ("game_id", "away_score", "home_score")
    rows = zip(*(schedules[name].to_pylist() for name in names), strict=True)
    return {game: (away, home) for game, away, home in rows if away is not None and home is not None}


def _closing(domain: SportDomain, lines: pa.Table) -> dict[str, float]:
    chances = domain.closing_win_probabilities(lines)
    return dict(zip(chances["game_id"].to_pylist(), chances["home_win"].to_pylist(), strict=True))


def known_today(settings: Settings, domain: SportDomain, table: str, weeks: Sequence[Week]) -> pa.Table:
    """The newest rows of the weeks in a silver table."""
    spec = domain.tables[table]
    return read_as_of(settings, domain, spec, cutoff=datetime.now(UTC), weeks=[str(week) for week in weeks])
