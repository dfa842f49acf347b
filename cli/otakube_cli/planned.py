# SPDX-License-Identifier: Apache-2.0
"""The schedule that the daily planner would make for an entry, why, and how its sources agree. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from otakube.domain.record.golden import AnimeEntry, GoldenRecord
from otakube.maintenance.planned_schedule import (
    ON_AIR,
    Body,
    NoSchedule,
    PlannerTerms,
    planned_schedule,
    source_agreement,
)
from otakube_api.timing.shift import SourceAgreement
from otakube_cli.errors import ConsoleError
from otakube_cli.schedule_state import local


@dataclass(frozen=True, slots=True)
class PlannedSchedule:
    """The planner's manifest for an entry, and what a person wants to know of it."""

    entry: AnimeEntry
    manifest: Body
    agreement: SourceAgreement | None

    @property
    def heading(self) -> str:
        """The anime by title and id."""
        return f"{self.entry.titles.main} ({self.entry.id})"

    def facts(self) -> Iterator[tuple[str, object]]:
        """The lines above its due times."""
        spec = self.manifest["spec"]
        yield "status", self.entry.status.value
        yield "made by", "nobody yet: the planner would make it as follows"
        yield "slot", _slot(spec.get("broadcast"))
        yield "airings", _airings(spec.get("airings") or [])
        yield "delay", spec["delay"]
        yield "agreement", format_agreement(self.agreement)
        yield "because", _because(spec)


def plan_of(record: GoldenRecord, terms: PlannerTerms) -> PlannedSchedule:
    """The planner's schedule; a ConsoleError says why there is none, and what helps."""
    entry = record.entry
    if entry.status not in ON_AIR:
        raise _none(entry, f"it is {entry.status.value}", _BY_HAND)
    wanted = planned_schedule(record, terms)
    if isinstance(wanted, NoSchedule):
        raise _none(entry, wanted.reason, f"{_LOOK.format(entry=entry.id)}; {_BY_HAND}")
    return PlannedSchedule(entry, wanted, source_agreement(record))


def format_agreement(found: SourceAgreement | None) -> str | None:
    """The agreement of known times with the slot, in words."""
    if found is None:
        return None
    weeks = f" by {found.weeks:+d}" if found.weeks else ""
    same = f"{found.score:.2f}: the times of {found.episodes} episodes against the slot"
    return f"{same} ({found.reason}{weeks})"


_BY_HAND = "apply an EpisodeSchedule of your own with spec.airings or spec.broadcast if you want one"
_LOOK = (
    "`otakube entry explain {entry} broadcast` shows who names its slot; `otakube rerun` asks the providers "
    "again, and `otakube locks set field broadcast` decides it"
)


def _none(entry: AnimeEntry, reason: str, cure: str) -> ConsoleError:
    title = f"{entry.titles.main} ({entry.id})"
    return ConsoleError(f"the planner makes no schedule for {title}: {reason}. {cure[0].upper()}{cure[1:]}")


def _slot(slot: dict[str, Any] | None) -> str:
    return f"{slot['weekday']} {slot['time']} {slot['timeZone']}" if slot else ""


def _airings(airings: list[dict[str, Any]]) -> str:
    if not airings:
        return ""
    first, last = airings[0], airings[-1]
    if len(airings) == 1:
        return f"episode {first['episode']} at {local(first['airTime'])}"
    return f"{len(airings)}: episode {first['episode']} to {last['episode']}, until {local(last['airTime'])}"


def _because(spec: Body) -> str:
    if not spec.get("airings"):
        return "the record knows the slot and no episode's time, so its due times have no numbers"
    if not spec.get("broadcast"):
        return "the record knows the times of all episodes to come, which know breaks"
    return "known times come first, since they know breaks; the slot goes on after the last of them"
