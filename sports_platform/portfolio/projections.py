"""Values of players for one candidate: means over a few scenarios drawn at random.

Belongs here: turning the scenario matrix into objectives. A mean over few scenarios keeps what happened
together in them, so that candidates differ in the ways the games can differ.

Legend: P players, S scenarios.
"""

import numpy as np
import numpy.typing as npt

from sports_platform.core.seeds import derive_seed

UNITS_PER_POINT = 50  # scenarios hold units of 0.02 points
# Fewer draws: more extreme games. Tasks take turns, so that every round has some of each.
_DRAWS = (8, 32, 128)
# Breaks ties between players of equal value the same way in every process; in points.
_TIE_BREAK = 0.01


def objective(points_PS: npt.NDArray[np.int16], *, seed: int, task: int) -> list[float]:
    """Points of each player [P] in the eyes of candidate number `task`."""
    generator = np.random.default_rng(derive_seed(seed, "portfolio", "objective", task))
    drawn = generator.integers(points_PS.shape[1], size=_DRAWS[task % len(_DRAWS)])
    mean_P = points_PS[:, drawn].mean(axis=1) / UNITS_PER_POINT
    noisy_P = mean_P + generator.uniform(0.0, _TIE_BREAK, len(mean_P))
    return [float(value) for value in noisy_P.round(6)]
