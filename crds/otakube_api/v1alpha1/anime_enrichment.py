# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichment: the wish that one anime is in the catalogue, whole and true."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from otakube_api.contract import (
    Accelerator,
    AnimeType,
    Gate,
    Mode,
    Provider,
    ReviewPolicy,
    ReviewState,
    SourceState,
)
from otakube_api.v1alpha1.meta import (
    API_VERSION,
    AS_ATOMIC,
    AS_SET,
    ApiType,
    Column,
    Condition,
    ConditionType,
    Count,
    Generation,
    Kind,
    Name,
    ObjectMeta,
    Reason,
    RequestToken,
    Sentence,
    Time,
    condition_column,
    list_map,
)
from otakube_api.v1alpha1.validation import (
    ANIME_IMMUTABLE,
    ENTRY_ID,
    ONE_NAME,
    ONE_NAME_KNOWN,
    REVIEW_TIMEOUT,
    TITLE_NO_BRACES,
    TITLE_NOT_BLANK,
    TITLE_ONE_LINE,
    TYPE_NEEDS_TITLE,
    UPDATE_NEEDS_KNOWN_ANIME,
    URL_HOST,
    URL_IS_HTTPS,
    URL_NO_BRACES,
    URL_PATH,
    YEAR_NEEDS_TITLE,
    rules,
)

EntryId = Annotated[str, Field(max_length=30, json_schema_extra=rules(ENTRY_ID))]
SourceUrl = Annotated[
    str, Field(max_length=512, json_schema_extra=rules(URL_IS_HTTPS, URL_HOST, URL_PATH, URL_NO_BRACES))
]
HistoryLimit = Annotated[int, Field(ge=0, le=100)]
SEARCHABLE_TYPES: JsonDict = {"enum": [each.value for each in AnimeType if each is not AnimeType.UNKNOWN]}


class KnownAnime(ApiType):
    """An anime that needs no search."""

    model_config = ConfigDict(json_schema_extra=rules(ONE_NAME_KNOWN))

    id: EntryId | None = None
    """id is the anime's id in the catalogue, such as ani_01JD3Z5K8Q0000000000000001."""
    source_urls: list[SourceUrl] | None = Field(None, min_length=1, max_length=20, json_schema_extra=AS_SET)
    """sourceUrls are pages of this one anime at providers, such as https://myanimelist.net/anime/1."""


class AnimeReference(KnownAnime):
    """Which anime: exactly one of id, sourceUrls and title."""

    model_config = ConfigDict(json_schema_extra=rules(ONE_NAME, YEAR_NEEDS_TITLE, TYPE_NEEDS_TITLE))

    title: str | None = Field(
        None, max_length=300, json_schema_extra=rules(TITLE_NOT_BLANK, TITLE_ONE_LINE, TITLE_NO_BRACES)
    )
    """title is looked up at the providers; an ambiguous one stalls with the candidates in the message."""
    year: int | None = Field(None, ge=1900, le=2100)
    """year of the first broadcast narrows the search for title."""
    type: AnimeType | None = Field(None, json_schema_extra=SEARCHABLE_TYPES)
    """type narrows the search for title."""


class Review(ApiType):
    """When a person looks at the record before it is published."""

    policy: ReviewPolicy = ReviewPolicy.ON_LOW_CONFIDENCE
    """policy says when the run waits: Required always, OnLowConfidence if gate or merge doubts, Never."""
    timeout: str = Field("72h", max_length=20, json_schema_extra=rules(REVIEW_TIMEOUT))
    """timeout is how long the run waits for a decision before the record counts as rejected, 1m to 720h."""


class AnimeEnrichmentSpec(ApiType):
    """What is wanted."""

    model_config = ConfigDict(json_schema_extra=rules(UPDATE_NEEDS_KNOWN_ANIME))

    anime: AnimeReference = Field(json_schema_extra=rules(ANIME_IMMUTABLE))
    """anime names the anime by exactly one of id, sourceUrls and title; it cannot change."""
    mode: Mode = Mode.FULL_ENRICHMENT
    """mode is FullEnrichment for the whole record, or EpisodeUpdate for its episodes alone."""
    providers: list[Provider] | None = Field(
        None, min_length=1, max_length=len(Provider), json_schema_extra=AS_SET
    )
    """providers are asked, all at once, and enough must answer; without it, all that are switched on."""
    review: Review = Review()
    """review says when a person looks at the record before it is published."""
    accelerator: Accelerator = Accelerator.AUTO
    """accelerator computes the embeddings: CPU, GPU, or with Auto what the installation is set to."""
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
    phase: str | None = Field(None, max_length=32)
    """phase is copied from the Workflow: Pending, Running, Succeeded, Failed or Error."""
    start_time: Time | None = None
    """startTime is when Argo started the Workflow."""


