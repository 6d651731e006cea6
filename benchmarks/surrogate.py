"""Error and speed of the surrogate of lineup metrics, against the simulation it stands in for.

    python benchmarks/surrogate.py [--week 2015_wk12] [--lineups 4000] [--repeats 5]

With --week on that week's stored scenarios below SPORTS_HOME (`make demo` leaves some), else on invented points of
13 games. Errors are of lineups that were not trained on. Speeds are medians of the repeats, of one thread, by
CPU time, surrogate and simulation in turn.
"""

import argparse
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import NormalDist, median

import numpy as np
import numpy.typing as npt
import torch

from sports_platform.core.lineage import git_commit
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.models.surrogate import Surrogate, metric_names
from sports_platform.models.surrogate_fit import MetricError, SimulatedMetrics, errors, fit_surrogate, predict
from sports_platform.portfolio import select
from sports_platform.portfolio.lineup import SlatePlayer
from sports_platform.portfolio.projections import UNITS_PER_POINT
from sports_platform.portfolio.slate import Slate, load_slate
from sports_platform.portfolio.surrogate import (
    Selections,
    SurrogatePlan,
    draw_lineups,
    simulate_selections,
    simulated_slate,
)
from sports_platform.portfolio.surrogate_lineups import SampledLineups
from sports_platform.portfolio.surrogate_targets import lineup_metrics
from sports_platform.simulation.runner import scenarios_dir
from sports_platform.simulation.scenarios import Scenarios
from sports_platform.sports.nfl import DOMAIN

Units = npt.NDArray[np.int16]
Row = tuple[object, ...]

_POSITIONS = ("QB", "QB", "RB", "RB", "RB", "WR", "WR", "WR", "WR", "WR", "TE", "TE", "DST")
_GAMES = 13
_TOP = 0.99
_BLOCK = 512


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    torch.set_num_threads(1)
    settings, plan = Settings.load(), SurrogatePlan()
    slate, points_PS = _stored(settings, Week.parse(options.week)) if options.week else _invented()
    lineups = draw_lineups(DOMAIN, slate, points_PS, plan, seed=settings.seed)
    print(f"{_processor()}, commit {git_commit()}, {vars(options)}")
    print(f"{slate.week}: {len(points_PS)} players, {len(slate.games)} games, {points_PS.shape[1]} scenarios\n")
    start = time.process_time()
    selections, surrogate = _fitted(lineups, points_PS, plan, settings.seed)
    print(f"simulated and fitted {len(selections.training)} selections in {time.process_time() - start:.1f} CPU s\n")
    for source in ("lineups", "mixture"):
        truth = selections.held_out[source]
        _table(f"Held-out {source}: {len(truth)}, in points", _ERRORS, _error_rows(errors(surrogate, truth)))
    _table("Fitted to half of the scenarios, in points", _HALVES, _halves(lineups, points_PS, plan, settings.seed))
    _table("Slope of above_p99 by player, in points", _SLOPES, _slopes(surrogate, points_PS, selections))
    some = lineups.players_NK[np.random.default_rng(1).integers(len(lineups.players_NK), size=options.lineups)]
    _table(f"Speed, {options.lineups} lineups at once", _SPEEDS, _speeds(surrogate, points_PS, some, options.repeats))


def _fitted(lineups: SampledLineups, points_PS: Units, plan: SurrogatePlan, seed: int) -> tuple[Selections, Surrogate]:
    selections = simulate_selections(lineups, points_PS, plan, seed=seed)
    points = points_PS / UNITS_PER_POINT
    return selections, fit_surrogate(
        points, selections.training, selections.validation, plan.network, seed=seed
    ).surrogate


_ERRORS = ("metric", "mean abs.", "rms", "standard error", "rms / s.e.", "rms of a normal", "R2", "R2 of shape")


