# SPDX-License-Identifier: Apache-2.0
"""What Argo would write into the Workflow of a sync or a restore."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from integration.otakube_operator.conftest import Body, World

MERGE = {"Content-Type": "application/merge-patch+json"}
ENDED = {"Succeeded", "Failed", "Error"}


def text(seconds: float) -> str:
    """The time so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def task(name: str, phase: str, report: Body | None = None, **more: Any) -> list[Body]:
    """The nodes of a task and of its only attempt."""
    node: Body = {"phase": phase, "templateName": name, "startedAt": text(-20), **more}
    if report is not None:
        node["outputs"] = {"parameters": [{"name": "report", "value": json.dumps(report)}]}
    if phase in ENDED:
        node["finishedAt"] = text(-10)
    return [
        {**node, "displayName": name, "type": "Retry"},
        {**node, "displayName": f"{name}(0)", "type": "Pod"},
    ]


def running(world: World) -> list[str]:
    """Names of the Workflows that have not ended."""
    return [
        each["metadata"]["name"]
        for each in world.workflows()
        if each.get("status", {}).get("phase") not in ENDED
    ]


def write(world: World, *tasks: list[Body], phase: str = "Running", **more: Any) -> None:
    """Write the status of the only Workflow that has not ended."""
    world.eventually(lambda: len(running(world)) == 1)
    [name] = running(world)
    told = {f"{name}-{place}": node for place, node in enumerate(node for one in tasks for node in one)}
    nodes = {key: {"id": key, "name": key, **node} for key, node in told.items()}  # Argo's CRD asks
    status = {"phase": phase, "startedAt": text(-30), "nodes": nodes, **more}
    if phase != "Running":
        status["finishedAt"] = text(-1)
    where = f"/apis/argoproj.io/v1alpha1/namespaces/{world.namespace}/workflows/{name}"
    world.api.patch(where, json={"status": status}, headers=MERGE).raise_for_status()


def condition(status: Body, type_: str) -> tuple[str, str]:
    """Status and reason of a condition; empty where there is none."""
    found = (each for each in status.get("conditions", []) if each["type"] == type_)
    return next(((each["status"], each["reason"]) for each in found), ("", ""))
