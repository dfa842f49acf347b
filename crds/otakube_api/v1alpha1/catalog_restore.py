# SPDX-License-Identifier: Apache-2.0
"""CatalogRestore: brings the catalogue back from a snapshot, once."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from otakube_api.contract import LATEST_SNAPSHOT, NewerContent, RestoredLocks
from otakube_api.reasons import CommonCondition, CommonReason
from otakube_api.v1alpha1.job import JobProgress, JobReason, JobWorkflow
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
from otakube_api.v1alpha1.restore_reasons import RestoreReason
from otakube_api.v1alpha1.validation import (
    RESTORE_IMMUTABLE,
    RESTORE_STAYS_STARTED,
    RESTORED_ENTRY,
    SNAPSHOT_NAME,
    rules,
)

ENTRIES_LIMIT = 75
"""Entries that one object may choose: their ids are arguments of a Workflow."""

RestoredName = Annotated[str, Field(max_length=200, json_schema_extra=rules(RESTORED_ENTRY))]


class RestorePhase(StrEnum):
    STARTING = "Starting"
    PLANNING = "Planning"
    RESTORING = "Restoring"
    VERIFYING = "Verifying"
    PLANNED = "Planned"
    RESTORED = "Restored"
    INCOMPLETE = "Incomplete"
    FAILED = "Failed"


class CatalogRestoreSpec(ApiType):
    """The wanted state; all but dryRun stays as it is created."""

    model_config = ConfigDict(json_schema_extra=rules(RESTORE_IMMUTABLE, RESTORE_STAYS_STARTED))

    snapshot: str = Field(LATEST_SNAPSHOT, max_length=16, json_schema_extra=rules(SNAPSHOT_NAME))
    """snapshot is the name of one, such as 20261129T100000Z, or latest; status.snapshot says which it is."""
    entries: list[RestoredName] = Field([], max_length=ENTRIES_LIMIT, json_schema_extra=AS_SET)
    """entries are brought back alone: ids of the catalogue, or pages at providers; none means all."""
    newer_content: NewerContent = NewerContent.KEEP
    """newerContent: what is whole and newer than the snapshot stays with Keep; Replace puts it back."""
    merge_locks: RestoredLocks = RestoredLocks.IF_NONE
    """mergeLocks: with IfNone all are set where none ever was, with AddMissing those that lack, too."""
    dry_run: bool = True
    """dryRun plans the restore and writes nothing; false carries it out, and stays."""


class RestoredSnapshot(ApiType):
    """The snapshot of the latest run."""

    name: str | None = Field(None, max_length=16)
    """name of the snapshot."""
    digest: str | None = Field(None, max_length=80)
    """digest of all rows that it holds, as they were read and compared with the manifest."""
    entries: Count | None = None
    """entries is how many it holds."""
    left_out: Count | None = None
    """leftOut is how many entries of the catalogue could not be read when it was written."""
    release: str | None = Field(None, max_length=64)
    """release of Otakube that wrote it."""
    record_schema: Count | None = None
    """recordSchema is the number of its newest records' form."""
    written_time: Time | None = None
    """writtenTime is when it was written."""


class RestoreCounts(ApiType):
    """Entries by what the restore makes of them."""

    restored: Count = 0
    """restored entries are live again under the number that they had."""
    completed: Count = 0
    """completed entries were live, and lacked vectors, points, rows, images or their audit copy."""
    same: Count = 0
    """same entries lacked nothing."""
    newer: Count = 0
    """newer content was whole, and stayed."""
    replaced: Count = 0
    """replaced content was newer, and damaged or to be replaced; the snapshot's is a new version."""
    held: Count = 0
    """held entries have a commit at work on them."""
    failed: Count = 0
    """failed entries need a person; status.entries says why."""
    without_images: Count = 0
    """withoutImages entries are live, and images of theirs are nowhere."""


class RestoreVerification(ApiType):
    """Entries of the catalogue against those of the snapshot, by digests, after the restore."""

    matching: Count = 0
    """matching entries have the snapshot's digest, and all points, rows and images."""
    newer: Count = 0
    """newer entries have other, newer content that is whole."""
    differing: Count = 0
    """differing entries are neither."""


class EntryNote(ApiType):
    """An entry that a person may want to know of."""

    entry: str = Field(max_length=64)
    """entry is its id."""
    outcome: str = Field(max_length=32)
    """outcome is Replaced, Newer, Held, Failed, or another with something to say."""
    detail: Sentence
    """detail says why, and what to do."""