def _error_rows(found: Sequence[MetricError]) -> Iterator[Row]:
    for error in found:
        ratio = error.root_mean_square / error.standard_error
        shape = "" if error.shape_r2 is None else f"{error.shape_r2:.2f}"
        normal = "" if error.gaussian is None else f"{error.gaussian:.2f}"
        values = (error.mean_absolute, error.root_mean_square, error.standard_error)
        yield (error.metric, *(f"{value:.3f}" for value in values), f"{ratio:.2f}", normal, f"{error.r2:.5f}", shape)


_HALVES = ("metric", "surrogate - other half", "own half - other half", "standard error of a half")


def _halves(lineups: SampledLineups, points_PS: Units, plan: SurrogatePlan, seed: int) -> Iterator[Row]:
    """The surrogate of one half of the scenarios against the other half, which neither it nor its targets saw."""
    middle = points_PS.shape[1] // 2
    selections, surrogate = _fitted(lineups, points_PS[:, :middle], plan, seed)
    own = selections.held_out["lineups"]
    players_NK = np.argsort(-own.selected_NP, axis=1, kind="stable")[:, : lineups.players_NK.shape[1]]
    other = lineup_metrics(points_PS[:, middle:], players_NK, plan.network.levels)
    predicted_NM = predict(surrogate, own.selected_NP)
    for column, name in enumerate(metric_names(plan.network.levels)):
        missed = (values[:, column] - other.values_NM[:, column] for values in (predicted_NM, own.values_NM))
        yield (name, *(f"{_rms(some):.3f}" for some in (*missed, other.errors_NM[:, column])))


_SLOPES = ("method", "rms from the simulation's slope", "noise of that slope")


def _slopes(surrogate: Surrogate, points_PS: Units, selections: Selections) -> Iterator[Row]:
    """The exact slope is a player's mean in the lineup's best 1 % of scenarios, known from those few scenarios only."""
    truth: SimulatedMetrics = selections.held_out["neighbour"]
    selected = torch.from_numpy(truth.selected_NP[:200]).requires_grad_()
    metrics = surrogate(selected)
    parts = [metrics.tail_mean, metrics.mean, metrics.sd]
    tail, mean, sd = (torch.autograd.grad(p.sum(), selected, retain_graph=True)[0].numpy() for p in parts)
    points = (points_PS / UNITS_PER_POINT).astype(np.float32)
    count = round(points.shape[1] * (1 - _TOP))
    best = [np.argpartition(row @ points, -count)[-count:] for row in truth.selected_NP[:200]]
    exact = np.array([points[:, some].mean(axis=1) for some in best])
    noise = np.array([points[:, some].std(axis=1) for some in best]) / np.sqrt(count)
    normal = mean + NormalDist().pdf(NormalDist().inv_cdf(_TOP)) / (1 - _TOP) * sd
    for name, slope in (("surrogate", tail), ("normal distribution", normal), ("mean alone", mean)):
        yield name, f"{_rms(slope - exact):.3f}", f"{_rms(noise):.3f}"


_SPEEDS = ("method", "lineups/s", "against the simulation")


