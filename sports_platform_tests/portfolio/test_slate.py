from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.lake.catalog import ensure_table, open_catalog
from sports_platform.portfolio.slate import load_slate, slate_of
from sports_platform.sports.nfl import DOMAIN
from sports_platform.streams.sources.opening import slate_name
from sports_platform_tests.portfolio.pools import real_slate

WEEK = Week(2015, 12)
THURSDAY = datetime(2015, 11, 26, 17, 30, tzinfo=UTC)
SUNDAY = datetime(2015, 11, 29, 18, 0, tzinfo=UTC)


def _price(name: str, team: str = "PIT", **values: object) -> dict[str, object]:
    common = {"week_key": str(WEEK), "event_time": THURSDAY, "known_time": THURSDAY - timedelta(days=2)}
    named = {"site": "dk", "slate": slate_name(Settings(), DOMAIN, WEEK), "player_name": name}
    row = {"season": 2015, "week": 12, **named, "position": "WR", "team": team}
    return row | common | {"game_id": None, "site_player_id": None, "salary": 5000, "gsis_id": f"id-{name}"} | values


def _fixture(game: str, kickoff: datetime) -> dict[str, object]:
    _, _, away, home = game.split("_")
    common = {"week_key": str(WEEK), "event_time": kickoff, "known_time": datetime(2015, 5, 1, tzinfo=UTC)}
    scores = {"home_score": None, "away_score": None, "overtime": None}
    row = {"game_id": game, "season": 2015, "week": 12, "game_type": "REG", "home_team": home, "away_team": away}
    return row | {"kickoff": kickoff} | scores | common


FIXTURES = [_fixture("2015_12_PHI_DET", THURSDAY), _fixture("2015_12_PIT_SEA", SUNDAY)]


def _table(rows: list[dict[str, object]]) -> pa.Table:
    return pl.DataFrame(rows, infer_schema_length=None).to_arrow()


def _slate(*prices: dict[str, object]):
    return slate_of(DOMAIN, WEEK, _table(list(prices)), _table(FIXTURES))


def test_an_archive_is_cut_to_the_main_slate() -> None:
    slate = _slate(_price("A"), _price("B", "PHI"))
    assert slate.games == ("2015_12_PIT_SEA",)
    assert [player.name for player in slate.players] == ["A"]
    assert slate.off_slate == 1


def test_a_contests_file_is_taken_as_it_stands() -> None:
    slate = _slate(_price("A", site_player_id="1"), _price("B", "PHI", site_player_id="2"))
    assert slate.games == ("2015_12_PHI_DET", "2015_12_PIT_SEA")
    assert {player.label for player in slate.players} == {"A (1)", "B (2)"}
    only_thursday = _slate(_price("B", "PHI"))
    assert only_thursday.games == ("2015_12_PHI_DET",)


def test_everybody_left_out_is_listed_with_a_reason() -> None:
    slate = _slate(
        _price("fine"),
        _price("nobody", gsis_id=None),
        _price("free", salary=0),
        _price("kicker", position="K"),
        _price("idle", "NE"),
        _price("again", gsis_id="id-fine", salary=4000),
    )
    assert [player.name for player in slate.players] == ["fine"]
    assert {row.name: row.reason for row in slate.unmatched} == {
        "nobody": "no player of that name, position and team is known",
        "free": "no salary",
        "kicker": "no roster slot takes his position",
        "idle": "his team has no game this week",
        "again": "second price of the same player",
    }
    narrowed = slate.with_simulated([])
    assert not narrowed.players
    assert narrowed.unmatched[-1].reason == "not among the simulated players"


def _write(settings: Settings, name: str, rows: list[dict[str, object]]) -> None:
    spec = DOMAIN.tables[name]
    table = ensure_table(open_catalog(settings), f"nfl.{name}", spec.all_columns, version=spec.version)
    table.append(pa.Table.from_pylist(rows, table.schema().as_arrow()))


def test_a_price_known_after_the_cut_off_is_not_used(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    _write(settings, "schedules", FIXTURES)
    late = THURSDAY + timedelta(hours=1)
    _write(settings, "slates", [_price("A"), _price("A", salary=9000, known_time=late), _price("B", known_time=late)])
    slate = load_slate(settings, DOMAIN, WEEK)
    assert [(player.name, player.salary) for player in slate.players] == [("A", 5000)]
    assert set(slate.snapshots) == {"nfl.slates", "nfl.schedules"}


def test_only_the_slate_that_the_settings_name_is_offered(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    _write(settings, "schedules", FIXTURES)
    _write(settings, "slates", [_price("A"), _price("B", slate="another file")])
    assert [player.name for player in load_slate(settings, DOMAIN, WEEK).players] == ["A"]


def test_a_slate_that_was_not_published_is_an_error(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    _write(settings, "schedules", FIXTURES)
    _write(settings, "slates", [_price("A", known_time=THURSDAY), _price("B", slate="another file")])
    with pytest.raises(MissingDataError, match="slates \\['another file'\\] for 2015_wk12"):
        load_slate(settings, DOMAIN, WEEK)


@pytest.mark.parametrize("number", [10, 11, 12, 13])
def test_real_archives_give_main_slates(data_dir: Path, number: int) -> None:
    slate = real_slate(data_dir, Week(2015, number))
    assert 10 <= len(slate.games) <= 15
    assert len(slate.players) > 250
    assert len(slate.unmatched) < 0.01 * len(slate.players)


def test_a_real_contest_file_lists_its_unknown_players(data_dir: Path) -> None:
    slate = real_slate(data_dir, Week(2015, 7), data_dir / "dfs" / "dk_nfl_classic_2015w07.csv")
    assert len(slate.games) == 12
    assert {player.position for player in slate.players} == {"QB", "RB", "WR", "TE", "DST"}
    assert 0 < len(slate.unmatched) < 0.06 * len(slate.players)
