# SPDX-License-Identifier: Apache-2.0
"""DatasetSync: keeps the catalogue in step with the weekly dataset."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from otakube_api.contract import EnrichmentOrder, EnrichmentPolicy
from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.v1alpha1.anime import HistoryLimit
from otakube_api.v1alpha1.job import JobProgress, JobReason, JobWorkflow
from otakube_api.v1alpha1.meta import (
    API_VERSION,
    AS_ATOMIC,
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
from otakube_api.v1alpha1.sync_reasons import SyncReason
from otakube_api.v1alpha1.validation import (
    CRON,
    SOURCE_BUCKET,
    SOURCE_FORM,
    SOURCE_GITHUB,
    SOURCE_NO_BRACES,
    SOURCE_URL,
    rules,
    time_zone,
)

DEFAULT_SOURCE = "github:cedya77/anime-offline-database/anime-offline-database.jsonl"
"""The fork that goes on with anime-offline-database, which ended in July 2026: its newest release."""


class SyncConcurrency(StrEnum):
    FORBID = "Forbid"
    REPLACE = "Replace"


class SyncPhase(StrEnum):
    STARTING = "Starting"
    PLANNING = "Planning"
    APPLYING = "Applying"
    ENRICHING = "Enriching"
    SUCCEEDED = "Succeeded"
    STOPPED = "Stopped"
    FAILED = "Failed"


class SyncLimits(ApiType):
    """Limits of what one week may change, against the week before; beyond one the sync stops."""

    shrink_percent: int = Field(5, ge=0, le=100)
    """shrinkPercent is how many rows less than before a week may have."""
    growth_percent: int = Field(20, ge=0, le=100_000)
    """growthPercent is how many rows more than before a week may have."""
    changed_percent: int = Field(60, ge=0, le=100_000)
    """changedPercent is how many rows may have changed, against the rows before."""
    site_percent: int = Field(20, ge=0, le=100)
    """sitePercent is how many pages of one site may be gone, beyond those that went with their rows."""
    age_days: int = Field(42, ge=1, le=36_500)
    """ageDays is how long ago the dataset may have been updated last."""


class SyncEnrichment(ApiType):
    """Listed entries that a sync enriches after the week is written, at the pace of the providers' limits."""

    policy: EnrichmentPolicy = EnrichmentPolicy.OFF
    """policy is Off, NewOnly for entries that the week listed first, or All for every listed entry."""
    order: EnrichmentOrder = EnrichmentOrder.BY_POPULARITY
    """order is ByPopularity, those first that most sites have a page of, or BySeason, the newest first."""
    max_per_run: int = Field(100, ge=1, le=5_000)
    """maxPerRun is how many entries one run enriches at most; each takes some eight seconds of the limits."""


class DatasetSyncSpec(ApiType):
    """The wanted state."""

    source: str = Field(
        DEFAULT_SOURCE,
        max_length=512,
        json_schema_extra=rules(SOURCE_FORM, SOURCE_URL, SOURCE_GITHUB, SOURCE_BUCKET, SOURCE_NO_BRACES),
    )
    """source is the file: https://..., github:OWNER/REPOSITORY[@TAG]/ASSET, or bucket:datasets/FILE."""
    schedule: str = Field("0 1 * * SAT", max_length=100, json_schema_extra=rules(CRON))
    """schedule is a cron expression of five fields, in timeZone."""
    time_zone: str = Field("UTC", max_length=64, json_schema_extra=rules(time_zone("spec.timeZone")))
    """timeZone of schedule is a name of the IANA database."""
    suspend: bool = False
    """suspend lets due times pass without a sync until it is false again; a run that is under way goes on."""
    dry_run: bool = False
    """dryRun has syncs plan and write nothing: status.counts says what the week would change."""
    concurrency_policy: SyncConcurrency = SyncConcurrency.FORBID
    """concurrencyPolicy: while a sync runs, with Forbid a due time waits, with Replace that goes."""
    starting_deadline_seconds: int = Field(86_400, ge=10, le=604_800)
    """startingDeadlineSeconds is how late a sync may still start, 10 seconds to a week."""
    limits: SyncLimits = SyncLimits()
    """limits are what one week may change; a week beyond one of them is not taken in."""
    enrichment: SyncEnrichment = SyncEnrichment()
    """enrichment says which listed entries a sync enriches; none unless its policy is set."""
    successful_workflows_history_limit: HistoryLimit = 3
    """successfulWorkflowsHistoryLimit is how many Workflows that succeeded are kept."""
    failed_workflows_history_limit: HistoryLimit = 3
    """failedWorkflowsHistoryLimit is how many Workflows that failed are kept."""


