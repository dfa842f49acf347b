# SPDX-License-Identifier: Apache-2.0
"""What operator, workflow authors and steps agree on, so that none of them imports another.

The operator fills the template's parameters and reads the nodes' outputs; the workflow wires both to step
commands; the steps write the outputs. A name that changes here changes in all three.
"""

import re
from enum import StrEnum
from typing import NamedTuple

TEMPLATE = "otakube-enrich-anime"
"""The WorkflowTemplate of one enrichment."""

CHECK_TEMPLATE = "otakube-check-providers"
"""The WorkflowTemplate that checks the providers from where the steps run."""

SCRUB_CRON_WORKFLOW = "otakube-scrub"

MERGE_LOCKS_TEMPLATE = "otakube-merge-locks"
"""The WorkflowTemplate that changes merge locks; its parameter is PAYLOAD, its output Output.REPORT."""

PAYLOAD = "payload"
"""What to do, as base64 of gzip of JSON: Argo would evaluate braces in it."""

STEP_CONFIG_MAP = "otakube-steps"
"""ConfigMap whose keys are the environment (OTAKUBE_*) of every step; nothing secret."""

STEP_SECRET = "otakube-stores"  # noqa: S105 - the Secret's name
"""Secret mounted at SECRETS_FOLDER in steps that reach a store: one file a setting, named as the setting."""

SECRETS_FOLDER = "/etc/otakube/secrets"
OUTPUTS_FOLDER = "/tmp/outputs"  # noqa: S108 - an emptyDir of the step's own pod
TERMINATION_LOG = "/dev/termination-log"


class Parameter(StrEnum):
    """Arguments of the WorkflowTemplate, all strings; a list travels as JSON."""

    ENRICHMENT = "enrichment"  # namespace/name of the AnimeEnrichment
    UID = "uid"
    GENERATION = "generation"
    ATTEMPT = "attempt"
    ANIME_ID = "anime-id"  # "" unless spec.anime.id
    SOURCE_URLS = "source-urls"  # JSON list
    TITLE = "title"  # "" unless spec.anime.title
    YEAR = "year"  # "" unless spec.anime.year: narrows the search for the title
    TYPE = "type"  # "" unless spec.anime.type: likewise
    MODE = "mode"  # FullEnrichment | EpisodeUpdate
    PROVIDERS = "providers"  # JSON list of Provider names
    REVIEW_POLICY = "review-policy"  # Required | OnLowConfidence | Never
    REVIEW_TIMEOUT = "review-timeout"  # Argo duration: "72h"
    ACCELERATOR = "accelerator"  # Cpu | Gpu


class Node(StrEnum):
    """Display names of the tasks in a run, in order; `review` is the suspend node."""

    FETCH = "fetch"
    STAGE = "stage"
    IMAGES = "images"  # mirrors images, then assembles and validates the golden record
    REVIEW = "review"
    EMBED = "embed"
    COMMIT = "commit"
    CONCLUDE = "conclude"  # exit handler: removes work objects, or writes the dead letter


class Output(StrEnum):
    """Output parameters: each is a file of this name in OUTPUTS_FOLDER."""

    ENTRY_ID = "entry-id"  # fetch, commit
    TITLE = "title"  # fetch: the resolved main title
    ANSWERED_SOURCES = "answered-sources"  # fetch: JSON list of provider names
    FAILED_SOURCES = "failed-sources"  # fetch: JSON list of {"provider","reason","message"}
    REVIEW = "review"  # images: "Required" | "Skip"
    CONFIDENCE = "confidence"  # images: "0.00".."1.00"
    FINDINGS = "findings"  # images: JSON list of short sentences that a reviewer must see
    GATES = "gates"  # images: JSON list of {"gate","message"}: what the gates found wrong
    SUGGESTIONS = "suggestions"  # images: JSON list of {"id","kind","value","confidence","reason"}
    DIGEST = "digest"  # images, commit: sha256 of the golden record
    IMAGES_STORED = "images-stored"
    IMAGES_FAILED = "images-failed"
    MODEL = "model"  # embed
    VERSION = "version"  # commit: the live version, decimal
    COMMIT_KEY = "commit-key"  # commit
    REPORT = "report"  # of workflows beside the enrichment: what they found or did, as JSON


