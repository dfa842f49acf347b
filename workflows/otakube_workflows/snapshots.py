# SPDX-License-Identifier: Apache-2.0
"""Snapshots: one every Sunday, and the template by which a person restores from one."""

from hera.workflows import Container, CronWorkflow, Parameter, WorkflowTemplate
from hera.workflows.models import Mutex, Synchronization, WorkflowTemplateRef

from otakube_api.contract import EXIT, RESTORE_TEMPLATE, SNAPSHOT_CRON_WORKFLOW
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import EMBED_IMAGE, STORES, Size, Step, Store, step

ENTRYPOINT = "snapshot"
RESTORE, DRY_RUN = "restore", "dry-run"
NEEDS_A_PERSON = 1  # exit code: entries are damaged, or too many are gone; another try finds the same
DEADLINE = 6 * 3600
RESTORE_DEADLINE = 24 * 3600
SNAPSHOT, ENTRIES = "snapshot", "entries"


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


def restore() -> WorkflowTemplate:
    """The template of a restore: its entrypoint is a dry run, `--entrypoint restore` carries it out."""
    return WorkflowTemplate(
        name=RESTORE_TEMPLATE,
        entrypoint=DRY_RUN,
        arguments=[
            Parameter(name=SNAPSHOT, value="latest", description="Name of the snapshot, or latest."),
            Parameter(name=ENTRIES, value="", description="Ids of entries, separated by commas; empty: all."),
        ],
        active_deadline_seconds=2 * RESTORE_DEADLINE,
        synchronization=Synchronization(mutexes=[Mutex(name=RESTORE_TEMPLATE)]),
        templates=[_restore(DRY_RUN, "--dry-run"), _restore(RESTORE)],
        **EXECUTION,
    )


def _restore(name: str, *options: str) -> Container:
    """The text model is at hand there, for vectors that are nowhere any more."""
    container = step(
        Step(
            name=name,
            command=["snapshot", "restore", *options],
            stores=list(STORES),
            deadline=RESTORE_DEADLINE,
            final=(NEEDS_A_PERSON, EXIT.fatal),
            image=EMBED_IMAGE,
            size=Size(memory="384Mi", memory_limit="1536Mi"),
        )
    )
    container.args = [
        f"--entry={{{{workflow.parameters.{ENTRIES}}}}}", f"--name={{{{workflow.parameters.{SNAPSHOT}}}}}"
    ]  # fmt: skip
    return container
