# SPDX-License-Identifier: Apache-2.0
"""One sync of the dataset: plan the week, apply it unless that is a dry run, and clean up."""

from hera.workflows import DAG, Container, Parameter, Task, WorkflowTemplate
from hera.workflows.models import (
    Backoff,
    IntOrString,
    Mutex,
    RetryStrategy,
    Synchronization,
    WorkflowMetadata,
)

from otakube_api.contract import EXIT, SYNC_TEMPLATE, Output, SyncNode, SyncParameter
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import Size, Step, Store, step

ENTRYPOINT = "sync"
DESCRIPTION = "workflows.argoproj.io/description"
ABOUT = (
    "Takes a week of the dataset into the catalogue. Cut off at any point, the next run goes on from there."
)
DEADLINE = 6 * 3600
WORK = "--work=work/{{workflow.uid}}"
WHOLE_WEEK = Size(memory="256Mi", memory_limit="1Gi")
"""A real week takes 222 MB, and twice the rows 388 MB; the file itself comes on top."""

ARGUMENTS = (
    Parameter(name=SyncParameter.SYNC, description="namespace/name of the DatasetSync."),
    Parameter(
        name=SyncParameter.SOURCE,
        description="https://..., github:OWNER/REPOSITORY[@TAG]/ASSET, or bucket:datasets/FILE.",
    ),
    Parameter(
        name=SyncParameter.LIMITS,
        value="",
        description="Limits other than the usual ones, such as shrink=0.4,age=90.",
    ),
    Parameter(
        name=SyncParameter.DRY_RUN,
        value="true",
        enum=["true", "false"],
        description="Plan, and write nothing.",
    ),
)

PATIENCE = RetryStrategy(
    retry_policy="Always",
    limit=15,
    backoff=Backoff(duration="10s", factor=IntOrString(root=2), cap="30m", max_duration="5h"),
    expression=f"asInt(lastRetry.exitCode) != {EXIT.fatal}",
)
"""Retries over some four hours: a publisher that is away, or a store, comes back; the next week is far."""


def sync_dataset() -> WorkflowTemplate:
    """The template of one sync; of all syncs of a namespace one runs at a time."""
    return WorkflowTemplate(
        name=SYNC_TEMPLATE,
        annotations={"workflows.argoproj.io/title": "Sync the dataset", DESCRIPTION: ABOUT},
        workflow_metadata=WorkflowMetadata(annotations={DESCRIPTION: ABOUT}),
        entrypoint=ENTRYPOINT,
        on_exit=SyncNode.CONCLUDE.value,
        arguments=list(ARGUMENTS),
        active_deadline_seconds=2 * DEADLINE,
        synchronization=Synchronization(mutexes=[Mutex(name=SYNC_TEMPLATE)]),
        templates=[_graph(), _plan(), _apply(), _conclude()],
        **EXECUTION,
    )


def _graph() -> DAG:
    graph = DAG(name=ENTRYPOINT)
    dry_run = f"{{{{workflow.parameters.{SyncParameter.DRY_RUN}}}}}"
    graph.tasks = [
        Task(name=SyncNode.PLAN, template=SyncNode.PLAN),
        Task(
            name=SyncNode.APPLY,
            template=SyncNode.APPLY,
            depends=f"{SyncNode.PLAN}.Succeeded",
            when=f"{dry_run} == false",
        ),
    ]
    return graph


def _plan() -> Container:
    stores = [Store.BUCKET, Store.DOCUMENTS]
    container = _step(SyncNode.PLAN, "plan", stores, SyncParameter.SOURCE, SyncParameter.LIMITS)
    container.retry_strategy = PATIENCE
    return container


def _apply() -> Container:
    container = _step(SyncNode.APPLY, "apply", [Store.BUCKET, Store.DOCUMENTS], SyncParameter.LIMITS)
    container.retry_strategy = PATIENCE
    return container


def _conclude() -> Container:
    container = _step(SyncNode.CONCLUDE, "conclude", [Store.BUCKET])
    container.outputs = None
    return container


def _step(node: SyncNode, command: str, stores: list[Store], *arguments: SyncParameter) -> Container:
    """A step that reads the workflow's arguments: the exit handler is called without any of its own."""
    container = step(
        Step(
            name=node,
            command=["dataset-sync", command],
            outputs={Output.REPORT: "{}"},
            stores=stores,
            deadline=DEADLINE if node is not SyncNode.CONCLUDE else 300,
            size=WHOLE_WEEK if node is not SyncNode.CONCLUDE else Size(),
        )
    )
    given = (SyncParameter.SYNC, *arguments)
    container.args = [*(f"--{name}={{{{workflow.parameters.{name}}}}}" for name in given), WORK]
    return container
