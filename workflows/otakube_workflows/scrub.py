# SPDX-License-Identifier: Apache-2.0
"""The scrubber's schedule: it finishes or takes back every commit whose run died, six times an hour."""

from hera.workflows import CronWorkflow, WorkflowTemplate
from hera.workflows.models import WorkflowTemplateRef

from otakube_api.contract import SCRUB_CRON_WORKFLOW
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import Step, Store, step

ENTRYPOINT = "scrub"


def scrub() -> WorkflowTemplate:
    """The scrubber's template: a controller that admits only references runs no other."""
    return WorkflowTemplate(
        name=SCRUB_CRON_WORKFLOW,
        entrypoint=ENTRYPOINT,
        active_deadline_seconds=1800,
        templates=[step(Step(name=ENTRYPOINT, command=["scrub"], stores=list(Store), deadline=540))],
        **EXECUTION,
    )


def schedule() -> CronWorkflow:
    """Its schedule; a tick missed by less than nine minutes is made up for, since nothing else would."""
    return CronWorkflow(
        name=SCRUB_CRON_WORKFLOW,
        schedules=["*/10 * * * *"],
        timezone="UTC",
        concurrency_policy="Forbid",
        starting_deadline_seconds=540,
        successful_jobs_history_limit=1,
        failed_jobs_history_limit=3,
        workflow_template_ref=WorkflowTemplateRef(name=SCRUB_CRON_WORKFLOW),
    )
