# SPDX-License-Identifier: Apache-2.0
"""Condition types and reasons: one word set for conditions, Events, log lines and metric labels.

Each member carries what the reference pages print, so a word cannot be used that no page explains.
"""

from enum import StrEnum

from otakube_api.contract import FailureReason


class ConditionType(StrEnum):
    """The conditions that our kinds carry; `lifetime` says when a condition is present."""

    polarity: str
    lifetime: str
    meaning: str

    def __new__(cls, word: str, polarity: str, lifetime: str, meaning: str) -> "ConditionType":
        """Keep the texts beside the word."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.polarity, member.lifetime, member.meaning = polarity, lifetime, meaning
        return member

    READY = (
        "Ready", "positive", "always, from the first visit on",
        "True: the record for this generation is live. Unknown: work goes on, or somebody must decide. "
        "False: this generation did not reach the catalogue; the reason says why.",
    )  # fmt: skip
    RECONCILING = (
        "Reconciling", "abnormal when True", "only while True",
        "A Workflow runs or is about to.",
    )  # fmt: skip
    STALLED = (
        "Stalled", "abnormal when True", "only while True",
        "Nothing goes on until a person changes something; the reason says what.",
    )  # fmt: skip
    AWAITING_REVIEW = (
        "AwaitingReview", "abnormal when True", "only while True",
        "A person must approve or reject the record before status.review.deadline.",
    )  # fmt: skip
    SOURCE_FAILED = (
        "SourceFailed", "abnormal when True", "only while True",
        "At least one provider gave no answer; the record stands on the others, which status.sources lists.",
    )  # fmt: skip
    GATE_FAILED = (
        "GateFailed", "abnormal when True", "only while True",
        "A gate found the latest record doubtful; status.gates lists why, and a reviewer sees the same.",
    )  # fmt: skip


class Reason(StrEnum):
    """Why a condition is as it is; `cure` is what a person does about it, if anything."""

    meaning: str
    cure: str

    def __new__(cls, word: str, meaning: str, cure: str = "") -> "Reason":
        """Keep the texts beside the word."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning, member.cure = meaning, cure
        return member

    # The way of a run
    WORKFLOW_STARTING = "WorkflowStarting", "The Workflow of this generation is about to be created."
    WORKFLOW_RUNNING = "WorkflowRunning", "The Workflow of this generation runs."
    AWAITING_DECISION = (
        "AwaitingDecision", "The record waits at the review gate.",
        "Read status.review.findings, then `otakube review approve NAME` or `otakube review reject NAME`.",
    )  # fmt: skip
    REVIEW_APPROVED = "ReviewApproved", "A person approved the record; the run goes on."
    PUBLISHED = "Published", "The record of this generation is live in the catalogue."
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
    SUSPENDED = (
        "Suspended",
        "spec.suspend is true: a run is held where it is, and none starts.",
        "Set spec.suspend to false.",
    )
    SUPERSEDED = "Superseded", "The run was stopped because the spec has changed; a new one follows."
    DELETING = "Deleting", "The object is being deleted; its running Workflow is stopped first."

    # What goes wrong around a run
    WORKFLOW_DELETED = "WorkflowDeleted", "Somebody deleted the running Workflow; it is started anew."
    WORKFLOW_STOPPED = (
        "WorkflowStopped", "Somebody stopped or terminated the Workflow.",
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
    SPEC_INVALID = (
        "SpecInvalid", "The operator cannot read this spec: the CRD and the operator differ in version.",
        "Upgrade the chart that is behind, otakube-crds first.",
    )  # fmt: skip
    REVIEW_TIMED_OUT = (
        "ReviewTimedOut", "Nobody decided before status.review.deadline, so the record was rejected.",
        "Ask for a new run with the annotation otakube.dev/requested-at, or set spec.review.",
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
        "The step has tried for minutes. See the message, wait or name more providers, then ask for a new "
        "run with the annotation otakube.dev/requested-at.",
    )  # fmt: skip
    RECORD_INVALID = (
        FailureReason.RECORD_INVALID.value, "The merged record breaks a rule of the catalogue.",
        "The message names the field and the provider; report it if the provider is right.",
    )  # fmt: skip
    STORE_UNAVAILABLE = (
        FailureReason.STORE_UNAVAILABLE.value, "The bucket, document store or vector store does not answer.",
        "The step has tried for minutes. Bring the store back, then ask for a new run with the annotation "
        "otakube.dev/requested-at.",
    )  # fmt: skip
    COMMIT_FENCED = (
        FailureReason.COMMIT_FENCED.value, "A newer run holds the entry, so this one wrote nothing.",
        "None if another enrichment of the same anime is meant; else delete one of the two.",
    )  # fmt: skip
    COMMIT_FAILED = (
        FailureReason.COMMIT_FAILED.value, "The commit did not go through; readers see the version before.",
        "The message names the boundary; the scrubber cleans up, then ask for a new run.",
    )  # fmt: skip
    REVIEW_REJECTED = (
        FailureReason.REVIEW_REJECTED.value, "A person rejected the record; nothing was published.",
        "Correct what the note says, then ask for a new run with the annotation otakube.dev/requested-at.",
    )  # fmt: skip
    INPUT_MISSING = (
        FailureReason.INPUT_MISSING.value, "A step found no output of the step before it in the bucket.",
        "Check the bucket's lifecycle rules, then ask for a new run.",
    )  # fmt: skip
    SETTINGS_INVALID = (
        FailureReason.SETTINGS_INVALID.value, "A setting of the installation is missing or wrong.",
        "The message names the setting; correct the chart's values.",
    )  # fmt: skip
    UNEXPECTED = (
        FailureReason.UNEXPECTED.value, "A step failed in a way that nobody foresaw.",
        "Read the step's log and the dead letter, and report it.",
    )  # fmt: skip

    # EpisodeSchedule
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
