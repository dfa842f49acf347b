# SPDX-License-Identifier: Apache-2.0
"""EpisodeSchedule: looks an anime's episodes up again whenever a new one has aired."""

from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field

from otakube_api.contract import Accelerator, FailureReason, Mode, Provider
from otakube_api.reasons import CommonCondition, CommonReason, ConditionType, Reason
from otakube_api.v1alpha1.anime import HistoryLimit, KnownAnime, Review
from otakube_api.v1alpha1.meta import (
    API_VERSION,
    AS_ATOMIC,
    AS_SET,
    ApiType,
    Column,
    Condition,
    Count,
    Generation,
    Kind,
    Name,
    ObjectMeta,
    RequestToken,
    Time,
    condition_column,
    list_map,
)
from otakube_api.v1alpha1.validation import (
    AIRING_DELAY,
    ANIME_IMMUTABLE,
    CRON,
    ONE_SCHEDULE,
    SLOT_TIME,
    ZONE_NEEDS_SCHEDULE,
    rules,
    time_zone,
)


class ScheduleCondition(ConditionType):
    """The conditions of an EpisodeSchedule beside the common ones."""

    SOURCES_DISAGREE = (
        "SourcesDisagree", "abnormal when True", "only while True",
        "spec.airings and spec.broadcast name different times for more than half of the episodes; the "
        "airings count, and status.agreement says how far apart they are.",
    )  # fmt: skip
    PLANNER_CONFLICT = (
        "PlannerConflict", "abnormal when True", "only while True",
        "The daily planner wants other values in fields that somebody else set: theirs stay.",
    )  # fmt: skip


class ScheduleReason(Reason):
    """The reasons of an EpisodeSchedule beside the common ones."""

    SCHEDULED = "Scheduled", "The next enrichment is due at status.nextScheduleTime."
    ENDED = "Ended", "spec.until has passed: nothing is due any more."
    NO_AIRING_KNOWN = (
        "NoAiringKnown", "Every time in spec.airings has passed, and there is no slot to go on with.",
        "Add the next airings, or set spec.broadcast.",
    )  # fmt: skip
    ENRICHMENT_CREATED = "EnrichmentCreated", "An AnimeEnrichment was created for a due time."
    REQUESTED = "Requested", "An AnimeEnrichment was created since otakube.dev/requested-at asked for it."
    AIRING_SHIFTED = (
        "AiringShifted",
        "The next episode's time in spec.airings was moved; by whole weeks if the message says so.",
    )  # fmt: skip

    # A due time that passes without an enrichment
    DEADLINE_MISSED = (
        "DeadlineMissed", "A due time was skipped: it lies further back than spec.startingDeadlineSeconds.",
        "Raise spec.startingDeadlineSeconds if late is better than never.",
    )  # fmt: skip
    ENRICHMENT_RUNNING = (
        "EnrichmentRunning", "A due time was skipped: until its deadline another enrichment was under way.",
        "See that enrichment, which status.active names; or set spec.concurrencyPolicy to Allow or Replace.",
    )  # fmt: skip
    EPISODE_NOT_OUT = (
        FailureReason.EPISODE_NOT_OUT.value,
        "A due time was skipped: most providers did not list its episode within a day.",
        "If the broadcast was put off, correct spec.airings; if providers list it late, run "
        "`otakube schedule run-now NAME` then.",
    )  # fmt: skip
    OVERTAKEN = "Overtaken", "A due time was skipped: a later one was due as well by then, and was acted on."
    SCHEDULE_CHANGED = (
        "ScheduleChanged",
        "A due time was skipped: spec.schedule or spec.broadcast changed before it was acted on.",
    )  # fmt: skip

    # What a person must change
    SCHEDULE_INVALID = (
        "ScheduleInvalid", "The schedule or its time zone cannot be read.",
        "Correct spec.schedule, spec.timeZone or spec.broadcast; the message names which.",
    )  # fmt: skip
    ENRICHMENT_REFUSED = (
        "EnrichmentRefused", "The API server refused the AnimeEnrichment of a due time.",
        "The message carries its answer; check the rights, quotas and policies of the namespace.",
    )  # fmt: skip
    ENRICHMENT_CONFLICT = (
        "EnrichmentConflict", "An AnimeEnrichment of the name that a due time needs exists and is not ours.",
        "Delete or rename that AnimeEnrichment; the message names it.",
    )  # fmt: skip
    SOURCES_DISAGREE = (
        "SourcesDisagree", "spec.airings and spec.broadcast name different times for most episodes.",
        "Correct the one that is wrong; status.agreement says how they differ.",
    )  # fmt: skip
    FIELDS_SET_BY_OTHERS = (
        "FieldsSetByOthers", "Somebody else set fields that the daily planner wants otherwise.",
        "None if that is meant; to give all fields back, delete the schedule: the next run makes it anew.",
    )  # fmt: skip


