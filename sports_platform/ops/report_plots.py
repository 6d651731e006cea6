"""Plots of the report, each as a data URI so that the page is one file.

Belongs here: drawing. The numbers come from `comparison` and the stored portfolio.
"""

import base64
import io
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from sports_platform.ops.comparison import PlayerComparison

_SIMULATED, _ACTUAL, _GREY = "#2f6db3", "#d1495b", "#9aa5b1"


def embedded(path: Path) -> str:
    """A stored PNG as a data URI."""
    return _uri(path.read_bytes())


def scatter(comparison: PlayerComparison) -> str:
    """Actual against simulated mean points, a dot a player, red outside his 80 % interval."""
    players = comparison.players
    inside = players["actual"].is_between(players["low"], players["high"])
    figure = Figure(figsize=(6, 4.4), layout="constrained")
    axes = figure.subplots()
    for flag, colour, label in ((True, _SIMULATED, "inside the 80 % interval"), (False, _ACTUAL, "outside")):
        chosen = players.filter(inside if flag else ~inside)
        axes.scatter(chosen["mean"], chosen["actual"], s=12, alpha=0.7, color=colour, label=label)
    top = max(float(players["mean"].to_numpy().max()), 1.0)
    axes.plot([0, top], [0, top], color=_GREY, linewidth=0.8)
    axes.set(xlabel="simulated mean, points", ylabel="actual, points")
    axes.legend(frameon=False)
    return _rendered(figure)


def exposures(table: pl.DataFrame, limit: int = 30) -> str:
    """Share of the lineups each of the most used players is in."""
    top = table.head(limit).reverse()
    figure = Figure(figsize=(6, 0.22 * len(top) + 0.8), layout="constrained")
    axes = figure.subplots()
    names = [f"{name} ({position}, {team})" for name, position, team in top.select("name", "position", "team").rows()]
    axes.barh(names, 100 * top["share"].to_numpy(), color=_SIMULATED)
    axes.set(xlabel="% of the lineups", xlim=(0, 100))
    axes.tick_params(axis="y", labelsize=8)
    return _rendered(figure)


def lineups(metrics: pl.DataFrame) -> str:
    """10th to 90th percentile, median and mean of each lineup, and its actual points where known."""
    rows = metrics.reverse()
    figure = Figure(figsize=(6, 0.24 * len(rows) + 0.9), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(rows))
    axes.hlines(places, rows["p10"], rows["p90"], color=_SIMULATED, linewidth=4, alpha=0.35, label="10 % to 90 %")
    axes.plot(rows["p50"], places, "|", color=_SIMULATED, markersize=9, label="median")
    axes.plot(rows["mean"], places, "o", color=_SIMULATED, markersize=4, label="mean")
    if "actual" in rows.columns:
        axes.plot(rows["actual"], places, "D", color=_ACTUAL, markersize=4, label="actual")
    axes.set(xlabel="points", ylabel="lineup", yticks=places, yticklabels=[str(n) for n in rows["lineup"]])
    axes.tick_params(axis="y", labelsize=8)
    axes.legend(frameon=False, fontsize=8, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return _rendered(figure)


def _rendered(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return _uri(buffer.getvalue())


def _uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
