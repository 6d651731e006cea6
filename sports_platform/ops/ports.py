"""Loopback ports for the local services."""

import random
import socket

from sports_platform.core.errors import PortInUseError

HOST = "127.0.0.1"

# Below Linux's ephemeral range (32768 up), so that no outgoing connection takes the port between choice and use.
_CANDIDATES = range(20_000, 32_000)


def choose_port(name: str, wanted: int) -> int:
    """`wanted`, or any free port when it is 0; raises PortInUseError when `wanted` is taken."""
    if wanted:
        if not _is_free(wanted):
            raise PortInUseError(
                found=f"port {wanted} on {HOST} is taken by another process",
                needed=f"a free port for {name}",
                remedy=f"stop that process (`ss -ltnp 'sport = :{wanted}'` names it), or set "
                f"SPORTS_{name.upper()}_PORT to another port, or to 0 for any free one",
            )
        return wanted
    # Not the platform's seeded streams: two homes must not try the same ports in the same order.
    return next(port for port in random.SystemRandom().sample(_CANDIDATES, len(_CANDIDATES)) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
