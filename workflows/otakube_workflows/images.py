# SPDX-License-Identifier: Apache-2.0
"""Images: the sweep of every night, and the template by which a person takes one down."""

from hera.workflows import CronWorkflow, Parameter, WorkflowTemplate
from hera.workflows.models import Mutex, Synchronization, WorkflowTemplateRef

from otakube_api.contract import EXIT, IMAGE_SWEEP_CRON_WORKFLOW, TAKE_DOWN_TEMPLATE
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import STORES, Size, Step, step

SWEEP, TAKE_DOWN = "sweep-images", "take-down"
NEEDS_A_PERSON = 1  # exit code: an entry could not be changed; another try finds the same
DEADLINE = 4 * 3600
IMAGE, REASON, BY = "image", "reason", "by"


def sweep() -> WorkflowTemplate:
    """The template of one sweep; a pod that is lost is followed by one that goes on."""
    wanted = Step(
        name=SWEEP,
        command=["images", "sweep"],
        stores=list(STORES),
        deadline=DEADLINE,
        final=(NEEDS_A_PERSON, EXIT.fatal),
        size=Size(memory_limit="1Gi"),
    )
    return WorkflowTemplate(
        name=IMAGE_SWEEP_CRON_WORKFLOW,
        entrypoint=SWEEP,
        active_deadline_seconds=2 * DEADLINE,
        synchronization=Synchronization(mutexes=[Mutex(name=IMAGE_SWEEP_CRON_WORKFLOW)]),
        templates=[step(wanted)],
        **EXECUTION,
    )


def schedule() -> CronWorkflow:
    """Every night, apart from the weekly scrub and snapshot."""
    return CronWorkflow(
        name=IMAGE_SWEEP_CRON_WORKFLOW,
        schedules=["15 1 * * *"],
        timezone="UTC",
        cron_suspend=False,
        concurrency_policy="Forbid",
        starting_deadline_seconds=12 * 3600,
        successful_jobs_history_limit=1,
        failed_jobs_history_limit=3,
        workflow_template_ref=WorkflowTemplateRef(name=IMAGE_SWEEP_CRON_WORKFLOW),
    )


def take_down() -> WorkflowTemplate:
    """The template of a take-down; a commit that holds an entry is waited for by its retries."""
    container = step(
        Step(
            name=TAKE_DOWN,
            command=["images", "take-down"],
            stores=list(STORES),
            deadline=DEADLINE,
            final=(NEEDS_A_PERSON, EXIT.fatal),
        )
    )
    container.args = [
        f"--reason={{{{workflow.parameters.{REASON}}}}}", f"--by={{{{workflow.parameters.{BY}}}}}", "--",
        f"{{{{workflow.parameters.{IMAGE}}}}}",
    ]  # fmt: skip
    return WorkflowTemplate(
        name=TAKE_DOWN_TEMPLATE,
        entrypoint=TAKE_DOWN,
        arguments=[
            Parameter(name=IMAGE, description="SHA-256, bucket key, or the URL that it came from."),
            Parameter(name=REASON, description="Why; kept with the order."),
            Parameter(name=BY, description="Who orders it."),
        ],
        active_deadline_seconds=2 * DEADLINE,
        templates=[container],
        **EXECUTION,
    )
