"""Pictures of simulated against real games, one a theme: distributions, PIT, winners, correlations.

Belongs here: drawing of what `games`, `rows` and `winprob` give.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sports_platform.simulation.fidelity.games import F64, Games
from sports_platform.simulation.fidelity.report import FidelityReport, Setting
from sports_platform.simulation.fidelity.rows import CORRELATIONS
from sports_platform.simulation.winprob import WinBin, results, score, win_probabilities

_REAL, _BINS, _PIT_BINS = "0.65", 30, 10

Draw = Callable[[Axes], None]


def draw_all(folder: Path, report: FidelityReport, judged_stats: Sequence[str]) -> None:
    """Write every picture as PNG to `folder`; `judged_stats` are the team statistics whose distributions are shown."""
    first = next(iter(report.settings.values()))
    names = [name for name in judged_stats if name in first.games.stats]
    _panels(
        folder / "distributions.png",
        {name: _distribution(report, name) for name in ("margin", "total", *names)},
    )
    _panels(folder / "pit.png", {name: _pit(report, name) for name in first.places})
    _panels(folder / "winners.png", {"Chance of the home team": lambda axes: _winners(axes, report)})
    _panels(folder / "correlations.png", {CORRELATIONS: lambda axes: _correlations(axes, report)})


def _panels(path: Path, panels: Mapping[str, Draw]) -> None:
    columns = min(3, len(panels))
    figure = Figure(figsize=(5 * columns, 3.6 * -(-len(panels) // columns)), layout="constrained")
    grid = figure.subplots(-(-len(panels) // columns), columns, squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.axis("off")
    for axes, (title, draw) in zip(grid.flat, panels.items(), strict=False):
        draw(axes)
        axes.set_title(title)
    figure.savefig(path, dpi=90)


def _values(games: Games, name: str) -> tuple[npt.NDArray[np.int16], F64]:
    if name == "margin":
        return games.margins, games.real_margins
    if name == "total":
        return games.totals, games.real_scores_G2.sum(axis=1)
    return games.stats[name], games.real_stats[name]


def _distribution(report: FidelityReport, name: str) -> Draw:
    def draw(axes: Axes) -> None:
        for place, (draws, setting) in enumerate(report.settings.items()):
            simulated, real = _values(setting.games, name)
            # Whole numbers a bin, so that the bars of scores are not an accident of the edges.
            low, high = int(min(simulated.min(), real.min())), int(max(simulated.max(), real.max())) + 1
            width = max(1, -(-(high - low) // _BINS))
            edges = np.arange(low, high + width, width) - 0.5
            if place == 0:
                axes.hist(real.ravel(), edges.tolist(), density=True, color=_REAL, label="real")
            density, _ = np.histogram(simulated, edges, density=True)
            axes.stairs(density, edges, color=f"C{place}", label=_label(draws))
        axes.legend(frameon=False)

    return draw


def _pit(report: FidelityReport, name: str) -> Draw:
    def draw(axes: Axes) -> None:
        for place, (draws, setting) in enumerate(report.settings.items()):
            places_N = setting.places[name][0]
            density, edges = np.histogram(places_N, _PIT_BINS, (0, 1), density=True)
            axes.stairs(density, edges, color=f"C{place}", label=_label(draws))
            # Two standard deviations of a bin's density if the places are uniform.
            noise = 2 * np.sqrt((_PIT_BINS - 1) / len(places_N))
        axes.axhspan(1 - noise, 1 + noise, color=_REAL, alpha=0.4)
        axes.set(xlabel="place of the real value among the scenarios", ylabel="density", ylim=(0, None))
        axes.legend(frameon=False, loc="lower center")

    return draw


def _winners(axes: Axes, report: FidelityReport) -> None:
    axes.plot([0, 1], [0, 1], color=_REAL)
    for place, (draws, setting) in enumerate(report.settings.items()):
        bins = _scored(setting)
        axes.errorbar(
            [found.expected for found in bins],
            [found.seen for found in bins],
            [found.noise for found in bins],
            fmt="o",
            color=f"C{place}",
            label=_label(draws),
        )
    axes.set(xlabel="simulated", ylabel="seen, two standard errors")
    axes.legend(frameon=False)


def _scored(setting: Setting) -> Sequence[WinBin]:
    games = setting.games
    return score(win_probabilities(games.scores_G2S), results(games.real_scores_G2.astype(np.int64))).bins


def _correlations(axes: Axes, report: FidelityReport) -> None:
    for place, (draws, setting) in enumerate(report.settings.items()):
        rows = [row for row in setting.rows if row.theme == CORRELATIONS]
        height = np.arange(len(rows)) + 0.2 * (place + 1)
        real = np.array([row.real for row in rows])
        # The interval of the difference, drawn about the simulated value: real should lie within.
        simulated = np.array([row.simulated for row in rows])
        reach = np.array([[row.difference - row.low, row.high - row.difference] for row in rows]).reshape(-1, 2).T
        if place == 0:
            axes.plot(real, np.arange(len(rows)), "k|", markersize=14, label="real")
            axes.set_yticks(np.arange(len(rows)), [row.name for row in rows])
        axes.errorbar(simulated, height, xerr=np.abs(reach), fmt="o", color=f"C{place}", label=_label(draws))
    axes.axvline(0, color=_REAL)
    axes.legend(frameon=False)


def _label(draws: int) -> str:
    return "simulated" if draws == 1 else f"simulated, {draws} strength draws"
