# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichment: brings one anime into the catalogue, complete and reviewed."""

from typing import Literal

from pydantic import ConfigDict, Field

from otakube_api.contract import (
    Accelerator,
    FailureReason,
    Gate,
    Mode,
    PodReason,
    Provider,
    ReviewState,
    SourceState,
)
from otakube_api.reasons import CommonCondition, CommonReason, ConditionType, Reason
from otakube_api.v1alpha1.anime import AnimeReference, HistoryLimit, Review
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


class EnrichmentCondition(ConditionType):
    """The conditions of an AnimeEnrichment beside the common ones."""

    AWAITING_REVIEW = (
        "AwaitingReview", "abnormal when True", "only while True",
        "A person must approve or reject the record before status.review.deadline.",
    )  # fmt: skip
    SOURCE_FAILED = (
        "SourceFailed", "abnormal when True", "only while True",
        "At least one provider gave no answer; the record stands on the others, which status.sources lists. "
        "That it has no such anime is an answer.",
    )  # fmt: skip
    GATE_FAILED = (
        "GateFailed", "abnormal when True", "only while True",
        "A gate found the latest record doubtful; status.gates lists why, and a reviewer sees the same.",
    )  # fmt: skip
    FOREIGN_WORKFLOW = (
        "ForeignWorkflow", "abnormal when True", "only while True",
        "A Workflow that the operator did not start runs in this object's name; it is being terminated.",
    )  # fmt: skip


