"""Which weeks the road publishes again."""

import dagster as dg

from sports_platform.orchestration.road import weeks_from

KEY = dg.AssetKey(["nfl", "streams", "plays"])


def test_a_week_counts_as_published_by_the_source_that_published_it_last() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for week, source in [("2015_wk10", "sample"), ("2015_wk11", "sample"), ("2015_wk10", "/data/nfl")]:
            event = dg.AssetMaterialization(KEY, partition=week, metadata={"source": source})
            instance.report_runless_asset_event(event)
        assert weeks_from(instance, KEY, "sample") == {"2015_wk11"}
        assert weeks_from(instance, KEY, "/data/nfl") == {"2015_wk10"}
        assert weeks_from(instance, dg.AssetKey("nothing"), "sample") == set()
