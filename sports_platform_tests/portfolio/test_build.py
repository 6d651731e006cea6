import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from sports_platform.core.errors import ArtefactError, InfeasibleError
from sports_platform.core.settings import Endpoints, Settings
from sports_platform.core.weeks import Week
from sports_platform.portfolio.artefact import Portfolio, actual_lineup_points, portfolio_folder
from sports_platform.portfolio.build import PortfolioConfig, portfolio_of
from sports_platform.portfolio.exports import read_upload
from sports_platform.portfolio.slate import Unmatched
from sports_platform.sports.nfl import DOMAIN
from sports_platform_tests.portfolio.pools import real_slate, scenarios_for, small_slate

CONFIG = PortfolioConfig(candidates_per_lineup=6, rounds=2, max_exposure=1.0)


@pytest.fixture
def cheap_slate():
    """The small slate at half price, so that the real cap holds."""
    slate = small_slate()
    players = tuple(player.model_copy(update={"salary": player.salary * 4 // 5}) for player in slate.players)
    return replace(slate, players=players, unmatched=(Unmatched("X, Jr.", "WR", "AAA", None, "no salary"),))


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lineage.json"}


def test_a_portfolio_is_stored_whole_and_loads_as_it_was(settings: Settings, cheap_slate) -> None:
    scenarios = scenarios_for(cheap_slate)
    points = pa.table({"game_id": ["g1", "g2"], "player_id": ["id00", "id20"], "points": [10.0, 3.5]})
    built = portfolio_of(settings, DOMAIN, cheap_slate, scenarios, config=CONFIG)
    loaded = Portfolio.load(portfolio_folder(settings, "nfl", cheap_slate.week))
    assert (loaded.lineups, loaded.unmatched, loaded.slots) == (built.lineups, built.unmatched, built.slots)
    assert loaded.metrics.equals(built.metrics)
    assert loaded.exposures["lineups"].sum() == 9 * settings.lineups
    actual = actual_lineup_points(loaded, points)
    assert loaded.with_actual(actual).metrics["actual"].to_list() == actual
    assert read_upload(loaded.upload_csv, DOMAIN.contest, cheap_slate.players) == list(built.lineups)
    assert "ready to upload" in loaded.note
    lineage = json.loads((loaded.folder / "lineage.json").read_text())
    assert (lineage["step"], lineage["model_version"], lineage["snapshots"]) == ("portfolio", "test", {"nfl.slates": 1})


def test_metrics_are_those_of_the_summed_scenarios(settings: Settings, cheap_slate) -> None:
    scenarios = scenarios_for(cheap_slate)
    built = portfolio_of(settings, DOMAIN, cheap_slate, scenarios, config=CONFIG)
    row_of = {player: row for row, player in enumerate(scenarios.players["player_id"].to_pylist())}
    points_S = (
        scenarios.points_PS[[row_of[p.player_id] for p in built.lineups[0].players]].astype(float).sum(axis=0) / 50
    )
    first = built.metrics.row(0, named=True)
    assert first["mean"] == pytest.approx(points_S.mean())
    assert first["sd"] == pytest.approx(points_S.std())
    assert first["p10"] <= first["p50"] <= first["p90"] <= first["p99"] <= points_S.max()
    assert "actual" not in built.metrics.columns


def test_a_failed_build_leaves_the_stored_portfolio(settings: Settings, cheap_slate) -> None:
    scenarios = scenarios_for(cheap_slate)
    stored = portfolio_of(settings, DOMAIN, cheap_slate, scenarios, config=CONFIG).folder
    before = _bytes(stored)
    without_qb = replace(cheap_slate, players=tuple(p for p in cheap_slate.players if p.position != "QB"))
    with pytest.raises(InfeasibleError, match="0 of 18 players for QB"):
        portfolio_of(settings, DOMAIN, without_qb, scenarios, config=CONFIG)
    with pytest.raises(ArtefactError, match="scenarios of 2015_wk11"):
        portfolio_of(settings, DOMAIN, cheap_slate, replace(scenarios, week="2015_wk11"), config=CONFIG)
    assert _bytes(stored) == before
    assert [path.name for path in stored.parent.iterdir()] == ["2015_wk12"]


def test_a_real_week_gives_the_same_valid_portfolio_for_any_number_of_workers(
    data_dir: Path, services: Endpoints, tmp_path: Path
) -> None:
    slate = real_slate(data_dir, Week(2015, 12))
    files = []
    for workers in (1, 2):
        settings = Settings(home=tmp_path / str(workers), workers=workers, lineups=8)
        settings.stage_dir("services")
        settings.endpoints_file.write_text(services.model_dump_json())
        config = PortfolioConfig(candidates_per_lineup=8, rounds=2)
        built = portfolio_of(settings, DOMAIN, slate, scenarios_for(slate), config=config)
        files.append(_bytes(built.folder))
    assert files[0] == files[1]
    assert read_upload(built.upload_csv, DOMAIN.contest, slate.players)
    assert "site ids" in built.note
    assert built.exposures["share"].max() <= 0.6
    assert all(_has_stack(lineup.players) for lineup in built.lineups)
    assert built.metrics["salary"].min() >= 45_000
    published = _published_points(data_dir)
    sums = [sum(published[player.player_id] for player in lineup.players) for lineup in built.lineups]
    counted = actual_lineup_points(built, _real_points(data_dir))
    assert counted == pytest.approx(sums, abs=0.35)  # one catch of the week was corrected later


def _real_points(data_dir: Path) -> pa.Table:
    """Points of week 12 counted from the plays."""
    plays = pl.read_parquet(data_dir / "nfl" / "play_by_play_2015.parquet").filter(pl.col("week") == 12)
    schedules = pl.read_parquet(data_dir / "nfl" / "schedules.parquet").filter(pl.col("season") == 2015)
    return DOMAIN.player_points(plays.to_arrow(), schedules.to_arrow())


def _published_points(data_dir: Path) -> dict[str, float]:
    """What DraftKings itself gave for week 12."""
    archive = pl.read_parquet(data_dir / "dfs" / "dk_nfl_salaries_2015.parquet").filter(pl.col("week") == 12)
    return dict(archive.select("gsis_id", "dk_points").iter_rows())


def _has_stack(players) -> bool:
    quarterback = next(player for player in players if player.position == "QB")
    return any(p.team == quarterback.team and p.position in ("WR", "TE") for p in players)


def test_a_player_missing_from_the_scenarios_is_listed_not_used(settings: Settings, cheap_slate) -> None:
    full = scenarios_for(cheap_slate)
    absent = cheap_slate.players[3]
    keep = [row for row, player in enumerate(cheap_slate.players) if player != absent]
    scenarios = replace(full, players=full.players.take(keep), points_PS=full.points_PS[keep])
    built = portfolio_of(settings, DOMAIN, cheap_slate, scenarios, config=CONFIG)
    assert absent.player_id not in built.exposures["player_id"].to_list()
    unmatched = pl.read_csv(built.folder / "unmatched.csv")
    assert unmatched.rows() == [
        ("X, Jr.", "WR", "AAA", None, "no salary"),
        (absent.name, absent.position, absent.team, absent.salary, "not among the simulated players"),
    ]