class ConcurrencyPolicy(StrEnum):
    ALLOW = "Allow"
    FORBID = "Forbid"
    REPLACE = "Replace"


class Weekday(StrEnum):
    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


class BroadcastSlot(ApiType):
    """A weekly slot, as broadcasters announce it."""

    weekday: Weekday
    """weekday of the broadcast day in timeZone, Monday to Sunday."""
    time: str = Field(max_length=5, json_schema_extra=rules(SLOT_TIME))
    """time is HH:MM in timeZone; 25:30 is half past one in the night after weekday."""
    time_zone: str = Field(
        "Asia/Tokyo", max_length=64, json_schema_extra=rules(time_zone("spec.broadcast.timeZone"))
    )
    """timeZone is a name of the IANA database."""


class KnownAiring(ApiType):
    """One episode whose time is known."""

    episode: int = Field(ge=0, le=99_999)
    """episode is its number."""
    air_time: Time
    """airTime is when it airs."""


class EnrichmentTemplate(ApiType):
    """The template of each AnimeEnrichment of the schedule."""

    mode: Mode = Mode.EPISODE_UPDATE
    """mode is EpisodeUpdate for the episodes alone, or FullEnrichment for the whole record."""
    providers: list[Provider] | None = Field(
        None, min_length=1, max_length=len(Provider), json_schema_extra=AS_SET
    )
    """providers are asked, all at once; without it, all that the installation has switched on."""
    review: Review = Review()
    """review says when a person looks at the record before it is published."""
    accelerator: Accelerator = Accelerator.AUTO
    """accelerator computes the embeddings: CPU, GPU, or with Auto what the installation is set to."""


class EpisodeScheduleSpec(ApiType):
    """The wanted state."""

    model_config = ConfigDict(json_schema_extra=rules(ONE_SCHEDULE, ZONE_NEEDS_SCHEDULE))

    anime: KnownAnime = Field(json_schema_extra=rules(ANIME_IMMUTABLE))
    """anime names the anime by exactly one of id and sourceUrls; it cannot change."""
    schedule: str | None = Field(None, max_length=100, json_schema_extra=rules(CRON))
    """schedule is a cron expression of five fields, in timeZone."""
    time_zone: str | None = Field(None, max_length=64, json_schema_extra=rules(time_zone("spec.timeZone")))
    """timeZone of schedule is a name of the IANA database; absent means UTC."""
    broadcast: BroadcastSlot | None = None
    """broadcast is the weekly slot after which the enrichment is due; beside airings, after their last."""
    airings: list[KnownAiring] | None = Field(
        None, min_length=1, max_length=64, json_schema_extra=list_map("episode")
    )
    """airings are the known times of episodes, breaks and double episodes included."""
    delay: str = Field("1h", max_length=20, json_schema_extra=rules(AIRING_DELAY))
    """delay is how long after airing or broadcast the enrichment is due, up to 168h; schedule needs none."""
    until: Time | None = None
    """until is when the schedule ends: no later broadcast counts; absent means never."""
    suspend: bool = False
    """suspend lets due times pass without an enrichment until it is false again; each counts as skipped."""
    concurrency_policy: ConcurrencyPolicy = ConcurrencyPolicy.FORBID
    """concurrencyPolicy: while an enrichment runs, with Forbid a due time waits, with Replace that goes."""
    starting_deadline_seconds: int = Field(86_400, ge=10, le=604_800)
    """startingDeadlineSeconds is how late an enrichment may still start, 10 seconds to a week."""
    enrichment: EnrichmentTemplate = EnrichmentTemplate()
    """enrichment is what each AnimeEnrichment of the schedule is made of."""
    successful_enrichments_history_limit: HistoryLimit = 3
    """successfulEnrichmentsHistoryLimit is how many Ready AnimeEnrichments are kept."""
    failed_enrichments_history_limit: HistoryLimit = 3
    """failedEnrichmentsHistoryLimit is how many failed AnimeEnrichments are kept."""


class ActiveReference(ApiType):
    """One AnimeEnrichment that is under way."""

    name: Name
    """name of the AnimeEnrichment, in the object's namespace."""
    uid: str = Field(max_length=64)
    """uid of the AnimeEnrichment."""


class TickOutcome(StrEnum):
    CREATED = "Created"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    REPLACED = "Replaced"
    DELETED = "Deleted"
    SKIPPED = "Skipped"


