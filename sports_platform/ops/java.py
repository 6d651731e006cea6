"""The command line shared by the Java services."""

import shutil

from sports_platform.core.errors import ServiceDownError
from sports_platform.core.settings import Settings

# Small services on a small machine: the serial collector and first-tier compiler start fastest and stay smallest.
_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def java_command(settings: Settings, *arguments: str) -> list[str]:
    """`java` with the platform's flags; raises ServiceDownError when Java or the jars are missing."""
    java = shutil.which("java")
    jars = settings.tools / "jars"
    if java is None or not jars.is_dir():
        raise ServiceDownError(
            found="no `java` on PATH" if java is None else f"no folder {jars}",
            needed="Java 17 and the services' jars",
            remedy="run `make setup`",
        )
    return [java, *_FLAGS, *arguments]
