# SPDX-License-Identifier: Apache-2.0
"""Named points of the commit at which a test can make the process die, stop, fail or wait.

OTAKUBE_FAILPOINT=S4.after:kill arms one, a comma more. Unarmed, a point is one look-up. The drills generate
their matrix from BOUNDARIES, so that a boundary without drills cannot be added.
"""

import os
import signal
import time
from typing import NamedTuple


class Boundary(NamedTuple):
    """One step of the saga and the store that its side effect is in."""

    name: str
    store: str  # documents | vectors | objects
    effect: str


BOUNDARIES = (
    Boundary("S0", "documents", "the review's decision is recorded"),
    Boundary("S1", "documents", "the entry is leased under a fencing token"),
    Boundary("S2", "documents", "the intent is prepared"),
    Boundary("S3", "objects", "the blobs are there"),
    Boundary("S4", "vectors", "the new version's points are there"),
    Boundary("S5", "documents", "the new version is live"),
    Boundary("S6", "vectors", "projections follow, superseded points are gone"),
    Boundary("S7", "objects", "the outbox is relayed"),
    Boundary("S8", "documents", "the intent is done, the lease is released"),
)
MOMENTS = ("before", "after")
POINTS = tuple(f"{boundary.name}.{moment}" for boundary in BOUNDARIES for moment in MOMENTS)

VARIABLE = "OTAKUBE_FAILPOINT"
DELAY_SECONDS = 5.0


class Injected(Exception):
    """An error that nobody expects, for the action `raise`."""


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _raise() -> None:
    raise Injected(os.environ[VARIABLE])


def _delay() -> None:
    time.sleep(DELAY_SECONDS)


ACTIONS = {"kill": _kill, "stop": _stop, "raise": _raise, "delay": _delay}


def armed(text: str) -> dict[str, str]:
    """Action by point, from `POINT:ACTION[,POINT:ACTION]`."""
    pairs = dict(one.partition(":")[::2] for one in text.split(",") if one)
    if unknown := [point for point, action in pairs.items() if point not in POINTS or action not in ACTIONS]:
        raise SystemExit(
            f"{VARIABLE} does not know {', '.join(unknown)}; points are {', '.join(POINTS)}, "
            f"actions {', '.join(ACTIONS)}"
        )
    return pairs


_ARMED = armed(os.environ.get(VARIABLE, ""))


def fp(point: str) -> None:
    """Do what was asked for at this point: mostly nothing."""
    if point in _ARMED:
        ACTIONS[_ARMED[point]]()
