"""Salary files of the contest site DraftKings, in each of the layouts it has exported, to one raw table.

Belongs here: finding the header and reading cells. Team codes stay as the site spells them and ids are
not matched: that is the sport's work.
"""

import csv
import hashlib
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sports_platform.core.errors import MissingDataError, SalaryFileError, SalaryWeekError
from sports_platform.core.weeks import Week

# `slate` names the price list. `game` is `away@home`; null where the file does not say. `gsis_id` only in archives
# that were matched before.
SALARY_SCHEMA = pa.schema(
    [
        ("slate", pa.string()),
        ("player_name", pa.string()),
        ("position", pa.string()),
        ("team", pa.string()),
        ("game", pa.string()),
        ("site_player_id", pa.string()),
        ("salary", pa.int32()),
        ("gsis_id", pa.string()),
    ]
)
ARCHIVE_COLUMNS = ("season", "week", "player_name", "position", "team", "salary", "gsis_id")

# Header cells without blanks, underscores and case, to raw columns; other cells (averages, owners' own) are left.
_HEADER = {
    "position": "position",
    "name": "player_name",
    "salary": "salary",
    "gameinfo": "game",
    "teamabbrev": "team",
    "id": "site_player_id",
    "rosterposition": "roster_position",
}
_NEEDED = ("position", "player_name", "salary")
_HEADERLESS = ("position", "player_name", "salary", "game", "average", "team")  # 2015-2017, the last since late 2015
_GAME = re.compile(r"^([A-Za-z]{2,3})@([A-Za-z]{2,3})\b")
_FORMATS = (
    "a DraftKings classic file: Position, Name, Salary, GameInfo, AvgPointsPerGame[, teamAbbrev] (2015-17); "
    "Position, Name + ID, Name, ID, [Roster Position,] Salary, Game Info, TeamAbbrev (since 2016); a line-up template "
    "with that pool to its right; or a weekly salary parquet"
)
_REMEDY = "download the salaries again from the contest's draft page and leave the header as it is"


def read_salaries(path: Path, week: Week) -> pa.Table:
    """Prices of a CSV, whose week the file does not say, or of a week of a parquet archive, as SALARY_SCHEMA."""
    if not path.is_file():
        raise MissingDataError(found=f"no file {path}", needed=_FORMATS, remedy="correct the path (SPORTS_SALARIES)")
    if path.suffix != ".parquet":
        return _read_csv(path)
    rows = read_salary_archive(path, week)
    if not rows.num_rows:
        raise SalaryWeekError(
            found=f"{path.name} without priced rows of {week}",
            needed=f"prices of {week}",
            remedy="choose a week the archive covers, or another file",
        )
    return rows


def read_salary_archive(path: Path, week: Week) -> pa.Table:
    """Priced rows of a week from a parquet archive of weekly salaries, as SALARY_SCHEMA."""
    names = pq.read_schema(path).names
    missing = [name for name in ARCHIVE_COLUMNS if name not in names]
    other_site = "site" in names and pc.unique(pq.read_table(path, columns=["site"])["site"]).to_pylist() != ["dk"]
    if missing or other_site:
        raise SalaryFileError(
            found=f"{path.name} with columns {', '.join(names)}",
            needed=f"weekly DraftKings salaries (site dk, if the file names a site) with {', '.join(ARCHIVE_COLUMNS)}",
            remedy="use dk_<sport>_salaries_<season>.parquet or a DraftKings CSV",
        )
    raw = pq.read_table(path, columns=list(ARCHIVE_COLUMNS), partitioning=None)
    of_week = pc.and_(pc.equal(raw["season"], week.season), pc.equal(raw["week"], week.number))
    rows = raw.filter(pc.and_(of_week, pc.is_valid(raw["salary"])))
    empty = pa.nulls(rows.num_rows, pa.string())
    columns = {name: rows[name] if name in rows.column_names else empty for name in SALARY_SCHEMA.names}
    return _named(path, pa.table(columns).cast(SALARY_SCHEMA))


def _read_csv(path: Path) -> pa.Table:
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SalaryFileError(found=f"{path.name}: {error}", needed=_FORMATS, remedy=_REMEDY) from error
    first, columns = _layout(path, lines)
    rows = [_cells(line, columns) for line in lines[first:]]
    if any("CPT" in (row.get("roster_position") or "") for row in rows):
        raise SalaryFileError(
            found=f"{path.name}: a showdown pool (captains)",
            needed="a classic slate",
            remedy="download the salaries of a classic contest",
        )
    players = [_player(path, row) for row in rows if row.get("position") and row.get("player_name")]
    return _named(path, pa.Table.from_pylist(players, schema=SALARY_SCHEMA))


def _named(path: Path, prices: pa.Table) -> pa.Table:
    """The prices with their slate's name: the file's and a digest of the prices, as a file may be downloaded anew."""
    digest = hashlib.sha256(repr(sorted(map(repr, prices.to_pylist()))).encode()).hexdigest()
    name = pa.repeat(f"{path.stem}-{digest[:8]}", prices.num_rows)
    return prices.set_column(0, SALARY_SCHEMA.field("slate"), name)


def _layout(path: Path, lines: list[list[str]]) -> tuple[int, dict[str, int]]:
    """Index of the first player's line, and column -> cell index; templates have their header further down."""
    for number, line in enumerate(lines):
        keys = [re.sub(r"[\s_]", "", cell).lower() for cell in line]
        columns = {_HEADER[key]: index for index, key in reversed(list(enumerate(keys))) if key in _HEADER}
        if all(name in columns for name in _NEEDED):
            return number + 1, columns
    head = lines[0] if lines else []
    if len(head) in (5, 6) and head[2].strip().isdigit() and _GAME.match(head[3]):
        return 0, {name: index for index, name in enumerate(_HEADERLESS[: len(head)])}
    raise SalaryFileError(found=f"{path.name} with header {', '.join(head[:12])!r}", needed=_FORMATS, remedy=_REMEDY)


def _cells(line: list[str], columns: dict[str, int]) -> dict[str, str | None]:
    """Stripped cells by column; None for empty cells and those a short line lacks."""
    return {name: (line[index].strip() or None) if index < len(line) else None for name, index in columns.items()}


def _player(path: Path, row: dict[str, str | None]) -> dict[str, object]:
    salary, game = row["salary"] or "", _GAME.match(row.get("game") or "")
    if not salary.isdigit():
        raise SalaryFileError(
            found=f"{path.name}: salary {salary!r} of {row['player_name']}", needed="whole dollars", remedy=_REMEDY
        )
    return {
        **{name: row.get(name) for name in SALARY_SCHEMA.names},
        "game": f"{game[1]}@{game[2]}" if game else None,
        "salary": int(salary),
    }
