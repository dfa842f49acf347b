# SPDX-License-Identifier: Apache-2.0
"""Turns at the providers: which of all enrichments may start a run now, and where the others stand. Pure.

A run uses the providers' budgets until its fetch has ended. So many may do so at once as the budgets carry;
the others wait without a Workflow, and whoever is deleted or suspended meanwhile is simply no longer there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from math import ceil
from typing import NamedTuple

from otakube_api.providers import PROFILES
from otakube_api.v1alpha1.waiting import QueueStatus
from otakube_operator.runtime.objects import ObjectKey

EXACT = 5
"""Places that are told as they are; others are rounded up, so that one start changes few statuses."""

OVERHEAD = 30
"""Seconds that a turn lasts beside its requests: until its pod runs, and until the next is told."""

NEVER = datetime.max.replace(tzinfo=UTC)


class Ticket(NamedTuple):
    """The right to one place in the queue; the least goes first."""

    refused: bool
    """Its Workflow could not be created: it is tried on, and stands in nobody's way."""
    returning: bool
    """It comes back by itself, behind what people asked for."""
    rank: int
    """The negative of spec.priority."""
    since: datetime
    key: ObjectKey


@dataclass(frozen=True, slots=True)
class Peer:
    """The part of an enrichment that the plans of others have to know."""

    asking: bool = False
    """True while a run of it uses the providers' budgets."""
    asking_since: datetime | None = None
    ticket: Ticket | None = None
    due: datetime | None = None
    """When the ticket begins to count; None: at once."""
    passed: tuple[tuple[str, datetime], ...] = ()
    """Steps that its runs got through, and when."""

    def waits(self, now: datetime) -> bool:
        """True if it stands in the queue."""
        return self.ticket is not None and (self.due is None or self.due <= now)


Peers = Mapping[ObjectKey, Peer]


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """`runs` may ask the providers at once; the slowest budget carries one in `seconds`."""

    runs: int
    seconds: float


def queue_limits(concurrent_runs: int, packages: Collection[str]) -> QueueLimits:
    """The limits of an installation with those providers; `concurrent_runs` 0: what keeps them busy."""
    asked = [one for one in PROFILES.values() if (one.package in packages if packages else not one.opt_in)]
    seconds = max((each.seconds_per_run for each in asked), default=1.0)
    return QueueLimits(concurrent_runs or 1 + ceil(OVERHEAD / seconds), seconds)


def is_admitted(ticket: Ticket, peers: Peers, limits: QueueLimits, now: datetime) -> bool:
    """True if its run may start."""
    return place_of(ticket, peers, now) <= free_slots(peers, limits)


def next_admitted(peers: Peers, limits: QueueLimits, now: datetime) -> list[ObjectKey]:
    """Those that may start now, the first of the queue first."""
    free = free_slots(peers, limits)
    if free <= 0:
        return []
    tickets = (peer.ticket for peer in peers.values() if peer.ticket is not None and peer.waits(now))
    return [ticket.key for ticket in nsmallest(free, tickets)]


def free_slots(peers: Peers, limits: QueueLimits) -> int:
    """Number of runs that may start asking; below 0 after the limit was lowered."""
    return limits.runs - sum(peer.asking for peer in peers.values())


def place_of(ticket: Ticket, peers: Peers, now: datetime) -> int:
    """Place in the queue; 1 is the next."""
    before = (peer for peer in peers.values() if peer.ticket is not None and peer.ticket < ticket)
    return 1 + sum(peer.waits(now) for peer in before)


def queue_status(
    ticket: Ticket, written: QueueStatus | None, peers: Peers, limits: QueueLimits, now: datetime
) -> QueueStatus:
    """The place to tell; the written one while it is still about right."""
    since = ticket.since if ticket.since < NEVER else now
    place = place_of(ticket, peers, now)
    told, start = rounded(place), expected_start(place, peers, limits, now)
    if (
        written is not None
        and written.place == told
        and _still_right(written.expected_start_time, start, now)
    ):
        return written
    return QueueStatus(since_time=since, place=told, expected_start_time=start)


def rounded(place: int) -> int:
    """Exact up to 5, then up to 10, 20, 50, 100, 200, 500 and so on."""
    if place <= EXACT:
        return place
    unit = int("1".ljust(len(str(place)), "0"))
    return next(step for step in (unit, 2 * unit, 5 * unit, 10 * unit) if place <= step)


def expected_start(place: int, peers: Peers, limits: QueueLimits, now: datetime) -> datetime:
    """Likely start of that place: by the slowest budget, or by the oldest fetch if that is slower."""
    began = [peer.asking_since for peer in peers.values() if peer.asking and peer.asking_since is not None]
    oldest = (now - min(began, default=now)).total_seconds()
    pace = max(limits.seconds, oldest / max(limits.runs, 1))
    return _whole_minute(now + timedelta(seconds=place * pace))


def format_queue(status: QueueStatus) -> str:
    """The condition's message."""
    place = f"place {status.place}" if status.place <= EXACT else f"among the first {status.place}"
    start = f"{status.expected_start_time:%H:%M} UTC"
    return f"Waits for its turn at the providers: {place}, likely to start about {start}."


def _still_right(told: datetime, now_likely: datetime, now: datetime) -> bool:
    """True until the told time is over, or wrong by more than half of the wait."""
    return told >= now and abs(told - now_likely) <= max(timedelta(minutes=1), (told - now) / 2)


def _whole_minute(moment: datetime) -> datetime:
    return (moment + timedelta(seconds=59)).replace(second=0, microsecond=0)
