"""A chain of stored records is followed to the end, and a broken one is named."""

import json

import pyarrow as pa
import pytest

from sports_platform.core.errors import MissingDataError
from sports_platform.core.lineage import Lineage
from sports_platform.core.settings import Settings
from sports_platform.core.tables import COMMON_COLUMNS
from sports_platform.core.weeks import Week
from sports_platform.lake import catalog
from sports_platform.ops.lineage import trace
from sports_platform.sports.nfl import DOMAIN
from sports_platform.streams.schemas import ARROW_TYPES

WEEK = Week(2015, 12)
MODEL = "2015_wk12-abc"


def commit(settings: Settings, table: str, **properties: object) -> int:
    """An empty commit to `table` with `sports.*` properties; its snapshot id."""
    made = catalog.ensure_table(catalog.open_catalog(settings), table, COMMON_COLUMNS, version=1)
    rows = pa.schema([(c.name, ARROW_TYPES[c.type]) for c in COMMON_COLUMNS]).empty_table()
    made.append(rows, snapshot_properties={f"sports.{name}": json.dumps(v) for name, v in properties.items()})
    return catalog.newest_snapshot(made)


def store(settings: Settings, record: Lineage, *parts: str) -> None:
    record.write(settings.stage_dir(*parts))


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a whole chain: two ingestions, one silver commit after each, features from the second."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    commit(settings, "nfl.bronze_plays", offsets={"nfl.plays.v1": {"0": [0, 99], "1": [0, 49]}})
    bronze = commit(settings, "nfl.bronze_plays", offsets={"nfl.plays.v1": {"0": [100, 180]}})
    prices = commit(settings, "nfl.bronze_slates", offsets={"nfl.slates.v1": {"0": [0, 400]}})
    silver = commit(settings, "nfl.plays", inputs={"nfl.bronze_plays": bronze})
    slates = commit(settings, "nfl.slates", inputs={"nfl.bronze_slates": prices})
    old = commit(settings, "nfl.play_features", inputs={"nfl.plays": silver})
    context = commit(settings, "nfl.game_context", inputs={"nfl.plays": silver})
    commit(settings, "nfl.play_features", inputs={"nfl.plays": silver})

    common = {"sport": "nfl", "week": str(WEEK)}
    store(
        settings, Lineage(step="portfolio", snapshots={"nfl.slates": slates}, **common), "portfolio", "nfl", str(WEEK)
    )
    simulation = Lineage(
        step="simulation", seed=7, model_version=MODEL, snapshots={"nfl.game_context": context}, **common
    )
    store(settings, simulation, "simulation", "nfl", str(WEEK))
    # The silver that auxiliary tables were counted from stands in the model's record too.
    model = Lineage(step="models/play_model", snapshots={"nfl.play_features": old, "nfl.plays": silver}, **common)
    store(settings, model, "models", "play_model", "versions", MODEL)
    return settings


def test_the_chain_leads_from_lineups_to_offsets(home: Settings) -> None:
    chain = trace(home, DOMAIN, WEEK)
    assert [record.step for record in chain] == [
        "portfolio",
        "simulation",
        "models/play_model",
        "features",
        "lake/silver",
        "lake/bronze",
    ]
    assert (chain[1].seed, chain[1].model_version) == (7, MODEL)
    assert set(chain[3].snapshots) == {"nfl.game_context", "nfl.play_features"}
    # The model's own snapshot, not the newest one of the table.
    assert chain[3].snapshots["nfl.play_features"] == chain[2].snapshots["nfl.play_features"]
    assert set(chain[4].snapshots) == {"nfl.plays", "nfl.slates"}
    assert chain[5].offsets == {
        "nfl.plays.v1": {"0": (0, 180), "1": (0, 49)},
        "nfl.slates.v1": {"0": (0, 400)},
    }


def test_a_missing_record_is_named(home: Settings) -> None:
    (home.home / "models" / "play_model" / "versions" / MODEL / "lineage.json").unlink()
    with pytest.raises(MissingDataError, match=rf"no lineage.json in .*{MODEL}\n.*stored model"):
        trace(home, DOMAIN, WEEK)


def test_an_expired_snapshot_is_named(home: Settings) -> None:
    record = Lineage(step="portfolio", sport="nfl", week=str(WEEK), snapshots={"nfl.slates": 1})
    store(home, record, "portfolio", "nfl", str(WEEK))
    with pytest.raises(MissingDataError, match=r"table nfl\.slates without snapshot 1"):
        trace(home, DOMAIN, WEEK)