class SyncedDataset(ApiType):
    """The file of the latest run."""

    source: str | None = Field(None, max_length=512)
    """source is where it was loaded from."""
    release_tag: str | None = Field(None, max_length=128)
    """releaseTag is the tag of the GitHub release, where it is an asset of one."""
    digest: str | None = Field(None, max_length=80)
    """digest is the SHA-256 of the file."""
    etag: str | None = Field(None, max_length=128)
    """etag is what the server said of the file."""
    last_update: str | None = Field(None, max_length=10)
    """lastUpdate is the day that the dataset says of itself."""
    rows: Count | None = None
    """rows is how many of its rows can be read."""


class SyncCounts(ApiType):
    """Entries by what the week makes of them."""

    new: Count = 0
    """new entries are listed for the first time."""
    changed: Count = 0
    """changed entries have a row that differs from the one before."""
    unchanged: Count = 0
    """unchanged entries have the same row as before."""
    removed: Count = 0
    """removed entries have no row any more; they are orphaned, never deleted."""
    resurrected: Count = 0
    """resurrected entries were orphaned, and have a row again."""
    merged: Count = 0
    """merged entries go on as another entry, which has their row now."""
    split: Count = 0
    """split entries came out of another entry's row."""
    flagged: Count = 0
    """flagged is how many flags were opened or closed on enriched entries."""
    unreadable: Count = 0
    """unreadable rows are left out."""
    kept_apart: Count = 0
    """keptApart entries would be merged, and a merge lock forbids it."""


class SyncEnrichmentCounts(ApiType):
    """Listed entries by what a run made of them."""

    due: Count = 0
    """due entries were listed and not enriched when the run came to them, those beyond maxPerRun too."""
    enriched: Count = 0
    """enriched entries have a golden record now."""
    refused: Count = 0
    """refused entries are for a person to look at; they stay listed, with a flag."""
    failed: Count = 0
    """failed entries stay listed: with a flag, or for the next run where providers were away."""
    passed_over: Count = 0
    """passedOver entries are in another run's hands."""
    left: Count = 0
    """left entries are due still."""


class SyncOutcome(StrEnum):
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    STOPPED = "Stopped"
    FAILED = "Failed"
    REPLACED = "Replaced"
    DELETED = "Deleted"


class SyncRunStatus(ApiType):
    """One run and its outcome."""

    workflow: Name
    """workflow is the name of its Workflow, in the object's namespace."""
    due_time: Time | None = None
    """dueTime is when it was due; absent for a request."""
    start_time: Time | None = None
    """startTime is when its Workflow was created."""
    end_time: Time | None = None
    """endTime is when its Workflow ended."""
    outcome: SyncOutcome
    """outcome is Running, then Succeeded, Stopped by a limit, Failed, Replaced or Deleted."""
    reason: str | None = Field(None, max_length=64)
    """reason is why, as in the condition Ready."""
    revision: str | None = Field(None, max_length=64)
    """revision of the week."""
    last_update: str | None = Field(None, max_length=10)
    """lastUpdate is the day that the dataset says of itself."""
    counts: SyncCounts | None = None
    """counts are the entries by what the week made of them."""
    enrichment: SyncEnrichmentCounts | None = None
    """enrichment is what became of listed entries, where spec.enrichment has them enriched."""


