"""Simulated against real football: means and deviations per team and game.

Belongs here: the comparison's table. Real team games are `boxscore.team_games`, simulated ones the
engine's team statistics, which count the same things under the same names.
"""

from collections.abc import Mapping
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from sports_platform.sports.nfl.boxscore import team_games


def compare(team_stats: Mapping[str, npt.NDArray[np.int16]], plays: pa.Table, schedules: pa.Table) -> pa.Table:
    """A row a statistic: `statistic, real_mean, simulated_mean, difference_percent, real_sd, simulated_sd`.

    `team_stats` are [G, 2, S] arrays by name; `plays` and finished `schedules` the seasons to compare with.
    """
    real = cast(pl.DataFrame, pl.from_arrow(team_games(plays, schedules)))
    rows = []
    for name, values in team_stats.items():
        seen = real[name].to_numpy().astype(float)
        rows.append(
            {
                "statistic": name,
                "real_mean": float(seen.mean()),
                "simulated_mean": float(values.mean()),
                "difference_percent": float(100 * (values.mean() / seen.mean() - 1)),
                "real_sd": float(seen.std()),
                # Within a game and between games together, as in the real figures.
                "simulated_sd": float(values.astype(np.float64).std()),
            }
        )
    return pa.Table.from_pylist(rows)
