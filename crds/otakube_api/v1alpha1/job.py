# SPDX-License-Identifier: Apache-2.0
"""Parts of the kinds whose work is one Workflow a run, a job: its reasons, and its place in the status."""

from pydantic import Field

from otakube_api.contract import FailureReason, PodReason
from otakube_api.reasons import Reason
from otakube_api.v1alpha1.meta import ApiType, Count, Name, Time


class JobReason(Reason):
    """The reasons of every kind that starts jobs, beside the common ones."""

    WORKFLOW_STARTING = "WorkflowStarting", "The Workflow was created, and Argo has not taken it up yet."
    WORKFLOW_DELETED = (
        "WorkflowDeleted", "Somebody deleted the Workflow before it had ended.",
        "What it wrote stays, and the next run goes on from there: ask for one with the annotation "
        "otakube.dev/requested-at.",
    )  # fmt: skip
    WORKFLOW_STOPPED = (
        PodReason.STOPPED.value, "Somebody stopped or terminated the Workflow.",
        "What it wrote stays, and the next run goes on from there: ask for one with the annotation "
        "otakube.dev/requested-at.",
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
        "TemplateMissing", "The WorkflowTemplate of this kind is not installed in this namespace.",
        "Install the chart otakube in this namespace, or apply the object in the namespace that has it.",
    )  # fmt: skip
    TEMPLATE_CHANGED = (
        "TemplateChanged", "The WorkflowTemplate was changed during the run, which ended the run.",
        "Ask for a new run with the annotation otakube.dev/requested-at.",
    )  # fmt: skip

    # What becomes of a step's pod: while the run goes on, and where that ended it
    UNSCHEDULABLE = (
        PodReason.UNSCHEDULABLE.value, "No node has the free resources that the pod asks for.",
        "The message is the scheduler's. Add or free such a node: the pod starts by itself.",
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
        "Report it with the number of rows, or of entries, that the message of the run tells.",
    )  # fmt: skip
    EVICTED = (
        PodReason.EVICTED.value, "The node ended the step's pod, for lack of memory or disk or to shut down.",
        "The message names what ran short. The step is tried again; relieve the node if it happens again.",
    )  # fmt: skip
    DEADLINE_EXCEEDED = (
        PodReason.DEADLINE_EXCEEDED.value, "A step's pod or the run took longer than its deadline.",
        "Read the step's log for what it waited for, then ask for a new run, which goes on from there.",
    )  # fmt: skip
    POD_LOST = (
        PodReason.LOST.value, "The step's pod was deleted or killed, or its node is gone.",
        "None while the step is tried again; else look at the node, then ask for a new run.",
    )  # fmt: skip

    # What steps report
    STORE_UNAVAILABLE = (
        FailureReason.STORE_UNAVAILABLE.value, "The bucket or the document store does not answer.",
        "Bring the store back. The step is tried again for some hours; after that ask for a new run, which "
        "goes on from there.",
    )  # fmt: skip
    INPUT_MISSING = (
        FailureReason.INPUT_MISSING.value, "A step found no output of the step before it in the bucket.",
        "Ask for a new run. If nobody stopped this one, check the bucket's lifecycle rules with `otakube "
        "bucket check`.",
    )  # fmt: skip
    SETTINGS_INVALID = (
        FailureReason.SETTINGS_INVALID.value, "A setting of the installation is missing or wrong.",
        "The message names the setting; correct the chart's values.",
    )  # fmt: skip
    SETTINGS_MISSING = (
        FailureReason.SETTINGS_MISSING.value, "The Secret with the credentials of the stores is missing.",
        "Create it as stores.existingSecret of the chart names it.",
    )  # fmt: skip
    UNEXPECTED = (
        FailureReason.UNEXPECTED.value, "A step failed in a way that nobody foresaw.",
        "Read the step's log, and report it.",
    )  # fmt: skip


class JobWorkflow(ApiType):
    """The Workflow of the latest job."""

    name: Name
    """name of the Workflow, in the object's namespace."""
    uid: str | None = Field(None, max_length=64)
    """uid of the Workflow."""
    phase: str | None = Field(None, max_length=32)
    """phase is Argo's word; empty before Argo has taken it up."""
    start_time: Time | None = None
    """startTime is when Argo took it up."""


class JobProgress(ApiType):
    """Entries that the latest job has written, and those that are left."""

    done: Count
    """done is the number of entries that it has written."""
    total: Count
    """total is the number of entries that it writes in all."""
    percent: int = Field(ge=0, le=100)
    """percent is done of total."""
    per_second: Count | None = None
    """perSecond is the number of entries a second, since its step began."""
    time_left: str | None = Field(None, max_length=20)
    """timeLeft is how long the rest takes at that rate, such as 3m20s; absent once nothing is left."""
    update_time: Time
    """updateTime is when done was last seen to grow."""
