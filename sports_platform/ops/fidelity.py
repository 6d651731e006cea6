"""A season played by models that have not seen it, beside what happened: gathering for `simulation.fidelity`.

Belongs here: which version plays which week, what is played already, results, lines and projections. The comparisons
themselves are pure and live there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from sports_platform.core.domain import FidelityPlan, SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import config_hash, git_commit
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.tables import WEEK_COLUMN
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import current_snapshot
from sports_platform.lake.cutoffs import SCHEDULES, week_cutoffs
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.walk_forward import trained
from sports_platform.ops.winprob import LINES, known_today
from sports_platform.simulation.backtest import RealGames
from sports_platform.simulation.fidelity.forecasts import Projections, against_projections, season_so_far, skill
from sports_platform.simulation.fidelity.games import Games, join
from sports_platform.simulation.fidelity.judge import Judge
from sports_platform.simulation.fidelity.plots import draw_all
from sports_platform.simulation.fidelity.report import FidelityReport, Setting
from sports_platform.simulation.fidelity.rows import Lines, all_rows, places
from sports_platform.simulation.runner import play_week
from sports_platform.simulation.scenarios import Scenarios

OnNote = Callable[[str], None]
VersionOf = Callable[[Week], ModelVersion]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played: weeks `first..last` of a season, by a model for every `every` weeks or by those named."""

    season: int
    first: int = 1
    last: int = 99
    every: int = 4
    scenarios: int = 1000
    strength_draws: tuple[int, ...] = (1,)
    versions: tuple[ModelVersion, ...] = ()  # instead of training
    projections: Path | None = None

    def model_week(self, week: Week) -> Week:
        """The week as of which the model of a week is trained: never a later one."""
        return Week(week.season, week.number - (week.number - 1) % self.every)


def fidelity(settings: Settings, domain: SportDomain, plan: Plan, on_note: OnNote) -> FidelityReport:
    """Play the finished weeks of the plan, or take what is played, and compare them with what happened.

    The settings' home holds the features. Raises MissingDataError when no week of the plan is finished.
    """
    # Read before the work, so that a wrong file is known at once.
    projections = read_projections(plan.projections, plan.season) if plan.projections else {}
    real, week_of = _real_games(settings, domain, plan.season)
    finished = {Week.parse(week) for week in week_of.values()}
    weeks = sorted(week for week in finished if plan.first <= week.number <= plan.last)
    version_of = _named(plan.versions) if plan.versions else _trained(settings, domain, plan, on_note)
    played: dict[int, list[Scenarios]] = {draws: [] for draws in plan.strength_draws}
    for week in weeks:
        version = version_of(week)
        for draws, found in played.items():
            found.append(_played(settings, domain, plan, week, version, draws, on_note))
    seed, lines = _seed(settings, domain, plan.season), _lines(settings, domain, plan.season)
    compared = {
        draws: _compare(domain.fidelity, games, real, week_of, lines, projections, seed)
        for draws, games in join(domain.fidelity, played, real).items()
    }
    versions = dict.fromkeys(week.model_version for weeks in played.values() for week in weeks)
    return FidelityReport(plan.season, tuple(versions), plan.scenarios, seed, git_commit(), compared)


def write(report: FidelityReport, domain: SportDomain, folder: Path) -> None:
    """Store the report as `report.md`, `rows.csv` and pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_all(folder, report, domain.simulation.judged_stats)
    report.frame().write_csv(folder / "rows.csv")
    (folder / "report.md").write_text(report.markdown())


def read_projections(path: Path, season: int) -> Projections:
    """DraftKings projections of a season by source, from a table `season, week, site, source, gsis_id, proj`."""
    wanted = ["season", "week", "site", "source", "gsis_id", "proj"]
    frame = pl.read_parquet(path)
    absent = [name for name in wanted if name not in frame.columns]
    if absent:
        raise MissingDataError(
            found=f"{path} without {', '.join(absent)}",
            needed=f"projections with columns {', '.join(wanted)}",
            remedy="leave --projections out, or name a table of that form",
        )
    rows = frame.filter(pl.col("season") == season, pl.col("site") == "dk").drop_nulls(["gsis_id", "proj"])
    if rows.is_empty():
        raise MissingDataError(
            found=f"no DraftKings projection of {season} in {path}",
            needed="rows of site dk of that season, with player and projection",
            remedy="leave --projections out, or name a table that has them",
        )
    found: dict[str, dict[tuple[str, str], float]] = {}
    for row in rows.sort("source").iter_rows(named=True):
        key = (str(Week(row["season"], row["week"])), row["gsis_id"])
        found.setdefault(row["source"], {})[key] = row["proj"]
    return found


def _compare(
    plan: FidelityPlan,
    games: Games,
    real: RealGames,
    week_of: Mapping[str, str],
    lines: Lines,
    projections: Projections,
    seed: int,
) -> Setting:
    """Every row of one setting's games; `week_of` names the week of every finished game of the season."""
    judge, placed = Judge(len(games.ids), seed), places(plan, games, seed)
    rows = [
        *all_rows(plan, games, placed, lines, judge),
        *skill(plan, games, *season_so_far(games, real, week_of), judge),
        *against_projections(games, projections, judge),
    ]
    return Setting(games, placed, rows)