class ReviewOutput(StrEnum):
    """Outputs of the suspend node. Defaults are those of a timeout or of a resume without a decision."""

    DECISION = "decision"  # "approve" | "reject" (default)
    NOTE = "note"  # default ""
    REVIEWER = "reviewer"  # default ""
    ACCEPTED = "accepted"  # JSON list of ids of suggestions that a person takes over; default []


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
    QUORUM_NOT_REACHED = "QuorumNotReached"  # fewer providers answered than the quorum
    RECORD_INVALID = "RecordInvalid"  # the golden record does not validate
    STORE_UNAVAILABLE = "StoreUnavailable"
    COMMIT_FENCED = "CommitFenced"  # a newer run holds the entry
    COMMIT_FAILED = "CommitFailed"
    REVIEW_REJECTED = "ReviewRejected"
    INPUT_MISSING = "InputMissing"  # a step was started without the objects of the step before
    SETTINGS_INVALID = "SettingsInvalid"
    UNEXPECTED = "UnexpectedError"


class Gate(StrEnum):
    """What looks at a record before a person does; each names what it found wrong."""

    COMPLETENESS = "Completeness"  # episodes, characters, images that its status lets expect
    DRIFT = "Drift"  # it differs from the version before as records seldom do
    CONSISTENCY = "Consistency"  # its fields contradict each other
    PLAUSIBILITY = "Plausibility"  # a provider's answers shrank or froze, so it was ignored
    IDENTITY = "Identity"  # the providers may speak of different anime


class SourceReason(StrEnum):
    """Why one provider's answer is missing from a run (SourceFailed)."""

    UNAVAILABLE = "Unavailable"  # connection, time-out, 5xx
    RATE_LIMITED = "RateLimited"  # 429 beyond the retry budget
    NOT_FOUND = "NotFound"
    ANSWER_INVALID = "AnswerInvalid"  # not JSON, wrong types, an unknown enumeration value
    ANSWER_TOO_LARGE = "AnswerTooLarge"
    REFUSED = "Refused"  # 401, 403
    IMPLAUSIBLE = "Implausible"  # its answers shrank or froze: reported and ignored
    SWITCHED_OFF = "SwitchedOff"  # asked for, but this installation has it off or lacks its credentials


class Failure(NamedTuple):
    """One failure as the operator reads it off a node."""

    reason: FailureReason
    message: str


def one_line(text: str) -> str:
    """Blanks for line breaks and control characters: a provider's words must not steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def format_failure(failure: Failure) -> str:
    """`Reason: message` in one line of at most 2048 bytes: kubelet caps termination messages at 4096.

    Argo would evaluate `{{...}}` when the message comes back to the exit handler as a parameter.
    """
    harmless = re.sub(r"{(?={)", "{ ", one_line(failure.message))
    return f"{failure.reason}: {harmless}".encode()[:2048].decode(errors="ignore")


_FAILURE = re.compile(r"(?:^|: )(" + "|".join(FailureReason) + r"): (.*)", re.DOTALL)


def parse_failure(node_message: str) -> Failure:
    """Read a failure from an Argo node message such as `Error (exit code 65): AnimeUnknown: ...`."""
    match = _FAILURE.search(node_message)
    if match is None:
        return Failure(FailureReason.UNEXPECTED, node_message)
    return Failure(FailureReason(match[1]), match[2].strip())


def work_prefix(uid: str, generation: int, attempt: int) -> str:
    """Bucket prefix of a run's objects; the workflow builds the same from its parameters."""
    return f"work/{uid}/{generation}-{attempt}"