class EnrichmentReason(Reason):
    """The reasons of an AnimeEnrichment beside the common ones."""

    # The way of a run
    WORKFLOW_STARTING = "WorkflowStarting", "The Workflow of this generation is about to be created."
    WORKFLOW_RUNNING = "WorkflowRunning", "The Workflow of this generation runs."
    AWAITING_DECISION = (
        "AwaitingDecision", "The record waits at the review gate.",
        "Read status.review.findings, then `otakube review approve NAME` or `otakube review reject NAME`.",
    )  # fmt: skip
    REVIEW_APPROVED = "ReviewApproved", "A person approved the record; the run goes on."
    PUBLISHED = "Published", "The record of this generation went live in the catalogue."
    SOURCE_FAILED = (
        "SourceFailed", "At least one provider gave no answer, and enough others did.",
        "See status.sources. Once the provider answers again, ask for a new run with the annotation "
        "otakube.dev/requested-at.",
    )  # fmt: skip
    INCOMPLETE = (
        "Incomplete", "Episodes, characters or images are missing that the anime's status lets expect.",
        "See status.gates. Approve if that is all there is; else ask again once the providers know more.",
    )  # fmt: skip
    DRIFTED = (
        "Drifted", "The record differs from the version before as records seldom do.",
        "Compare both with `otakube review show NAME`; approve only if the anime itself has changed.",
    )  # fmt: skip
    INCONSISTENT = (
        "Inconsistent", "Fields of the record contradict each other.",
        "See status.gates for the fields, and `otakube review show NAME` for who says what.",
    )  # fmt: skip
    UPSTREAM_IMPLAUSIBLE = (
        "UpstreamImplausible", "A provider's answers shrank or froze; it was ignored.",
        "Run `otakube providers check`; ask for a new run once the provider has recovered.",
    )  # fmt: skip
    MATCH_DOUBTFUL = (
        "MatchDoubtful", "The providers' pages may show different anime.",
        "Compare the pages in status.gates; approve, or keep them apart with `otakube locks`.",
    )  # fmt: skip
    PROVIDER_LOST = (
        "ProviderLost", "A provider did not answer, and what it said before cannot stay in the record.",
        "See status.gates for what would be lost. Approve to go on without it; else reject, and ask for a "
        "new run once the provider answers.",
    )  # fmt: skip
    QUEUED = (
        "Queued", "The run starts once fewer runs ask the providers; status.queue has its place.",
        "None. A higher spec.priority lets it go first; operator.concurrentRuns of the chart lets more ask.",
    )  # fmt: skip
    RETRY_SCHEDULED = (
        "RetryScheduled", "What failed comes back by itself; status.retry says when it is tried again.",
        "None, if the store or the providers named in Ready are coming back. To try now: the annotation "
        "otakube.dev/requested-at.",
    )  # fmt: skip
    SUPERSEDED = "Superseded", "The run was stopped because the spec has changed; a new one follows."
    DELETING = "Deleting", "The object is being deleted; its running Workflow is stopped first."

    # What goes wrong around a run
    WORKFLOW_DELETED = "WorkflowDeleted", "Somebody deleted the running Workflow; it is started anew."
    WORKFLOW_ALTERED = (
        "WorkflowAltered", "Somebody changed the arguments of the Workflow; it is stopped and started anew."
    )  # fmt: skip
    WORKFLOW_RATE_LIMITED = (
        "WorkflowRateLimited", "Ten Workflows were started within ten minutes; the next one waits its turn.",
        "Find out who changes the spec or the annotation otakube.dev/requested-at, or deletes Workflows: see "
        "the Events and metadata.managedFields.",
    )  # fmt: skip
    FOREIGN_WORKFLOW = (
        "ForeignWorkflow",
        "A Workflow runs in the name of this object that the operator did not start; it is being terminated.",
        "Use the annotation otakube.dev/requested-at instead of `argo resubmit` or a copy of a Workflow.",
    )
    WORKFLOW_STOPPED = (
        PodReason.STOPPED.value, "Somebody stopped or terminated the Workflow, or failed its review node.",
        "Ask for a new run with the annotation otakube.dev/requested-at.",
    )  # fmt: skip
    WORKFLOW_CONFLICT = (
        "WorkflowConflict", "A Workflow of the name that this run needs exists and is not ours.",
        "Delete or rename that Workflow; the message names it.",
    )  # fmt: skip
    WORKFLOW_REFUSED = (
        "WorkflowRefused", "The API server or Argo refused the Workflow.",
        "The message carries their answer; check the rights and policies of the namespace.",
    )  # fmt: skip
    TEMPLATE_MISSING = (
        "TemplateMissing", "The WorkflowTemplate of the enrichment is not installed in this namespace.",
        "Install the chart otakube in this namespace, or apply the object in the namespace that has it.",
    )  # fmt: skip
    REVIEW_TIMED_OUT = (
        "ReviewTimedOut", "Nobody decided before status.review.deadline, so the record was rejected.",
        "Ask for a new run with the annotation otakube.dev/requested-at, or set spec.review.",
    )  # fmt: skip

    # What becomes of a step's pod: while the run goes on, and where that ended it
    UNSCHEDULABLE = (
        PodReason.UNSCHEDULABLE.value, "No node has the free resources or labels that the pod asks for.",
        "The message is the scheduler's. Add or free such a node: the pod starts by itself. For a GPU that "
        "is not there, set spec.accelerator to CPU.",
    )  # fmt: skip
    IMAGE_PULL_FAILED = (
        PodReason.IMAGE_PULL_FAILED.value, "The image of the step cannot be pulled.",
        "The message names it. Correct the chart's values for images and pull secrets, or bring the registry "
        "back; a pull is repeated by itself.",
    )  # fmt: skip
    CONTAINER_START_FAILED = (
        PodReason.CONTAINER_START_FAILED.value, "The step's container cannot be created or started.",
        "The message names the Secret, ConfigMap or program that is missing; it starts by itself once that "
        "is there.",
    )  # fmt: skip
    POD_REFUSED = (
        PodReason.REFUSED.value, "A quota, a policy or the node refused the step's pod.",
        "The message carries the answer; raise the quota or correct the policy of the namespace.",
    )  # fmt: skip
    OOM_KILLED = (
        PodReason.OOM_KILLED.value, "The step needed more memory than its container may have.",
        "Report it with the title; a smaller image_limit_bytes or provider_answer_limit_bytes makes a step "
        "need less.",
    )  # fmt: skip
    EVICTED = (
        PodReason.EVICTED.value, "The node ended the step's pod, for lack of memory or disk or to shut down.",
        "The message names what ran short. The step is tried again; relieve the node if it happens again.",
    )  # fmt: skip
    DEADLINE_EXCEEDED = (
        PodReason.DEADLINE_EXCEEDED.value, "A step's pod or the run took longer than its deadline.",
        "Read the step's log for what it waited for, then ask for a new run.",
    )  # fmt: skip
    POD_LOST = (
        PodReason.LOST.value, "The step's pod was deleted or killed, or its node is gone.",
        "None while the step is tried again; else look at the node, then ask for a new run.",
    )  # fmt: skip

    # What steps report
    ANIME_UNKNOWN = (
        FailureReason.ANIME_UNKNOWN.value, "No provider knows this anime.",
        "Check spec.anime for a slip; create a new object with the right id, URL or title.",
    )  # fmt: skip
    ANIME_AMBIGUOUS = (
        FailureReason.ANIME_AMBIGUOUS.value, "Several anime bear this title and none is clearly ahead.",
        "Pick one from the message and create a new object with its URL in spec.anime.sourceUrls.",
    )  # fmt: skip
    SOURCE_URL_UNSUPPORTED = (
        FailureReason.SOURCE_URL_UNSUPPORTED.value, "No provider in spec.providers can read these URLs.",
        "Create a new object with a URL of a provider that spec.providers names.",
    )  # fmt: skip
    QUORUM_NOT_REACHED = (
        FailureReason.QUORUM_NOT_REACHED.value, "Too few providers answered to trust a record.",
        "None once the providers that the message names answer again: status.retry says when they are asked. "
        "Else name more providers.",
    )  # fmt: skip
    PROVIDERS_UNUSABLE = (
        FailureReason.PROVIDERS_UNUSABLE.value, "Too few providers can answer; to ask again is vain.",
        "The message names each with its reason. Name others in spec.providers, or switch on more in the "
        "installation.",
    )  # fmt: skip
    RECORD_INVALID = (
        FailureReason.RECORD_INVALID.value, "The merged record breaks a rule of the catalogue.",
        "The message names the field and the provider; report it if the provider is right.",
    )  # fmt: skip
    STORE_UNAVAILABLE = (
        FailureReason.STORE_UNAVAILABLE.value, "The bucket, document store or vector store does not answer.",
        "Bring the store back. The run is tried again by itself: status.retry says when.",
    )  # fmt: skip
    COMMIT_FENCED = (
        FailureReason.COMMIT_FENCED.value, "A newer run holds the entry, so this one wrote nothing.",
        "None if another enrichment of the same anime is meant; else delete one of the two.",
    )  # fmt: skip
    PAGES_LOCKED_APART = (
        FailureReason.PAGES_LOCKED_APART.value,
        "A merge lock keeps pages of the record apart; nothing was published.",
        "The message names the lock. Remove it, or ask for a new run, which goes by it, with the annotation "
        "otakube.dev/requested-at.",
    )
    COMMIT_FAILED = (
        FailureReason.COMMIT_FAILED.value, "The commit did not go through; readers see the version before.",
        "The message names the boundary; the scrubber cleans up, and the run is tried again by itself.",
    )  # fmt: skip
    REVIEW_REJECTED = (
        FailureReason.REVIEW_REJECTED.value, "A person rejected the record; nothing was published.",
        "Correct what the note says, then ask for a new run with the annotation otakube.dev/requested-at.",
    )  # fmt: skip
    RECORD_CHANGED = (
        FailureReason.RECORD_CHANGED.value, "The record changed after the review; nothing was published.",
        "Find out who writes to work/ in the bucket, then ask for a new run with the annotation "
        "otakube.dev/requested-at.",
    )  # fmt: skip
    INPUT_MISSING = (
        FailureReason.INPUT_MISSING.value, "A step found no output of the step before it in the bucket.",
        "Ask for a new run: the objects of a stopped run are gone, so that `argo retry` cannot go on. "
        "If nobody stopped it, check the bucket's lifecycle rules with `otakube bucket check`.",
    )  # fmt: skip
    SETTINGS_INVALID = (
        FailureReason.SETTINGS_INVALID.value, "A setting of the installation is missing or wrong.",
        "The message names the setting; correct the chart's values.",
    )  # fmt: skip
    UNEXPECTED = (
        FailureReason.UNEXPECTED.value, "A step failed in a way that nobody foresaw.",
        "Read the step's log and the dead letter, and report it.",
    )  # fmt: skip


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
        Column("Suspend", ".spec.suspend", "boolean", priority=1),
        Column("Entry", ".status.entryId", priority=1),
        Column("Workflow", ".status.workflow.name", priority=1),
        condition_column("Message", CommonCondition.READY, "message", priority=1),
    ),
)
