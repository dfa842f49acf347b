# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichment: brings one anime into the catalogue, complete and reviewed."""

from typing import Literal

from pydantic import ConfigDict, Field

from otakube_api.contract import (
    Accelerator,
    Gate,
    Mode,
    Provider,
    ReviewState,
    SourceState,
)
from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.v1alpha1.anime import AnimeReference, HistoryLimit, Review
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentCondition, EnrichmentReason
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
    Sentence,
    Time,
    condition_column,
    list_map,
)
from otakube_api.v1alpha1.validation import (
    ANIME_IMMUTABLE,
    ROLLBACK_ASKS_NOBODY,
    ROLLBACK_NEEDS_ID,
    UPDATE_NEEDS_KNOWN_ANIME,
    rules,
)
from otakube_api.v1alpha1.waiting import QueueStatus, RetryStatus


class AnimeEnrichmentSpec(ApiType):
    """The wanted state."""

    model_config = ConfigDict(
        json_schema_extra=rules(UPDATE_NEEDS_KNOWN_ANIME, ROLLBACK_NEEDS_ID, ROLLBACK_ASKS_NOBODY)
    )

    anime: AnimeReference = Field(json_schema_extra=rules(ANIME_IMMUTABLE))
    """anime names the anime by exactly one of id, sourceUrls and title; it cannot change."""
    mode: Mode = Mode.FULL_ENRICHMENT
    """mode is FullEnrichment for the whole record, or EpisodeUpdate for its episodes alone."""
    providers: list[Provider] | None = Field(
        None, min_length=1, max_length=len(Provider), json_schema_extra=AS_SET
    )
    """providers are asked, all at once, and enough must answer; without it, all that are switched on."""
    episode: int | None = Field(None, ge=0, le=99_999)
    """episode is the number that must be out: until most providers list it, the run is tried again later."""
    rollback_to: Generation | None = Field(None, ge=1)
    """rollbackTo brings back an earlier version of the entry as a new one; a person always reviews it."""
    review: Review = Review()
    """review says when a person looks at the record before it is published."""
    accelerator: Accelerator = Accelerator.AUTO
    """accelerator computes the embeddings: CPU, GPU, or with Auto what the installation is set to."""
    priority: int = Field(0, ge=-1000, le=1000)
    """priority orders the runs that wait for their turn at the providers: higher ones start first."""
    suspend: bool = False
    """suspend holds a running Workflow where it is, and starts none, until it is false again."""
    successful_workflows_history_limit: HistoryLimit = 3
    """successfulWorkflowsHistoryLimit is how many succeeded Workflows are kept."""
    failed_workflows_history_limit: HistoryLimit = 3
    """failedWorkflowsHistoryLimit is how many failed Workflows are kept."""


class WorkflowStatus(ApiType):
    """The latest Workflow."""

    name: Name
    """name of the Workflow, in the object's namespace."""
    generation: Generation
    """generation is the metadata.generation that the Workflow was started for."""
    attempt: Count
    """attempt counts the Workflows of one generation, from 1."""
    uid: str | None = Field(None, max_length=64)
    """uid of the Workflow, by which it is known again when its labels are gone."""
    phase: str | None = Field(None, max_length=32)
    """phase is copied from the Workflow: Pending, Running, Succeeded, Failed or Error."""
    start_time: Time | None = None
    """startTime is when Argo started the Workflow."""


class StepStatus(ApiType):
    """The step that the latest run is at, or that broke it."""

    name: Name
    """name is fetch, stage, assemble, review, embed, commit or conclude."""
    attempt: Count
    """attempt that runs or waits, or that failed last, from 1."""
    attempt_limit: Count
    """attemptLimit is the most attempts that Argo makes."""
    reason: str | None = Field(None, max_length=64)
    """reason is why the step does not get on: that of Ready meanwhile; absent while all is well."""
    message: Sentence | None = None
    """message is what the step, Argo or Kubernetes said."""
    since_time: Time | None = None
    """sinceTime is when the attempt began, or when this reason was first seen."""
    next: Sentence | None = None
    """next says what happens without anybody's help, if the step does not get on."""


class ReviewStatus(ApiType):
    """The review of the latest run."""

    state: ReviewState
    """state is Waiting, Approved, Rejected, TimedOut or NotNeeded."""
    deadline: Time | None = None
    """deadline is when a record that nobody decided on counts as rejected."""
    findings: list[Sentence] = Field([], max_length=50, json_schema_extra=AS_ATOMIC)
    """findings are what a reviewer must know, the first 50."""


