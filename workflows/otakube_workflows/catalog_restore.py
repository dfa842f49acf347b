# SPDX-License-Identifier: Apache-2.0
"""One restore from a snapshot: plan it, carry it out unless that is a dry run, and verify it."""

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
    LATEST_SNAPSHOT,
    RESTORE_TEMPLATE,
    NewerContent,
    Output,
    RestoredLocks,
    RestoreNode,
    RestoreParameter,
)
from otakube_workflows.dataset_sync import DESCRIPTION
from otakube_workflows.policies import EXECUTION
from otakube_workflows.templates import EMBED_IMAGE, STORES, Size, Step, step

ENTRYPOINT = "restore"
ABOUT = "Brings the catalogue back from a snapshot. Cut off at any point, the next run goes on from there."
DEADLINE = 24 * 3600
LANES = Size(memory="384Mi", memory_limit="1536Mi")
"""For sixteen records and the text model, which makes vectors that are nowhere any more."""

PATIENCE = RetryStrategy(
    retry_policy="Always",
    limit=15,
    backoff=Backoff(duration="10s", factor=IntOrString(root=2), cap="30m", max_duration="24h"),
    expression=f"asInt(lastRetry.exitCode) != {EXIT.fatal}",
)
"""Retries over some four hours wait for a store; a pod lost late in a long restore is followed too."""

ARGUMENTS = (
    Parameter(
        name=RestoreParameter.RESTORE, value="by-hand", description="namespace/name of the CatalogRestore."
    ),
    Parameter(
        name=RestoreParameter.SNAPSHOT, value=LATEST_SNAPSHOT, description="Name of the snapshot, or latest."
    ),
    Parameter(
        name=RestoreParameter.ENTRIES,
        value="[]",
        description="Ids of entries and pages of theirs, as a JSON list; empty: all.",
    ),
    Parameter(
        name=RestoreParameter.NEWER_CONTENT,
        value=NewerContent.KEEP.value,
        enum=[each.value for each in NewerContent],
        description="Fate of content that is newer than the snapshot's, and whole.",
    ),
    Parameter(
        name=RestoreParameter.MERGE_LOCKS,
        value=RestoredLocks.IF_NONE.value,
        enum=[each.value for each in RestoredLocks],
        description="Merge locks that are set: all where none ever was, or those that lack.",
    ),
    Parameter(
        name=RestoreParameter.DRY_RUN, value="true", enum=["true", "false"], description="Write nothing."
    ),
)
CHOICES = (RestoreParameter.NEWER_CONTENT, RestoreParameter.MERGE_LOCKS)
PINNED = (Output.SNAPSHOT, Output.ENTRIES)
"""Outputs of the plan that the later tasks take: the newest snapshot may be another by then."""


def restore_catalog() -> WorkflowTemplate:
    """The template of one restore; of all restores of a namespace one runs at a time."""
    return WorkflowTemplate(
        name=RESTORE_TEMPLATE,
        annotations={"workflows.argoproj.io/title": "Restore the catalogue", DESCRIPTION: ABOUT},
        workflow_metadata=WorkflowMetadata(annotations={DESCRIPTION: ABOUT}),
        entrypoint=ENTRYPOINT,
        arguments=list(ARGUMENTS),
        active_deadline_seconds=2 * DEADLINE,
        synchronization=Synchronization(mutexes=[Mutex(name=RESTORE_TEMPLATE)]),
        templates=[_graph(), _plan(), _apply(), _verify()],
        **EXECUTION,
    )


def _graph() -> DAG:
    graph = DAG(name=ENTRYPOINT)
    dry_run = f"{{{{workflow.parameters.{RestoreParameter.DRY_RUN}}}}}"
    pinned = [
        Parameter(name=name, value=f"{{{{tasks.{RestoreNode.PLAN}.outputs.parameters.{name}}}}}")
        for name in PINNED
    ]
    graph.tasks = [
        Task(name=RestoreNode.PLAN, template=RestoreNode.PLAN),
        Task(
            name=RestoreNode.APPLY,
            template=RestoreNode.APPLY,
            arguments=pinned,
            depends=f"{RestoreNode.PLAN}.Succeeded",
            when=f"{dry_run} == false",
        ),
        Task(
            name=RestoreNode.VERIFY,
            template=RestoreNode.VERIFY,
            arguments=pinned,
            depends=f"{RestoreNode.APPLY}.Succeeded",
        ),
    ]
    return graph


def _plan() -> Container:
    outputs: dict[str, str | None] = {Output.REPORT: "{}", Output.SNAPSHOT: None, Output.ENTRIES: None}
    container = _step(RestoreNode.PLAN, "plan", outputs)
    given = (RestoreParameter.SNAPSHOT, RestoreParameter.ENTRIES, *CHOICES)
    container.args = [*_given(RestoreParameter.RESTORE), *_given(*given)]
    return container


def _apply() -> Container:
    container = _step(RestoreNode.APPLY, "apply", {Output.REPORT: "{}"}, *PINNED)
    container.args = [*_given(RestoreParameter.RESTORE, *CHOICES), *(container.args or [])]
    return container


def _verify() -> Container:
    container = _step(RestoreNode.VERIFY, "verify", {Output.REPORT: "{}"}, *PINNED)
    container.args = [*_given(RestoreParameter.RESTORE), *(container.args or [])]
    return container


def _given(*parameters: RestoreParameter) -> list[str]:
    return [f"--{name}={{{{workflow.parameters.{name}}}}}" for name in parameters]


def _step(node: RestoreNode, command: str, outputs: dict[str, str | None], *inputs: Output) -> Container:
    """A step of the image with the text model; a store that comes back within four hours is waited for."""
    container = step(
        Step(
            name=node,
            command=["catalog-restore", command],
            inputs=inputs,
            outputs=outputs,
            stores=list(STORES),
            deadline=DEADLINE,
            final=(EXIT.fatal,),
            image=EMBED_IMAGE,
            size=LANES,
        )
    )
    container.retry_strategy = PATIENCE
    return container
