"""DraftKings salary files: every layout of real exports is read, others are refused with what was found."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sports_platform.core.errors import MissingDataError, SalaryFileError, SalaryWeekError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.sports.nfl import DOMAIN
from sports_platform.sports.nfl.names import plain_name, team_code, team_of_nickname
from sports_platform.sports.nfl.tables import TABLES
from sports_platform.streams.sources.draftkings import SALARY_SCHEMA, read_salaries
from sports_platform.streams.sources.opening import open_source

ANY = Week(2015, 12)
# Rows and games as counted in the data's own README.
REAL_FILES = {
    "2015w02": (556, 16),
    "2015w07": (480, 14),
    "2016w03": (478, 14),
    "2016w15_noheader": (455, 13),
    "2017w01_thu-mon": (1002, 16),
    "2018w10": (395, 11),
    "2019w01_thu-mon": (951, 16),
    "2020w10": (442, 11),
    "2022w11": (563, 11),
    "2023w06_template": (540, 11),
    "2023w14": (550, 11),
    "2025w01": (720, 12),
}
NINE = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
NEWTON = "QB,Cam Newton (11),Cam Newton,11,QB,7000,CAR@DAL 11/26/2015 04:30PM ET,CAR,20.1"
LAYOUTS = {
    "nine columns, BOM and CRLF": f"\ufeff{NINE}\r\n{NEWTON}\r\n",
    "five columns without teams": '"Position","Name","Salary","GameInfo","AvgPointsPerGame"\n'
    '"QB","Cam Newton",7000,"Car@Dal 04:30PM ET",20.1\n',
    "six columns": "Position,Name,Salary,GameInfo,AvgPointsPerGame,teamAbbrev\n"
    "QB,Cam Newton,7000,Car@Dal 04:30PM ET,20.1,Car\n",
    "blanks in the header": "Position,Name + ID, Name, ID, Salary,GameInfo,TeamAbbrev \n"
    "QB,Cam Newton (11),Cam Newton ,11,7000,Car@Dal 04:30PM ET,Car\n",
    "no header": '"QB","Cam Newton",7000,"Car@Dal 04:30PM ET",20.1,"Car"\n',
    "template": "QB,RB,,Instructions\n,,,1. Choose\n \n" + f",,,,{NINE}\n,,,,{NEWTON}\n",
    "owner's own columns": f"Player,{NINE.replace('Roster Position', 'Roster_Position')},Mine\nx,{NEWTON},1\n",
}


@pytest.mark.parametrize("name", REAL_FILES)
def test_every_real_classic_file_is_read_whole(data_dir: Path, name: str) -> None:
    rows = read_salaries(data_dir / "dfs" / f"dk_nfl_classic_{name}.csv", ANY)
    assert rows.schema == SALARY_SCHEMA
    assert (rows.num_rows, len(set(rows["game"].drop_null().to_pylist()))) == REAL_FILES[name]
    assert set(rows["position"].to_pylist()) == {"QB", "RB", "WR", "TE", "DST"}
    assert all(2000 <= salary <= 12_000 for salary in rows["salary"].to_pylist())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_means_the_same_player(tmp_path: Path, layout: str) -> None:
    file = tmp_path / "DKSalaries.csv"
    file.write_text(LAYOUTS[layout], newline="")
    [row] = read_salaries(file, ANY).to_pylist()
    assert (row["player_name"], row["position"], row["salary"]) == ("Cam Newton", "QB", 7000)
    assert row["game"].upper() == "CAR@DAL"
    slate = open_source(Settings(source="sample", salaries=file), DOMAIN)
    [matched] = DOMAIN.events.events(slate, TABLES["slates"], ANY).to_pylist()
    assert (matched["gsis_id"], matched["team"], matched["game_id"]) == ("00-0027939", "CAR", "2015_12_CAR_DAL")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "header ''"),
        ("Id,Position,First Name,Salary,Game\n1,QB,Cam,7000,CAR@DAL\n", "First Name"),
        (f"{NINE}\n{NEWTON.replace('7000', '$7,0')}\n", "salary"),
        (f"{NINE}\n{NEWTON.replace('11,QB', '11,CPT')}\n", "showdown"),
    ],
    ids=["empty", "FanDuel", "salary", "showdown"],
)
def test_other_files_are_refused_with_what_was_found(tmp_path: Path, text: str, found: str) -> None:
    file = tmp_path / "salaries.csv"
    file.write_text(text)
    with pytest.raises(SalaryFileError, match=rf"(?s)salaries\.csv.*{found}.*needed:.*do:"):
        read_salaries(file, ANY)


def test_files_that_are_not_text_or_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(SalaryFileError, match=r"image\.csv"):
        read_salaries(tmp_path / "image.csv", ANY)
    with pytest.raises(MissingDataError, match=r"gone\.csv"):
        read_salaries(tmp_path / "gone.csv", ANY)


def test_weekly_archives_are_read_by_week(data_dir: Path) -> None:
    archive = data_dir / "dfs" / "dk_nfl_salaries_2015.parquet"
    rows = read_salaries(archive, ANY)
    assert 380 <= rows.num_rows <= 450
    assert rows["salary"].null_count == 0
    with pytest.raises(SalaryWeekError, match="2014_wk12"):
        read_salaries(archive, Week(2014, 12))
    with pytest.raises(SalaryFileError, match="site dk"):
        read_salaries(data_dir / "dfs" / "fd_nfl_salaries_2015.parquet", ANY)


@pytest.mark.parametrize(("name", "week", "unmatched"), [("2015w02", 2, 30), ("2015w07", 7, 19)])
def test_names_of_2015_mean_the_players_they_should(data_dir: Path, name: str, week: int, unmatched: int) -> None:
    """Ids found by name equal those matched by hand in the archive; those not found have no statistic or a nickname."""
    file = data_dir / "dfs" / f"dk_nfl_classic_{name}.csv"
    source = open_source(Settings(source=str(data_dir / "nfl"), salaries=file), DOMAIN)
    rows = DOMAIN.events.events(source, TABLES["slates"], Week(2015, week)).to_pylist()
    assert sum(row["gsis_id"] is None for row in rows) <= unmatched
    assert all(row["game_id"] for row in rows)
    archive = pq.read_table(data_dir / "dfs" / "dk_nfl_salaries_2015.parquet", filters=[("week", "=", week)])
    right = {(row["player_name"], row["position"]): row["gsis_id"] for row in archive.to_pylist()}
    both = [(row["gsis_id"], right[key]) for row in rows if (key := (row["player_name"], row["position"])) in right]
    assert len(both) > 350
    assert not [pair for pair in both if pair[0] not in (None, pair[1])]
    assert sum(found is None for found, _ in both) <= 4


def test_a_file_of_another_week_is_refused(data_dir: Path) -> None:
    file = data_dir / "dfs" / "dk_nfl_classic_2015w07.csv"
    source = open_source(Settings(source="sample", salaries=file), DOMAIN)
    with pytest.raises(SalaryWeekError, match=r"14 of the salary file's 14 games are not in 2015_wk12"):
        DOMAIN.events.events(source, TABLES["slates"], ANY)


def test_unknown_and_ambiguous_names_have_no_id(tmp_path: Path) -> None:
    file = tmp_path / "DKSalaries.csv"
    lines = [
        NINE,
        NEWTON.replace("Cam Newton", "Nobody Known"),
        NEWTON.replace("Cam Newton", "Panthers ").replace("QB,", "DST,", 1),
        NEWTON.replace("Cam Newton", "CAM NEWTÖN Jr."),
        NEWTON.replace("CAR@DAL 11/26/2015 04:30PM ET", "Postponed"),
    ]
    file.write_text("\n".join(lines))
    source = open_source(Settings(source="sample", salaries=file), DOMAIN)
    slate = DOMAIN.events.events(source, TABLES["slates"], ANY).to_pylist()
    assert [row["gsis_id"] for row in slate] == [None, "CAR", "00-0027939", "00-0027939"]


def test_names_and_teams_have_one_spelling() -> None:
    assert plain_name("Odell Beckham Jr.") == plain_name("odell  beckham") == "odellbeckham"
    assert plain_name("T.Y. Hilton") == plain_name("TY Hilton")
    assert plain_name("Le'Veon Bell") == plain_name("Le’Veon Bell") == "leveonbell"
    assert plain_name("José Núñez III") == "josenunez"
    assert [team_code(code, 2015) for code in ("Pit", "StL", "LAR", "JAC", "SD", "LV")] == [
        "PIT", "STL", "STL", "JAX", "SD", "OAK",
    ]  # fmt: skip
    assert [team_code(code, 2022) for code in ("LAR", "LAC", "OAK", "WSH")] == ["LA", "LAC", "LV", "WAS"]
    assert team_of_nickname("San Francisco 49ers ", 2015) == "SF"
    assert team_of_nickname("Rams", 2015) == "STL"
    assert team_of_nickname("Cam Newton", 2015) is None
