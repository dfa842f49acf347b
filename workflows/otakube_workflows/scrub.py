# SPDX-License-Identifier: Apache-2.0
"""The scrubber's schedules: six times an hour it ends cut-off commits, once a week it compares all stores."""

from typing import NamedTuple

from hera.workflows import CronWorkflow, WorkflowTemplate
from hera.workflows.models import WorkflowTemplateRef

from otakube_api.contract import EXIT, SCRUB_CRON_WORKFLOW
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import STORES, Step, step

ENTRYPOINT = "scrub"
NEEDS_A_PERSON = 1  # the scrubber's exit code when something is left that it cannot repair


class ScrubSchedule(NamedTuple):
    """One way to scrub; seconds. A tick missed by less than `deadline` is made up for: nothing else would."""

    name: str
    command: list[str]
    cron: str
    deadline: int


OFTEN = ScrubSchedule(SCRUB_CRON_WORKFLOW, ["scrub"], "*/10 * * * *", 540)
WEEKLY = ScrubSchedule(f"{SCRUB_CRON_WORKFLOW}-full", ["scrub", "--full"], "30 3 * * 0", 6 * 3600)


def scrub(wanted: ScrubSchedule) -> WorkflowTemplate:
    """The scrubber's template: a controller that admits only references runs no other."""
    return WorkflowTemplate(
        name=wanted.name,
        entrypoint=ENTRYPOINT,
        active_deadline_seconds=2 * wanted.deadline,
        templates=[
            step(
                Step(
                    name=ENTRYPOINT,
                    command=wanted.command,
                    stores=list(STORES),
                    deadline=wanted.deadline,
                    final=(NEEDS_A_PERSON, EXIT.fatal),
                )
            )
        ],
        **EXECUTION,
    )


def schedule(wanted: ScrubSchedule) -> CronWorkflow:
    """Its schedule."""
    return CronWorkflow(
        name=wanted.name,
        schedules=[wanted.cron],
        timezone="UTC",
        concurrency_policy="Forbid",
        starting_deadline_seconds=wanted.deadline,
        successful_jobs_history_limit=1,
        failed_jobs_history_limit=3,
        workflow_template_ref=WorkflowTemplateRef(name=wanted.name),
    )
