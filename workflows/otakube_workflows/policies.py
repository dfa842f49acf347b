# SPDX-License-Identifier: Apache-2.0
"""Policies of every workflow of ours: accounts, pod security, retention."""

from typing import Any

from hera.workflows.models import (
    ExecutorConfig,
    Metadata,
    PodGC,
    PodSecurityContext,
    SeccompProfile,
    TTLStrategy,
)

from otakube_api import labels

STEP_ACCOUNT = "otakube-step"
"""Account of the steps: no rights, no token."""

PLANNER_ACCOUNT = "otakube-planner"
"""Account of the planner: may list, create, change and delete EpisodeSchedules."""

EXECUTOR_ACCOUNT = "otakube-executor"
"""Account of Argo's own containers: may create and patch workflowtaskresults."""

EXECUTION: dict[str, Any] = {
    "service_account_name": STEP_ACCOUNT,
    "executor": ExecutorConfig(service_account_name=EXECUTOR_ACCOUNT),
    "automount_service_account_token": False,
    "security_context": PodSecurityContext(
        run_as_non_root=True,
        run_as_user=65532,
        run_as_group=65532,
        seccomp_profile=SeccompProfile(type="RuntimeDefault"),
    ),
    "pod_metadata": Metadata(labels={labels.PART_OF: "otakube", "app.kubernetes.io/component": "step"}),
    # The log of a good step stays readable for ten minutes, a bad step's pod until its workflow goes.
    "pod_gc": PodGC(strategy="OnPodSuccess", delete_delay_duration="600s"),
    # The operator keeps the newest runs by its history limits; this is for runs that it never meets again.
    "ttl_strategy": TTLStrategy(seconds_after_success=7 * 86400, seconds_after_failure=14 * 86400),
    "archive_logs": False,
}
