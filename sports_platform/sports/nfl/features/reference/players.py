"""Who may play, who is expected at quarterback, and who gets the ball: the players' part of the context.

Belongs here: candidates, their decayed counts, and the slots. Players' counts of a game are `games`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from sports_platform.sports.nfl.features.counts import QUARTERBACK_RATES, SLOT_RATES
from sports_platform.sports.nfl.features.reference.known import (
    Known,
    halving,
    number_from_one,
    rates,
    ratio,
    rounded,
)
from sports_platform.sports.nfl.outcomes import PLAYER_GROUPS, RECEIVER_SLOTS, RUSHER_SLOTS

_MILLION, _BILLION = 1_000_000, 1_000_000_000
_BACKS = ("FB", "HB")
_SEEN_WEEKS = 10  # how long a player still counts as his team's where it has no price list
_YOUNG_SEASON = 4  # weeks in which the season before counts too
_WEEKS_OF_SEASON = 21
_AVERAGE_GAMES = 2 * _MILLION  # of the quarterback
_AVAILABILITY = (100, 40, 25, 20, 15, 12, 5)  # by games missed, in hundredths
_SAID = ("gsis_id", "team", "position", "premium", "is_listed", "availability")
_ROLES = ("receiver", "rusher")


class _Prior(NamedTuple):
    """Tries that a player is given in millionths, and at which share of the team's."""

    tries: pl.Expr
    share: pl.Expr


def candidates(known: Known, team_games: pl.DataFrame) -> pl.DataFrame:
    """`gsis_id, team, position, premium, is_listed, availability`: a team's price list, and who was last seen with it.

    Beside a site's own list nobody else. The last is how likely he plays, in hundredths of who has missed no game.
    """
    newest = _newest_prices(known)
    listed = newest.filter(week=known.week.number)
    this_season = (pl.col("season") == known.week.season) & (pl.col("week") >= known.week.number - _SEEN_WEEKS)
    last_season = (pl.col("season") == known.week.season - 1) & (known.week.number <= _YOUNG_SEASON)
    seen = known.players.filter(this_season | last_season).sort("season", "week", descending=True)
    last_seen = seen.unique("gsis_id", keep="first", maintain_order=True)
    on_sites_own = listed.filter(pl.col("site_player_id").is_not_null()).select("team").unique()
    unlisted = last_seen.join(listed, on="gsis_id", how="anti").join(on_sites_own, on="team", how="anti")
    both = pl.concat([rows.select("gsis_id", "team", "position") for rows in (listed, unlisted)])
    people = both.with_columns(position=player_group()).filter(pl.col("position") != PLAYER_GROUPS[-1])
    priced = newest.select("gsis_id", "premium", is_listed=pl.col("week") == known.week.number)
    return _available(people.join(priced, on="gsis_id", how="left"), known, team_games)


def _available(people: pl.DataFrame, known: Known, team_games: pl.DataFrame) -> pl.DataFrame:
    """With `availability`, by how many games of the season his team has had since he was last seen with any."""
    of_season = pl.col("season") == known.week.season
    last = known.players.filter(of_season).group_by("gsis_id").agg(last_seen=pl.col("week").max())
    played = team_games.filter(of_season).group_by("team").agg(played=pl.col("week"))
    rows = people.join(last, on="gsis_id", how="left").join(played, on="team", how="left").with_row_index("row")
    games = rows.select("row", "last_seen", "played").explode("played")
    since = games.filter(pl.col("played") > pl.col("last_seen").fill_null(0)).group_by("row").agg(missed=pl.len())
    missed = pl.col("missed").fill_null(0).clip(upper_bound=len(_AVAILABILITY) - 1)
    return (
        rows.join(since, on="row", how="left", maintain_order="left")
        .with_columns(availability=missed.replace_strict(dict(enumerate(_AVAILABILITY)), return_dtype=pl.Int64))
        .drop("row", "last_seen", "played", "missed")
    )


def _newest_prices(known: Known) -> pl.DataFrame:
    """Each player's newest price of the season; `premium` thousands above the cheapest of his position on its list."""
    prices = known.slates.filter(
        pl.col("gsis_id").is_not_null(),
        ~pl.col("position").is_in(["K", "DST"]),
        pl.col("season") == known.week.season,
        pl.col("week") <= known.week.number,
    )
    cheapest = pl.col("salary").min().over("week", "position")
    newest_first = prices.with_columns(premium=(pl.col("salary") - cheapest) / 1000).sort(
        "week", "salary", "team", "position", descending=[True, True, False, False]
    )
    return newest_first.unique("gsis_id", keep="first", maintain_order=True)


def player_group() -> pl.Expr:
    """The position as one of PLAYER_GROUPS."""
    position = pl.when(pl.col("position").is_in(_BACKS)).then(pl.lit("RB")).otherwise(pl.col("position"))
    return pl.when(position.is_in(PLAYER_GROUPS)).then(position).otherwise(pl.lit(PLAYER_GROUPS[-1]))