class RestoreRunOutcome(StrEnum):
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    INCOMPLETE = "Incomplete"
    FAILED = "Failed"
    DELETED = "Deleted"


class RestoreRunStatus(ApiType):
    """One run and its outcome."""

    workflow: Name
    """workflow is the name of its Workflow, in the object's namespace."""
    purpose: Literal["Plan", "Restore"]
    """purpose is Plan of a dry run, else Restore."""
    start_time: Time | None = None
    """startTime is when its Workflow was created."""
    end_time: Time | None = None
    """endTime is when its Workflow ended."""
    outcome: RestoreRunOutcome
    """outcome is Running, then Succeeded, Incomplete, Failed or Deleted."""
    reason: str | None = Field(None, max_length=64)
    """reason is why, as in the condition Ready."""


class CatalogRestoreStatus(ApiType):
    """The observed state, written by the operator alone."""

    conditions: list[Condition] = Field([], max_length=8, json_schema_extra=list_map("type"))
    """conditions are Ready, Reconciling and Stalled."""
    observed_generation: Generation | None = None
    """observedGeneration is the metadata.generation that this status was planned from."""
    phase: RestorePhase | None = None
    """phase of the latest run."""
    workflow: JobWorkflow | None = None
    """workflow is that of the latest run."""
    progress: JobProgress | None = None
    """progress of the step that runs; each of the three goes through all entries."""
    snapshot: RestoredSnapshot | None = None
    """snapshot of the latest run, once it is read."""
    counts: RestoreCounts | None = None
    """counts are the entries by what the latest run makes of them: first as planned, then as done."""
    added_rows: Count | None = None
    """addedRows is how many rows beside the entries were missing: pages, listings, decisions, locks."""
    verification: RestoreVerification | None = None
    """verification of the latest run, once it is done."""
    entries: list[EntryNote] = Field([], max_length=20, json_schema_extra=AS_ATOMIC)
    """entries are the first that a person may want to know of."""
    notes: list[Sentence] = Field([], max_length=20, json_schema_extra=AS_ATOMIC)
    """notes are what else a person must look at, such as locks that contradict later ones."""
    restored_time: Time | None = None
    """restoredTime is when the latest restore that went well was verified."""
    last_handled_request: RequestToken | None = None
    """lastHandledRequest is the text of otakube.dev/requested-at as last acted on, cut at 64 characters."""
    recent_runs: list[RestoreRunStatus] = Field([], max_length=10, json_schema_extra=AS_ATOMIC)
    """recentRuns are the last ten runs, the latest last."""


class CatalogRestore(ApiType):
    """CatalogRestore brings the catalogue back from a snapshot, once: planned first, then carried out."""

    api_version: Literal["otakube.dev/v1alpha1"] = API_VERSION
    kind: Literal["CatalogRestore"] = "CatalogRestore"
    metadata: ObjectMeta
    spec: CatalogRestoreSpec
    """spec is what is wanted."""
    status: CatalogRestoreStatus = CatalogRestoreStatus()
    """status is what was seen and done."""


KIND = Kind(
    name="CatalogRestore",
    plural="catalogrestores",
    short_names=("crestore",),
    selectable_fields=(".spec.snapshot",),
    conditions=(*CommonCondition,),
    reasons=(*RestoreReason, *JobReason, *CommonReason),
    columns=(
        Column("Snapshot", ".status.snapshot.name"),
        Column("Phase", ".status.phase"),
        Column("Done", ".status.progress.done", "integer"),
        Column("Total", ".status.progress.total", "integer"),
        Column("Rate", ".status.progress.perSecond", "integer"),
        Column("Left", ".status.progress.timeLeft"),
        Column("Restored", ".status.counts.restored", "integer"),
        Column("Same", ".status.counts.same", "integer"),
        Column("Failed", ".status.counts.failed", "integer"),
        Column("Dry Run", ".spec.dryRun", "boolean"),
        condition_column("Ready", CommonCondition.READY, "status"),
        condition_column("Reason", CommonCondition.READY, "reason"),
        Column("Age", ".metadata.creationTimestamp", "date"),
        Column("Completed", ".status.counts.completed", "integer", priority=1),
        Column("Newer", ".status.counts.newer", "integer", priority=1),
        Column("Matching", ".status.verification.matching", "integer", priority=1),
        Column("Differing", ".status.verification.differing", "integer", priority=1),
        condition_column("Message", CommonCondition.READY, "message", priority=1),
    ),
)
