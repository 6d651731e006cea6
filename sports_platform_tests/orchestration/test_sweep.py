"""Job `sweep` as Dagster runs it, on a lake of synthetic plays."""

from pathlib import Path

import dagster as dg
import pytest

from sports_platform.core.errors import ArtefactError, SettingsError
from sports_platform.core.settings import Settings
from sports_platform.models.sweep import results
from sports_platform.orchestration.build import build_definitions
from sports_platform.orchestration.keys import op_name, stage_key, trial_key
from sports_platform.orchestration.road import Runner, _of_the_week
from sports_platform_tests.models.sweep_process import BASE, opened
from sports_platform_tests.models.test_train import DOMAIN, LAST, filled


def run(settings: Settings, instance: dg.DagsterInstance, trial: str, base: dict[str, object]) -> None:
    config = {"ops": {op_name(trial_key(DOMAIN)): {"config": {"week": str(LAST), "base": base}}}}
    job = build_definitions(settings, domain=DOMAIN).resolve_job_def("sweep")
    job.execute_in_process(partition_key=trial, run_config=config, instance=instance)


def test_a_partition_is_a_trial_and_materialized_again_it_replaces_it(tmp_path: Path) -> None:
    settings = filled(Settings(home=tmp_path, threads=1, trials=3))
    base = BASE.model_dump(exclude_none=True)  # no null passes as run config
    with dg.DagsterInstance.ephemeral() as instance:
        for trial in ("trial_000", "trial_002", "trial_000"):
            run(settings, instance, trial, base)
        assert instance.get_materialized_partitions(trial_key(DOMAIN)) == {"trial_000", "trial_002"}
        event = instance.get_latest_materialization_event(trial_key(DOMAIN))
        with pytest.raises(SettingsError, match="epochs=0"):
            run(settings, instance, "trial_001", base | {"epochs": 0})
        assert "trial_001" not in instance.get_materialized_partitions(trial_key(DOMAIN))
    sweep = opened(settings)  # the same study: base and week came with the run's config
    found = {trial.name: trial for trial in results(sweep)}
    assert found.keys() == {"trial_000", "trial_002"}
    metadata = event.asset_materialization.metadata
    assert metadata["objective"].value == found["trial_000"].objective
    assert metadata["study"].value == sweep.study


def test_trials_are_as_many_as_settings_say(tmp_path: Path) -> None:
    graph = build_definitions(Settings(home=tmp_path, trials=12)).resolve_asset_graph()
    partitions = graph.get(dg.AssetKey(["nfl", "models", "play_model_trial"])).partitions_def
    assert list(partitions.get_partition_keys())[-1] == "trial_011"
    assert len(partitions.get_partition_keys()) == 12


def test_no_trial_is_on_the_road_of_a_week(definitions: dg.Definitions, tmp_path: Path) -> None:
    road = _of_the_week(definitions, DOMAIN)
    assert stage_key(DOMAIN, "models", "play_model") in road
    assert trial_key(DOMAIN) not in road
    # Assets of the week still run by week, beside an asset whose partitions are none.
    own = build_definitions(Settings(home=tmp_path), domain=DOMAIN)
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(ArtefactError, match="train the week"):
        Runner(own, instance, print).run([stage_key(DOMAIN, "models", "promotion")], partition_key=str(LAST))
