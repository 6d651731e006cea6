"""Sensors on a real broker, and on an instance's own event log."""

import time

import dagster as dg
import pytest

from sports_platform.core.settings import Settings
from sports_platform.core.weeks import Week
from sports_platform.orchestration.keys import bronze_key
from sports_platform.orchestration.partitions import week_partitions
from sports_platform.orchestration.sensors import platform_sensors
from sports_platform.sports.nfl import DOMAIN
from sports_platform.streams.publish import publish
from sports_platform.streams.sources.opening import open_source
from sports_platform.streams.sources.sample import sample_folder


def sensors(settings: Settings, domain) -> list[dg.SensorDefinition]:
    return platform_sensors(domain, week_partitions(settings, domain))


def tick(sensor: dg.SensorDefinition, settings: Settings, cursor: str | None = None):
    context = dg.build_sensor_context(cursor=cursor, resources={"settings": settings})
    return sensor(context)


def test_bronze_is_requested_once_when_offsets_move(settings, domain) -> None:
    settings = settings.model_copy(update={"source": str(sample_folder("nfl"))})
    new_records, _ = sensors(settings, domain)
    assert isinstance(tick(new_records, settings), dg.SkipReason)
    publish(settings, domain, open_source(settings, domain), domain.tables["lines"], [Week(2015, 12)])
    started = time.monotonic()
    found = tick(new_records, settings)
    assert time.monotonic() - started < 2
    assert len(found.run_requests) == 1
    assert isinstance(tick(new_records, settings, found.cursor), dg.SkipReason)
    # A lost cursor asks for the same run again, under the same key: Dagster starts it once.
    assert tick(new_records, settings).run_requests[0].run_key == found.run_requests[0].run_key


def test_without_services_the_sensor_skips_and_says_why(tmp_path) -> None:
    new_records, _ = sensors(Settings(home=tmp_path), DOMAIN)
    skipped = tick(new_records, Settings(home=tmp_path))
    assert isinstance(skipped, dg.SkipReason)
    assert "services start" in str(skipped.skip_message)


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def touched(instance: dg.DagsterInstance, table: str, weeks: list[str]) -> None:
    metadata = {"weeks": dg.MetadataValue.json(weeks)}
    event = dg.AssetMaterialization(bronze_key(DOMAIN, table), metadata=metadata)
    instance.report_runless_asset_event(event)


def test_touched_weeks_are_requested_as_ranges_and_once(instance, tmp_path) -> None:
    _, touched_weeks = sensors(Settings(home=tmp_path), DOMAIN)
    touched(instance, "plays", ["2015_wk10", "2015_wk11"])
    touched(instance, "slates", ["2015_wk13"])
    found = touched_weeks(dg.build_sensor_context(instance=instance))
    ranges = [
        (request.tags["dagster/asset_partition_range_start"], request.tags["dagster/asset_partition_range_end"])
        for request in found.run_requests
    ]
    assert ranges == [("2015_wk10", "2015_wk11"), ("2015_wk13", "2015_wk13")]
    again = touched_weeks(dg.build_sensor_context(instance=instance, cursor=found.cursor))
    assert not again.run_requests
    touched(instance, "lines", ["2015_wk12"])
    later = touched_weeks(dg.build_sensor_context(instance=instance, cursor=again.cursor))
    assert [request.tags["dagster/asset_partition_range_start"] for request in later.run_requests] == ["2015_wk12"]
