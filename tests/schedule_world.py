# SPDX-License-Identifier: Apache-2.0
"""An EpisodeSchedule, its operator and its enrichments in memory, under a clock that tests move.

The operator here is the plan and the status of the real one; creating, dying and remembering are simulated.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from otakube_api.timing.timetable import Tick, Timetable, timetable_of
from otakube_api.v1alpha1.episode_schedule import EpisodeScheduleSpec, EpisodeScheduleStatus, TickStatus
from otakube_operator.runtime.controller import Observed
from otakube_operator.runtime.events import Occurrence
from otakube_operator.runtime.objects import KubeObject, ObjectKey
from otakube_operator.schedule.due import LONG_AGO
from otakube_operator.schedule.observed import EnrichmentProgress, OwnedEnrichment, Schedule
from otakube_operator.schedule.plan import SchedulePlan, plan
from otakube_operator.schedule.status import describe

ANIME = {"id": "ani_01JD3Z5K8Q0000000000000001"}
Identity = tuple[datetime, int | None]


def a_spec(**fields: Any) -> EpisodeScheduleSpec:
    """A spec with Otakube's field names, of an anime."""
    return EpisodeScheduleSpec.model_validate({"anime": ANIME, **fields})


def a_schedule(created: datetime, **fields: Any) -> Schedule:
    """A new object."""
    return KubeObject(
        key=ObjectKey("default", "show"),
        uid="uid-1",
        generation=1,
        resource_version="1",
        spec=a_spec(**fields),
        status=EpisodeScheduleStatus(),
        created_at=created,
    )


class Died(Exception):
    """The operator was killed."""


@dataclass
class ScheduleWorld:
    """The time is that of the machine; the operator's clock is `ahead` of it."""

    schedule: Schedule
    time: datetime
    runs_for: timedelta | None = timedelta(minutes=30)
    """How long an enrichment is under way; None: for ever."""
    ahead: timedelta = timedelta()
    up: bool = True
    dies_after: str = ""
    """The write after which the operator dies next: create or status."""
    enrichments: dict[str, OwnedEnrichment] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)
    created: Counter[Identity] = field(default_factory=Counter)
    skipped: Counter[Identity] = field(default_factory=Counter)
    occurrences: list[Occurrence] = field(default_factory=list)
    revisit_at: datetime | None = None
    latest: datetime = LONG_AGO
    """The latest time that the operator's clock has shown while it was up."""
    writes: int = 0

    @property
    def now(self) -> datetime:
        """The time as the operator's clock shows it."""
        return self.time + self.ahead

    @property
    def timetable(self) -> Timetable:
        """The times of the present spec."""
        return timetable_of(self.schedule.spec)

    @property
    def status(self) -> EpisodeScheduleStatus:
        """The status as written."""
        return self.schedule.status

    def advance(self, until: datetime) -> None:
        """Let time pass, and the operator and the enrichments do what is theirs."""
        self.visit()
        while (moment := self._next(until)) is not None:
            self.time = moment
            self._end_enrichments()
            self.visit()
        self.time = until
        self.visit()

    def edit(self, **fields: Any) -> None:
        """Change fields of the spec, by their names outside."""
        body = self.schedule.spec.model_dump(mode="json", by_alias=True, exclude_none=True)
        body = {name: value for name, value in (body | fields).items() if value is not None}
        self.schedule = replace(
            self.schedule,
            spec=EpisodeScheduleSpec.model_validate(body),
            generation=self.schedule.generation + 1,
        )
        self.visit()

    def request(self, token: str) -> None:
        """Annotate with requested-at."""
        self.schedule = replace(self.schedule, requested_at=token)
        self.visit()

    def set_clock(self, ahead: timedelta) -> None:
        """Set the operator's clock; it notices at once."""
        self.ahead = ahead
        self.visit()

    def visit(self) -> None:
        """Passes until nothing is due; after a death the operator starts again."""
        if not self.up:
            return
        self.latest = max(self.latest, self.now)
        for _ in range(100):
            try:
                if not self._pass():
                    return
            except Died:
                self.dies_after = ""
        raise AssertionError("the operator never rests")

    def unaccounted(self, since: datetime) -> list[Tick]:
        """Ticks that were neither acted on nor skipped, nor wait."""
        told = self.created + self.skipped
        waiting = {identity(tick) for tick in self._plan().times.waiting}
        found = []
        for tick in self.timetable.ticks(since, LONG_AGO):
            if tick.due > min(self.latest, self.now):  # after a clock that was set back it is due once more
                break
            if identity(tick) not in told and identity(tick) not in waiting:
                found.append(tick)
        return found

    def told_twice(self) -> list[Identity]:
        """Ticks that were acted on or skipped more than once."""
        return [each for each, count in (self.created + self.skipped).items() if count > 1]

    def _next(self, until: datetime) -> datetime | None:
        revisit = None if self.revisit_at is None or not self.up else self.revisit_at - self.ahead
        moments = [each for each in (revisit, *self.ends.values()) if each is not None]
        first = min(moments, default=None)
        return None if first is None or first > until else max(first, self.time)

    def _plan(self) -> SchedulePlan:
        return plan(Observed(self.schedule, tuple(self.enrichments.values())), self.now)

    def _pass(self) -> bool:
        """One pass; True if another is due at once."""
        made = self._plan()
        for old in made.replace:
            del self.enrichments[old.name]
            self.ends.pop(old.name, None)
        for new in made.create:
            self._create(new.name, new.tick)
        self._die_after("create")
        observed = Observed(self.schedule, tuple(self.enrichments.values()))
        status = describe(observed, made, self.now)
        changed = status != self.schedule.status
        if changed:
            self.writes += 1
            self.schedule = replace(self.schedule, status=status)
            self.skipped.update(identity(each.tick) for each in made.times.skip)
            self.occurrences += made.occurrences
        assert changed or not made.times.skip
        self._die_after("status")
        for gone in made.prune:
            self.enrichments.pop(gone.name, None)
        self.revisit_at = made.revisit_at
        assert self.revisit_at is None or self.revisit_at > self.now
        return changed or made.times.more

    def _create(self, name: str, tick: Tick | None) -> None:
        if name in self.enrichments:
            return
        if tick is not None:
            self.created[identity(tick)] += 1
        self.enrichments[name] = OwnedEnrichment(
            namespace="default",
            name=name,
            uid=name,
            owner_uid="uid-1",
            created_at=self.time,
            requested=tick is None,
        )
        if self.runs_for is not None:
            self.ends[name] = self.time + self.runs_for

    def _end_enrichments(self) -> None:
        for name in [name for name, end in self.ends.items() if end <= self.time]:
            del self.ends[name]
            if (found := self.enrichments.get(name)) is not None:
                self.enrichments[name] = replace(
                    found, state=EnrichmentProgress.READY, published_at=self.time
                )

    def _die_after(self, write: str) -> None:
        if self.dies_after == write:
            raise Died


def identity(tick: Tick) -> Identity:
    """A tick, whatever spec.delay is."""
    return tick.at, tick.episode


def outcomes(status: EpisodeScheduleStatus) -> list[tuple[str, str]]:
    """Outcome and reason of each recent tick."""
    return [(str(each.outcome), each.reason) for each in status.recent_ticks]


def entry(status: EpisodeScheduleStatus, place: int = -1) -> TickStatus:
    """One recent tick."""
    return status.recent_ticks[place]
