# SPDX-License-Identifier: Apache-2.0
"""The due time of a DatasetSync that nobody has acted on yet, and what becomes of it: pure.

Of several that have passed the last counts: one sync brings the catalogue to the present week.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from otakube_api.reasons import CommonReason, Reason
from otakube_api.timing.recurrence import check_cron, cron
from otakube_api.timing.zones import read_zone
from otakube_api.v1alpha1.dataset_sync import DatasetSyncSpec, SyncConcurrency
from otakube_api.v1alpha1.sync_reasons import SyncReason

AT_ONCE = 1000
"""Due times that one pass looks at; a clock set years ahead makes more, which the next passes take."""

Recurrence = Callable[[datetime], Iterator[datetime]]


@dataclass(frozen=True, slots=True)
class DueSync:
    """The decision about due times."""

    start: datetime | None = None
    """A sync starts for it."""
    passed: datetime | None = None
    """The last that goes by without a sync."""
    reason: Reason | None = None
    """Why it does."""
    next: datetime | None = None
    """The first that is not acted on, waiting or to come."""
    waiting: bool = False
    """True if that one has come, and waits for another sync to end."""
    more: bool = False
    """True if there are due times beyond those."""


def recurrence_of(spec: DatasetSyncSpec) -> Recurrence:
    """The due times after a moment; raises InvalidTime."""
    zone, expression = read_zone(spec.time_zone, "spec.timeZone"), spec.schedule
    check_cron(expression)
    return lambda after: cron(expression, zone, after)


def due_sync(
    recurrence: Recurrence, spec: DatasetSyncSpec, *, since: datetime, active: bool, now: datetime
) -> DueSync:
    """Decide on the due times after `since`; `active` says whether a sync is under way."""
    last, following, more = None, None, False
    for count, at in enumerate(recurrence(since)):
        if at > now:
            following = at
            break
        if count == AT_ONCE:
            more = True
            break
        last = at
    if last is None:
        return DueSync(next=following)
    if spec.suspend:
        return DueSync(passed=last, reason=CommonReason.SUSPENDED, next=following, more=more)
    held = active and spec.concurrency_policy is SyncConcurrency.FORBID
    if more or deadline_of(last, spec) < now:
        why = SyncReason.SYNC_RUNNING if held else SyncReason.DEADLINE_MISSED
        return DueSync(passed=last, reason=why, next=following, more=more)
    if held:
        return DueSync(next=last, waiting=True)
    return DueSync(start=last, next=following)


def deadline_of(due: datetime, spec: DatasetSyncSpec) -> datetime:
    """The last moment at which its sync may start."""
    return due + timedelta(seconds=spec.starting_deadline_seconds)
