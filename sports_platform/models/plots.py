"""Plots kept with a model version: learning curves, reliability, class frequencies, PIT.

Belongs here: pictures of arrays from one evaluation. Numbers for the gate are in `evaluate.py`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sports_platform.core.domain import Head, ModelPlan
from sports_platform.models import scores
from sports_platform.models.curve import Epoch
from sports_platform.models.dataset import PlayData
from sports_platform.models.heads import head_slices

_BINS = 10


def draw_all(
    folder: Path,
    curves: Sequence[Sequence[Epoch]],
    output_NW: npt.NDArray[np.float32],
    data: PlayData,
    plan: ModelPlan,
) -> None:
    """Write every plot as PNG to `folder`; `output_NW` are the probabilities of the rows of `data`."""
    folder.mkdir()
    slices = head_slices(plan.heads)
    scored = {h.name: scores.select(output_NW, h, slices[h.name], data.labels[h.name]) for h in plan.heads}
    _curves(folder / "learning_curves.png", curves)
    names = plan.class_names[plan.calibrated_head]
    _panels(
        folder / f"reliability_{plan.calibrated_head}.png",
        names,
        lambda axes, place: _reliability(axes, scored[plan.calibrated_head], place),
    )
    unordered = [head for head in plan.heads if not head.edges and head.classes > 2]
    _panels(
        folder / "class_shares.png",
        [head.name for head in unordered],
        lambda axes, place: _shares(axes, scored[unordered[place].name]),
    )
    ordered = [head for head in plan.heads if head.edges]
    _panels(
        folder / "pit.png",
        [head.name for head in ordered],
        lambda axes, place: _pit(axes, scored[ordered[place].name], ordered[place]),
    )


def _curves(path: Path, curves: Sequence[Sequence[Epoch]]) -> None:
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for member, curve in enumerate(curves):
        epochs, colour = [point.epoch for point in curve], f"C{member}"
        axes.plot(
            epochs, [point.training for point in curve], colour + ":", label=f"member {member}, training (dropout)"
        )
        axes.plot(epochs, [point.validation for point in curve], colour, label=f"member {member}, validation")
    axes.set(xlabel="epoch", ylabel="nats a play", title="Total loss")
    axes.legend()
    figure.savefig(path, dpi=90)


def _panels(path: Path, titles: Sequence[str], draw: Callable[[Axes, int], None]) -> None:
    columns = min(3, len(titles))
    rows = -(-len(titles) // columns)
    figure = Figure(figsize=(4 * columns, 3.2 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for place, axes in enumerate(grid.flat):
        if place < len(titles):
            draw(axes, place)
            axes.set_title(titles[place])
        else:
            axes.axis("off")
    figure.savefig(path, dpi=90)


def _reliability(axes: Axes, scored: scores.Scored, place: int) -> None:
    """Seen against predicted frequency of one class, in bins of equal numbers of rows."""
    p = scored.p_nC[:, place]
    order = np.argsort(p, kind="stable")
    chunks = [chunk for chunk in np.array_split(order, _BINS) if len(chunk)]
    predicted = np.array([p[chunk].mean() for chunk in chunks])
    seen = np.array([(scored.low_n[chunk] == place).mean() for chunk in chunks])
    noise = np.array([1.96 * np.sqrt((p[chunk] * (1 - p[chunk])).sum()) / len(chunk) for chunk in chunks])
    top = max(float(predicted.max()), float(seen.max()), 1e-3)
    axes.plot([0, top], [0, top], color="grey", linewidth=0.8)
    axes.errorbar(predicted, seen, yerr=noise, fmt="o", markersize=3)
    axes.set(xlabel="predicted", ylabel="seen")


def _shares(axes: Axes, scored: scores.Scored) -> None:
    """Mean predicted probability of each class beside its frequency."""
    classes = np.arange(scored.p_nC.shape[1])
    seen = np.bincount(scored.low_n, minlength=len(classes)) / max(len(scored.low_n), 1)
    axes.bar(classes - 0.2, scored.p_nC.mean(axis=0) if len(scored.p_nC) else seen, width=0.4, label="predicted")
    axes.bar(classes + 0.2, seen, width=0.4, label="seen")
    axes.set(xlabel="class", ylabel="share")
    axes.legend()


def _pit(axes: Axes, scored: scores.Scored, head: Head) -> None:
    """PIT of the rows whose outcome is known; where long gains are censored the right end is lower for that."""
    axes.hist(scores.pit(scored, seed=len(head.name)), bins=20, range=(0, 1), density=True)
    axes.axhline(1, color="grey", linewidth=0.8)
    axes.set(xlabel="PIT, randomised within bins", ylabel="density")
