# SPDX-License-Identifier: Apache-2.0
"""Commands that the cluster carries out: submit a Workflow of a template, wait for it, read its report.

The Workflow names its template and its arguments and nothing else: the admission policy admits no more.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from otakube.interrupts import INTERRUPTED
from otakube_api import labels
from otakube_api.argo import FAILED_PHASES, FINAL_PHASES, ArgoNode, ArgoWorkflow, read_workflow
from otakube_api.contract import Failure, Output, one_line, parse_failure
from otakube_cli.cluster import FIELD_MANAGER, WORKFLOWS, Cluster
from otakube_cli.command import to_stderr
from otakube_cli.errors import MISREAD, ConsoleError, Refused, describe_misread
from otakube_cli.kube.answers import Body

POLL_SECONDS = 0.5

Say = Callable[[str], None]
Report = TypeVar("Report")


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """State of a submitted Workflow, with its report or its failure."""

    phase: str
    message: str = ""
    report: str | None = None  # JSON
    failure: Failure | None = None

    @property
    def ended(self) -> bool:
        """True if nothing will change any more."""
        return self.phase in FINAL_PHASES

    def __str__(self) -> str:
        return one_line(f"{self.phase}: {self.message}" if self.message else self.phase)


async def submit_and_wait(
    cluster: Cluster,
    template: str,
    arguments: Mapping[str, str],
    *,
    read: Callable[[Any], Report],
    within: int,
    say: Say = to_stderr,
) -> Report:
    """The report of a command of the cluster, as `read` understands it.

    ConsoleError says why it failed, what it waits for or what is wrong with the report.
    """
    name = await submit(cluster, template, arguments)
    say(f"{name} is submitted")
    try:
        async with asyncio.timeout(within):
            state = await ended(cluster, name, say=say)
    except TimeoutError:
        state = read_state(await cluster.get(WORKFLOWS, name))
        raise ConsoleError(
            f"workflow {name!r} has not ended after {within} seconds ({state}); it goes on: "
            f"{_look(cluster, name)}. If it never began, see that Argo's workflow-controller runs"
        ) from None
    except asyncio.CancelledError:
        goes_on = f"interrupted; workflow {name!r} goes on without you: {_look(cluster, name)}"
        raise ConsoleError(goes_on, code=INTERRUPTED) from None
    return _reported(cluster, name, state, read)


async def submit(cluster: Cluster, template: str, arguments: Mapping[str, str]) -> str:
    """Create the Workflow; its name is the API server's choice."""
    try:
        created = await cluster.create(WORKFLOWS, manifest(template, arguments))
    except Refused as error:
        if error.status != 403:
            raise
        cure = "the Role otakube-curator of the chart has the right: curation.curators in its values"
        raise ConsoleError(f"{error}; {cure}") from error
    return str(created["metadata"]["name"])


def manifest(template: str, arguments: Mapping[str, str]) -> Body:
    """A Workflow of a template."""
    return {
        "apiVersion": WORKFLOWS[0],
        "kind": "Workflow",
        "metadata": {
            "generateName": f"{template}-",
            "labels": {labels.PART_OF: "otakube", labels.MANAGED_BY: FIELD_MANAGER},
        },
        "spec": {
            "workflowTemplateRef": {"name": template},
            "arguments": {
                "parameters": [{"name": name, "value": value} for name, value in arguments.items()]
            },
        },
    }


async def ended(cluster: Cluster, name: str, *, say: Say) -> WorkflowState:
    """Wait for the end, and say each change on the way."""
    reported = ""
    while True:
        state = read_state(await cluster.get(WORKFLOWS, name))
        if state.ended:
            return state
        if str(state) != reported:
            reported = str(state)
            say(f"{name}: {reported}")
        await asyncio.sleep(POLL_SECONDS)


def read_state(workflow: Mapping[str, Any]) -> WorkflowState:
    """Read a Workflow; one that its controller has not seen is Pending."""
    seen = read_workflow(workflow)
    return WorkflowState(
        phase=seen.phase or "Pending",
        message=seen.message or _waiting(seen.nodes),
        report=_report(seen.nodes),
        failure=(seen.failure or _unexplained(seen)) if seen.phase in FAILED_PHASES else None,
    )


def _waiting(nodes: Iterable[ArgoNode]) -> str:
    """The message of a node that has not ended, such as why its pod has no place."""
    unfinished = (node for node in nodes if node.phase in {"Pending", "Running"})
    return next((node.message for node in unfinished if node.message), "")


def _report(nodes: Iterable[ArgoNode]) -> str | None:
    return next((node.outputs[Output.REPORT] for node in nodes if node.outputs.get(Output.REPORT)), None)


def _unexplained(seen: ArgoWorkflow) -> Failure:
    """Argo's own words, where no pod came to say anything."""
    return parse_failure(seen.message or "no reason was given")


def _reported(cluster: Cluster, name: str, state: WorkflowState, read: Callable[[Any], Report]) -> Report:
    if state.failure is not None:
        raise ConsoleError(
            f"workflow {name!r} failed: {state.failure.reason}: {state.failure.message}. "
            f"Its log: kubectl -n {cluster.namespace} logs --selector workflows.argoproj.io/workflow={name}"
        )
    try:
        return read(json.loads(state.report or ""))
    except MISREAD as error:
        raise ConsoleError(
            f"workflow {name!r} ended without a report that can be read ({describe_misread(error)}, in "
            f"{state.report!r:.200}): its WorkflowTemplate is of another version; upgrade the chart otakube"
        ) from error


def _look(cluster: Cluster, name: str) -> str:
    return f"kubectl -n {cluster.namespace} get workflow {name} --watch"
