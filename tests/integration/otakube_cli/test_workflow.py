# SPDX-License-Identifier: Apache-2.0
"""Submitting to a real API server that stores real Workflows; the test is their controller."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import httpx2
import pytest

from control_plane import ControlPlane
from curation import a_run
from otakube_api.argo import FINAL_PHASES
from otakube_api.contract import MERGE_LOCKS_TEMPLATE, PAYLOAD, Output
from otakube_cli.cluster import Cluster
from otakube_cli.errors import ConsoleError
from otakube_cli.workflow import submit_and_wait

pytestmark = pytest.mark.usefixtures("argo_crds")

MERGE = {"Content-Type": "application/merge-patch+json"}
CREATING = {"message": "ContainerCreating"}
REPORT = {"outputs": {"parameters": [{"name": Output.REPORT.value, "value": '{"added": 1}'}]}}


def workflows(api: httpx2.Client, namespace: str) -> list[dict[str, Any]]:
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows"
    answer = api.get(path)
    if answer.status_code == 429:  # the API server prepares the storage of the new type
        return []
    found: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return found


async def controlled(
    api: httpx2.Client, namespace: str, *phases: tuple[str, dict[str, Any]], told: Sequence[str] = ()
) -> None:
    """Write one status after the other into the first Workflow that comes; each is told before the next."""
    while not (found := workflows(api, namespace)):  # noqa: ASYNC110 - the store rings no bell
        await asyncio.sleep(0.02)
    for phase, node in phases:
        status = a_run(found[0]["metadata"]["name"], phase, node)["status"]
        api.patch(path_of(found[0]), json={"status": status}, headers=MERGE).raise_for_status()
        while phase not in FINAL_PHASES and not any(f": {phase}" in line for line in told):  # noqa: ASYNC110 - a list
            await asyncio.sleep(0.02)


def path_of(workflow: dict[str, Any]) -> str:
    metadata = workflow["metadata"]
    return f"/apis/argoproj.io/v1alpha1/namespaces/{metadata['namespace']}/workflows/{metadata['name']}"


async def test_a_report_comes_back_and_the_way_to_it_is_told(
    cluster: Cluster, api: httpx2.Client, namespace: str
) -> None:
    told: list[str] = []
    answer, _ = await asyncio.gather(
        submit_and_wait(
            cluster, MERGE_LOCKS_TEMPLATE, {PAYLOAD: "H4sI"}, read=dict, within=30, say=told.append
        ),
        controlled(api, namespace, ("Running", CREATING), ("Succeeded", REPORT), told=told),
    )
    assert answer == {"added": 1}
    [stored] = workflows(api, namespace)
    assert stored["spec"]["workflowTemplateRef"] == {"name": MERGE_LOCKS_TEMPLATE}
    assert stored["spec"]["arguments"] == {"parameters": [{"name": PAYLOAD, "value": "H4sI"}]}
    name = stored["metadata"]["name"]
    assert told[0] == f"{name} is submitted"
    assert told[-1] == f"{name}: Running: ContainerCreating"


async def test_a_failure_is_the_step_s_reason(cluster: Cluster, api: httpx2.Client, namespace: str) -> None:
    message = "Error (exit code 65): RecordInvalid: 1 locks are refused"
    with pytest.raises(ConsoleError, match=r"failed: RecordInvalid: 1 locks are refused\. Its log: kubectl"):
        await asyncio.gather(
            submit_and_wait(cluster, MERGE_LOCKS_TEMPLATE, {}, read=dict, within=30, say=lambda _: None),
            controlled(api, namespace, ("Failed", {"message": message})),
        )


async def test_patience_ends_with_where_it_stands_and_the_work_goes_on(
    cluster: Cluster, api: httpx2.Client, namespace: str
) -> None:
    with pytest.raises(
        ConsoleError, match=r"has not ended after 1 seconds \(Pending\); it goes on"
    ) as caught:
        await submit_and_wait(cluster, MERGE_LOCKS_TEMPLATE, {}, read=dict, within=1, say=lambda _: None)
    assert "workflow-controller" in str(caught.value)
    assert len(workflows(api, namespace)) == 1


async def test_a_report_of_another_version_is_named(
    cluster: Cluster, api: httpx2.Client, namespace: str
) -> None:
    with pytest.raises(ConsoleError, match="upgrade the chart otakube"):
        await asyncio.gather(
            submit_and_wait(cluster, MERGE_LOCKS_TEMPLATE, {}, read=dict, within=30, say=lambda _: None),
            controlled(api, namespace, ("Succeeded", {})),
        )


WAIT = """
import sys
import typer
from otakube_cli.command import run
from otakube_cli.workflow import submit_and_wait
try:
    run(lambda cluster: submit_and_wait(cluster, "otakube-merge-locks", {}, read=dict, within=60),
        kubeconfig=sys.argv[1], context="", namespace=sys.argv[2])
except typer.Exit as left:
    sys.exit(left.exit_code)
"""


def test_who_interrupts_is_told_that_the_work_goes_on(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    command = [sys.executable, "-c", WAIT, str(otakube_api.kubeconfig), namespace]
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background ignores it
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heeds) as process:
        assert process.stderr is not None
        assert "is submitted" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    [stored] = workflows(api, namespace)
    name = stored["metadata"]["name"]
    assert (
        f"otakube: interrupted; workflow '{name}' goes on without you: kubectl -n {namespace} get workflow"
        in said
    )
    assert "Traceback" not in said
    assert process.returncode == 130
