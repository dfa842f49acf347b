# SPDX-License-Identifier: Apache-2.0
"""The providers' check: when somebody asks, and every morning, failing where a provider is not well."""

from hera.workflows import CronWorkflow, Parameter, WorkflowTemplate
from hera.workflows.models import WorkflowTemplateRef

from otakube_api.contract import CHECK_TEMPLATE, EXIT, OUTPUTS_FOLDER, Output
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import Step, Store, step

DAILY = f"{CHECK_TEMPLATE}-daily"
ENTRYPOINT = "check-providers"
DEADLINE = 1800  # seconds: a budget may be used up by others
NOT_WELL = 1  # exit code: another try finds the same
COMMAND = ["check", "providers", f"--outputs={OUTPUTS_FOLDER}", "-o", "json"]


def _check(command: list[str], inputs: list[str]) -> Step:
    return Step(
        name=ENTRYPOINT,
        command=command,
        inputs=inputs,
        outputs={Output.REPORT: "[]"},
        stores=[Store.BUCKET, Store.DOCUMENTS, Store.PROVIDERS],
        deadline=DEADLINE,
        final=(NOT_WELL, EXIT.fatal),
    )


def check_providers() -> WorkflowTemplate:
    """On demand: the report is its result, whatever it says."""
    return WorkflowTemplate(
        name=CHECK_TEMPLATE,
        entrypoint=ENTRYPOINT,
        arguments=[Parameter(name="title", value="", description="A title that all providers know.")],
        active_deadline_seconds=2 * DEADLINE,
        templates=[step(_check([*COMMAND, "--no-strict"], ["title"]))],
        **EXECUTION,
    )


def check_providers_daily() -> WorkflowTemplate:
    """For the schedule: a failed Workflow is what alerts see."""
    return WorkflowTemplate(
        name=DAILY,
        entrypoint=ENTRYPOINT,
        active_deadline_seconds=2 * DEADLINE,
        templates=[step(_check(COMMAND, []))],
        **EXECUTION,
    )


def schedule() -> CronWorkflow:
    """Every morning, before the day's schedules."""
    return CronWorkflow(
        name=DAILY,
        schedules=["10 4 * * *"],
        timezone="UTC",
        concurrency_policy="Forbid",
        starting_deadline_seconds=DEADLINE,
        successful_jobs_history_limit=1,
        failed_jobs_history_limit=3,
        workflow_template_ref=WorkflowTemplateRef(name=DAILY),
    )
