"""From a feature snapshot in a real Iceberg lake to a judged and promoted version."""

from datetime import UTC, datetime, timedelta
from functools import cached_property

import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.features.spec import VERSION_PROPERTY
from sports_platform.lake.catalog import current_snapshot, ensure_table, load_table, open_catalog
from sports_platform.models.artefacts import ModelVersion
from sports_platform.models.evidence import SimulatedGames
from sports_platform.models.gate import gate, input_differences, stored_verdict
from sports_platform.models.pointer import pointer_file
from sports_platform.models.registry import champion, promote
from sports_platform.models.train import train_week
from sports_platform.sports.nfl import NflDomain
from sports_platform.sports.nfl.model import NflModel
from sports_platform_tests.models import synthetic, truth

FEATURES = "nfl.play_features"
SILVER = ("nfl.plays", "nfl.schedules")
LAST, NEXT = Week(2015, 11), Week(2015, 12)


class CountingModel(NflModel):
    """The NFL's plan, whose auxiliary tables tell which plays they were counted from."""

    def auxiliary(self, plays: pa.Table) -> dict[str, object]:
        return {"weeks": sorted(set(plays["week_key"].to_pylist()))}


class CountingNfl(NflDomain):
    @cached_property
    def model(self) -> NflModel:
        return CountingModel()


DOMAIN = CountingNfl()


def kickoff(week: Week) -> datetime:
    return datetime(2015, 9, 10, tzinfo=UTC) + timedelta(weeks=week.number - 1)


def fill_silver(settings: Settings, table: str, rows: list[dict[str, object]]) -> None:
    spec = DOMAIN.tables[table]
    stored = ensure_table(open_catalog(settings), f"nfl.{table}", spec.all_columns, version=spec.version)
    schema = stored.schema().as_arrow()
    stored.append(pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema))


def fill_features(settings: Settings, rows: pa.Table) -> None:
    rows = rows.select(list(synthetic.spec().names()))
    catalog = open_catalog(settings)
    catalog.create_namespace_if_not_exists("nfl")
    version = {VERSION_PROPERTY: str(synthetic.spec().version)}
    catalog.create_table_if_not_exists(FEATURES, schema=rows.schema, properties=version).append(rows)


def filled(settings: Settings, features: pa.Table | None = None) -> Settings:
    """The home with fixtures and plays of weeks 4-12, and features of weeks 4-11 (or those given)."""
    games, plays = [], []
    for number in range(4, 13):
        week = Week(2015, number)
        start = kickoff(week)
        common = {"game_id": f"{week}_g", "season": 2015, "week": number, "home_team": "A", "away_team": "B"}
        common |= {"week_key": str(week), "event_time": start}
        games.append(common | {"game_type": "REG", "kickoff": start, "known_time": start - timedelta(days=90)})
        play = {"play_id": 1, "play_index": 0, "season_type": "REG", "qtr": 1}
        plays.append(common | play | {"known_time": start + timedelta(hours=5)})
    fill_silver(settings, "schedules", games)
    fill_silver(settings, "plays", plays)
    fill_features(settings, synthetic.table(12_000, seed=1) if features is None else features)
    return settings


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return filled(Settings(home=tmp_path_factory.mktemp("lake"), threads=1))


def lifelike(version: ModelVersion) -> SimulatedGames:
    """Simulated games as like the real ones as can be: the engine's part is tested where the engine is."""
    played = truth.games(1)
    return truth.beside_reality(played, truth.simulated(played, version.name, 2))[version.name]


@pytest.fixture(scope="module")
def last(lake: Settings):
    return train_week(lake, DOMAIN, LAST, synthetic.QUICK)


def test_a_week_is_trained_from_what_was_known_before_it(lake: Settings, last):
    assert last.week == LAST
    assert (last.path / "auxiliary.json").read_text().count("2015_wk") == 7  # plays of weeks 4-10
    metrics, lineage = last.metrics(), last.lineage()
    assert metrics.evaluation.weeks == ("2015_wk09", "2015_wk10")
    assert lineage.row_count == 12_000 * 7 // 8
    assert lineage.snapshots == {table: current_snapshot(lake, table) for table in (FEATURES, *SILVER)}
    assert lineage.model_version == metrics.evaluation.version == last.name


def test_the_snapshots_are_tagged_so_that_expiry_keeps_them(lake: Settings, last):
    name = last.lineage().inputs["iceberg_tag"]
    assert name == f"train-play_model-{last.name}"
    tagged = {table: load_table(lake, table).refs()[name].snapshot_id for table in (FEATURES, *SILVER)}
    assert tagged == last.lineage().snapshots


def test_a_version_with_other_inputs_is_refused_and_says_which(lake: Settings, last, monkeypatch: pytest.MonkeyPatch):
    pointer_file(lake).unlink(missing_ok=True)  # a champion's card would be the renamed one too
    card = last.card()
    renamed = card.model_copy(update={"context_names": (*card.context_names[:-1], "final_score")})
    monkeypatch.setattr(type(last), "card", lambda version: renamed)
    assert input_differences(DOMAIN, last) == tuple(sorted(("final_score", card.context_names[-1])))
    verdict = gate(lake, DOMAIN, last, {})
    assert not verdict.passed
    assert "final_score" in verdict.summary
    assert stored_verdict(last) == verdict
    swapped = card.model_copy(update={"state_names": card.state_names[1::-1] + card.state_names[2:]})
    monkeypatch.setattr(type(last), "card", lambda version: swapped)
    assert input_differences(DOMAIN, last) == card.state_names[1::-1]


def test_the_gate_compares_with_the_champion_on_the_candidates_weeks(lake: Settings, last):
    first = gate(lake, DOMAIN, last, {last.name: lifelike(last)})
    assert first.passed, first.markdown()
    assert first.champion is None
    assert promote(lake, DOMAIN, last, stored_verdict(last))
    candidate = train_week(lake, DOMAIN, NEXT, synthetic.QUICK)
    verdict = gate(lake, DOMAIN, candidate, {found.name: lifelike(found) for found in (candidate, last)})
    assert (verdict.candidate, verdict.champion) == (candidate.name, last.name)
    assert stored_verdict(candidate) == verdict
    # One more week of data, scored on two weeks of which the champion was fitted to neither.
    assert verdict.passed, verdict.markdown()
    assert champion(lake, NEXT) == last


def test_a_week_without_fixtures_is_an_error_that_leaves_nothing(lake: Settings):
    with pytest.raises(MissingDataError, match="2015_wk13"):
        train_week(lake, DOMAIN, Week(2015, 13), synthetic.QUICK)
    assert not (lake.home / "models" / "play_model" / "2015_wk13").exists()
