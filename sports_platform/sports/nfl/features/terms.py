"""What the SQL takes from the vocabulary, the counts and the schemas: column lists built from one declaration each.

Belongs here: strings of Spark SQL. Which file makes which table is the package's; what is counted is `counts`.
"""

from collections.abc import Iterable, Mapping, Sequence

from sports_platform.features.spec import FeatureColumn, FeatureSpec
from sports_platform.sports.nfl.drive_outcomes import DRIVE_OUTCOMES, DRIVE_STARTS
from sports_platform.sports.nfl.features.counts import (
    ADJUSTED_RATES,
    GAME_COUNTS,
    LEAGUE_RATES,
    LEVELS,
    PLAYER_COUNTS,
    QUARTERBACK_RATES,
    SLOT_RATES,
    TEAM_COUNTS,
    TEAM_RATES,
)
from sports_platform.sports.nfl.outcomes import (
    DEPTH_LOWS,
    PENALTIES,
    PLAY_TYPES,
    PLAYER_GROUPS,
    RECEIVER_SLOTS,
    RUSHER_SLOTS,
    TIME_CAP,
)

_SLOTS = {"receiver": RECEIVER_SLOTS, "rusher": RUSHER_SLOTS}
_TEAM = (*TEAM_COUNTS, *GAME_COUNTS)


def terms(context: Sequence[str], history_seasons: int) -> dict[str, str]:
    """Placeholder -> SQL, for the context columns of the schema."""
    return {
        "history_seasons": str(history_seasons),
        "time_cap": str(TIME_CAP),
        "play_types": f"ARRAY({_columns(repr(name) for name in PLAY_TYPES)})",
        "drive_outcomes": f"ARRAY({_columns(repr(name) for name in DRIVE_OUTCOMES)})",
        "drive_starts": _columns(f"INT(d.start = '{name}') AS start_{name}" for name in DRIVE_STARTS),
        "player_groups": f"ARRAY({_columns(repr(name) for name in PLAYER_GROUPS)})",
        "player_group": _player_group(),
        "penalty_class": _penalty_class(),
        "depth_class": f"CASE WHEN air_yards IS NULL THEN -1 ELSE {_depth_class()} END",
        "receiver_slots": str(RECEIVER_SLOTS),
        "rusher_slots": str(RUSHER_SLOTS),
        **_count_terms(),
        **_rate_terms(context),
        **_slot_terms(),
        "context_names": _columns(context),
        "context_columns": _columns(f"c.{name}" for name in context),
    }


def output_columns(spec: FeatureSpec) -> str:
    """The schema's columns in order and type, with its default where nothing is known."""
    return _columns(f"CAST({_or_default(column)} AS {column.type}) AS {column.name}" for column in spec.columns)


def label_columns(spec: FeatureSpec) -> str:
    """The schema's labels, of a row of play_features."""
    return _columns(f"f.{name}" for name in spec.names("label"))


def _count_terms() -> dict[str, str]:
    quarterback = sorted({count for pair in QUARTERBACK_RATES.values() for count in pair} - {"dropbacks"})
    return {
        "team_counts": _columns(f"{_sum(counted)} AS {name}" for name, counted in TEAM_COUNTS.items()),
        "player_counts": _columns(f"{_sum(counted)} AS {name}" for name, counted in PLAYER_COUNTS.items()),
        "weighted_sums": _columns(f"SUM(weight * {name}) AS {name}" for name in _TEAM),
        "league_means": _columns(f"SUM({name}) / COUNT(*) AS {name}" for name in _TEAM),
        "shrunk_sums": _columns(f"COALESCE(s.{name}, 0) + 5000000 * l.{name} AS {name}" for name in _TEAM),
        "player_sums": _columns(f"SUM(rate * g.{name}) AS {name}" for name in PLAYER_COUNTS),
        "player_values": _columns(f"COALESCE({name}, 0) AS {name}" for name in PLAYER_COUNTS),
        "quarterback_sums": _columns(f"q.{name} + 2000000 * l.{name} AS {name}" for name in quarterback),
    }


def _rate_terms(context: Sequence[str]) -> dict[str, str]:
    adjusted = {name: TEAM_RATES[name] for name in ADJUSTED_RATES}
    return {
        "team_rates": _divisions(TEAM_RATES),
        "league_rates": _divisions({name: TEAM_RATES[name] for name in LEAGUE_RATES + ADJUSTED_RATES}),
        "quarterback_rates": _divisions(QUARTERBACK_RATES),
        "adjusted_bases": _columns(f"h.{base}" for base in sorted({below for _, below in adjusted.values()})),
        "opponent_rates": _columns(f"r.{name}" for name in adjusted),
        "expected_sums": _columns(
            f"SUM(weight * {below}) AS {name}_base, SUM(BIGINT(ROUND(weight * {below} * {name}))) AS {name}_expected"
            for name, (_, below) in adjusted.items()
        ),
        "adjusted_rates": _columns(_adjusted(name, below) for name, (_, below) in adjusted.items()),
        "offence_columns": _taken(context, "off", "o", TEAM_RATES),
        "defence_columns": _taken(context, "def", "d", TEAM_RATES),
        "adjusted_offence_columns": _columns(f"ao.{name} AS off_adjusted_{name}" for name in adjusted),
        "adjusted_defence_columns": _columns(f"ad.{name} AS def_adjusted_{name}" for name in adjusted),
        "league_columns": _columns(f"lr.{name} AS league_{name}" for name in LEAGUE_RATES),
        "team_means": _means(TEAM_RATES),
        "adjusted_means": _means(adjusted, "adjusted_"),
        "market_means": _mean("total", "market_total"),
        "quarterback_means": _means(QUARTERBACK_RATES, "qb_"),
        "level_columns": _columns(f"lv.{name} AS level_{name}" for name in LEVELS),
        "quarterback_columns": _taken(
            context, "qb", "q", {**QUARTERBACK_RATES, "known_attempts": (), "recent_share": ()}
        ),
    }