def usage(people: pl.DataFrame, known: Known, team_games: pl.DataFrame, player_games: pl.DataFrame) -> pl.DataFrame:
    """Candidates with decayed sums of their own counts, and of their teams' targets and runs in the same games."""
    of_team = team_games.select("season", "week", "team", team_targets="targets", team_carries="carries")
    counts = [name for name in player_games.columns if name not in ("game_id", "version", "season", "week", "gsis_id")]
    games = (
        _appearances(people, known)
        .join(of_team, on=["season", "week", "team"])
        .join(player_games.drop("game_id", "version"), on=["season", "week", "gsis_id"], how="left")
    )
    share, rate, recent = pl.col("share"), pl.col("rate"), pl.col("recent")
    sums = games.group_by("gsis_id").agg(
        *((rate * pl.col(name)).sum().alias(name) for name in counts),
        share_targets=(share * pl.col("targets")).sum(),
        team_targets=(share * pl.col("team_targets")).sum(),
        share_carries=(share * pl.col("carries")).sum(),
        team_carries=(share * pl.col("team_carries")).sum(),
        recent_attempts=(recent * pl.col("attempts")).sum(),
    )
    counted = people.join(sums, on="gsis_id", how="left").with_columns(pl.exclude(_SAID).fill_null(0))
    return counted.with_columns(recent_attempts=pl.col("availability") * pl.col("recent_attempts"))


