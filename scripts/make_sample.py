"""Makes the packaged NFL sample from a folder of nflverse-named parquet: `make_sample.py DATA [OUTPUT]`.

DATA holds `nfl/` (play-by-play, schedules, players, lines) and `dfs/` (weekly salary archives). The sample is
the regular seasons of SEASONS with exactly the columns the platform reads; no figure is altered.
"""

import sys
from pathlib import Path

import polars as pl

from sports_platform.sports.nfl.raw import RAW_COLUMNS
from sports_platform.streams.sources.draftkings import ARCHIVE_COLUMNS
from sports_platform.streams.sources.sample import sample_folder

SEASONS = (2013, 2014, 2015)
SALARY_WEEKS = range(10, 14)
MAX_BYTES = 6_000_000
_SALARIES = "dk_nfl_salaries_2015"


def make_sample(data: Path, output: Path) -> int:
    """Write the sample's files and return their size in bytes."""
    output.mkdir(parents=True, exist_ok=True)
    tables = {f"play_by_play_{season}": _plays(data, season) for season in SEASONS}
    regular = pl.col("season").is_in(SEASONS) & (pl.col("game_type") == "REG")
    for name in ("schedules", "lines"):
        rows = pl.read_parquet(data / "nfl" / f"{name}.parquet").filter(regular)
        tables[name] = rows.select(RAW_COLUMNS[name]).sort("game_id")
    salaries = pl.read_parquet(data / "dfs" / f"{_SALARIES}.parquet")
    priced = salaries.filter(pl.col("week").is_in(SALARY_WEEKS), pl.col("salary").is_not_null())
    tables[_SALARIES] = priced.select(ARCHIVE_COLUMNS)
    tables["players"] = _players(data, tables)
    for name, rows in tables.items():
        rows.write_parquet(output / f"{name}.parquet", compression="zstd", compression_level=22)
    return sum(path.stat().st_size for path in output.glob("*.parquet"))


def _plays(data: Path, season: int) -> pl.DataFrame:
    """File order is playing order and is kept within each game."""
    plays = pl.read_parquet(data / "nfl" / f"play_by_play_{season}.parquet").filter(season_type="REG")
    return plays.select(RAW_COLUMNS["play_by_play"]).sort("game_id", maintain_order=True)


def _players(data: Path, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Those players whom any play or price of the sample names."""
    named = set(tables[_SALARIES]["gsis_id"].drop_nulls())
    for plays in (rows for name, rows in tables.items() if name.startswith("play_by_play")):
        for role in (name for name in plays.columns if name.endswith("_player_id")):
            named.update(plays[role].drop_nulls())
    players = pl.read_parquet(data / "nfl" / "players.parquet").filter(pl.col("gsis_id").is_in(sorted(named)))
    return players.select(RAW_COLUMNS["players"]).sort("gsis_id")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else sample_folder("nfl")
    size = make_sample(Path(sys.argv[1]), target)
    print(f"{target}: {size:,} bytes")
    if size > MAX_BYTES:
        sys.exit(f"the sample may have {MAX_BYTES:,} bytes at most")
