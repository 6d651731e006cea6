"""Scrimmage snaps of a week in every published version of their games: the rows of `play_features`.

Belongs here: what each label means. State inputs come from their numpy twin, `sports.nfl.state`.
"""

import polars as pl

from sports_platform.core.tables import KNOWN_TIME
from sports_platform.sports.nfl.features.reference.games import scrimmage, snaps
from sports_platform.sports.nfl.features.reference.known import newest_versions
from sports_platform.sports.nfl.outcomes import (
    DEPTH_LOWS,
    PENALTIES,
    PLAY_TYPES,
    RECEIVER_SLOTS,
    RUSHER_SLOTS,
    TARGET_GROUPS,
    TIME_CAP,
    TIME_GROUPS,
)
from sports_platform.sports.nfl.state import STATE_NAMES, state_features
from sports_platform.sports.nfl.tables import PLAYS

_NONE = pl.lit(-1)
_KIND = pl.col("kind")
_PASS, _PUNT, _NO_PLAY = _KIND == "pass", _KIND == "punt", _KIND == "no_play"
_CARRIED = _KIND.is_in(["run", "scramble", "sack"])
_CAUGHT = _PASS & (pl.col("complete_pass") == 1)
# A punt that was neither blocked nor run back for a touchdown: its net yards are what the receivers start from.
_NET_PUNT = (
    _PUNT & (pl.col("punt_blocked") == 0) & (pl.col("return_touchdown") == 0) & pl.col("kick_distance").is_not_null()
)
_TOUCHBACK_LINE = 20


def play_rows(plays: pl.DataFrame, players: pl.DataFrame, context: pl.DataFrame) -> pl.DataFrame:
    """A row per snap and version, from all versions of the week's plays and players and from its context rows."""
    seen = scrimmage(snaps(versions(plays)), players)
    joined = seen.join(context.drop("defteam"), on=["week_key", "game_id", "posteam"])
    group = _group()
    labelled = joined.with_columns(known_time="version", **_labels(group))
    return labelled.drop(STATE_NAMES, strict=False).hstack(_state(labelled))


def versions(plays: pl.DataFrame) -> pl.DataFrame:
    """Each game as it stood after each of its publications, which `version` is the time of."""
    published = plays.select("game_id", version=KNOWN_TIME).unique()
    known_by_then = plays.join(published, on="game_id").filter(pl.col(KNOWN_TIME) <= pl.col("version"))
    return newest_versions(known_by_then, (*PLAYS.key, "version"))


def _state(snapped: pl.DataFrame) -> pl.DataFrame:
    names = "down ydstogo yardline_100 qtr half_seconds_remaining game_seconds_remaining score_differential".split()
    timeouts = [f"{side}team_timeouts_remaining" for side in ("pos", "def")]
    arrays = {name: snapped[name].to_numpy() for name in names}
    # A team starts a half with three timeouts; the feed leaves them out of some plays.
    arrays |= {name: snapped[name].fill_null(3).to_numpy() for name in timeouts}
    return pl.DataFrame(state_features(**arrays), schema=list(STATE_NAMES), orient="row")


def slot_of(player: pl.Expr, role: str, count: int) -> pl.Expr:
    """Index of the player's slot, `count` for anybody else or nobody."""
    found = [pl.when(player == pl.col(f"{role}_{slot + 1}_id")).then(slot) for slot in range(count)]
    return pl.coalesce(*found, count)


def _group() -> pl.Expr:
    """Of a pass the receiver's group: that of his slot, else of his position; of a throw-away the commonest."""
    position = pl.col("receiver_position").replace_strict({name: n for n, name in enumerate(TARGET_GROUPS)}, default=2)
    of_slot = [
        pl.when(pl.col("receiver_player_id") == pl.col(f"receiver_{slot}_id")).then(pl.col(f"receiver_{slot}_group"))
        for slot in range(1, RECEIVER_SLOTS + 1)
    ]
    receiver = pl.when(pl.col("receiver_player_id").is_null()).then(0).otherwise(pl.coalesce(*of_slot, position))
    return pl.when(_PASS).then(receiver).otherwise(_NONE)


