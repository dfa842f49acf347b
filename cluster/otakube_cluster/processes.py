# SPDX-License-Identifier: Apache-2.0
"""Know a process again: a pid counts only together with the moment at which that process started."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Identity:
    """One process for good: pids are used again, a pid with its start time is not."""

    pid: int
    started: int


def parse_identity(text: str) -> Identity | None:
    """The identity that a pid file holds; None when the file was cut short."""
    words = text.split()
    if len(words) != 2 or not all(word.isdecimal() for word in words):
        return None
    return Identity(int(words[0]), int(words[1]))


def parse_stat(text: str) -> tuple[str, int]:
    """State letter and start time (clock ticks since boot) of a /proc/PID/stat line; see proc(5)."""
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[19])


def identify(pid: int) -> Identity | None:
    """The identity of a running process; None when it is gone or a zombie."""
    try:
        state, started = parse_stat((PROC / str(pid) / "stat").read_text())
    except (OSError, IndexError, ValueError):
        return None
    return None if state in "ZX" else Identity(pid, started)


def every() -> Iterator[Identity]:
    """All processes of the machine."""
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (identity := identify(int(folder.name))):
            yield identity


def command_line(identity: Identity) -> list[str]:
    """The arguments that a process was started with; empty when it is gone."""
    try:
        return (PROC / str(identity.pid) / "cmdline").read_text(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def name(identity: Identity) -> str:
    """The kernel's name of a process, at most 15 characters; empty when it is gone."""
    try:
        return (PROC / str(identity.pid) / "comm").read_text().strip()
    except OSError:
        return ""


def alive(identity: Identity | None) -> bool:
    """True while exactly this process runs."""
    return identity is not None and identify(identity.pid) == identity


def read(path: Path) -> Identity | None:
    """The process that a pid file names, dead or alive."""
    try:
        return parse_identity(path.read_text())
    except FileNotFoundError:
        return None


def write(path: Path, identity: Identity) -> None:
    """Write a pid file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    scratch.write_text(f"{identity.pid} {identity.started}\n")
    scratch.replace(path)


def send(identity: Identity, number: signal.Signals) -> bool:
    """Signal exactly this process; False when it is gone."""
    try:
        descriptor = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return False
    try:
        # Checked after the descriptor was opened: the descriptor cannot move on to another process.
        if not alive(identity):
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def stop(identities: Iterable[Identity], *, grace: float) -> None:
    """End processes: TERM, and KILL for those left after `grace` seconds; returns when all are gone."""
    running = [identity for identity in identities if send(identity, signal.SIGTERM)]
    if not wait_for(lambda: not any(map(alive, running)), timeout=grace):
        for identity in running:
            send(identity, signal.SIGKILL)
        wait_for(lambda: not any(map(alive, running)), timeout=10)


def wait_for(condition: Callable[[], bool], *, timeout: float, interval: float = 0.05) -> bool:
    """Poll until the condition holds; False when `timeout` seconds went by."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True