def _appearances(people: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Weeks in which each candidate was seen with a team, newest first, with the weights of that week's game."""
    seen = known.players.select("gsis_id", "season", "week", "team")
    newest_first = people.select("gsis_id").join(seen, on="gsis_id").sort("season", "week", descending=True)
    games_ago = number_from_one("gsis_id") - 1
    weeks_ago = _WEEKS_OF_SEASON * (known.week.season - pl.col("season")) + known.week.number - pl.col("week")
    return newest_first.with_columns(
        share=halving(_MILLION, games_ago, 4),
        rate=halving(_MILLION, games_ago, 8),
        recent=halving(_BILLION, weeks_ago, 2),
    )


def quarterbacks(used: pl.DataFrame, league_game: pl.DataFrame) -> pl.DataFrame:
    """The expected quarterback of each `team`, with his rates: whom the week's prices name, or the usual one.

    The usual one has the most recent attempts; another who costs more than the cheapest takes his place.
    """
    by_attempts = used.filter(position="QB").sort("recent_attempts", "gsis_id", descending=[True, False])
    another = (number_from_one("team") > 1) & pl.col("is_listed")
    named = by_attempts.with_columns(named=pl.when(another).then("premium").otherwise(0.0))
    ranked = named.sort("named", descending=True, maintain_order=True).drop("named")
    first = ranked.unique("team", keep="first", maintain_order=True)
    return passing(first, used, league_game).drop("position")


def passing(people: pl.DataFrame, used: pl.DataFrame, league_game: pl.DataFrame) -> pl.DataFrame:
    """Rates of people as passers, two average games added; quarterbacks' part of their recent attempts."""
    of_team = used.filter(position="QB").group_by("team").agg(team_recent=pl.col("recent_attempts").sum())
    counts = sorted({name for pair in QUARTERBACK_RATES.values() for name in pair} - {"dropbacks"})
    average = league_game.select(*(pl.col(name).alias(f"{name}_average") for name in counts))
    # Without a single game known there is no average: one row of nulls.
    average = average if average.height else average.clear(1)
    tries = ("attempts", "sacks", "scrambles")
    joined = people.join(of_team, on="team", how="left", maintain_order="left").join(average, how="cross")
    shrunk = joined.select(
        "team",
        "gsis_id",
        "position",
        *(pl.col(name) + _AVERAGE_GAMES * pl.col(f"{name}_average") for name in counts),
        known_attempts=pl.col("attempts") / _MILLION,
        recent_share=ratio(pl.when(position="QB").then("recent_attempts").otherwise(0), pl.col("team_recent")),
        dropbacks=_total(tries) + _AVERAGE_GAMES * _total([f"{name}_average" for name in tries]),
    )
    return shrunk.select("team", "gsis_id", "position", "known_attempts", "recent_share", *rates(QUARTERBACK_RATES))


def _total(names: Sequence[str]) -> pl.Expr:
    first, *others = (pl.col(name) for name in names)
    return sum(others, first)


def slots(used: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """Of each `team` the receivers and rushers in slots, most used first: ids, shares, rates and what they are."""
    position = pl.col("position")
    receivers, rushers = (competing(used, expected, role) for role in _ROLES)
    group = position.replace_strict({"WR": 0, "TE": 1}, default=2)
    numbered = {
        "receiver": _numbered(receivers, used, "receiver").with_columns(
            group=group, is_te=(group == 1).cast(pl.Int32), is_rb=(group == 2).cast(pl.Int32)
        ),
        "rusher": _numbered(rushers, used, "rusher").with_columns(is_qb=(position == "QB").cast(pl.Int32)),
    }
    teams = pl.concat([rows.select("team") for rows in numbered.values()]).unique(maintain_order=True)
    for role, rows in zip(_ROLES, (receivers, rushers), strict=True):
        left = pl.col("share").sum() / (100 * whole_share(role).sum())
        missing = rows.group_by("team").agg((1.0 - left).alias(f"off_{role}s_missing"))
        teams = teams.join(missing, on="team", how="left", maintain_order="left")
    for role, count in (("receiver", RECEIVER_SLOTS), ("rusher", RUSHER_SLOTS)):
        for slot in range(1, count + 1):
            row = numbered[role].filter(slot=slot).drop("slot", "position")
            named = row.rename({name: f"{role}_{slot}_{name}" for name in row.columns if name != "team"})
            teams = teams.join(named, on="team", how="left", maintain_order="left")
    return teams


def competing(used: pl.DataFrame, expected: pl.DataFrame, role: str) -> pl.DataFrame:
    """Candidates for the places of a role: no quarterback receives, none but the expected one runs."""
    others = used.filter(pl.col("position") != "QB")
    if role == "rusher":
        others = pl.concat([others, used.filter(position="QB").join(expected, on=["team", "gsis_id"], how="semi")])
    return others.with_columns(share=share(role))


def share(role: str) -> pl.Expr:
    """A player's part of his team's tries in hundreds of billionths, by how likely he plays."""
    return pl.col("availability") * whole_share(role)


def whole_share(role: str) -> pl.Expr:
    """The same in billionths if he does, games at the share usual for position and price added."""
    count, prior = ("targets", _targets_prior()) if role == "receiver" else ("carries", _carries_prior())
    own, team = pl.col(f"share_{count}"), pl.col(f"team_{count}")
    return rounded(_BILLION * (own + prior.tries * prior.share) / (team + prior.tries))


def _targets_prior() -> _Prior:
    """Two games of 34 targets."""
    premium = pl.col("premium")
    dearer = _by_position({"WR": 0.13, "TE": 0.11}, 0.055) + _by_position({"WR": 0.045, "TE": 0.047}, 0.015) * premium
    usual = (
        pl.when(premium.is_null())
        .then(_by_position({"WR": 0.05, "TE": 0.04}, 0.03))
        .when(premium == 0)
        .then(_by_position({"WR": 0.034, "TE": 0.011}, 0.014))
        .otherwise(dearer)
    )
    return _Prior(pl.lit(2 * 34 * _MILLION), usual)


def _carries_prior() -> _Prior:
    """Two games of 25 runs, one where there is a price."""
    premium = pl.col("premium")
    usual = (
        pl.when(premium.is_null())
        .then(_by_position({"RB": 0.08, "QB": 0.05}, 0.005))
        .when((premium == 0) | (pl.col("position") != "RB"))
        .then(_by_position({"RB": 0.065, "QB": 0.5}, 0.006))
        .otherwise(0.5 + 0.3 * premium)
    )
    return _Prior(pl.when(premium.is_null()).then(2 * 25 * _MILLION).otherwise(25 * _MILLION), usual)


def _by_position(shares: Mapping[str, float], other: float) -> pl.Expr:
    return pl.col("position").replace_strict(shares, default=other, return_dtype=pl.Float64)


def drawn_rates(rows: pl.DataFrame, used: pl.DataFrame, role: str) -> pl.DataFrame:
    """The role's rates of players, drawn to the mean of all candidates at the position; at no known one, of backs."""
    counts = {name for above, below, _ in SLOT_RATES[role].values() for name in (above, below)}
    means = used.group_by(mean_of="position").agg(*(pl.col(name).sum().alias(f"{name}_all") for name in sorted(counts)))
    mean_of = pl.when(pl.col("position") == PLAYER_GROUPS[-1]).then(pl.lit("RB")).otherwise("position")
    joined = rows.with_columns(mean_of=mean_of).join(means, on="mean_of", how="left", maintain_order="left")
    return joined.with_columns(_drawn_to_mean(*rate).alias(name) for name, rate in SLOT_RATES[role].items())


def _numbered(rows: pl.DataFrame, used: pl.DataFrame, role: str) -> pl.DataFrame:
    """`team, slot, id, share, position` and the role's rates."""
    ranked = rows.sort("share", "gsis_id", descending=[True, False])
    own = pl.col("share")
    return drawn_rates(ranked, used, role).select(
        "team",
        "position",
        *SLOT_RATES[role],
        slot=number_from_one("team"),
        id="gsis_id",
        share=own / own.sum().over("team"),
    )


def _drawn_to_mean(above: str, below: str, tries: int) -> pl.Expr:
    mean = ratio(pl.col(f"{above}_all"), pl.col(f"{below}_all"))
    return (pl.col(above) + tries * _MILLION * mean) / (pl.col(below) + tries * _MILLION)