def _labels(group: pl.Expr) -> dict[str, pl.Expr]:
    seconds = pl.col("seconds")
    receiver = slot_of(pl.col("receiver_player_id"), "receiver", RECEIVER_SLOTS)
    rusher = slot_of(pl.col("rusher_player_id"), "rusher", RUSHER_SLOTS)
    return {
        "label_play_type": _KIND.replace_strict({name: n for n, name in enumerate(PLAY_TYPES)}),
        "label_target": pl.when(_PASS).then(receiver).when(_KIND == "run").then(rusher).otherwise(_NONE),
        "label_group": group,
        "label_formation": pl.col("shotgun").fill_null(0) + 2 * pl.col("no_huddle").fill_null(0),
        "label_depth": pl.when(_PASS & pl.col("air_yards").is_not_null()).then(_depth()).otherwise(_NONE),
        "label_result": _result(),
        "label_result_group": _classes({"run": 0, "scramble": 1, "sack": 2}),
        "label_field_goal": pl.when(_KIND == "field_goal")
        .then((pl.col("field_goal_result") == "made").cast(pl.Int32))
        .otherwise(_NONE),
        "label_penalty": pl.when(_NO_PLAY).then(_penalty()).otherwise(_NONE),
        "label_penalty_at_spot": pl.when(_NO_PLAY).then(_at_spot()).otherwise(_NONE),
        "label_yards": _yards(),
        "label_yards_group": pl.when(_CAUGHT)
        .then(group)
        .when(_NET_PUNT)
        .then(6)
        .otherwise(_classes({"run": 3, "scramble": 4, "sack": 5})),
        "label_yards_censored": _reached_the_goal(),
        "label_seconds": pl.when(seconds.is_between(0, TIME_CAP)).then(seconds).otherwise(_NONE),
        "label_time_group": _time_group(),
    }


def _classes(indices: dict[str, int]) -> pl.Expr:
    return _KIND.replace_strict(indices, default=-1, return_dtype=pl.Int32)


def _depth() -> pl.Expr:
    return pl.sum_horizontal((pl.col("air_yards") >= low).cast(pl.Int32) for low in DEPTH_LOWS[1:])


def _result() -> pl.Expr:
    """Complete 0, incomplete 1, intercepted 2, caught and then lost 3; of a carry whether it was lost."""
    lost = pl.col("fumble_lost")
    thrown = pl.when(pl.col("interception") == 1).then(2).when(~_CAUGHT).then(1).otherwise(3 * lost)
    return pl.when(_PASS).then(thrown).when(_CARRIED).then(lost).otherwise(_NONE)


def _penalty() -> pl.Expr:
    """The nearest in yards of the classes that renew the downs, or do not, as the foul did; the first of equals."""
    against_offence = pl.col("penalty_team") == pl.col("posteam")
    yards = pl.col("penalty_yards").fill_null(0)
    net = pl.when(against_offence).then(-yards).otherwise(yards)
    restarts = pl.col("first_down_penalty") == 1
    far = [pl.when(restarts == renews).then((net - of_class).abs()).otherwise(999) for of_class, renews in PENALTIES]
    return pl.concat_list(far).list.arg_min().cast(pl.Int32)


def _at_spot() -> pl.Expr:
    """Whether the defence's foul took more than half the distance: only one marked off where it happened does."""
    by_the_defence = (pl.col("penalty_team") != pl.col("posteam")) & (pl.col("first_down_penalty") == 1)
    far = pl.col("penalty_yards") > (pl.col("yardline_100") + 1) // 2
    return (by_the_defence & far).fill_null(False).cast(pl.Int32)


def _yards() -> pl.Expr:
    touchback = pl.col("yardline_100") - _TOUCHBACK_LINE
    run_back = pl.col("kick_distance") - pl.col("return_yards").fill_null(0)
    net = pl.when(pl.col("touchback") == 1).then(touchback).otherwise(run_back)
    return pl.when(_CAUGHT | _CARRIED).then(pl.col("yards_gained")).when(_NET_PUNT).then(net).otherwise(0)


def _reached_the_goal() -> pl.Expr:
    """Only catches, runs and scrambles end there by the offence's own touchdown."""
    gained = _CAUGHT | _KIND.is_in(["run", "scramble"])
    scored = (pl.col("touchdown") == 1) & (pl.col("td_team") == pl.col("posteam"))
    return (gained & scored & (pl.col("yards_gained") >= pl.col("yardline_100"))).fill_null(False).cast(pl.Int32)


def _time_group() -> pl.Expr:
    index = {name: n for n, name in enumerate(TIME_GROUPS)}
    spiked = {"pass": index["incomplete"], "qb_spike": index["incomplete"], "scramble": index["run"]}
    of_kind = {kind: index[kind] for kind in PLAY_TYPES if kind in index} | spiked
    return pl.when(_CAUGHT).then(index["complete"]).otherwise(_classes(of_kind))