class SourceStatus(ApiType):
    """One provider's part in the latest run."""

    provider: str = Field(max_length=32)
    """provider that was asked."""
    state: SourceState
    """state is Answered, NotListed (its answer is that it has no such anime) or Failed."""
    reason: str | None = Field(None, max_length=64)
    """reason says why the answer is missing, such as Unavailable, RateLimited, NotFound or AnswerInvalid."""
    message: Sentence | None = None
    """message is a sentence for people."""


class GateStatus(ApiType):
    """A finding of one gate about the latest record."""

    gate: Gate
    """gate is Completeness, Drift, Consistency, Plausibility, Identity or Loss."""
    message: Sentence
    """message is a sentence for people."""


class ImageStatus(ApiType):
    """The images of the latest run."""

    stored: Count = 0
    """stored counts the images that lie in the bucket."""
    failed: Count = 0
    """failed counts the images that could not be mirrored; they never fail a run."""


class AnimeEnrichmentStatus(ApiType):
    """The observed state, written by the operator alone."""

    conditions: list[Condition] = Field([], max_length=16, json_schema_extra=list_map("type"))
    """conditions: Ready, Reconciling, Stalled, AwaitingReview, SourceFailed, GateFailed, ForeignWorkflow."""
    observed_generation: Generation | None = None
    """observedGeneration is the metadata.generation that this status was planned from."""
    entry_id: str | None = Field(None, max_length=64)
    """entryId is the anime's id in the catalogue, once known."""
    title: Sentence | None = None
    """title is the anime's main title, once known."""
    live_version: Generation | None = None
    """liveVersion is what the object's latest run published; other objects of the anime may have gone on."""
    digest: str | None = Field(None, max_length=80)
    """digest is the SHA-256 of the published record."""
    confidence: str | None = Field(None, max_length=8)
    """confidence of the merge in the latest record, 0.00 to 1.00."""
    workflow: WorkflowStatus | None = None
    """workflow is the latest Workflow."""
    step: StepStatus | None = None
    """step is where the latest run is, or what broke it."""
    recent_starts: list[Time] = Field([], max_length=10, json_schema_extra=AS_ATOMIC)
    """recentStarts are when the latest Workflows were started; no more than ten start within ten minutes."""
    review: ReviewStatus | None = None
    """review says where the latest run stands with its review."""
    sources: list[SourceStatus] = Field([], max_length=16, json_schema_extra=list_map("provider"))
    """sources lists what each provider gave to the latest run."""
    gates: list[GateStatus] = Field([], max_length=50, json_schema_extra=AS_ATOMIC)
    """gates list what the gates found wrong with the latest record, the first 50."""
    images: ImageStatus | None = None
    """images counts the images of the latest run."""
    queue: QueueStatus | None = None
    """queue is the place of a run that waits for its turn at the providers."""
    retry: RetryStatus | None = None
    """retry says when a failed run is tried again by itself."""
    publication_time: Time | None = None
    """publicationTime is when the latest record became live."""
    last_handled_request: RequestToken | None = None
    """lastHandledRequest is the text of otakube.dev/requested-at as last acted on, cut at 64 characters."""


class AnimeEnrichment(ApiType):
    """AnimeEnrichment keeps one anime in the catalogue: fetched, merged, reviewed, embedded, published."""

    api_version: Literal["otakube.dev/v1alpha1"] = API_VERSION
    kind: Literal["AnimeEnrichment"] = "AnimeEnrichment"
    metadata: ObjectMeta
    spec: AnimeEnrichmentSpec
    """spec is what is wanted."""
    status: AnimeEnrichmentStatus = AnimeEnrichmentStatus()
    """status is what was seen and done."""


KIND = Kind(
    name="AnimeEnrichment",
    plural="animeenrichments",
    short_names=("aenrich",),
    selectable_fields=(".spec.mode", ".spec.suspend", ".status.entryId", ".status.workflow.phase"),
    conditions=(*CommonCondition, *EnrichmentCondition),
    reasons=(*EnrichmentReason, *CommonReason),
    columns=(
        Column("Anime", ".status.title", description="Main title, once known"),
        condition_column("Ready", CommonCondition.READY, "status"),
        condition_column("Reason", CommonCondition.READY, "reason"),
        Column("Step", ".status.step.name", description="Step that the latest run is at, or that broke it"),
        Column("Published", ".status.publicationTime", "date"),
        Column("Age", ".metadata.creationTimestamp", "date"),
        condition_column("Unanswered", EnrichmentCondition.SOURCE_FAILED, "message", priority=1),
        Column("Suspend", ".spec.suspend", "boolean", priority=1),
        Column("Entry", ".status.entryId", priority=1),
        Column("Workflow", ".status.workflow.name", priority=1),
        condition_column("Message", CommonCondition.READY, "message", priority=1),
    ),
)
