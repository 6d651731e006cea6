"""A one-node Kafka broker in KRaft mode: configuration, command line, readiness.

Belongs here: running the server. Topics, producers and consumers are `streams`; the readiness probe
speaks the wire protocol itself, so that no client library is needed below the stages.
"""

import socket
import struct
import subprocess
from pathlib import Path

from sports_platform.core.errors import ServiceDownError
from sports_platform.core.settings import Settings
from sports_platform.ops.java import java_command
from sports_platform.ops.ports import HOST, choose_port
from sports_platform.ops.process import ProcessRecord, Service, launch

_NAME = "kafka"

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
# A topic is the log of record: nothing expires.
log.retention.ms=-1
log.retention.bytes=-1
"""

_METADATA_KEY, _METADATA_VERSION = 3, 1


def _start(settings: Settings, folder: Path) -> ProcessRecord:
    """Format the log folder on first use, then launch the broker; it is not yet ready."""
    port = choose_port(_NAME, settings.kafka_port)
    data = folder / "data"
    properties = folder / "server.properties"
    properties.write_text(
        _PROPERTIES.format(host=HOST, port=port, controller_port=choose_port(_NAME, 0), data=data), encoding="utf-8"
    )
    jars = str(settings.tools / "jars" / "kafka" / "*")
    if not (data / "meta.properties").exists():
        _format_storage(settings, jars, properties)
    command = java_command(settings, "-Xmx256m", "-cp", jars, "kafka.Kafka", str(properties))
    return launch(command, folder, f"{HOST}:{port}")


def _is_ready(address: str) -> bool:
    """Whether the broker answers a Metadata request (version 1, no topics) with itself as a member."""
    host, _, port = address.rpartition(":")
    body = struct.pack(">hhihi", _METADATA_KEY, _METADATA_VERSION, 1, -1, 0)
    try:
        with socket.create_connection((host, int(port)), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.recv(4096)
    except OSError:
        return False
    # Size, correlation id, then the length of the array of brokers.
    return len(answer) >= 12 and struct.unpack_from(">i", answer, 8)[0] >= 1


def _format_storage(settings: Settings, jars: str, properties: Path) -> None:
    tool = java_command(settings, "-cp", jars, "kafka.tools.StorageTool")
    cluster = subprocess.run([*tool, "random-uuid"], capture_output=True, text=True, check=True).stdout.split()[-1]
    done = subprocess.run(
        [*tool, "format", "-t", cluster, "-c", str(properties)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ServiceDownError(
            found=f"Kafka could not format {properties.parent / 'data'}: {(done.stderr or done.stdout).strip()[-800:]}",
            needed="a writable folder for the broker's log",
            remedy="free the folder (`make clean` removes local data) and start the services again",
        )


SERVICE = Service(_NAME, _start, _is_ready, start_seconds=60)
