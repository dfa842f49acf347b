# SPDX-License-Identifier: Apache-2.0
"""Commands that the cluster carries out: submit a Workflow of a template, wait for it, read its report.

The Workflow names its template and its arguments and nothing else: Argo's strict mode admits no more.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from otakube_api import labels
from otakube_api.contract import Failure, FailureReason, Output, one_line, parse_failure
from otakube_cli.cluster import FIELD_MANAGER, WORKFLOWS, Body, Cluster, ConsoleError, Refused

POLL_SECONDS = 0.5
GOOD, BAD = "Succeeded", ("Failed", "Error")

Timeout = Annotated[
    int,
    typer.Option("--timeout", min=1, help="Seconds to wait for the cluster; what was begun goes on."),
]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a submitted Workflow stands."""

    phase: str
    message: str = ""
    report: str | None = None  # JSON
    failure: Failure | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.phase == GOOD or self.phase in BAD

    def __str__(self) -> str:
        return one_line(f"{self.phase}: {self.message}" if self.message else self.phase)


def to_stderr(text: str) -> None:
    """Progress, beside an answer that a program may read."""
    print(text, file=sys.stderr)


async def submit_and_wait(
    cluster: Cluster,
    template: str,
    arguments: Mapping[str, str],
    *,
    within: int,
    say: Say = to_stderr,
) -> Any:
    """The report of a command of the cluster; ConsoleError says why it failed or what it waits for."""
    name = await submit(cluster, template, arguments)
    say(f"{name} is submitted")
    try:
        async with asyncio.timeout(within):
            progress = await ended(cluster, name, say=say)
    except TimeoutError:
        found = progress_of(await cluster.get(WORKFLOWS, name))
        raise ConsoleError(
            f"workflow {name!r} has not ended after {within} seconds ({found}); it goes on: "
            f"{_look(cluster, name)}. If it never began, see that Argo's workflow-controller runs"
        ) from None
    except asyncio.CancelledError:
        say(f"otakube: workflow {name!r} goes on without you: {_look(cluster, name)}")
        raise
    return _reported(cluster, name, progress)


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


async def ended(cluster: Cluster, name: str, *, say: Say) -> Progress:
    """Wait for the end, and say each change on the way."""
    known = ""
    while True:
        progress = progress_of(await cluster.get(WORKFLOWS, name))
        if progress.ended:
            return progress
        if str(progress) != known:
            known = str(progress)
            say(f"{name}: {known}")
        await asyncio.sleep(POLL_SECONDS)


def progress_of(workflow: Mapping[str, Any]) -> Progress:
    """Read a Workflow; one that its controller has not seen is Pending."""
    status = workflow.get("status") or {}
    nodes = list((status.get("nodes") or {}).values())
    phase = status.get("phase") or "Pending"
    return Progress(
        phase=phase,
        message=str(status.get("message") or _waiting(nodes)),
        report=_report(nodes),
        failure=_failure(nodes, status) if phase in BAD else None,
    )


def _waiting(nodes: Iterable[Mapping[str, Any]]) -> str:
    """What a node that has not ended says of itself, such as why its pod has no place."""
    unfinished = (node for node in nodes if node.get("phase") in {"Pending", "Running"})
    return next((str(node["message"]) for node in unfinished if node.get("message")), "")


def _report(nodes: Iterable[Mapping[str, Any]]) -> str | None:
    for node in nodes:
        for parameter in (node.get("outputs") or {}).get("parameters") or []:
            if node.get("phase") == GOOD and parameter["name"] == Output.REPORT and parameter.get("value"):
                return str(parameter["value"])
    return None


def _failure(nodes: Iterable[Mapping[str, Any]], status: Mapping[str, Any]) -> Failure:
    """The reason that a step gave; else what Argo says. The last pod's word counts."""
    bad = [node for node in nodes if node.get("phase") in BAD and node.get("message")]
    bad.sort(key=lambda node: str(node.get("startedAt") or ""))
    told = [parse_failure(str(node["message"])) for node in reversed(bad)]
    given = (failure for failure in told if failure.reason is not FailureReason.UNEXPECTED)
    last = parse_failure(str(status.get("message") or "no reason was given"))
    return next(given, told[0] if told else last)


def _reported(cluster: Cluster, name: str, progress: Progress) -> Any:
    if progress.failure is not None:
        raise ConsoleError(
            f"workflow {name!r} failed: {progress.failure.reason}: {progress.failure.message}. "
            f"Its log: kubectl -n {cluster.namespace} logs --selector workflows.argoproj.io/workflow={name}"
        )
    try:
        return json.loads(progress.report or "")
    except ValueError as error:
        raise ConsoleError(
            f"workflow {name!r} ended without a report that can be read: its WorkflowTemplate is of another "
            "version; upgrade the chart otakube"
        ) from error


def _look(cluster: Cluster, name: str) -> str:
    return f"kubectl -n {cluster.namespace} get workflow {name} --watch"