def _played(
    settings: Settings, domain: SportDomain, plan: Plan, week: Week, version: ModelVersion, draws: int, on_note: OnNote
) -> Scenarios:
    """The week's scenarios, stored by all that they depend on, so that a run that was stopped goes on."""
    seed = _seed(settings, domain, week)
    snapshot = current_snapshot(settings, f"{domain.name}.{domain.simulation.context_table}")
    key = config_hash([version.name, git_commit(), seed, snapshot, plan.scenarios, draws, settings.device])
    folder = settings.stage_dir("fidelity", domain.name, "scenarios") / f"{week}-{key}"
    if folder.exists():
        return Scenarios.load(folder)
    on_note(f"playing {week} by {version.name}, strength draws {draws}")
    drawn = settings.model_copy(update={"strength_draws": draws})
    found = play_week(drawn, domain, week, version, scenarios=plan.scenarios, seed=seed, threads=settings.threads)
    found.save(folder)
    return found


def _seed(settings: Settings, domain: SportDomain, use: object) -> int:
    return derive_seed(settings.seed, domain.name, "fidelity", use)


def _trained(settings: Settings, domain: SportDomain, plan: Plan, on_note: OnNote) -> VersionOf:
    versions: dict[Week, ModelVersion] = {}

    def version_of(week: Week) -> ModelVersion:
        start = plan.model_week(week)
        if start not in versions:
            versions[start] = trained(settings, domain, start, on_note)
        return versions[start]

    return version_of


def _named(versions: Sequence[ModelVersion]) -> VersionOf:
    def version_of(week: Week) -> ModelVersion:
        before = [version for version in versions if version.week <= week]
        if not before:
            raise MissingDataError(
                found=f"versions {', '.join(version.name for version in versions)} for {week}",
                needed="one trained as of that week or an earlier one, so that it has not seen it",
                remedy="name an earlier version, or leave --version out",
            )
        return max(before, key=lambda version: version.week)

    return version_of


def _real_games(settings: Settings, domain: SportDomain, season: int) -> tuple[RealGames, dict[str, str]]:
    """What happened in the season's finished games, and the week of each."""
    weeks = [week for week in week_cutoffs(settings, domain) if week.season == season]
    plays = known_today(settings, domain, domain.model.event_table, weeks)
    schedules = known_today(settings, domain, SCHEDULES, weeks)
    final = pc.and_(pc.is_valid(schedules["home_score"]), pc.is_in(schedules["game_id"], pc.unique(plays["game_id"])))
    finished = schedules.filter(final)
    week_of = dict(zip(finished["game_id"].to_pylist(), finished[WEEK_COLUMN].to_pylist(), strict=True))
    kept = plays.filter(pc.is_in(plays["game_id"], finished["game_id"].combine_chunks()))
    return RealGames.of(domain, kept, finished), week_of


def _lines(settings: Settings, domain: SportDomain, season: int) -> Lines:
    weeks = [week for week in week_cutoffs(settings, domain) if week.season == season]
    rows = known_today(settings, domain, LINES, weeks)
    expected, chances = domain.fidelity.closing_lines(rows), domain.closing_win_probabilities(rows)
    return Lines(_column(expected, "margin"), _column(expected, "total"), _column(chances, "home_win"))


def _column(table: pa.Table, name: str) -> dict[str, float]:
    return dict(zip(table["game_id"].to_pylist(), table[name].to_pylist(), strict=True))
