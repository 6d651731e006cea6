"""Players with a part in the snaps of a week, in every published version of their games: the rows of `play_players`.

Belongs here: who has which part, and whose figures he gets. The figures themselves are made in `players`.
"""

import polars as pl

from sports_platform.core.tables import KNOWN_TIME
from sports_platform.sports.nfl.features.counts import QUARTERBACK_RATES, SLOT_RATES
from sports_platform.sports.nfl.features.reference.context import Figures
from sports_platform.sports.nfl.features.reference.games import snaps
from sports_platform.sports.nfl.features.reference.known import Known
from sports_platform.sports.nfl.features.reference.players import competing, drawn_rates, passing, player_group, share
from sports_platform.sports.nfl.features.reference.plays import slot_of, versions
from sports_platform.sports.nfl.outcomes import PLAYER_GROUPS, RECEIVER_SLOTS, RUSHER_SLOTS, TARGET_GROUPS

_PLAY = ("game_id", KNOWN_TIME, "play_id")
_PARTS = {
    "passer": ("passer", ("pass", "sack", "qb_spike")),
    "target": ("receiver", ("pass",)),
    "rusher": ("rusher", ("run", "scramble", "qb_kneel")),
}
_WHOLE = 100_000_000_000  # hundreds of billionths
_PASSING = ("known_attempts", "recent_share", *QUARTERBACK_RATES)


def player_rows(
    plays: pl.DataFrame, play_features: pl.DataFrame, context: pl.DataFrame, known: Known, figures: Figures
) -> pl.DataFrame:
    """A row per part in a snap and version, from all versions of the week's plays and its rows of two other tables."""
    of_snap = play_features.select("week_key", "play_index", "posteam", "defteam", *_PLAY, "^label_.*$")
    parts = _parts(snaps(versions(plays))).join(of_snap, on=_PLAY)
    people = _people(parts.select("posteam", gsis_id="player_id").unique(), known, figures.used)
    slots = context.select("week_key", "game_id", "posteam", "qb_id", "^(receiver|rusher)_[0-9]+_id$")
    return (
        parts.join(slots, on=["week_key", "game_id", "posteam"])
        .with_columns(slot=_slot())
        .join(_figures(people, figures), on=["posteam", "player_id"])
    )


def _parts(snapped: pl.DataFrame) -> pl.DataFrame:
    found = [
        snapped.filter(pl.col("kind").is_in(kinds)).select(
            "game_id", "play_id", pl.col("version").alias(KNOWN_TIME), role=pl.lit(role), player_id=f"{who}_player_id"
        )
        for role, (who, kinds) in _PARTS.items()
    ]
    return pl.concat(found).drop_nulls("player_id")


def _slot() -> pl.Expr:
    player, role = pl.col("player_id"), pl.col("role")
    receiver, rusher = slot_of(player, "receiver", RECEIVER_SLOTS), slot_of(player, "rusher", RUSHER_SLOTS)
    reserve = (player != pl.col("qb_id")).fill_null(True).cast(pl.Int32)
    return pl.when(role == "target").then(receiver).when(role == "rusher").then(rusher).otherwise(reserve)


def _people(found: pl.DataFrame, known: Known, used: pl.DataFrame) -> pl.DataFrame:
    """Candidates as they are; anybody else as somebody of his last position who has not done anything yet."""
    candidates = found.join(used, on="gsis_id")
    last_seen = known.players.sort("season", "week").unique("gsis_id", keep="last", maintain_order=True)
    others = found.join(used, on="gsis_id", how="anti").join(
        last_seen.select("gsis_id", "position"), on="gsis_id", how="left"
    )
    others = others.with_columns(team="posteam", position=player_group(), availability=pl.lit(100, pl.Int64))
    counts = pl.exclude("posteam", "gsis_id", "team", "position", "premium", "is_listed").fill_null(0)
    return pl.concat([candidates, others], how="diagonal").with_columns(counts)


def _figures(people: pl.DataFrame, figures: Figures) -> pl.DataFrame:
    """Of each `posteam` and `player_id` the context columns."""
    rows = people
    for role in ("receiver", "rusher"):
        places = competing(figures.used, figures.expected, role).group_by("team").agg(places=pl.col("share").sum())
        rows = rows.join(places, on="team", how="left", maintain_order="left")
        rows = drawn_rates(rows, figures.used, role).with_columns(
            (share(role) / pl.col("places").fill_null(_WHOLE)).alias(f"{role}_share")
        )
        rows = rows.rename({name: f"{role}_{name}" for name in SLOT_RATES[role]}).drop("places", "^.*_all$", "mean_of")
    throwing = passing(people, figures.used, figures.teams.league_game)
    # While no attempts are known the job is the expected quarterback's and nobody else's.
    expected, part = pl.col("gsis_id").is_in(figures.expected["gsis_id"].to_list()), pl.col("recent_share")
    throwing = throwing.with_columns(recent_share=pl.when(expected).then(part).otherwise(part.fill_null(0)))
    group = pl.col("position").replace_strict({name: n for n, name in enumerate(PLAYER_GROUPS)})
    return rows.hstack(throwing.select(pl.col(_PASSING).name.prefix("qb_"))).select(
        "posteam",
        "^(receiver|rusher|qb)_.*$",
        player_id="gsis_id",
        position_group=group,
        receiver_is_te=(group == TARGET_GROUPS.index("TE")).cast(pl.Int32),
        receiver_is_rb=(group >= TARGET_GROUPS.index("RB")).cast(pl.Int32),
        rusher_is_qb=(group == PLAYER_GROUPS.index("QB")).cast(pl.Int32),
    )
