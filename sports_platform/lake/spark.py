"""The Spark session of the platform: one a process, local, on the same catalog as pyiceberg.

Belongs here: its configuration and nothing that runs on it.
"""

import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from sports_platform.core.errors import ServiceDownError
from sports_platform.core.settings import Settings
from sports_platform.lake import catalog

_LOGGING = Path(__file__).parent / "log4j2.properties"  # errors only, from the JVM's first line on
_CATALOG = f"spark.sql.catalog.{catalog.NAME}"


def spark_config(settings: Settings) -> dict[str, str]:
    """Configuration of the session, for `spark_session` and for Dagster's PySpark resource.

    Also sets two variables that have no working configuration key outside spark-submit: the workers'
    interpreter, and the address to use where the machine's own name does not resolve.
    """
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    return {
        "spark.app.name": "sports_platform",
        "spark.master": "local[2]",
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraClassPath": f"{settings.tools}/jars/spark/*",
        # The JVM lives minutes: the serial collector and the first compiler tier start faster and stay small. The
        # code cache of the first tier alone is 48 MB; once full, the JVM stops compiling and queries crawl.
        "spark.driver.extraJavaOptions": (
            "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -Duser.timezone=UTC "
            f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}"
        ),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",
        # A build of features compiles more classes than the usual hundred that are kept for the next one.
        "spark.sql.codegen.cache.maxEntries": "2000",
        "spark.sql.warehouse.dir": str(settings.warehouse / "spark"),
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        _CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        f"{_CATALOG}.type": "jdbc",
        f"{_CATALOG}.uri": f"jdbc:sqlite:{settings.catalog}?busy_timeout=30000",
        f"{_CATALOG}.jdbc.schema-version": "V1",
        f"{_CATALOG}.warehouse": settings.warehouse.as_uri(),
        # pyiceberg commits from outside this JVM: a cached table would be a stale one.
        f"{_CATALOG}.cache-enabled": "false",
    }


def spark_session(settings: Settings) -> SparkSession:
    """The process's session, started if there is none; raises ServiceDownError without the jars."""
    jars = settings.tools / "jars" / "spark"
    if not any(jars.glob("iceberg-spark-runtime-*.jar")):
        raise ServiceDownError(
            found=f"no Iceberg runtime in {jars}", needed="the JVM jars of infra/local", remedy="run `make setup`"
        )
    catalog.open_catalog(settings)
    builder = SparkSession.builder
    for key, value in spark_config(settings).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
