# SPDX-License-Identifier: Apache-2.0
"""Failures of steps: their reasons, their exit statuses, and the one line that carries them through Argo."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from otakube_api.contract.vocabulary import SourceState


class ExitCode(NamedTuple):
    """sysexits(3): what a caller must do."""

    fatal: int = 65  # EX_DATAERR: never the same call again
    retriable: int = 75  # EX_TEMPFAIL: again, later


EXIT = ExitCode()


class FailureReason(StrEnum):
    """Why a step failed; one word for termination message, condition, Event, metric and dead letter."""

    ANIME_UNKNOWN = "AnimeUnknown"  # no provider knows it
    ANIME_AMBIGUOUS = "AnimeAmbiguous"  # several candidates, none clearly ahead; the message lists them
    SOURCE_URL_UNSUPPORTED = "SourceUrlUnsupported"
    QUORUM_NOT_REACHED = "QuorumNotReached"  # fewer providers answered than the quorum, and more may later
    PROVIDERS_UNUSABLE = "ProvidersUnusable"  # likewise, and asking again will not help
    EPISODE_NOT_OUT = "EpisodeNotOut"  # most providers do not list the episode that the run is to bring
    RECORD_INVALID = "RecordInvalid"  # the golden record does not validate
    STORE_UNAVAILABLE = "StoreUnavailable"
    COMMIT_FENCED = "CommitFenced"  # a newer run holds the entry
    PAGES_LOCKED_APART = "PagesLockedApart"  # a merge lock since the fetch says that they are several anime
    COMMIT_FAILED = "CommitFailed"
    REVIEW_REJECTED = "ReviewRejected"
    RECORD_CHANGED = "RecordChanged"  # the record in the bucket is not the one that was reviewed
    INPUT_MISSING = "InputMissing"  # a step was started without the objects of the step before
    SETTINGS_INVALID = "SettingsInvalid"
    SETTINGS_MISSING = "SettingsMissing"  # the Secret with the stores' credentials is not there
    UNEXPECTED = "UnexpectedError"


class Breach(StrEnum):
    """Limits that a week of the dataset breaks: it is not taken in."""

    EMPTY = "Empty"
    SCHEMA_DRIFT = "SchemaDrift"
    SHRUNK = "Shrunk"
    GROWN = "Grown"
    SITE_SHRUNK = "SiteShrunk"
    CHANGED_TOO_MUCH = "ChangedTooMuch"
    OLDER = "Older"
    FROZEN = "Frozen"
    AHEAD = "Ahead"


class DatasetReason(StrEnum):
    """Why a week of the dataset cannot be read from its source."""

    SOURCE_UNAVAILABLE = "SourceUnavailable"  # connection, time-out, 404, 429, 5xx
    SOURCE_REFUSED = "SourceRefused"  # another 4xx, a redirect that is not followed, too large a file
    DATASET_UNREADABLE = "DatasetUnreadable"  # the file as a whole is no dataset


class SnapshotReason(StrEnum):
    """Why a snapshot cannot be restored from, or not all of it."""

    MISSING = "SnapshotMissing"
    DAMAGED = "SnapshotDamaged"  # a file is gone, or its digest is another
    NEWER = "SnapshotNewer"  # its form, or that of its records, is one that this release does not read
    ENTRY_UNKNOWN = "EntryUnknown"  # it has no such entry
    ENTRIES_HELD = "EntriesHeld"  # commits are at work on some


class PodReason(StrEnum):
    """Reasons of a step's pod, where the step itself could not say why it does not run or has ended."""

    UNSCHEDULABLE = "Unschedulable"  # no node has the labels or the free resources that it asks for
    IMAGE_PULL_FAILED = "ImagePullFailed"
    CONTAINER_START_FAILED = "ContainerStartFailed"  # a Secret, a ConfigMap or the program is missing
    REFUSED = "PodRefused"  # by a quota, a policy or the kubelet
    OOM_KILLED = "OOMKilled"
    EVICTED = "Evicted"
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    LOST = "PodLost"  # deleted or killed, or its node is gone
    STOPPED = "WorkflowStopped"  # a person stopped or terminated the run


