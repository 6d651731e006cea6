"""Small snapshots of the graph, one a stage, and what every asset owes the person who reads it."""

import dagster as dg
import pytest

from sports_platform.orchestration.keys import OWNERS, STAGES

TABLES = ("lines", "players", "plays", "schedules", "slates")
FEATURES = ("game_context", "play_features", "play_players", "drive_features")
SUMMARIES = ("player_games", "team_games")

# Stage -> asset -> what it depends on, as <stage>/<name>.
GRAPH = {
    "streams": {table: set() for table in TABLES},
    "lake": {f"bronze_{table}": {f"streams/{table}"} for table in TABLES}
    | {table: {f"lake/bronze_{table}"} for table in TABLES},
    "features": {name: {f"lake/{table}" for table in TABLES} for name in FEATURES}
    | {name: {"lake/plays", "lake/players"} for name in SUMMARIES}
    | {"online": {f"features/{name}" for name in FEATURES}},
    "models": {
        "play_model": {"features/play_features", "lake/plays"},
        "play_model_trial": {"features/play_features", "lake/plays"},
        "drive_model": {"features/drive_features", "lake/plays"},
        "gate": {"models/play_model", "features/game_context", "lake/plays"},
        "promotion": {"models/gate"},
    },
    "simulation": {"scenarios": {"models/promotion", *(f"features/{name}" for name in FEATURES)}},
    "portfolio": {name: {"simulation/scenarios", "lake/slates"} for name in ("lineups", "surrogate")},
    "report": {"week": {"portfolio/lineups", "models/gate"}},
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_holds_these_assets(graph, stage: str) -> None:
    found = {
        key.path[2]: {"/".join(parent.path[1:]) for parent in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
        if key.path[:2] == ["nfl", stage]
    }
    assert found == GRAPH[stage]


def test_every_asset_is_described(graph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        stage = key.path[1]
        assert node.group_name == stage
        assert node.owners == [OWNERS[stage]]
        assert node.kinds, key
        assert (node.description or "").endswith("."), key
        assert node.code_version, key


def test_only_bronze_is_not_partitioned(graph) -> None:
    without = {key.path[2] for key in graph.get_all_asset_keys() if graph.get(key).partitions_def is None}
    assert without == {f"bronze_{table}" for table in TABLES}


def test_ranges_of_weeks_run_at_once_up_to_the_features(graph) -> None:
    at_once = {
        key.path[2]
        for key in graph.get_all_asset_keys()
        if graph.get(key).partitions_def and graph.get(key).backfill_policy == dg.BackfillPolicy.single_run()
    }
    assert at_once == {*TABLES, *FEATURES, *SUMMARIES}


@pytest.mark.parametrize("path", ["streams/plays", "lake/bronze_plays", "lake/plays", "features/play_features"])
def test_tables_show_their_columns(graph, path: str) -> None:
    schema = graph.get(dg.AssetKey(["nfl", *path.split("/")])).metadata["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    names = [column.name for column in schema.columns]
    assert {"game_id", "play_id", "posteam", "week_key"} <= set(names)
    assert all(column.description for column in schema.columns)


def test_checks(graph) -> None:
    found = {(key.asset_key.path[2], key.name) for key in graph.asset_check_keys}
    silver = {(table, name) for table in TABLES for name in ("quality", "newest_week_is_fresh")}
    assert found == {*silver, ("gate", "passes_gate")}


def test_jobs_sensors_and_schedules(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {"ingest", "week", "sweep", "freshness"} <= set(repository.job_names)
    assert {sensor.name for sensor in repository.sensor_defs} == {"nfl_new_records", "nfl_touched_weeks"}
    assert [schedule.name for schedule in repository.schedule_defs] == ["freshness_schedule"]
    assert all(s.default_status == dg.DefaultSensorStatus.STOPPED for s in repository.sensor_defs)


def test_the_whole_road_can_run_for_one_week(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("week")
    assert job.partitions_def is not None
    trial = definitions.resolve_job_def("sweep").asset_layer.selected_asset_keys
    everything = definitions.resolve_asset_graph().get_all_asset_keys()
    assert set(job.asset_layer.selected_asset_keys) == everything - set(trial)
    assert {key.path[2] for key in trial} == {"play_model_trial"}