class DatasetSyncStatus(ApiType):
    """The observed state, written by the operator alone."""

    conditions: list[Condition] = Field([], max_length=8, json_schema_extra=list_map("type"))
    """conditions are Ready, Reconciling and Stalled."""
    observed_generation: Generation | None = None
    """observedGeneration is the metadata.generation that this status was planned from."""
    phase: SyncPhase | None = None
    """phase of the latest run: Stopped is by a limit; absent before the first."""
    workflow: JobWorkflow | None = None
    """workflow is that of the latest run."""
    progress: JobProgress | None = None
    """progress of the latest run, once it writes: entries of the week, then entries to enrich."""
    revision: str | None = Field(None, max_length=64)
    """revision of the latest run's week: a digest of its rows, the same for the same rows in any order."""
    dataset: SyncedDataset | None = None
    """dataset is the file of the latest run, once it is loaded."""
    counts: SyncCounts | None = None
    """counts are the entries by what the latest run makes of them, once it is planned."""
    enrichment: SyncEnrichmentCounts | None = None
    """enrichment is what became of listed entries, once the latest run has enriched some."""
    times: str | None = Field(None, max_length=200)
    """times is spec.schedule with its time zone."""
    since_time: Time | None = None
    """sinceTime is the last due time that was acted on, or when times last changed; earlier ones are past."""
    next_schedule_time: Time | None = None
    """nextScheduleTime is the next due time; one that has passed waits for a sync to end."""
    last_schedule_time: Time | None = None
    """lastScheduleTime is the due time that a sync was last started for."""
    last_successful_time: Time | None = None
    """lastSuccessfulTime is when a week was last taken in."""
    last_handled_request: RequestToken | None = None
    """lastHandledRequest is the text of otakube.dev/requested-at as last acted on, cut at 64 characters."""
    recent_runs: list[SyncRunStatus] = Field([], max_length=10, json_schema_extra=AS_ATOMIC)
    """recentRuns are the last ten runs, the latest last."""


class DatasetSync(ApiType):
    """DatasetSync keeps the catalogue in step with the weekly dataset of all anime."""

    api_version: Literal["otakube.dev/v1alpha1"] = API_VERSION
    kind: Literal["DatasetSync"] = "DatasetSync"
    metadata: ObjectMeta
    spec: DatasetSyncSpec
    """spec is what is wanted."""
    status: DatasetSyncStatus = DatasetSyncStatus()
    """status is what was seen and done."""


KIND = Kind(
    name="DatasetSync",
    plural="datasetsyncs",
    short_names=("dsync",),
    selectable_fields=(".spec.suspend", ".spec.source"),
    conditions=(*CommonCondition,),
    reasons=(*SyncReason, *JobReason, *CommonReason),
    columns=(
        Column("Phase", ".status.phase"),
        Column("Done", ".status.progress.done", "integer"),
        Column("Total", ".status.progress.total", "integer"),
        Column("Left", ".status.progress.timeLeft"),
        Column("Week", ".status.dataset.lastUpdate"),
        Column("New", ".status.counts.new", "integer"),
        Column("Changed", ".status.counts.changed", "integer"),
        Column("Removed", ".status.counts.removed", "integer"),
        Column("Flagged", ".status.counts.flagged", "integer"),
        Column("Enriched", ".status.enrichment.enriched", "integer", priority=1),
        Column("Last Success", ".status.lastSuccessfulTime", "date"),
        Column("Due", ".status.nextScheduleTime"),
        condition_column("Ready", CommonCondition.READY, "status"),
        condition_column("Reason", CommonCondition.READY, "reason"),
        Column("Age", ".metadata.creationTimestamp", "date"),
        Column("Suspend", ".spec.suspend", "boolean", priority=1),
        Column("Revision", ".status.revision", priority=1),
        Column("Source", ".spec.source", priority=1),
        condition_column("Message", CommonCondition.READY, "message", priority=1),
    ),
)
