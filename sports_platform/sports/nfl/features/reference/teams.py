"""Rates of both sides of every club, of the league and of the betting market, from the games known at a cut-off.

Belongs here: decay, shrinkage towards the league's average and the adjustment for opponents. Counts are `games`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sports_platform.sports.nfl.features.counts import (
    ADJUSTED_RATES,
    LEAGUE_RATES,
    QUARTERBACK_RATES,
    TEAM_RATES,
)
from sports_platform.sports.nfl.features.reference.known import Known, halving, number_from_one, rates, ratio, rounded

_MILLION = 1_000_000
_BILLION = 1_000_000_000
_HALF_LIFE = 8  # games
_AVERAGE_GAMES = 5 * _MILLION  # games at the league's average that every side is given
_KEYS = ("game_id", "version", "season", "week", "team", "opponent")


@dataclass(frozen=True)
class Teams:
    """Tables by `club` and `side`: own rates, rates against average opponents. `market` by `club`.

    `league_game` holds the counts of an average team game, `league` the rates of it: one row, or none at all when no
    game is known.
    """

    rates: pl.DataFrame
    adjusted: pl.DataFrame
    market: pl.DataFrame
    league_game: pl.DataFrame
    league: pl.DataFrame


def team_figures(games: pl.DataFrame, clubs: pl.Series, known: Known) -> Teams:
    """What is known of the clubs, and of all that have played."""
    counts = [name for name in games.columns if name not in _KEYS]
    history = _history(games)
    of_offence = history.filter(side="offence")
    average = of_offence.select(*(pl.col(name).sum() / pl.len() for name in counts), games=pl.lit(1.0))
    league_game = average.head(int(not of_offence.is_empty()))
    league = league_game.select(rates({name: TEAM_RATES[name] for name in (*LEAGUE_RATES, *ADJUSTED_RATES)}))
    shrunk = _shrunk(history, clubs, league_game, counts)
    own = shrunk.select("club", "side", *rates(TEAM_RATES))
    adjusted = _adjusted(history, own, league_game, league)
    return Teams(own, adjusted, _market(of_offence, known.lines), league_game, league)


def league_levels(teams: Teams, expected: pl.DataFrame) -> pl.DataFrame:
    """The mean of every figure over the clubs, of quarterbacks over the `expected` ones: one row."""
    rated, adjusted = (rows.filter(side="offence") for rows in (teams.rates, teams.adjusted))
    return pl.concat(
        [
            _means(rated, list(TEAM_RATES)),
            _means(adjusted, ADJUSTED_RATES).select(pl.all().name.prefix("adjusted_")),
            _means(teams.market, ["total"]).select(market_total="total"),
            _means(expected, list(QUARTERBACK_RATES)).select(pl.all().name.prefix("qb_")),
        ],
        how="horizontal",
    )


def _means(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Of whole billionths, whose sums are exact in any order; null where nothing is known."""
    sums = {name: rounded(_BILLION * pl.col(name)).sum() for name in names}
    return rows.select((ratio(total, pl.col(name).count()) / _BILLION).alias(name) for name, total in sums.items())


def _history(games: pl.DataFrame) -> pl.DataFrame:
    """Each game twice, as attack of its team and as defence of the opponent, weighted by how long ago it was."""
    offence = games.with_columns(side=pl.lit("offence"), club="team", met="opponent")
    defence = games.with_columns(side=pl.lit("defence"), club="opponent", met="team")
    newest_first = pl.concat([offence, defence]).sort(
        "season", "week", "game_id", descending=[True, True, False], maintain_order=True
    )
    return newest_first.with_columns(weight=halving(_MILLION, number_from_one("club", "side") - 1, _HALF_LIFE))


def _shrunk(history: pl.DataFrame, clubs: pl.Series, league_game: pl.DataFrame, counts: list[str]) -> pl.DataFrame:
    """Decayed sums of each side with five average games added."""
    weight = pl.col("weight")
    sums = history.group_by("club", "side").agg(
        weight.sum().alias("games"), *((weight * pl.col(name)).sum().alias(name) for name in counts)
    )
    playing = clubs.to_frame("club").join(pl.DataFrame({"side": ["offence", "defence"]}), how="cross")
    everyone = pl.concat([sums.select("club", "side"), playing]).unique(maintain_order=True)
    joined = everyone.join(sums, on=["club", "side"], how="left").join(league_game, how="cross", suffix="_average")
    return joined.select(
        "club",
        "side",
        *(pl.col(name).fill_null(0) + _AVERAGE_GAMES * pl.col(f"{name}_average") for name in ("games", *counts)),
    )


def _adjusted(
    history: pl.DataFrame, own: pl.DataFrame, league_game: pl.DataFrame, league: pl.DataFrame
) -> pl.DataFrame:
    """A side's rate less what its opponents' other side gives up to anybody, plus the league's."""
    faced = own.select(
        met="club",
        side=pl.when(side="offence").then(pl.lit("defence")).otherwise(pl.lit("offence")),
        **{f"{name}_met": pl.col(name) for name in ADJUSTED_RATES},
    )
    met = history.with_columns(games=pl.lit(1, pl.Int64)).join(faced, on=["met", "side"])
    sums = met.group_by("club", "side").agg(
        *(_tries(name).sum().alias(f"{name}_tries") for name in ADJUSTED_RATES),
        *(rounded(_tries(name) * pl.col(f"{name}_met")).sum().alias(f"{name}_expected") for name in ADJUSTED_RATES),
    )
    of_league = league_game.select(pl.all().name.suffix("_average")).hstack(league.select(pl.all().name.suffix("_all")))
    joined = own.join(sums, on=["club", "side"], how="left").join(of_league, how="cross")
    return joined.select("club", "side", *(_against_average(name) for name in ADJUSTED_RATES))


def _tries(rate: str) -> pl.Expr:
    return pl.col("weight") * pl.col(TEAM_RATES[rate][1])


def _against_average(rate: str) -> pl.Expr:
    added = _AVERAGE_GAMES * pl.col(f"{TEAM_RATES[rate][1]}_average")
    league = pl.col(f"{rate}_all")
    expected = pl.col(f"{rate}_expected").fill_null(0) + added * league
    return (pl.col(rate) - ratio(expected, pl.col(f"{rate}_tries").fill_null(0) + added) + league).alias(rate)


def _market(of_offence: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Closing totals of each club's known games and its own part of them, decayed as its games are."""
    closed = lines.drop_nulls(["total_line", "spread_line"]).select("game_id", "home_team", "total_line", "spread_line")
    games = of_offence.select("club", "game_id", "weight").join(closed, on="game_id")
    margin = pl.when(pl.col("club") == pl.col("home_team")).then(1).otherwise(-1) * pl.col("spread_line")
    total = rounded(4 * pl.col("total_line"))
    points = rounded(4 * (pl.col("total_line") + margin) / 2)
    weight = pl.col("weight")
    return games.group_by("club").agg(
        total=(weight * total).sum() / weight.sum() / 4, points=(weight * points).sum() / weight.sum() / 4
    )
