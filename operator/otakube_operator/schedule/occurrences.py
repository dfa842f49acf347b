# SPDX-License-Identifier: Apache-2.0
"""Events of an EpisodeSchedule that no condition tells: due times and moved airings. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from otakube_api.reasons import CommonReason, Reason
from otakube_api.timing.shift import weeks_between
from otakube_api.timing.timetable import Timetable
from otakube_api.v1alpha1.episode_schedule import ScheduleReason, TickStatus
from otakube_operator.runtime.events import Occurrence
from otakube_operator.schedule.enrichments import NewEnrichment
from otakube_operator.schedule.observed import Schedule

TICK = "Tick"
"""The aspect of due times, as Events tell of them."""

WHY: dict[Reason, str] = {
    ScheduleReason.DEADLINE_MISSED: "it lies further back than spec.startingDeadlineSeconds",
    ScheduleReason.ENRICHMENT_RUNNING: "another enrichment was under way until its deadline",
    ScheduleReason.EPISODE_NOT_OUT: "most providers did not list it within a day",
    ScheduleReason.OVERTAKEN: "a later one was due as well",
    ScheduleReason.SCHEDULE_CHANGED: "spec changed before it was acted on",
    CommonReason.SUSPENDED: "spec.suspend is true",
}


def of_creation(new: NewEnrichment) -> Occurrence:
    """The Event of a new enrichment."""
    tick = new.tick
    if tick is None:
        return Occurrence(
            TICK, ScheduleReason.REQUESTED, f"Created {new.name} as otakube.dev/requested-at asks."
        )
    what = "" if tick.episode is None else f" for episode {tick.episode}"
    return Occurrence(
        TICK,
        ScheduleReason.ENRICHMENT_CREATED,
        f"Created {new.name}{what}, due at {format_time(tick.due)}.",
    )


def of_entries(passed: Iterable[TickStatus]) -> Iterator[Occurrence]:
    """The Events of due times that passed without an enrichment."""
    return (Occurrence(TICK, each.reason, _format_skip(each)) for each in passed)


def of_shift(schedule: Schedule, timetable: Timetable) -> Iterator[Occurrence]:
    """The Event of a new time for the episode that was to come next."""
    following = schedule.status.next_episode
    if following is None:
        return
    after = next((each.air_time for each in timetable.airings if each.episode == following.number), None)
    before = following.air_time
    if after is None or after == before:
        return
    yield Occurrence("Airing", ScheduleReason.AIRING_SHIFTED, _format_shift(following.number, before, after))


def format_time(moment: datetime) -> str:
    """A moment for people."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _format_skip(tick: TickStatus) -> str:
    reasons = {str(reason): text for reason, text in WHY.items()}
    why = reasons.get(tick.reason, tick.reason)
    if tick.count > 1 and tick.last_due_time is not None:
        first, last = format_time(tick.due_time), format_time(tick.last_due_time)
        return f"Skipped {tick.count} due times from {first} to {last}: {why}."
    what = "the due time" if tick.episode is None else f"episode {tick.episode}, due at"
    return f"Skipped {what} {format_time(tick.due_time)}: {why}."


def _format_shift(episode: int, before: datetime, after: datetime) -> str:
    weeks = weeks_between(before, after)
    plural = "week" if abs(weeks) == 1 else "weeks"
    by = f" by {weeks:+d} {plural}" if weeks else ""
    return f"Episode {episode} was moved{by}, from {format_time(before)} to {format_time(after)}."
