"""Simulating a week: champion model, the week's team context and fixtures, engine, stored scenarios.

Belongs here: fetching the inputs as of the week's cut-off and recording where they came from. Holding the scenarios
against real games is `backtest.py`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sports_platform.core.domain import EngineInput, SportDomain
from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import Lineage, config_hash, git_commit
from sports_platform.core.seeds import derive_seed
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.store import read_features
from sports_platform.lake.asof import read_as_of
from sports_platform.lake.catalog import current_snapshot
from sports_platform.lake.cutoffs import week_cutoff
from sports_platform.models.artefacts import AUXILIARY, ModelVersion
from sports_platform.models.pointer import champion
from sports_platform.models.predictor import PlayPredictor
from sports_platform.simulation.inference import BucketInference, Predictor, context_matrix
from sports_platform.simulation.native import Engine, EngineReport, Outputs
from sports_platform.simulation.scenarios import Scenarios, unmarked


def simulate_week(
    settings: Settings,
    domain: SportDomain,
    week: Week,
    *,
    game_ids: Sequence[str] | None = None,
    scenarios: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> Scenarios:
    """Play the week's games (or those named) with the champion as of the week; stores and returns the scenarios."""
    result = play_week(
        settings,
        domain,
        week,
        champion(settings, week),
        game_ids=game_ids,
        scenarios=settings.scenarios if scenarios is None else scenarios,
        seed=derive_seed(settings.seed, "simulation", domain.name, week) if seed is None else seed,
        threads=settings.threads if threads is None else threads,
    )
    result.save(scenarios_dir(settings, domain, week))
    return result


def play_week(
    settings: Settings,
    domain: SportDomain,
    week: Week,
    version: ModelVersion,
    *,
    game_ids: Sequence[str] | None = None,
    scenarios: int,
    seed: int,
    threads: int,
) -> Scenarios:
    """Play the week's games (or those named) with a version, as of the week; nothing is stored."""
    fixtures = _fixtures(settings, domain, week, game_ids)
    snapshot = current_snapshot(settings, f"{domain.name}.{domain.simulation.context_table}")
    predictor = PlayPredictor.load(version, domain, threads=threads, device=settings.device)
    table = domain.simulation.context_table
    context = read_features(settings, domain, table, week=week, snapshot_id=snapshot, version=predictor.feature_version)
    inputs = domain.simulation.engine_input(fixtures, context, auxiliary_tables(version), seed)
    snapshots = {f"{domain.name}.{table}": snapshot}
    contexts = _contexts(settings, domain, week, context, snapshot, seed)
    # Each draw of strength has its part of the scenarios, whose numbers it keeps.
    ends = [scenarios * (place + 1) // len(contexts) for place in range(len(contexts))]
    parts = [
        play(settings, domain, inputs, drawn, predictor, seed=seed, scenarios=end - start, threads=threads, first=start)
        for drawn, start, end in zip(contexts, [0, *ends[:-1]], ends, strict=True)
    ]
    outputs, report = Outputs.joined([part for part, _ in parts]), EngineReport.summed([part for _, part in parts])
    played = {
        "scenarios": scenarios,
        "games": inputs.game_ids,
        "strength_draws": len(contexts),
        "device": settings.device,
        "tables": _digest(inputs.tables),
    }
    lineage = _lineage(domain, week, version, seed, snapshots, played, inputs)
    return _scenarios(domain, week, version, seed, inputs, outputs, report, lineage)


def scenarios_dir(settings: Settings, domain: SportDomain, week: Week) -> Path:
    """Where a week's scenarios are kept."""
    return settings.stage_dir("simulation", domain.name) / str(week)


def auxiliary_tables(version: ModelVersion) -> Mapping[str, object]:
    """The counted tables stored with a model version."""
    tables: Mapping[str, object] = json.loads((version.path / AUXILIARY).read_text())
    return tables


def play(
    settings: Settings,
    domain: SportDomain,
    inputs: EngineInput,
    context: pa.Table,
    predictor: Predictor,
    *,
    seed: int,
    scenarios: int,
    threads: int,
    first: int = 0,
) -> tuple[Outputs, EngineReport]:
    """Run the engine on prepared inputs with a predictor as its callback, from scenario number `first` on."""
    matrix = context_matrix(context, inputs, predictor.context_names)
    infer = BucketInference(domain.simulation, predictor, matrix)
    with Engine(settings, domain.simulation.engine, domain.model.heads, inputs.tables) as engine:
        return engine.run(infer, seed=seed, scenarios=scenarios, threads=threads, first_scenario=first)


def _contexts(
    settings: Settings, domain: SportDomain, week: Week, context: pa.Table, snapshot: int, seed: int
) -> Sequence[pa.Table]:
    """The week's context, or as many draws of it as the settings ask for."""
    if settings.strength_draws == 1:
        return [context]
    table = domain.simulation.context_table
    history = read_features(settings, domain, table, before=week, snapshot_id=snapshot)
    return domain.simulation.strength_draws(history, context, settings.strength_draws, derive_seed(seed, "strength"))


def _fixtures(settings: Settings, domain: SportDomain, week: Week, game_ids: Sequence[str] | None) -> pa.Table:
    cutoff = week_cutoff(settings, domain, week)
    rows = read_as_of(settings, domain, domain.tables["schedules"], cutoff=cutoff, weeks=[str(week)])
    if game_ids is None:
        return rows
    unknown = sorted(set(game_ids) - set(rows["game_id"].to_pylist()))
    if unknown:
        raise MissingDataError(
            found=f"games {', '.join(unknown)} are not in {week}",
            needed="ids of the week's games",
            remedy=f"choose from {', '.join(rows['game_id'].to_pylist())}",
        )
    return rows.filter(pc.is_in(rows["game_id"], value_set=pa.array(game_ids)))


def _digest(tables: Mapping[str, npt.NDArray[np.float64]]) -> str:
    """SHA-256 of what the engine was told: buckets, rules, counted rates, players."""
    digest = hashlib.sha256()
    for name, table in sorted(tables.items()):
        digest.update(name.encode() + np.ascontiguousarray(table).tobytes())
    return digest.hexdigest()


def _lineage(
    domain: SportDomain,
    week: Week,
    version: ModelVersion,
    seed: int,
    snapshots: Mapping[str, int],
    played: Mapping[str, object],
    inputs: EngineInput,
) -> Lineage:
    return Lineage(
        step="simulation",
        sport=domain.name,
        week=str(week),
        inputs={"model": version.name},
        snapshots=dict(snapshots),
        row_count=inputs.players.num_rows,
        seed=seed,
        model_version=version.name,
        config_hash=config_hash(played),
        git_commit=git_commit(),
    )


def _scenarios(
    domain: SportDomain,
    week: Week,
    version: ModelVersion,
    seed: int,
    inputs: EngineInput,
    outputs: Outputs,
    report: EngineReport,
    lineage: Lineage,
) -> Scenarios:
    rates = {"hit_rate": report.hit_rate, "plays_per_second": report.plays_per_second}
    points_PS, absent_PS = unmarked(outputs.points_PS)
    return Scenarios(
        week=str(week),
        model_version=version.name,
        seed=seed,
        game_ids=inputs.game_ids,
        players=inputs.players,
        points_PS=points_PS,
        team_scores_G2S=outputs.scores_G2S,
        team_stats={name: outputs.team_stats_G2TS[:, :, i] for i, name in enumerate(domain.simulation.team_stats)},
        lineage=lineage,
        metrics={**asdict(report), **rates},
        absent_PS=absent_PS,
    )
