"""The schema registry (Apicurio, Confluent API): command line and readiness.

Belongs here: running the server. Registering and looking up schemas is `streams.registry`.
"""

from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sports_platform.core.settings import Settings
from sports_platform.ops.java import java_command
from sports_platform.ops.ports import HOST, choose_port
from sports_platform.ops.process import ProcessRecord, Service, launch

_NAME = "registry"

_RUNNER = "apicurio-registry-app-3.0.9-runner.jar"
_API = "/apis/ccompat/v7"


def _start(settings: Settings, folder: Path) -> ProcessRecord:
    """Launch the registry on a database file in `folder`; it is not yet ready."""
    port = choose_port(_NAME, settings.registry_port)
    options = {
        "quarkus.http.host": HOST,
        "quarkus.http.port": port,
        "quarkus.management.host": HOST,
        "quarkus.management.port": choose_port(_NAME, 0),
        "apicurio.storage.kind": "sql",
        "apicurio.storage.sql.kind": "h2",
        # Without WRITE_DELAY=0 a killed registry loses schemas it had acknowledged and gives ids out twice.
        "apicurio.datasource.url": f"jdbc:h2:file:{folder / 'data' / 'registry'};WRITE_DELAY=0",
        "apicurio.datasource.jdbc.initial-size": 2,
        "apicurio.datasource.jdbc.min-size": 2,
        "apicurio.datasource.jdbc.max-size": 8,
        "apicurio.rules.global.compatibility": "BACKWARD",
        "apicurio.ccompat.use-canonical-hash": "true",
    }
    flags = [f"-D{name}={value}" for name, value in options.items()]
    jar = str(settings.tools / "jars" / "registry" / _RUNNER)
    return launch(java_command(settings, "-Xmx128m", *flags, "-jar", jar), folder, f"http://{HOST}:{port}{_API}")


def _is_ready(address: str) -> bool:
    """Whether the registry lists its subjects."""
    try:
        with urlopen(f"{address}/subjects", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


SERVICE = Service(_NAME, _start, _is_ready, start_seconds=90)
