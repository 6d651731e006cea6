"""The two sides of each game of a week with everything known of them: the rows of `game_context`.

Belongs here: fixtures, days of rest, the opening line, and putting the parts together.
"""

from dataclasses import dataclass

import polars as pl

from sports_platform.sports.nfl.features.counts import ADJUSTED_RATES, LEAGUE_RATES
from sports_platform.sports.nfl.features.reference.games import player_games, scrimmage, snaps, team_games
from sports_platform.sports.nfl.features.reference.known import Known
from sports_platform.sports.nfl.features.reference.players import candidates, quarterbacks, slots, usage
from sports_platform.sports.nfl.features.reference.teams import Teams, league_levels, team_figures

_LONGEST_REST = 14  # days
_LATE_SEASON = 13  # week


@dataclass(frozen=True)
class Figures:
    """What is known of the week's teams and of the candidates to play for them."""

    fixtures: pl.DataFrame
    teams: Teams
    used: pl.DataFrame
    expected: pl.DataFrame


def week_figures(known: Known) -> Figures:
    """Everything counted and weighed at the week's cut-off."""
    fixtures = _fixtures(known)
    # Plays of a game are known in versions: the newest is that of the play known last.
    snapped = snaps(known.plays.with_columns(version=pl.col("known_time").max().over("game_id")))
    seen = scrimmage(snapped, known.players_then)
    games = team_games(snapped, seen)
    teams = team_figures(games, fixtures["posteam"], known)
    used = usage(candidates(known, games), known, games, player_games(seen))
    return Figures(fixtures, teams, used, quarterbacks(used, teams.league_game))


def context_rows(known: Known, figures: Figures) -> pl.DataFrame:
    """A row per game and team with the ball; null where nothing is known."""
    slotted = slots(figures.used, figures.expected)
    rows = _joined(figures.fixtures, figures.teams, figures.expected, slotted, known)
    return rows.with_columns(league_priced_rate=pl.lit(figures.used["premium"].is_not_null().mean(), pl.Float64))


def _fixtures(known: Known) -> pl.DataFrame:
    games = known.of_week(known.schedules)
    home = games.with_columns(posteam="home_team", defteam="away_team", is_home=1)
    away = games.with_columns(posteam="away_team", defteam="home_team", is_home=0)
    return pl.concat([home, away])


def _joined(
    fixtures: pl.DataFrame, teams: Teams, expected: pl.DataFrame, slotted: pl.DataFrame, known: Known
) -> pl.DataFrame:
    league = teams.league.select(LEAGUE_RATES) if teams.league.height else teams.league.select(LEAGUE_RATES).clear(1)
    rested = _rest(fixtures, known.schedules)
    rows = fixtures.join(_market_of_the_week(known), on="game_id", how="left")
    for team, side, prefix in (("posteam", "offence", "off_"), ("defteam", "defence", "def_")):
        own = teams.rates.filter(side=side).drop("side")
        adjusted = teams.adjusted.filter(side=side).select("club", pl.col(ADJUSTED_RATES).name.prefix("adjusted_"))
        market = teams.market.select("club", market_total="total", market_points="points")
        rows = rows.join(_prefixed(own, prefix), left_on=team, right_on="club", how="left")
        rows = rows.join(_prefixed(adjusted, prefix), left_on=team, right_on="club", how="left")
        rows = rows.join(_prefixed(market, prefix), left_on=team, right_on="club", how="left")
        days = rested.select("game_id", "club", pl.col("days").alias(f"{prefix}rest_days"))
        rows = rows.join(days, left_on=["game_id", team], right_on=["game_id", "club"], how="left")
    quarterback = expected.rename({"gsis_id": "id", "team": "club"})
    rows = rows.join(_prefixed(quarterback, "qb_"), left_on="posteam", right_on="club", how="left")
    rows = rows.join(league.select(pl.all().name.prefix("league_")), how="cross")
    levels = league_levels(teams, expected)
    rows = rows.join(levels.select(pl.all().name.prefix("level_")), how="cross")
    return _stated(rows.join(slotted, left_on="posteam", right_on="team", how="left"))


def _prefixed(rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
    return rows.select("club", pl.exclude("club").name.prefix(prefix))


def _stated(rows: pl.DataFrame) -> pl.DataFrame:
    """What the schedule and the opening line say of a side."""
    at_home, spread = pl.col("is_home") == 1, pl.col("spread_open")
    return rows.with_columns(
        spread_open_posteam=pl.when(at_home).then(spread).otherwise(-spread),
        is_dome=pl.col("roof").is_in(["dome", "closed"]).cast(pl.Int32),
        is_home_field=(at_home & (pl.col("game_type") != "SB")).cast(pl.Int32),
        rest_advantage=pl.col("off_rest_days") - pl.col("def_rest_days"),
        week_of_season=pl.col("week"),
        is_playoff=(pl.col("game_type") != "REG").cast(pl.Int32),
        is_late_season=(pl.col("week") >= _LATE_SEASON).cast(pl.Int32),
    )


def _market_of_the_week(known: Known) -> pl.DataFrame:
    return known.of_week(known.lines).select("game_id", "spread_open", "roof")


def _rest(fixtures: pl.DataFrame, schedules: pl.DataFrame) -> pl.DataFrame:
    """Days between each club's game and the one before it in the same season; none before its first."""
    clubs = pl.concat([schedules.select("season", "kickoff", club=f"{side}_team") for side in ("home", "away")])
    games = fixtures.select("game_id", "season", "kickoff", club="posteam")
    earlier = games.join(clubs, on=["season", "club"], suffix="_before").filter(
        pl.col("kickoff_before") < pl.col("kickoff")
    )
    last = earlier.group_by("game_id", "club", "kickoff").agg(pl.col("kickoff_before").max())
    days = (pl.col("kickoff").dt.date() - pl.col("kickoff_before").dt.date()).dt.total_days()
    return last.select("game_id", "club", days=pl.min_horizontal(days, _LONGEST_REST))