def _slot_terms() -> dict[str, str]:
    receivers, rushers = range(1, RECEIVER_SLOTS + 1), range(1, RUSHER_SLOTS + 1)
    rates = {f"{role}_{name}": rate for role, named in SLOT_RATES.items() for name, rate in named.items()}
    counts = sorted({count for above, below, _ in rates.values() for count in (above, below)})
    return {
        "position_sums": _columns(f"SUM({name}) AS {name}" for name in counts),
        "slot_rates": _columns(
            f"(r.{above} + {tries}000000 * TRY_DIVIDE(m.{above}, m.{below})) / (r.{below} + {tries}000000) AS {name}"
            for name, (above, below, tries) in rates.items()
        ),
        "slot_columns": _columns(_slot_columns()),
        "receiver_ids": _columns(f"c.receiver_{slot}_id" for slot in receivers),
        "receiver_groups": _columns(f"c.receiver_{slot}_group" for slot in receivers),
        "rusher_ids": _columns(f"c.rusher_{slot}_id" for slot in rushers),
    }


def _columns(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _sum(counted: str) -> str:
    """The sum of a number or, where the expression is a condition, of the plays that meet it."""
    return f"SUM(COALESCE({counted}, 0))" if counted.startswith("IF(") else f"COUNT_IF({counted})"


def _means(rates: Iterable[str], prefix: str = "") -> str:
    return _columns(_mean(name, f"{prefix}{name}") for name in rates)


def _mean(value: str, name: str) -> str:
    """The mean of a figure over the clubs that have it."""
    return f"SUM(BIGINT(ROUND(1000000000 * {value}))) / COUNT({value}) / 1000000000D AS {name}"


def _divisions(rates: Mapping[str, tuple[str, str]]) -> str:
    return _columns(f"TRY_DIVIDE({above}, {below}) AS {name}" for name, (above, below) in rates.items())


def _adjusted(name: str, below: str) -> str:
    """A club's rate less its opponents', each with five games against the league's average, plus the league's."""
    known = f"COALESCE(s.{name}_expected, 0) + 5000000 * l.{below} * g.{name}"
    return f"r.{name} - TRY_DIVIDE({known}, COALESCE(s.{name}_base, 0) + 5000000 * l.{below}) + g.{name} AS {name}"


def _taken(context: Sequence[str], prefix: str, alias: str, rates: Iterable[str]) -> str:
    """`off_pass_rate` is column `pass_rate` of the offence's row, and so on, for the rates that are features."""
    return _columns(f"{alias}.{name} AS {prefix}_{name}" for name in rates if f"{prefix}_{name}" in context)


def _slot_columns() -> list[str]:
    """The pivot of ranked players into numbered columns; an empty slot has share 0 and no id."""
    columns = []
    for role, slots in _SLOTS.items():
        for slot in range(1, slots + 1):
            at = f"{role}_slot = {slot}"
            columns.append(f"MAX(IF({at}, {role}_share, NULL)) AS {role}_{slot}_share")
            columns.append(f"MAX(IF({at}, gsis_id, NULL)) AS {role}_{slot}_id")
            columns += [f"MAX(IF({at}, {role}_{name}, NULL)) AS {role}_{slot}_{name}" for name in SLOT_RATES[role]]
    for slot in range(1, RECEIVER_SLOTS + 1):
        at = f"receiver_slot = {slot}"
        columns.append(f"MAX(IF({at}, target_group, NULL)) AS receiver_{slot}_group")
        columns += [
            f"MAX(INT({at} AND target_group = {group})) AS receiver_{slot}_is_{name}"
            for name, group in (("te", 1), ("rb", 2))
        ]
    columns += [
        f"MAX(INT(rusher_slot = {slot} AND position = 'QB')) AS rusher_{slot}_is_qb"
        for slot in range(1, RUSHER_SLOTS + 1)
    ]
    return columns


def _player_group() -> str:
    """A position of the feeds as one of PLAYER_GROUPS."""
    named = _columns(repr(name) for name in PLAYER_GROUPS[:-1])
    return (
        f"CASE WHEN position IN ('FB', 'HB') THEN 'RB' WHEN position IN ({named}) THEN position "
        f"ELSE '{PLAYER_GROUPS[-1]}' END"
    )


def _depth_class() -> str:
    """How many of the deeper classes' lower edges the pass reaches."""
    return " + ".join(f"INT(air_yards >= {low})" for low in DEPTH_LOWS[1:])


def _penalty_class() -> str:
    """Index of the class nearest in yards among those that restart the down or not, as the penalty did."""
    classes = _columns(
        f"STRUCT(IF(penalty_restarts = {str(restarts).upper()}, ABS(penalty_net - ({yards})), 999), {index})"
        for index, (yards, restarts) in enumerate(PENALTIES)
    )
    return f"ARRAY_MIN(ARRAY({classes})).col2"


def _or_default(column: FeatureColumn) -> str:
    return column.name if column.default is None else f"COALESCE({column.name}, {column.default})"
