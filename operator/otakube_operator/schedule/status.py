# SPDX-License-Identifier: Apache-2.0
"""SchedulePlan -> EpisodeScheduleStatus. Pure."""

from collections.abc import Iterable
from datetime import datetime

from otakube_api import labels
from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.timing.shift import SourceAgreement
from otakube_api.timing.timetable import Tick
from otakube_api.v1alpha1.episode_schedule import (
    ActiveReference,
    AgreementStatus,
    EpisodeScheduleStatus,
    NextEpisode,
    ScheduleCondition,
    ScheduleReason,
)
from otakube_operator.runtime.conditions import DesiredCondition, apply_conditions, not_ready
from otakube_operator.schedule.observed import ObservedSchedule, OwnedEnrichment, Schedule
from otakube_operator.schedule.occurrences import format_time
from otakube_operator.schedule.plan import SchedulePlan

DOUBTFUL = 0.5
"""Below this agreement a condition tells of it."""
MOST_ACTIVE = 16
FIELDS_NAMED = 8
"""Fields that the message of a conflict names; the annotation names all."""


def describe(observed: ObservedSchedule, plan: SchedulePlan, now: datetime) -> EpisodeScheduleStatus:
    """The status once the plan is applied; `observed` is as that left it."""
    schedule = observed.object
    agreement = plan.timetable.agreement() if plan.timetable is not None else None
    conditions = apply_conditions(
        schedule.status.conditions,
        _conditions(schedule, plan, agreement),
        generation=schedule.generation,
        now=now,
    )
    following = _following(plan)
    changes = {
        "conditions": conditions,
        "observed_generation": schedule.generation,
        "active": _references(observed.owned),
        "next_schedule_time": None if following is None else following.due,
        "next_episode": _episode(following),
        "last_successful_time": _last_success(observed),
        "recent_ticks": list(plan.ticks),
        "agreement": _agreement(agreement),
        **_acted_on(schedule, plan),
    }
    return schedule.status.model_copy(update=changes)


def _acted_on(schedule: Schedule, plan: SchedulePlan) -> dict[str, object]:
    """The fields that change only where times could be read."""
    if plan.timetable is None:
        return {}
    dues = [new.tick.due for new in plan.create if new.tick is not None]
    asked = [new.request for new in plan.create if new.tick is None]
    status = schedule.status
    return {
        "times": plan.timetable.text or None,
        "since_time": plan.since,
        "last_schedule_time": max(dues, default=status.last_schedule_time),
        "last_handled_request": asked[0] if asked else status.last_handled_request,
    }


def _conditions(
    schedule: Schedule, plan: SchedulePlan, agreement: SourceAgreement | None
) -> list[DesiredCondition]:
    if plan.failure is not None:
        return not_ready(plan.failure.reason, plan.failure.message)
    if plan.problem:
        return not_ready(ScheduleReason.SCHEDULE_INVALID, plan.problem)
    reason, message = _ready(schedule, _following(plan))
    ready = DesiredCondition(CommonCondition.READY, "True", reason, message)
    return [ready, *_disagreement(agreement), *_conflict(schedule)]


def _disagreement(agreement: SourceAgreement | None) -> list[DesiredCondition]:
    if agreement is None or agreement.score >= DOUBTFUL:
        return []
    kind, reason = ScheduleCondition.SOURCES_DISAGREE, ScheduleReason.SOURCES_DISAGREE
    return [DesiredCondition(kind, "True", reason, _doubt(agreement))]


def _conflict(schedule: Schedule) -> list[DesiredCondition]:
    """Present as long as the planner notes fields that it left to others."""
    left = schedule.annotations.get(labels.LEFT_TO_OTHERS, "").split()
    if not left:
        return []
    more = f" and {len(left) - FIELDS_NAMED} more" if len(left) > FIELDS_NAMED else ""
    told = f"The planner wants other values in {', '.join(left[:FIELDS_NAMED])}{more}: others set them."
    kind, reason = ScheduleCondition.PLANNER_CONFLICT, ScheduleReason.FIELDS_SET_BY_OTHERS
    return [DesiredCondition(kind, "True", reason, told)]


def _ready(schedule: Schedule, following: Tick | None) -> tuple[ScheduleReason | CommonReason, str]:
    if following is None:
        return _exhausted(schedule)
    if schedule.spec.suspend:
        return CommonReason.SUSPENDED, "spec.suspend is true: due times pass without an enrichment."
    what = "enrichment" if following.episode is None else f"enrichment, of episode {following.episode},"
    return ScheduleReason.SCHEDULED, f"The next {what} is due at {format_time(following.due)}."


def _exhausted(schedule: Schedule) -> tuple[ScheduleReason, str]:
    spec = schedule.spec
    if spec.schedule is None and spec.broadcast is None:
        return (
            ScheduleReason.NO_AIRING_KNOWN,
            "Every time in spec.airings has passed or lies after spec.until.",
        )
    if spec.until is not None:
        return ScheduleReason.ENDED, f"Nothing is due up to spec.until, {format_time(spec.until)}."
    return ScheduleReason.ENDED, "spec.schedule names no later time."


def _doubt(agreement: SourceAgreement) -> str:
    return (
        f"spec.airings and spec.broadcast name the same time for {agreement.score:.0%} of "
        f"{agreement.episodes} episodes ({agreement.reason}); the airings count."
    )


def _following(plan: SchedulePlan) -> Tick | None:
    """The first due time that was not acted on, waiting or to come."""
    return plan.times.waiting[0] if plan.times.waiting else plan.times.next


def _episode(following: Tick | None) -> NextEpisode | None:
    if following is None or following.episode is None:
        return None
    return NextEpisode(number=following.episode, air_time=following.at)


def _agreement(found: SourceAgreement | None) -> AgreementStatus | None:
    if found is None:
        return None
    return AgreementStatus(score=f"{found.score:.2f}", reason=found.reason, episodes=found.episodes)


def _references(owned: Iterable[OwnedEnrichment]) -> list[ActiveReference]:
    active = sorted((each for each in owned if each.active), key=lambda each: each.name)
    return [ActiveReference(name=each.name, uid=each.uid) for each in active[:MOST_ACTIVE]]


def _last_success(observed: ObservedSchedule) -> datetime | None:
    found = [each.published_at for each in observed.owned if each.published_at is not None]
    before = observed.object.status.last_successful_time
    return max([*found, *([before] if before is not None else [])], default=None)
