# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichments and their runs as last seen: the values that a plan is made from."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from otakube_api import labels
from otakube_api.argo import FINAL_PHASES, SUCCEEDED, StepProgress
from otakube_api.contract import Failure, Node, WaitingCause
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichmentSpec, AnimeEnrichmentStatus
from otakube_operator.enrichment.identity import MetadataDamage, RunIdentity
from otakube_operator.enrichment.naming import spec_hash
from otakube_operator.runtime.objects import Body, KubeObject, UnreadableObject, read_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment(KubeObject[AnimeEnrichmentSpec, AnimeEnrichmentStatus]):
    """One AnimeEnrichment as last seen."""

    spec_hash: str = field(init=False)

    def __post_init__(self) -> None:
        """Hash the spec once, since every comparison with a run needs it."""
        object.__setattr__(self, "spec_hash", spec_hash(self.spec))

    @property
    def has_finalizer(self) -> bool:
        """True if our finalizer delays a deletion."""
        return labels.FINALIZER in self.finalizers


def read_enrichment(body: Body) -> Enrichment | UnreadableObject:
    """Parse a body that the API server has admitted."""
    return read_object(body, Enrichment, AnimeEnrichmentSpec, AnimeEnrichmentStatus)


class FailedSource(NamedTuple):
    """A provider that gave no answer."""

    provider: str
    reason: str
    message: str


class GateFailure(NamedTuple):
    """One finding of a gate about the record."""

    gate: str
    message: str


class ReviewNode(NamedTuple):
    """The review node, once reached."""

    phase: str
    started_at: datetime | None
    finished_at: datetime | None
    approved: bool
    note: str
    reviewer: str

    @property
    def running(self) -> bool:
        """True if nobody has decided yet."""
        return self.phase == "Running"

    @property
    def answered(self) -> bool:
        """True if a person or the deadline decided; a gate that failed fell with its run."""
        return self.phase == SUCCEEDED


class StepDuration(NamedTuple):
    """Seconds of a step, from its first attempt to its success."""

    step: str
    seconds: float


class Publication(NamedTuple):
    """Report of the commit step, after it had read the live version back."""

    version: int
    entry_id: str
    digest: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Results:
    """Outputs of a run's nodes so far; None or empty where a node has not ended."""

    entry_id: str | None = None
    title: str | None = None
    answered_sources: tuple[str, ...] = ()
    failed_sources: tuple[FailedSource, ...] | None = None
    review_needed: bool | None = None
    confidence: str | None = None
    findings: tuple[str, ...] = ()
    gates: tuple[GateFailure, ...] = ()
    images_stored: int | None = None
    images_failed: int | None = None
    review: ReviewNode | None = None
    publication: Publication | None = None
    failure: Failure | None = None
    step: StepProgress | None = None


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One owned Workflow as last seen."""

    namespace: str
    name: str
    uid: str
    owner_uid: str
    generation: int
    attempt: int
    spec_hash: str
    resource_version: str = field(default="", compare=False)
    requested_at: str | None = None
    created_at: datetime | None = None
    superseded: bool = False
    altered: bool = False
    """True if it has not the arguments that it was created with."""
    damage: MetadataDamage | None = None
    """What is to be restored of its labels and owner."""
    suspended: bool = False
    shutdown: str = ""
    phase: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    results: Results = field(default_factory=Results)
    waited: WaitingCause | None = None
    """What is noted on it of a pod that does not start."""
    passed: tuple[tuple[str, datetime], ...] = ()
    """Steps that it got through, and when."""
    durations: tuple[StepDuration, ...] = ()
    """Of the steps that it got through, but for the review, which takes people's time."""

    @property
    def finished(self) -> bool:
        """True if Argo will not touch it again."""
        return self.phase in FINAL_PHASES

    @property
    def published(self) -> bool:
        """True if its commit went through, whatever became of the rest."""
        return self.results.publication is not None

    @property
    def identity(self) -> RunIdentity:
        """The run that it is, or claims to be."""
        return RunIdentity(self.owner_uid, self.generation, self.attempt, self.spec_hash)

    @property
    def asks_providers(self) -> bool:
        """True while it uses the providers' budgets: until its fetch has ended."""
        step = self.results.step
        if self.finished or any(name == Node.FETCH for name, _ in self.passed):
            return False
        if step is None:
            return not self.suspended
        return step.step == Node.FETCH and (step.running or not self.suspended)

    @property
    def order(self) -> tuple[int, int]:
        """Later runs compare greater."""
        return self.generation, self.attempt
