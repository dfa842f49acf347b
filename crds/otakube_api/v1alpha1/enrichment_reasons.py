# SPDX-License-Identifier: Apache-2.0
"""The conditions and reasons of an AnimeEnrichment."""

from otakube_api.contract import FailureReason, PodReason
from otakube_api.reasons import ConditionType, Reason


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
        "The message carries their answer; check the rights and policies of the namespace. A run that Argo "
        "refused is tried again by itself.",
    )  # fmt: skip
    TEMPLATE_MISSING = (
        "TemplateMissing", "The WorkflowTemplate of the enrichment is not installed in this namespace.",
        "Install the chart otakube in this namespace, or apply the object in the namespace that has it. The "
        "run is tried again by itself.",
    )  # fmt: skip
    TEMPLATE_CHANGED = (
        "TemplateChanged", "The WorkflowTemplate was changed during the run, which ended the run.",
        "None: a new run starts by itself. Changes of the chart fall into pauses best.",
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
    EPISODE_NOT_OUT = (
        FailureReason.EPISODE_NOT_OUT.value, "Most providers do not list the episode of spec.episode yet.",
        "None: the providers are asked again 1, 3, 12 and 24 hours after the first time. After that, once it "
        "is out, ask with the annotation otakube.dev/requested-at.",
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
    SETTINGS_MISSING = (
        FailureReason.SETTINGS_MISSING.value, "The Secret with the credentials of the stores is missing.",
        "Create it as stores.existingSecret of the chart names it; the run is tried again by itself.",
    )  # fmt: skip
    UNEXPECTED = (
        FailureReason.UNEXPECTED.value, "A step failed in a way that nobody foresaw.",
        "Read the step's log and the dead letter, and report it.",
    )  # fmt: skip
