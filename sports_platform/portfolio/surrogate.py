"""A week's surrogate: lineups of its slate, what they score in its scenarios, and the network fitted to that.

Belongs here: the order of the steps and what is recorded. Drawing lineups is `surrogate_lineups`, simulating
them `surrogate_targets`; the network and its files are `models`. Legend: P players, S scenarios.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from sports_platform.core.domain import SportDomain
from sports_platform.core.errors import ArtefactError
from sports_platform.core.lineage import Lineage, config_hash, git_commit
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.surrogate_artefact import (
    StoredSurrogate,
    SurrogateCard,
    SurrogateMetrics,
    store_surrogate,
    surrogate_dir,
)
from sports_platform.models.surrogate_fit import SimulatedMetrics, SurrogateConfig, errors, fit_surrogate
from sports_platform.portfolio.lineup import CompactSlate
from sports_platform.portfolio.projections import UNITS_PER_POINT
from sports_platform.portfolio.slate import Slate, load_slate
from sports_platform.portfolio.surrogate_lineups import SOURCES, LineupMix, SampledLineups, sample_lineups
from sports_platform.portfolio.surrogate_targets import lineup_metrics, mixed, mixture_metrics
from sports_platform.simulation.scenarios import Scenarios

_LARGEST_MIXTURE = 6


class SurrogatePlan(BaseModel):
    """Which selections are simulated and how the network is trained on them.

    `mixtures`: weighted means of a few lineups, such as an optimiser passes through between two of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lineups: LineupMix = LineupMix()
    mixtures: PositiveInt = 2000
    held_out: float = Field(default=0.2, gt=0, lt=0.5)
    validation: float = Field(default=0.1, gt=0, lt=0.5)
    network: SurrogateConfig = SurrogateConfig()


@dataclass(frozen=True)
class Selections:
    """Training, validation and held-out selections with their simulated metrics; those held out by source."""

    training: SimulatedMetrics
    validation: SimulatedMetrics
    held_out: dict[str, SimulatedMetrics]


def train_surrogate(
    settings: Settings, domain: SportDomain, week: Week, scenarios: Scenarios, *, plan: SurrogatePlan | None = None
) -> StoredSurrogate:
    """Fit and store the surrogate of the week's slate; raises MissingDataError, ArtefactError, InfeasibleError."""
    return surrogate_of(settings, domain, load_slate(settings, domain, week), scenarios, plan=plan)


def surrogate_of(
    settings: Settings, domain: SportDomain, slate: Slate, scenarios: Scenarios, *, plan: SurrogatePlan | None = None
) -> StoredSurrogate:
    """The same for a slate already at hand."""
    plan = plan or SurrogatePlan()
    slate, points_PS = simulated_slate(slate, scenarios)
    lineups = draw_lineups(domain, slate, points_PS, plan, seed=settings.seed)
    selections = simulate_selections(lineups, points_PS, plan, seed=settings.seed)
    fitted = fit_surrogate(
        points_PS / UNITS_PER_POINT, selections.training, selections.validation, plan.network, seed=settings.seed
    )
    metrics = SurrogateMetrics(
        trained_on=len(selections.training),
        held_out={source: len(truth) for source, truth in selections.held_out.items()},
        errors={source: errors(fitted.surrogate, truth) for source, truth in selections.held_out.items()},
        curve=fitted.curve,
    )
    card = _card(domain, slate, points_PS, plan)
    lineage = _lineage(settings, domain, slate, scenarios, plan, rows=metrics.trained_on)
    return store_surrogate(surrogate_dir(settings, domain.name, slate.week), fitted, card, metrics, lineage)


def simulated_slate(slate: Slate, scenarios: Scenarios) -> tuple[Slate, npt.NDArray[np.int16]]:
    """The slate's simulated players and their units [P, S] in its order; raises ArtefactError for another week."""
    if scenarios.week != str(slate.week):
        raise ArtefactError(
            found=f"scenarios of {scenarios.week}",
            needed=f"scenarios of {slate.week}, the slate's week",
            remedy=f"simulate {slate.week} first",
        )
    row_of = {player: row for row, player in enumerate(scenarios.players.column("player_id").to_pylist())}
    slate = slate.with_simulated(row_of)
    return slate, scenarios.points_PS[[row_of[player.player_id] for player in slate.players]]


def draw_lineups(
    domain: SportDomain, slate: Slate, points_PS: npt.NDArray[np.int16], plan: SurrogatePlan, *, seed: int
) -> SampledLineups:
    """The plan's lineups of a slate."""
    compact = CompactSlate(rules=domain.contest, players=slate.players)
    return sample_lineups(compact, points_PS, plan.lineups, seed=seed)


def simulate_selections(
    lineups: SampledLineups, points_PS: npt.NDArray[np.int16], plan: SurrogatePlan, *, seed: int
) -> Selections:
    """Split lineups by family, mix some of each part, and read all their metrics from the scenarios."""
    generator = np.random.default_rng(derive_seed(seed, "surrogate", "split"))
    families = generator.permutation(np.unique(lineups.family_N))
    held, checked = (round(share * len(families)) for share in (plan.held_out, plan.held_out + plan.validation))
    levels = plan.network.levels
    parts: list[tuple[SampledLineups, SimulatedMetrics, SimulatedMetrics]] = []
    for some in (families[checked:], families[held:checked], families[:held]):
        part = lineups.take(np.isin(lineups.family_N, some))
        simulated = lineup_metrics(points_PS, part.players_NK, levels)
        rows = math.ceil(plan.mixtures * len(some) / len(families))
        selected_NP = mixed(simulated.selected_NP, rows, _LARGEST_MIXTURE, generator)
        parts.append((part, simulated, mixture_metrics(points_PS, selected_NP, levels)))
    (_, pure, blends), (_, checked_pure, checked_blends), held_out = parts
    return Selections(pure + blends, checked_pure + checked_blends, _by_source(*held_out))


def _by_source(
    lineups: SampledLineups, pure: SimulatedMetrics, blends: SimulatedMetrics
) -> dict[str, SimulatedMetrics]:
    sources = {name: pure.take(lineups.source_N == number) for number, name in enumerate(SOURCES)}
    return {"lineups": pure, **{name: some for name, some in sources.items() if len(some) > 1}, "mixture": blends}


def _card(domain: SportDomain, slate: Slate, points_PS: npt.NDArray[np.int16], plan: SurrogatePlan) -> SurrogateCard:
    return SurrogateCard(
        sport=domain.name,
        week=str(slate.week),
        player_ids=tuple(player.player_id for player in slate.players),
        scenarios=points_PS.shape[1],
        config=plan.network,
    )


def _lineage(
    settings: Settings, domain: SportDomain, slate: Slate, scenarios: Scenarios, plan: SurrogatePlan, *, rows: int
) -> Lineage:
    return Lineage(
        step="surrogate",
        sport=domain.name,
        week=str(slate.week),
        inputs={"scenarios": f"simulation/{domain.name}/{scenarios.week}", "scenarios_seed": str(scenarios.seed)},
        snapshots=dict(slate.snapshots),
        row_count=rows,
        seed=settings.seed,
        model_version=scenarios.model_version,
        config_hash=config_hash(plan.model_dump()),
        git_commit=git_commit(),
    )
