# SPDX-License-Identifier: Apache-2.0
"""Ports on loopback for servers that tests start.

A port that the kernel gives is free for a moment only: the next outgoing connection of any process may get
it before the server listens. These lie below the range of such connections, and stay this process's own
until it ends.
"""

import errno
import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

PORTS = range(15_000, 30_000)
"""Below Linux's `ip_local_port_range` (32768 to 60999) and the node ports of Kubernetes (30000 to 32767)."""

_HELD: list[int] = []  # file descriptors, whose locks end with this process


def free_port() -> int:
    """A port on loopback that nothing listens on and no other test process gets."""
    folder = Path(tempfile.gettempdir(), f"otakube-test-ports-{os.getuid()}")
    folder.mkdir(exist_ok=True)
    for port in random.Random().sample(PORTS, len(PORTS)):
        if _reserve(folder / str(port)) and _is_free(port):
            return port
    raise RuntimeError(f"no port from {PORTS.start} to {PORTS.stop - 1} is free on loopback")


def free_ports(count: int) -> list[int]:
    """That many of them."""
    return [free_port() for _ in range(count)]


def _reserve(lock: Path) -> bool:
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _HELD.append(descriptor)
    return True


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            return False
        raise
    return True
