"""What the betting market says of an NFL game: the chance of a win that a closing spread implies.

Belongs here: the meaning of `lines`. The market knows injuries and weather until kick-off: a reference, never an input.
"""

from math import erf, sqrt
from typing import cast

import polars as pl
import pyarrow as pa

# Final margins scatter about the closing spread like a normal distribution, in points.
MARGIN_SD = 13.5


def closing_win_probabilities(lines: pa.Table) -> pa.Table:
    """`game_id, home_win` of the games with a closing spread."""
    closed = cast(pl.DataFrame, pl.from_arrow(lines)).drop_nulls("spread_line")
    chances = [win_probability(spread) for spread in closed["spread_line"].to_list()]
    return closed.select("game_id").with_columns(pl.Series("home_win", chances, dtype=pl.Float64)).to_arrow()


def win_probability(spread: float) -> float:
    """Chance that the home team wins when it is favoured by `spread` points."""
    return (1 + erf(spread / (MARGIN_SD * sqrt(2)))) / 2


def closing_lines(lines: pa.Table) -> pa.Table:
    """`game_id, margin, total` of the games with a closing spread and total, home less away."""
    closed = cast(pl.DataFrame, pl.from_arrow(lines)).drop_nulls(["spread_line", "total_line"])
    return closed.select("game_id", margin="spread_line", total="total_line").to_arrow()