class ReviewStatus(ApiType):
    """Where the latest run stands with its review."""

    state: ReviewState
    """state is Waiting, Approved, Rejected, TimedOut or NotNeeded."""
    deadline: Time | None = None
    """deadline is when a record that nobody decided on counts as rejected."""
    findings: list[Sentence] = Field([], max_length=50, json_schema_extra=AS_ATOMIC)
    """findings are what a reviewer must know, the first 50."""


class SourceStatus(ApiType):
    """What one provider gave to the latest run."""

    provider: str = Field(max_length=32)
    """provider that was asked."""
    state: SourceState
    """state is Answered or Failed."""
    reason: str | None = Field(None, max_length=64)
    """reason says why the answer is missing, such as Unavailable, RateLimited, NotFound or AnswerInvalid."""
    message: Sentence | None = None
    """message is a sentence for people."""


class GateStatus(ApiType):
    """What one gate found wrong with the latest record."""

    gate: Gate
    """gate is Completeness, Drift, Consistency, Plausibility or Identity."""
    message: Sentence
    """message is a sentence for people."""


class ImageStatus(ApiType):
    """The images of the latest run."""

    stored: Count = 0
    """stored counts the images that lie in the bucket."""
    failed: Count = 0
    """failed counts the images that could not be mirrored; they never fail a run."""


class AnimeEnrichmentStatus(ApiType):
    """What was seen and done, written by the operator alone."""

    conditions: list[Condition] = Field([], max_length=16, json_schema_extra=list_map("type"))
    """conditions are Ready, Reconciling, Stalled, AwaitingReview, SourceFailed and GateFailed."""
    observed_generation: Generation | None = None
    """observedGeneration is the metadata.generation that this status was planned from."""
    entry_id: str | None = Field(None, max_length=64)
    """entryId is the anime's id in the catalogue, once known."""
    title: Sentence | None = None
    """title is the anime's main title, once known."""
    live_version: Generation | None = None
    """liveVersion is the version of the entry that readers see since the latest publication."""
    digest: str | None = Field(None, max_length=80)
    """digest is the SHA-256 of the published record."""
    confidence: str | None = Field(None, max_length=8)
    """confidence of the merge in the latest record, 0.00 to 1.00."""
    workflow: WorkflowStatus | None = None
    """workflow is the latest Workflow."""
    review: ReviewStatus | None = None
    """review says where the latest run stands with its review."""
    sources: list[SourceStatus] = Field([], max_length=16, json_schema_extra=list_map("provider"))
    """sources lists what each provider gave to the latest run."""
    gates: list[GateStatus] = Field([], max_length=50, json_schema_extra=AS_ATOMIC)
    """gates list what the gates found wrong with the latest record, the first 50."""
    images: ImageStatus | None = None
    """images counts the images of the latest run."""
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


OF_SCHEDULES = (
    Reason.NOT_SUPPORTED,
    Reason.SCHEDULED,
    Reason.ENRICHMENT_CREATED,
    Reason.DEADLINE_MISSED,
    Reason.SCHEDULE_INVALID,
    Reason.ENDED,
)

KIND = Kind(
    name="AnimeEnrichment",
    plural="animeenrichments",
    short_names=("aenrich",),
    reasons=tuple(reason for reason in Reason if reason not in OF_SCHEDULES),
    columns=(
        Column("Anime", ".status.title", description="Main title, once known"),
        condition_column("Ready", ConditionType.READY, "status"),
        condition_column("Reason", ConditionType.READY, "reason"),
        Column("Published", ".status.publicationTime", "date"),
        Column("Age", ".metadata.creationTimestamp", "date"),
        Column("Entry", ".status.entryId", priority=1),
        Column("Workflow", ".status.workflow.name", priority=1),
        condition_column("Message", ConditionType.READY, "message", priority=1),
    ),
)
