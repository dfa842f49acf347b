# SPDX-License-Identifier: Apache-2.0
"""The one reader of what Argo writes about a Workflow: phase, nodes, outputs, failures, progress.

Pure, and tolerant of whatever a hostile or foreign hand wrote there.
"""

from otakube_api.argo.causes import read_cause, read_waiting
from otakube_api.argo.deadline import timed_out
from otakube_api.argo.failures import FailedTask, failed_task, failure_of, read_failures, was_stopped
from otakube_api.argo.nodes import (
    FAILED_PHASES,
    FINAL_PHASES,
    SUCCEEDED,
    ArgoNode,
    Body,
    mapping_of,
    mappings_of,
    time_of,
)
from otakube_api.argo.progress import PendingPod, StepProgress, read_progress
from otakube_api.argo.retries import RetryLimits
from otakube_api.argo.workflow import ArgoWorkflow, read_workflow

__all__ = [
    "FAILED_PHASES",
    "FINAL_PHASES",
    "SUCCEEDED",
    "ArgoNode",
    "ArgoWorkflow",
    "Body",
    "FailedTask",
    "PendingPod",
    "RetryLimits",
    "StepProgress",
    "failed_task",
    "failure_of",
    "mapping_of",
    "mappings_of",
    "read_cause",
    "read_failures",
    "read_progress",
    "read_waiting",
    "read_workflow",
    "time_of",
    "timed_out",
    "was_stopped",
]
