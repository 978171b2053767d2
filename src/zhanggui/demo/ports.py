"""Ports for the demo: the usual ones, or the next free ones."""

import random
import socket
from collections.abc import Callable

_TRIES = 100
HOST = "127.0.0.1"


def choose(wanted: int, taken: set[int], name: str, say: Callable[[str], None]) -> int:
    """A free port on the loopback: `wanted`, or the next free one after it (and says so). 0 means any above 20000.

    `taken` holds what was chosen before for others and gets the new one. Raises OSError when a hundred are in use.
    """
    candidates = (
        (random.randint(20000, 60000) for _ in range(_TRIES))  # noqa: S311  any port will do
        if wanted == 0
        else range(wanted, min(wanted + _TRIES, 65536))
    )
    for port in candidates:
        if port not in taken and _free(port):
            taken.add(port)
            if wanted not in (0, port):
                say(f"Port {wanted} is taken; the {name} gets {port}.")
            return port
    raise OSError(f"no free port for the {name} from {wanted} on")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
