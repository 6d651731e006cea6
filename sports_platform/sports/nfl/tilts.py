"""What of a class of yards its logit moves with when a whole distribution is tilted: by a strength, or by the years.

Legend: C classes of yards, T tilts.
"""

import numpy as np
import numpy.typing as npt

from sports_platform.sports.nfl.outcomes import YARD_CAP, YARD_LOWS

# Beyond these a yard more or less is no sign of strength.
_FEWEST, _MOST = -10.0, 40.0
_EXPLOSIVE = 20


def yard_tilts() -> npt.NDArray[np.float32]:
    """Of each class [C, T]: tens of yards, whether it is a loss or no gain, whether it is an explosive gain."""
    edges = np.array([*YARD_LOWS, YARD_CAP])
    middle = np.clip((edges[:-1] + edges[1:] - 1) / 2, _FEWEST, _MOST)
    return np.stack([middle / 10, middle <= 0, middle >= _EXPLOSIVE], axis=1).astype(np.float32)