StepReason = FailureReason | DatasetReason | SnapshotReason | Breach
"""Reason that a step gives for its own failure."""

Cause = StepReason | PodReason
"""Reason of a failure: the step's own, or that of its pod."""


class SourceReason(StrEnum):
    """Why one provider's answer is missing from a run (SourceFailed)."""

    UNAVAILABLE = "Unavailable"  # connection, time-out, 5xx
    RATE_LIMITED = "RateLimited"  # 429 beyond the retry budget
    NOT_FOUND = "NotFound"  # an answer: it has no such anime, or what it has is left to another entry
    ANSWER_INVALID = "AnswerInvalid"  # not JSON, wrong types, an unknown enumeration value
    ANSWER_TOO_LARGE = "AnswerTooLarge"
    REFUSED = "Refused"  # 401, 403
    IMPLAUSIBLE = "Implausible"  # its answers shrank or froze: reported and ignored
    SWITCHED_OFF = "SwitchedOff"  # asked for, but this installation has it off or lacks its credentials


def source_state(reason: str | None, *, answered: bool) -> SourceState:
    """State of a provider whose answer, or a part of it, is missing for this reason."""
    if reason is not None and reason != SourceReason.NOT_FOUND:
        return SourceState.FAILED
    return SourceState.ANSWERED if answered else SourceState.NOT_LISTED


class Failure(NamedTuple):
    """One failure as the operator reads it off a node."""

    reason: Cause
    message: str


class WaitingCause(NamedTuple):
    """A cause that keeps the pod of a step from starting, or kept it until its end."""

    step: str
    failure: Failure


def one_line(text: str) -> str:
    """Blanks for line breaks and control characters: a provider's words must not steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def format_failure(failure: Failure) -> str:
    """`Reason: message` in one line of at most 2048 bytes: kubelet caps termination messages at 4096.

    Argo would evaluate `{{...}}` when the message comes back to the exit handler as a parameter.
    """
    harmless = re.sub(r"{(?={)", "{ ", one_line(failure.message))
    return f"{failure.reason}: {harmless}".encode()[:2048].decode(errors="ignore")


def format_waiting(cause: WaitingCause) -> str:
    """`step: Reason: message`, as the operator notes it on the Workflow."""
    return f"{cause.step}: {format_failure(cause.failure)}"


_WAITING = re.compile(r"([a-z-]{1,63}): (" + "|".join(PodReason) + r"): (.*)", re.DOTALL)


def parse_waiting(text: str) -> WaitingCause | None:
    """Read what `format_waiting` wrote; None of anything else."""
    found = _WAITING.fullmatch(text)
    return None if found is None else WaitingCause(found[1], Failure(PodReason(found[2]), found[3]))


_FAILURE = re.compile(r"(?:^|: )(" + "|".join(FailureReason) + r"): (.*)", re.DOTALL)

_OF_JOBS: Mapping[str, StepReason] = {word: word for word in (*DatasetReason, *SnapshotReason, *Breach)}
# Short words, which stand in many a sentence: they count at its beginning alone.
_OF_A_JOB = re.compile(r"(?:^|\(exit code \d+\): )(" + "|".join(_OF_JOBS) + r"): (.*)", re.DOTALL)


def parse_failure(node_message: str) -> Failure:
    """Read a failure from an Argo node message such as `Error (exit code 65): AnimeUnknown: ...`."""
    if (match := _OF_A_JOB.search(node_message)) is not None:
        return Failure(_OF_JOBS[match[1]], match[2].strip())
    match = _FAILURE.search(node_message)
    if match is None:
        return Failure(FailureReason.UNEXPECTED, node_message)
    return Failure(FailureReason(match[1]), match[2].strip())