def _speeds(surrogate: Surrogate, points_PS: Units, players_NK: npt.NDArray[np.intp], repeats: int) -> Iterator[Row]:
    selected_NP = np.zeros((len(players_NK), len(points_PS)), dtype=np.float32)
    np.put_along_axis(selected_NP, players_NK, 1.0, axis=1)
    levels = surrogate.levels
    ways: dict[str, Callable[[], object]] = {
        "simulation: gather, sum, partition for all quantiles": lambda: _partitioned(points_PS, players_NK, levels),
        "simulation: the same for p99 alone": lambda: _partitioned(points_PS, players_NK, (_TOP,)),
        "simulation: mean above p99 and its gradient": lambda: _sloped(points_PS, players_NK),
        "surrogate: all metrics, by weights": lambda: predict(surrogate, selected_NP),
        "surrogate: all metrics, by indices": lambda: _indexed(surrogate, players_NK),
        "surrogate: mean above p99 and its gradient, by weights": lambda: _differentiated(surrogate, selected_NP),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            start = time.process_time()
            way()
            seconds[name].append(time.process_time() - start)
    rates = {name: len(players_NK) / median(some) for name, some in seconds.items()}
    first = next(iter(rates.values()))
    yield from ((name, f"{rate:,.0f}", f"{rate / first:.1f} x") for name, rate in rates.items())


def _partitioned(points_PS: Units, players_NK: npt.NDArray[np.intp], levels: Sequence[float]) -> None:
    """The quickest way in numpy: whole units, and one partition for all levels, in blocks that fit the cache."""
    places = [level * (points_PS.shape[1] - 1) for level in levels]
    around = sorted({int(place) + step for place in places for step in (0, 1)})
    for start in range(0, len(players_NK), 100):
        np.partition(select.score(points_PS, players_NK[start : start + 100]), around, axis=1)


def _sloped(points_PS: Units, players_NK: npt.NDArray[np.intp]) -> None:
    """Mean of each player in a lineup's best scenarios: the gradient of the lineup's mean there."""
    count = round(points_PS.shape[1] * (1 - _TOP))
    for start in range(0, len(players_NK), 100):
        units_LS = select.score(points_PS, players_NK[start : start + 100])
        for best in np.argpartition(units_LS, -count, axis=1)[:, -count:]:
            points_PS[:, best].mean(axis=1)


def _indexed(surrogate: Surrogate, players_NK: npt.NDArray[np.intp]) -> None:
    with torch.inference_mode():
        surrogate.of_lineups(torch.from_numpy(players_NK))


def _differentiated(surrogate: Surrogate, selected_NP: npt.NDArray[np.float32]) -> None:
    for block in torch.split(torch.from_numpy(selected_NP), _BLOCK):
        selected = block.clone().requires_grad_()
        torch.autograd.grad(surrogate(selected).tail_mean.sum(), selected)


def _rms(values: npt.NDArray[np.floating]) -> float:
    return float(np.sqrt((values.astype(np.float64) ** 2).mean()))


def _stored(settings: Settings, week: Week) -> tuple[Slate, Units]:
    scenarios = Scenarios.load(scenarios_dir(settings, DOMAIN, week))
    return simulated_slate(load_slate(settings, DOMAIN, week), scenarios)


def _invented(scenarios: int = 10_000) -> tuple[Slate, Units]:
    """13 games of two teams; points skewed, in proportion to the price, and correlated within game and team."""
    generator = np.random.default_rng(1)
    places = [(game, side, position) for game in range(_GAMES) for side in "ab" for position in _POSITIONS]
    salaries = (2500 + generator.gamma(1.5, 1100, len(places)).clip(0, 6500)).round(-2).astype(int)
    players = tuple(
        SlatePlayer(player_id=f"p{n}", name=f"p{n}", position=pos, team=f"g{g}{s}", game_id=f"g{g}", salary=int(price))
        for n, ((g, s, pos), price) in enumerate(zip(places, salaries, strict=True))
    )
    own_PS = generator.gamma(1.3, 1 / 1.3, (len(places), scenarios))
    team_TS = generator.gamma(4.0, 0.25, (2 * _GAMES, scenarios)).repeat(len(_POSITIONS), axis=0)
    game_GS = generator.gamma(6.0, 1 / 6, (_GAMES, scenarios)).repeat(2 * len(_POSITIONS), axis=0)
    units_PS = (salaries / 1000 * 2.0 * UNITS_PER_POINT)[:, None] * own_PS * team_TS * game_GS
    slate = Slate(Week(2015, 1), tuple(f"g{game}" for game in range(_GAMES)), players, (), 0, {})
    return slate, units_PS.clip(0, 3500).astype(np.int16)


def _table(title: str, header: Sequence[str], rows: Iterator[Row]) -> None:
    print(f"{title}\n")
    for row in (header, ["---"] * len(header), *rows):
        print("| " + " | ".join(map(str, row)) + " |")
    print()


def _processor() -> str:
    return platform.processor() or platform.machine()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--week", default="", help="A week whose scenarios are stored; without it points are invented.")
    for name, default in (("lineups", 4000), ("repeats", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
