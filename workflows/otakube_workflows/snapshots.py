# SPDX-License-Identifier: Apache-2.0
"""Snapshots: one every Sunday."""

from hera.workflows import CronWorkflow, WorkflowTemplate
from hera.workflows.models import Mutex, Synchronization, WorkflowTemplateRef

from otakube_api.contract import EXIT, SNAPSHOT_CRON_WORKFLOW
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import Step, Store, step

ENTRYPOINT = "snapshot"
NEEDS_A_PERSON = 1  # exit code: entries are damaged, or too many are gone; another try finds the same
DEADLINE = 6 * 3600


def snapshot() -> WorkflowTemplate:
    """The template of one snapshot; a pod that is lost is followed by one that goes on."""
    wanted = Step(
        name=ENTRYPOINT,
        command=["snapshot", "create"],
        stores=[Store.BUCKET, Store.DOCUMENTS],
        deadline=DEADLINE,
        final=(NEEDS_A_PERSON, EXIT.fatal),
    )
    return WorkflowTemplate(
        name=SNAPSHOT_CRON_WORKFLOW,
        entrypoint=ENTRYPOINT,
        active_deadline_seconds=2 * DEADLINE,
        synchronization=Synchronization(mutexes=[Mutex(name=SNAPSHOT_CRON_WORKFLOW)]),
        templates=[step(wanted)],
        **EXECUTION,
    )


def schedule() -> CronWorkflow:
    """Sundays, after the weekly scrub has removed what is damaged; a week that was missed is made up for."""
    return CronWorkflow(
        name=SNAPSHOT_CRON_WORKFLOW,
        schedules=["0 10 * * 0"],
        timezone="UTC",
        cron_suspend=False,
        concurrency_policy="Forbid",
        starting_deadline_seconds=2 * 86400,
        successful_jobs_history_limit=1,
        failed_jobs_history_limit=3,
        workflow_template_ref=WorkflowTemplateRef(name=SNAPSHOT_CRON_WORKFLOW),
    )
