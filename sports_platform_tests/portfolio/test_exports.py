from pathlib import Path

import numpy as np
import pytest

from sports_platform.core.errors import ArtefactError
from sports_platform.core.weeks import Week
from sports_platform.portfolio.exports import read_upload, write_upload
from sports_platform.portfolio.lineup import CompactSlate, Lineup, SlatePlayer
from sports_platform.portfolio.milp import LineupSolver
from sports_platform.portfolio.projections import objective
from sports_platform.sports.nfl.rules import DRAFTKINGS_CLASSIC
from sports_platform_tests.portfolio.pools import real_slate, scenarios_for, small_pool

RULES = DRAFTKINGS_CLASSIC.model_copy(update={"salary_cap": 55_000})
POOL = small_pool()


def _lineups(pool: tuple[SlatePlayer, ...], count: int = 3) -> list[Lineup]:
    solver = LineupSolver(CompactSlate(rules=RULES, players=pool))
    values = np.random.default_rng(2).uniform(0, 20, (count, len(pool)))
    return [Lineup(tuple(pool[index] for index in solver.best(row))) for row in values]


def test_an_upload_reads_back_as_the_same_lineups(tmp_path: Path) -> None:
    lineups = _lineups(POOL)
    path = write_upload(tmp_path / "upload.csv", RULES, POOL, lineups)
    assert path.read_text().splitlines()[0] == "QB,RB,RB,WR,WR,WR,TE,FLEX,DST"
    assert path.read_text().splitlines()[1].split(",")[0] == lineups[0].players[0].label
    assert "(90" in lineups[0].players[0].label
    assert read_upload(path, RULES, POOL) == lineups


def test_without_ids_cells_are_names_and_namesakes_are_told_apart_by_the_rules(tmp_path: Path) -> None:
    # All tight ends and defences share one name: only the slots say who is meant.
    pool = tuple(
        player.model_copy(
            update={"site_player_id": None, "name": "Same" if player.position in ("TE", "DST") else player.name}
        )
        for player in POOL
    )
    path = write_upload(tmp_path / "upload.csv", RULES, pool, _lineups(pool, 1))
    assert "(" not in path.read_text()
    assert read_upload(path, RULES, pool)[0].violations(RULES) == []


def test_a_lineup_the_site_would_refuse_leaves_no_file(tmp_path: Path) -> None:
    lineup = _lineups(POOL, 1)[0]
    for rules, reason in (
        (RULES.model_copy(update={"salary_cap": 30_000}), "above the cap of 30000"),
        (RULES.model_copy(update={"min_games": 3}), "2 games where 3 are needed"),
        (RULES.model_copy(update={"max_from_team": 1}), "players of"),
    ):
        with pytest.raises(ArtefactError, match=reason):
            write_upload(tmp_path / "upload.csv", rules, POOL, [lineup])
    with pytest.raises(ArtefactError, match="the same lineup twice"):
        write_upload(tmp_path / "upload.csv", RULES, POOL, [lineup, lineup])
    swapped = Lineup((lineup.players[8], *lineup.players[1:8], lineup.players[0]))
    with pytest.raises(ArtefactError, match="DST in slot QB"):
        write_upload(tmp_path / "upload.csv", RULES, POOL, [swapped])
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("QB,RB\nSomebody,Else\n")
    with pytest.raises(ArtefactError, match="line 1: header"):
        read_upload(path, RULES, POOL)
    path.write_text("QB,RB,RB,WR,WR,WR,TE,FLEX,DST\n" + ",".join(["Nobody (1)"] * 9))
    with pytest.raises(ArtefactError, match="line 2"):
        read_upload(path, RULES, POOL)


@pytest.mark.parametrize("number", [7, 10, 11, 12, 13])
def test_every_lineup_of_a_real_slate_uploads(data_dir: Path, tmp_path: Path, number: int) -> None:
    salaries = data_dir / "dfs" / "dk_nfl_classic_2015w07.csv" if number == 7 else None
    slate = real_slate(data_dir, Week(2015, number), salaries)
    solver = LineupSolver(CompactSlate(rules=DRAFTKINGS_CLASSIC, players=slate.players))
    points_PS = scenarios_for(slate, scenarios=50).points_PS
    best = [solver.best(np.array(objective(points_PS, seed=number, task=task))) for task in range(12)]
    lineups = [Lineup(tuple(slate.players[index] for index in chosen)) for chosen in best]
    path = write_upload(tmp_path / "upload.csv", DRAFTKINGS_CLASSIC, slate.players, lineups)
    read = read_upload(path, DRAFTKINGS_CLASSIC, slate.players)
    assert all(lineup.violations(DRAFTKINGS_CLASSIC) == [] for lineup in read)
    assert [[p.name for p in lineup.players] for lineup in read] == [
        [p.name for p in lineup.players] for lineup in lineups
    ]
