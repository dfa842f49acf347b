# SPDX-License-Identifier: Apache-2.0
"""Connections of this process, as the interpreter reports them; any beside the allowed ones is stopped."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_allowed: set[str] | None = None
_stopped: list[Any] = []


@contextmanager
def only_to(*hosts: str) -> Iterator[list[Any]]:
    """Within the block, every other host that a socket connects or sends to is stopped, and in the list."""
    global _allowed
    if not _installed:
        sys.addaudithook(_watch)
        _installed.append(True)
    _allowed = set(hosts)
    _stopped.clear()
    try:
        yield _stopped
    finally:
        _allowed = None


_installed: list[bool] = []  # a hook stays for good


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _allowed is None or event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in _allowed:
        _stopped.append(address)
        raise PermissionError(f"a connection to {address}")
