"""What the assets are given: the settings, and a Spark session through dagster-pyspark."""

from dagster_pyspark import PySparkResource

from sports_platform.core.settings import Settings
from sports_platform.lake.spark import spark_config


def platform_resources(settings: Settings) -> dict[str, object]:
    """Resources by the names under which the assets ask for them."""
    return {"settings": settings, "pyspark": PySparkResource(spark_config=spark_config(settings))}
