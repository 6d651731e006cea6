"""From a slate and its scenarios to a stored portfolio.

Belongs here: the order of the steps, their configuration and what is recorded about them. Each step
is its own module: `slate`, `candidates`, `select`, `exports`.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import BaseModel, ConfigDict

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import ArtefactError
from sports_platform.core.lineage import Lineage, config_hash, git_commit
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.portfolio import candidates, select
from sports_platform.portfolio.artefact import Portfolio, portfolio_folder
from sports_platform.portfolio.candidates import CandidateConfig
from sports_platform.portfolio.lineup import CompactSlate, Lineup
from sports_platform.portfolio.projections import UNITS_PER_POINT
from sports_platform.portfolio.slate import Slate, load_slate
from sports_platform.simulation.scenarios import Scenarios


class PortfolioConfig(BaseModel):
    """What a portfolio is asked for, beside the number of lineups (`settings.lineups`)."""

    model_config = ConfigDict(frozen=True)

    candidates_per_lineup: int = 15
    max_exposure: float = 0.6
    stack: bool = True
    rounds: int = 6
    target_exposure: float = 0.35
    penalty: float = 20.0

    def candidates(self, lineups: int) -> CandidateConfig:
        """The configuration of the candidates for a portfolio of `lineups`."""
        return CandidateConfig(
            tasks=self.candidates_per_lineup * lineups,
            rounds=self.rounds,
            target_exposure=self.target_exposure,
            penalty=self.penalty,
        )


def build_portfolio(
    settings: Settings,
    domain: SportDomain,
    week: Week,
    scenarios: Scenarios,
    *,
    config: PortfolioConfig | None = None,
) -> Portfolio:
    """Choose and store `settings.lineups` lineups of the week's slate.

    Raises InfeasibleError, ServiceDownError, MissingDataError, ArtefactError; then the stored portfolio is untouched.
    """
    return portfolio_of(settings, domain, load_slate(settings, domain, week), scenarios, config=config)


def portfolio_of(
    settings: Settings,
    domain: SportDomain,
    slate: Slate,
    scenarios: Scenarios,
    *,
    config: PortfolioConfig | None = None,
) -> Portfolio:
    """The same for a slate already at hand."""
    config = config or PortfolioConfig()
    _same_week(slate, scenarios)
    row_of = {player: row for row, player in enumerate(scenarios.players.column("player_id").to_pylist())}
    slate = slate.with_simulated(row_of)
    points_PS = scenarios.points_PS[[row_of[player.player_id] for player in slate.players]]
    rules = domain.contest if config.stack else domain.contest.model_copy(update={"stack": None})
    players_LK = candidates.generate(
        CompactSlate(rules=rules, players=slate.players),
        points_PS,
        config=config.candidates(settings.lineups),
        seed=settings.seed,
        redis=settings.endpoints().redis,
        workers=settings.workers,
    )
    units_LS = select.score(points_PS, players_LK)
    chosen = select.choose(units_LS, players_LK, lineups=settings.lineups, max_exposure=config.max_exposure)
    lineups = tuple(Lineup(tuple(slate.players[index] for index in players_LK[pick])) for pick in chosen)
    portfolio = Portfolio(
        week=slate.week,
        folder=portfolio_folder(settings, domain.name, slate.week),
        slots=tuple(slot.name for slot in rules.slots),
        lineups=lineups,
        metrics=_metrics(lineups, units_LS[chosen]),
        exposures=_exposures(slate, players_LK[chosen], points_PS),
        unmatched=slate.unmatched,
        lineage=_lineage(settings, domain, slate, scenarios, config),
    )
    portfolio.save(rules, slate)
    return portfolio


def _same_week(slate: Slate, scenarios: Scenarios) -> None:
    if scenarios.week != str(slate.week):
        raise ArtefactError(
            found=f"scenarios of {scenarios.week}",
            needed=f"scenarios of {slate.week}, the slate's week",
            remedy=f"simulate {slate.week} first",
        )


def _metrics(lineups: tuple[Lineup, ...], units_LS: npt.NDArray[np.int32]) -> pl.DataFrame:
    points_LS = units_LS / UNITS_PER_POINT
    return pl.DataFrame(
        [
            {
                "lineup": number,
                "salary": lineup.salary,
                "mean": float(points_S.mean()),
                "sd": float(points_S.std()),
                **select.percentiles(points_S),
            }
            for number, (lineup, points_S) in enumerate(zip(lineups, points_LS, strict=True), start=1)
        ]
    )


def _exposures(slate: Slate, players_LK: npt.NDArray[np.intp], points_PS: npt.NDArray[np.int16]) -> pl.DataFrame:
    used, counts = np.unique(players_LK, return_counts=True)
    rows = [
        {
            **slate.players[index].model_dump(include={"player_id", "name", "position", "team", "salary"}),
            "lineups": int(count),
            "share": float(count / len(players_LK)),
            "mean": float(points_PS[index].mean() / UNITS_PER_POINT),
        }
        for index, count in zip(used, counts, strict=True)
    ]
    return pl.DataFrame(rows).sort("lineups", "salary", "player_id", descending=[True, True, False])


def _lineage(
    settings: Settings, domain: SportDomain, slate: Slate, scenarios: Scenarios, config: PortfolioConfig
) -> Lineage:
    return Lineage(
        step="portfolio",
        sport=domain.name,
        week=str(slate.week),
        inputs={"scenarios": f"simulation/{domain.name}/{scenarios.week}", "scenarios_seed": str(scenarios.seed)},
        snapshots=dict(slate.snapshots),
        row_count=settings.lineups,
        seed=settings.seed,
        model_version=scenarios.model_version,
        config_hash=config_hash(config.model_dump() | {"lineups": settings.lineups}),
        git_commit=git_commit(),
    )
