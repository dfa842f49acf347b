# SPDX-License-Identifier: Apache-2.0
"""The planner of episode schedules: every day, by the time that it was scheduled for."""

from typing import Any

from hera.workflows import Container, CronWorkflow, ProjectedVolume, WorkflowTemplate
from hera.workflows.models import (
    ConfigMapProjection,
    KeyToPath,
    ServiceAccountTokenProjection,
    VolumeProjection,
    WorkflowMetadata,
    WorkflowTemplateRef,
)

from otakube_api.contract import EXIT, PLANNER_CRON_WORKFLOW, Output
from otakube_workflows.policies import EXECUTION, PLANNER_ACCOUNT
from otakube_workflows.templates import Step, Store, step

ENTRYPOINT = "plan-schedules"
DEADLINE = 1800  # seconds
NOT_KEPT = 1  # exit code: schedules of some entries could not be kept, and another try finds the same
DESCRIPTION = "workflows.argoproj.io/description"
ABOUT = "Keeps an EpisodeSchedule for every anime that is broadcast, or premieres soon."

_NOTED = "fromJSON(workflow.annotations.json)"
_KEY = "workflows.argoproj.io/scheduled-time"
SCHEDULED_TIME = f"{{{{='{_KEY}' in {_NOTED} ? {_NOTED}['{_KEY}'] : 'now'}}}}"
"""The time that Argo's controller notes on a Workflow of a schedule; `now` where a person submits one."""

ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"


def plan_schedules() -> WorkflowTemplate:
    """The planner's template: its pod alone gets a token, which opens EpisodeSchedules and nothing else."""
    return WorkflowTemplate(
        name=PLANNER_CRON_WORKFLOW,
        entrypoint=ENTRYPOINT,
        # An expression cannot read the annotations of a Workflow that has none.
        workflow_metadata=WorkflowMetadata(annotations={DESCRIPTION: ABOUT}),
        active_deadline_seconds=2 * DEADLINE,
        templates=[_plan()],
        **_EXECUTION,
    )


def schedule() -> CronWorkflow:
    """Five minutes into each day; a day that was missed is made up for until the next."""
    return CronWorkflow(
        name=PLANNER_CRON_WORKFLOW,
        schedules=["5 0 * * *"],
        timezone="UTC",
        concurrency_policy="Forbid",
        starting_deadline_seconds=23 * 3600,
        successful_jobs_history_limit=3,
        failed_jobs_history_limit=3,
        workflow_template_ref=WorkflowTemplateRef(name=PLANNER_CRON_WORKFLOW),
    )


def _plan() -> Container:
    container = step(
        Step(
            name=ENTRYPOINT,
            command=[ENTRYPOINT],
            outputs={Output.REPORT: "{}"},
            stores=[Store.DOCUMENTS],
            deadline=DEADLINE,
            final=(NOT_KEPT, EXIT.fatal),
        )
    )
    container.args = ["--namespace={{workflow.namespace}}", f"--scheduled-time={SCHEDULED_TIME}"]
    container.volumes = [*(container.volumes or ()), _account()]  # type: ignore[misc]  # hera: one volume, or a list
    return container


def _account() -> ProjectedVolume:
    """The token, and the authority of the API server, where pods have them by default."""
    return ProjectedVolume(
        name="account",
        mount_path=ACCOUNT_FOLDER,
        read_only=True,
        sources=[
            VolumeProjection(
                service_account_token=ServiceAccountTokenProjection(path="token", expiration_seconds=3600)
            ),
            VolumeProjection(
                config_map=ConfigMapProjection(
                    name="kube-root-ca.crt", items=[KeyToPath(key="ca.crt", path="ca.crt")]
                )
            ),
        ],
    )


_EXECUTION: dict[str, Any] = EXECUTION | {"service_account_name": PLANNER_ACCOUNT}
