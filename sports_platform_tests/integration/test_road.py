"""The whole road on real services and real games: what stands at its end, and that walking it again changes nothing."""

import csv
import hashlib
from dataclasses import replace

import pytest

from sports_platform.core.errors import DataQualityError, MissingDataError, ServiceDownError
from sports_platform.lake.catalog import current_snapshot, load_table
from sports_platform.models.artefacts import week_version
from sports_platform.models.gate import stored_verdict
from sports_platform.models.surrogate_artefact import StoredSurrogate, surrogate_dir
from sports_platform.ops.fidelity import Plan, fidelity, write
from sports_platform.ops.lineage import trace
from sports_platform.ops.report import report_file
from sports_platform.orchestration.build import build_definitions
from sports_platform.orchestration.instance import open_instance
from sports_platform.orchestration.keys import bronze_key, stage_key
from sports_platform.orchestration.partitions import range_tags
from sports_platform.orchestration.road import Runner, Step, walk
from sports_platform.portfolio.artefact import Portfolio, portfolio_folder
from sports_platform_tests.integration.conftest import LAST

_EARLY = ("streams", "lake", "features")


def state(settings, domain) -> dict[str, object]:
    """What must be the same however often the road is walked."""
    tables = [*domain.tables, *domain.features.tables]
    keys = {name: load_table(settings, f"{domain.name}.{name}").scan().to_arrow() for name in tables}
    simulated = settings.stage_dir("simulation", domain.name) / str(LAST) / "points.npy"
    return {
        "rows": {name: rows.num_rows for name, rows in keys.items()},
        "content": {name: rows.sort_by([(n, "ascending") for n in rows.column_names]) for name, rows in keys.items()},
        "model": week_version(settings, LAST).name,
        "points": hashlib.sha256(simulated.read_bytes()).hexdigest(),
        "upload": (portfolio_folder(settings, domain.name, LAST) / "upload.csv").read_text(),
    }


@pytest.mark.timeout(1200)
def test_the_road_from_events_to_lineups(settings, domain, spark) -> None:
    steps: list[Step] = []
    notes: list[str] = []

    def again(*, republish: bool) -> None:
        walk(settings, domain, [LAST], republish=republish, on_step=steps.append, on_note=notes.append)

    again(republish=False)
    assert all(step.succeeded for step in steps)
    assert notes == ["publishing 12 of 12 weeks (0 are in Kafka already)"]

    assert stored_verdict(week_version(settings, LAST)).passed
    portfolio = Portfolio.load(portfolio_folder(settings, domain.name, LAST))
    assert len(portfolio.lineups) == settings.lineups
    surrogate = StoredSurrogate.load(surrogate_dir(settings, domain.name, LAST))
    assert surrogate.lineage.model_version == portfolio.lineage.model_version
    assert all(lineup.violations(domain.contest) == [] for lineup in portfolio.lineups)
    with portfolio.upload_csv.open() as file:
        assert len(list(csv.reader(file))) == 1 + settings.lineups
    assert "<html" in report_file(settings, domain, LAST).read_text()

    chain = trace(settings, domain, LAST)
    assert [record.step for record in chain][-2:] == ["lake/silver", "lake/bronze"]
    assert chain[0].model_version == week_version(settings, LAST).name
    plays = chain[-1].offsets[f"{domain.name}.plays.v1"]
    assert all(first == 0 < last for first, last in plays.values())

    with open_instance(settings) as instance:
        weeks = instance.get_materialized_partitions(stage_key(domain, "lake", "plays"))
        assert len(weeks) == LAST.number
        touched = instance.get_latest_materialization_event(bronze_key(domain, "plays"))
        assert sorted(touched.asset_materialization.metadata["weeks"].value) == sorted(weeks)

    before = state(settings, domain)
    again(republish=True)
    assert state(settings, domain) == before
    bronze = load_table(settings, f"{domain.name}.bronze_plays").scan().to_arrow()
    assert bronze.num_rows == 2 * before["rows"]["plays"]
    compare_with_real_games(settings, domain)


def compare_with_real_games(settings, domain) -> None:
    """The week by its own version, which has not seen it, in a few scenarios; a second time nothing is played."""
    notes: list[str] = []
    plan = Plan(LAST.season, LAST.number, LAST.number, scenarios=16, versions=(week_version(settings, LAST),))
    first, again = (fidelity(settings, domain, plan, notes.append) for _ in range(2))
    assert notes == [f"playing {LAST} by {week_version(settings, LAST).name}, strength draws 1"]
    assert first.markdown() == again.markdown()
    games = first.settings[1].games
    assert set(games.weeks) == {str(LAST)}
    seen = load_table(settings, f"{domain.name}.schedules").scan().to_arrow().to_pylist()
    finals = {row["game_id"]: [row["away_score"], row["home_score"]] for row in seen if row["home_score"] is not None}
    assert games.real_scores_G2.tolist() == [finals[game] for game in games.ids]
    rows = {row.name: row for row in first.settings[1].rows}
    assert rows["points, mean"].real == rows["total, mean"].real / 2
    assert rows["margin, mean absolute error"].count == len(games.ids)
    assert rows.keys() >= {"contest points, DST, 80 %", *(pair.name for pair in domain.fidelity.pairs)}
    write(first, domain, settings.home / "out")
    assert (settings.home / "out" / "report.md").read_text() == first.markdown()


def test_a_broker_that_is_down_ends_the_road_with_one_clear_error(settings, domain) -> None:
    settings.endpoints_file.unlink()
    steps: list[Step] = []
    with pytest.raises(ServiceDownError, match="services start"):
        walk(settings, domain, [LAST], republish=False, on_step=steps.append, on_note=print)
    assert [step.succeeded for step in steps] == [False]


def test_a_week_that_fails_its_check_is_not_visible_and_stops_the_road(settings, domain, spark) -> None:
    strict = replace(domain.tables["lines"], rows_a_week=(1000, 2000))
    domain.tables = {**domain.tables, "lines": strict}
    definitions = build_definitions(settings, domain=domain)
    steps: list[Step] = []
    up_to_features = [key for key in definitions.resolve_asset_graph().get_all_asset_keys() if key.path[1] in _EARLY]
    with open_instance(settings) as instance, pytest.raises(DataQualityError, match="volume: "):
        Runner(definitions, instance, steps.append).run(up_to_features, tags=range_tags(str(LAST), str(LAST)))
    assert [step.name for step in steps if not step.succeeded] == [f"{domain.name}/lake/lines"]
    assert not any("features" in step.name for step in steps)
    with pytest.raises(MissingDataError):
        current_snapshot(settings, f"{domain.name}.lines")
