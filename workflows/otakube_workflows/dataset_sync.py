# SPDX-License-Identifier: Apache-2.0
"""One sync of the dataset: plan the week, apply it unless that is a dry run, enrich entries, clean up."""

from hera.workflows import DAG, Container, Parameter, Task, WorkflowTemplate
from hera.workflows.models import (
    Backoff,
    IntOrString,
    Mutex,
    RetryStrategy,
    Synchronization,
    WorkflowMetadata,
)

from otakube_api.contract import (
    EXIT,
    SYNC_TEMPLATE,
    EnrichmentOrder,
    EnrichmentPolicy,
    Output,
    SyncNode,
    SyncParameter,
)
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import EMBED_IMAGE, STORES, Size, Step, Store, step

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
    Parameter(
        name=SyncParameter.ENRICH,
        value=EnrichmentPolicy.OFF,
        enum=list(EnrichmentPolicy),
        description="Listed entries that are enriched once the week is written.",
    ),
    Parameter(
        name=SyncParameter.ENRICH_ORDER,
        value=EnrichmentOrder.BY_POPULARITY,
        enum=list(EnrichmentOrder),
        description="Those that come first.",
    ),
    Parameter(name=SyncParameter.ENRICH_MAX, value="100", description="Entries to enrich at most."),
)


def _retries(limit: int, over: str) -> RetryStrategy:
    """Retries of whatever may pass, for so long; Argo counts from the first attempt."""
    return RetryStrategy(
        retry_policy="Always",
        limit=limit,
        backoff=Backoff(duration="10s", factor=IntOrString(root=2), cap="30m", max_duration=over),
        expression=f"asInt(lastRetry.exitCode) != {EXIT.fatal}",
    )


PATIENCE = _retries(15, "5h")
"""Retries over some four hours: a publisher that is away, or a store, comes back; the next week is far."""

ENRICH_DEADLINE = 20 * 3600
"""The most entries that a run may enrich take 12 hours of the slowest provider's budget."""

ENDURANCE = _retries(30, "20h")
"""Retries of a step that works for hours."""

ONE_ENTRY = Size(memory="512Mi", memory_limit="1536Mi", scratch="512Mi")
"""All steps of an enrichment, one after the other, in one process that keeps the text model."""


def sync_dataset() -> WorkflowTemplate:
    """The template of one sync; of all syncs of a namespace one runs at a time."""
    return WorkflowTemplate(
        name=SYNC_TEMPLATE,
        annotations={"workflows.argoproj.io/title": "Sync the dataset", DESCRIPTION: ABOUT},
        workflow_metadata=WorkflowMetadata(annotations={DESCRIPTION: ABOUT}),
        entrypoint=ENTRYPOINT,
        on_exit=SyncNode.CONCLUDE.value,
        arguments=list(ARGUMENTS),
        active_deadline_seconds=2 * DEADLINE + ENRICH_DEADLINE,
        synchronization=Synchronization(mutexes=[Mutex(name=SYNC_TEMPLATE)]),
        templates=[_graph(), _plan(), _apply(), _enrich(), _conclude()],
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
        Task(
            name=SyncNode.ENRICH,
            template=SyncNode.ENRICH,
            depends=f"{SyncNode.APPLY}.Succeeded",
            when=f"{{{{workflow.parameters.{SyncParameter.ENRICH}}}}} != {EnrichmentPolicy.OFF}",
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


def _enrich() -> Container:
    container = step(
        Step(
            name=SyncNode.ENRICH,
            command=["dataset-sync", "enrich"],
            outputs={Output.REPORT: "{}"},
            stores=[*STORES, Store.PROVIDERS, Store.SUGGESTIONS],
            deadline=ENRICH_DEADLINE,
            image=EMBED_IMAGE,
            size=ONE_ENTRY,
        )
    )
    given = {
        "sync": SyncParameter.SYNC,
        "policy": SyncParameter.ENRICH,
        "order": SyncParameter.ENRICH_ORDER,
        "max-per-run": SyncParameter.ENRICH_MAX,
    }
    options = [f"--{option}={{{{workflow.parameters.{name}}}}}" for option, name in given.items()]
    container.args = [*options, WORK]
    container.retry_strategy = ENDURANCE
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