class TickStatus(ApiType):
    """One due time and its outcome."""

    due_time: Time
    """dueTime is when the enrichment was due."""
    air_time: Time | None = None
    """airTime is the time of the broadcast; absent for spec.schedule and for a request."""
    episode: int | None = Field(None, ge=0, le=99_999)
    """episode is its number, where it is known."""
    outcome: TickOutcome
    """outcome is Created while the enrichment is under way, Skipped if nothing came of the due time."""
    reason: str = Field(max_length=64)
    """reason is that of the Event."""
    enrichment: Name | None = None
    """enrichment is the name of the AnimeEnrichment, in the object's namespace."""
    count: Count = 1
    """count is the number of due times of this entry: those skipped in a row for one reason share one."""
    last_due_time: Time | None = None
    """lastDueTime is the last of them, if there are more than one."""


class NextEpisode(ApiType):
    """The next episode whose number is known."""

    number: int = Field(ge=0, le=99_999)
    """number of the episode."""
    air_time: Time
    """airTime is when it airs."""


class AgreementStatus(ApiType):
    """The agreement of spec.airings with spec.broadcast."""

    score: str = Field(max_length=4)
    """score is the share of episodes with the same time, from 0.00 to 1.00; ten minutes count as the same."""
    reason: str = Field(max_length=32)
    """reason is the commonest difference: SameTime, AnotherClock (up to two hours), or AnotherDay."""
    episodes: Count
    """episodes is the number of episodes compared."""


class EpisodeScheduleStatus(ApiType):
    """The observed state, written by the operator alone."""

    conditions: list[Condition] = Field([], max_length=16, json_schema_extra=list_map("type"))
    """conditions are Ready, Stalled, SourcesDisagree and PlannerConflict."""
    observed_generation: Generation | None = None
    """observedGeneration is the metadata.generation that this status was planned from."""
    times: str | None = Field(None, max_length=200)
    """times is the recurring part of the spec in words."""
    since_time: Time | None = None
    """sinceTime is when times last changed: earlier due times do not count."""
    active: list[ActiveReference] = Field([], max_length=16, json_schema_extra=list_map("name"))
    """active lists the AnimeEnrichments that are under way."""
    next_schedule_time: Time | None = None
    """nextScheduleTime is the next due time; one that has passed waits for an enrichment to end."""
    next_episode: NextEpisode | None = None
    """nextEpisode is the episode of nextScheduleTime, if its number is known."""
    last_schedule_time: Time | None = None
    """lastScheduleTime is the due time that an AnimeEnrichment was last created for."""
    last_successful_time: Time | None = None
    """lastSuccessfulTime is when an AnimeEnrichment of the schedule last became Ready."""
    recent_ticks: list[TickStatus] = Field([], max_length=10, json_schema_extra=AS_ATOMIC)
    """recentTicks are the last ten due times, the latest last, and what became of each."""
    agreement: AgreementStatus | None = None
    """agreement says how far airings and broadcast agree, if the spec has both."""
    last_handled_request: RequestToken | None = None
    """lastHandledRequest is the text of otakube.dev/requested-at as last acted on, cut at 64 characters."""


class EpisodeSchedule(ApiType):
    """EpisodeSchedule enriches one anime whenever an episode has aired, or at cron times."""

    api_version: Literal["otakube.dev/v1alpha1"] = API_VERSION
    kind: Literal["EpisodeSchedule"] = "EpisodeSchedule"
    metadata: ObjectMeta
    spec: EpisodeScheduleSpec
    """spec is what is wanted."""
    status: EpisodeScheduleStatus = EpisodeScheduleStatus()
    """status is what was seen and done."""


KIND = Kind(
    name="EpisodeSchedule",
    plural="episodeschedules",
    short_names=("epsched",),
    selectable_fields=(".spec.anime.id", ".spec.suspend"),
    conditions=(CommonCondition.READY, CommonCondition.STALLED, *ScheduleCondition),
    reasons=(*ScheduleReason, *CommonReason),
    columns=(
        Column("Times", ".status.times"),
        Column("Episode", ".status.nextEpisode.number"),
        Column("Due", ".status.nextScheduleTime"),
        Column("Last", ".status.lastScheduleTime", "date"),
        Column("SourceAgreement", ".status.agreement.score"),
        Column("Suspend", ".spec.suspend", "boolean"),
        condition_column("Ready", CommonCondition.READY, "status"),
        condition_column("Reason", CommonCondition.READY, "reason"),
        Column("Age", ".metadata.creationTimestamp", "date"),
        Column("Anime", ".spec.anime.id", priority=1),
        condition_column("Message", CommonCondition.READY, "message", priority=1),
    ),
)
