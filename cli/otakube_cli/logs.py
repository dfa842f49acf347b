# SPDX-License-Identifier: Apache-2.0
"""Print what the steps of an enrichment's run log."""

import asyncio
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from otakube.near import did_you_mean
from otakube_api.contract import Node, one_line
from otakube_cli.cluster import ENRICHMENTS, PODS, Cluster
from otakube_cli.command import application, cluster_command, to_stderr
from otakube_cli.completion import complete_workflows
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.options import Name
from otakube_cli.runs import newest_run

WORKFLOW_LABEL = "workflows.argoproj.io/workflow"
NODE_NAME = "workflows.argoproj.io/node-name"  # annotation, as in run-1-1.fetch(0)
CONTAINER = "main"
ARGOS_OWN = re.compile(r"time=\S+ .* argo=true( |$)")
NOT_BEGUN = 400  # the kubelet's answer of a container that has not started

app = application()

Step = Annotated[
    str, typer.Option(help="Only this step, or with its number one attempt at it, such as fetch(0).")
]


@cluster_command(app)
async def logs(
    cluster: Cluster,
    *,
    name: Name,
    step: Step = "",
    workflow: Annotated[
        str,
        typer.Option(help="An earlier run; default the newest.", autocompletion=complete_workflows),
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    tail: Annotated[int, typer.Option(min=-1, help="Last lines of each attempt; -1: all.")] = -1,
) -> None:
    """Print what the steps of an enrichment's run log, each line behind the attempt that logged it.

    Lines of Argo's executor, which shares the container, are left out as by `argo logs`.

    Examples:

    \b
      otakube logs frozen-tide
      otakube logs frozen-tide --step fetch --tail 20
      otakube logs frozen-tide -f
    """
    if step and step.partition("(")[0] not in {node.value for node in Node}:
        known = [node.value for node in Node]
        near = did_you_mean(step, known)
        raise ConsoleError(f"--step {step!r}: one of {', '.join(known)}{near}", code=2)
    run = workflow or await run_of(cluster, name)
    pods = await pods_of(cluster, run, step)
    if not pods:
        raise ConsoleError(
            f"workflow {run!r} has no pod {f'of step {step!r} ' if step else ''}any more, or not yet; "
            f"`otakube status {name}` says where it stands"
        )
    if follow:
        last = {"tailLines": str(tail)} if tail >= 0 else {}
        await asyncio.gather(*(print_lines(cluster, pod, {**last, "follow": "true"}) for pod in pods))
    else:
        for pod in pods:
            await print_lines(cluster, pod, {}, tail=tail)


@dataclass(frozen=True, slots=True)
class StepPod:
    """A pod of a run, and the attempt that it is."""

    name: str
    attempt: str  # as Argo writes it: fetch(0)
    created: str

    @property
    def step(self) -> str:
        return self.attempt.partition("(")[0]


async def run_of(cluster: Cluster, name: str) -> str:
    """Name of an enrichment's newest Workflow."""
    run = await newest_run(cluster, await cluster.get(ENRICHMENTS, name))
    if run is None:
        raise ConsoleError(f"{name!r} has no run; `otakube status {name}` says why")
    return str(run["metadata"]["name"])


async def pods_of(cluster: Cluster, workflow: str, step: str) -> list[StepPod]:
    """The pods of a run in the order in which they began."""
    found = await cluster.list_all(PODS, selector=f"{WORKFLOW_LABEL}={workflow}")
    return chosen(map(read_pod, found), step)


def read_pod(pod: Mapping[str, Any]) -> StepPod:
    """Read a pod that Argo made."""
    metadata = pod["metadata"]
    node = str(metadata.get("annotations", {}).get(NODE_NAME, metadata["name"]))
    return StepPod(metadata["name"], node.rpartition(".")[2], metadata["creationTimestamp"])


def chosen(pods: Any, step: str) -> list[StepPod]:
    """Those of a step, or of one attempt at it, in their order."""
    wanted: Sequence[StepPod] = [pod for pod in pods if step in ("", pod.step, pod.attempt)]
    return sorted(wanted, key=lambda pod: (pod.created, pod.attempt))


async def print_lines(cluster: Cluster, pod: StepPod, query: Mapping[str, str], *, tail: int = -1) -> None:
    """The lines of one pod, or the last of them; of one that has not begun, that it has not."""
    path = f"{PODS.path(cluster.namespace, pod.name)}/log"
    last: deque[str] = deque(maxlen=max(tail, 0))
    try:
        async for line in cluster.lines(path, container=CONTAINER, **query):
            text = line.decode(errors="replace").rstrip()
            if ARGOS_OWN.match(text):
                continue
            if tail < 0:
                print_line(pod, text)
            last.append(text)
    except Refused as error:
        if error.status not in (NOT_BEGUN, 404):
            raise
        to_stderr(f"[{pod.attempt}] no log: {error}")
    for text in last:
        print_line(pod, text)


def print_line(pod: StepPod, text: str) -> None:
    """One line behind its attempt."""
    print(f"[{pod.attempt}] {one_line(text)}", flush=True)
