# SPDX-License-Identifier: Apache-2.0
"""EpisodeSchedule: looks an anime's episodes up again whenever a new one has aired."""

from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field

from otakube_api.contract import Accelerator, Mode, Provider
from otakube_api.reasons import CommonCondition, CommonReason, Reason
from otakube_api.v1alpha1.anime import HistoryLimit, KnownAnime, Review
from otakube_api.v1alpha1.meta import (
    API_VERSION,
    AS_SET,
    ApiType,
    Column,
    Condition,
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
    ANIME_IMMUTABLE,
    BROADCAST_DELAY,
    CRON,
    ONE_SCHEDULE,
    SLOT_TIME,
    ZONE_NEEDS_SCHEDULE,
    rules,
    time_zone,
)


class ScheduleReason(Reason):
    """The reasons of an EpisodeSchedule beside the common ones."""

    NOT_SUPPORTED = (
        "NotSupported", "This release of the operator does not run EpisodeSchedules.",
        "Enrich the anime by hand with an AnimeEnrichment of mode EpisodeUpdate, or upgrade Otakube.",
    )  # fmt: skip
    SCHEDULED = "Scheduled", "The next enrichment is due at status.nextScheduleTime."
    ENRICHMENT_CREATED = "EnrichmentCreated", "An AnimeEnrichment was created for a due time."
    DEADLINE_MISSED = (
        "DeadlineMissed", "A due time was skipped: it lies further back than spec.startingDeadlineSeconds.",
        "Raise spec.startingDeadlineSeconds if late is better than never.",
    )  # fmt: skip
    SCHEDULE_INVALID = (
        "ScheduleInvalid", "The schedule or its time zone cannot be read.",
        "Correct spec.schedule, spec.timeZone or spec.broadcast; the message names which.",
    )  # fmt: skip
    ENDED = "Ended", "spec.until has passed: nothing is due any more."


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
    delay: str = Field("1h", max_length=20, json_schema_extra=rules(BROADCAST_DELAY))
    """delay is how long after the slot the providers are asked, up to 168h."""


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
    """broadcast is the weekly slot after which the enrichment is due."""
    until: Time | None = None
    """until is when the schedule ends; absent means never."""
    suspend: bool = False
    """suspend lets due times pass without an enrichment until it is false again."""
    concurrency_policy: ConcurrencyPolicy = ConcurrencyPolicy.FORBID
    """concurrencyPolicy says what a due time does while an enrichment runs: Allow, Forbid or Replace."""
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


class EpisodeScheduleStatus(ApiType):
    """The observed state, written by the operator alone."""

    conditions: list[Condition] = Field([], max_length=16, json_schema_extra=list_map("type"))
    """conditions are Ready, Reconciling and Stalled."""
    observed_generation: Generation | None = None
    """observedGeneration is the metadata.generation that this status was planned from."""
    active: list[ActiveReference] = Field([], max_length=16, json_schema_extra=list_map("name"))
    """active lists the AnimeEnrichments that are under way."""
    last_schedule_time: Time | None = None
    """lastScheduleTime is the due time that was last acted on."""
    last_successful_time: Time | None = None
    """lastSuccessfulTime is when an AnimeEnrichment of the schedule last became Ready."""
    next_schedule_time: Time | None = None
    """nextScheduleTime is the next due time."""
    last_handled_request: RequestToken | None = None
    """lastHandledRequest is the text of otakube.dev/requested-at as last acted on, cut at 64 characters."""


class EpisodeSchedule(ApiType):
    """EpisodeSchedule enriches one anime after each broadcast or at cron times; v0.1 accepts it, no more."""

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
    conditions=tuple(CommonCondition),
    reasons=(*ScheduleReason, *CommonReason),
    columns=(
        Column("Schedule", ".spec.schedule"),
        Column("Weekday", ".spec.broadcast.weekday"),
        Column("Time", ".spec.broadcast.time"),
        Column("Suspend", ".spec.suspend", "boolean"),
        Column("Last", ".status.lastScheduleTime", "date"),
        Column("Next", ".status.nextScheduleTime"),
        condition_column("Ready", CommonCondition.READY, "status"),
        Column("Age", ".metadata.creationTimestamp", "date"),
        Column("Anime", ".spec.anime.id", priority=1),
        condition_column("Reason", CommonCondition.READY, "reason", priority=1),
        condition_column("Message", CommonCondition.READY, "message", priority=1),
    ),
)
