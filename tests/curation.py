# SPDX-License-Identifier: Apache-2.0
"""A cluster as the lock commands meet it: the read API's own route, and the pod's own work on a folder."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.locks import SqliteLocks
from otakube.errors import StepError
from otakube.maintenance.merge_locks import curate, read_payload
from otakube_api.contract import PAYLOAD, Failure, Output, format_failure
from otakube_cli.cluster import Cluster, Resource
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.answers import Body
from otakube_services.catalogue.locks import add_locks
from otakube_services.kit.problems import handle_problems


def read_api(locks: SqliteLocks) -> TestClient:
    """The catalogue with this route alone."""
    app = FastAPI()
    app.state.ports = SimpleNamespace(locks=locks)
    handle_problems(app)
    add_locks(app)
    return TestClient(app)


def a_run(name: str, phase: str, node: Body, **status: Any) -> Body:
    """A submitted Workflow with its one pod, as Argo's controller leaves it."""
    pod = {"id": f"{name}-1", "name": f"{name}(0)", "displayName": "locks(0)", "type": "Pod", "phase": phase}
    nodes = {pod["id"]: pod | node}
    return {"metadata": {"name": name}, "status": {"phase": phase, "nodes": nodes} | status}


class FolderCluster(Cluster):
    """Runs what is submitted at once; `fails_from` makes the pods of that workflow and of later ones fail."""

    def __init__(self, folder: Path) -> None:
        self.namespace = "otakube"
        self.locks = SqliteLocks(SqliteDocuments(folder))
        self.runs: dict[str, Body] = {}
        self.fails_from = 1000
        self._api_client = read_api(self.locks)

    async def create(self, resource: Resource, manifest: Body) -> Body:
        name = f"{manifest['metadata']['generateName']}{len(self.runs)}"
        (given,) = manifest["spec"]["arguments"]["parameters"]
        assert given["name"] == PAYLOAD
        self.runs[name] = await self._carried_out(name, given["value"])
        return self.runs[name]

    async def get(self, resource: Resource, name: str) -> Body:
        return self.runs[name]

    async def catalogue_internal(self, path: str, **query: str | int) -> Body:
        response = self._api_client.get(f"/{path}", params=query)
        body: Body = response.json()
        if response.is_success:
            return body
        raise ConsoleError(body["detail"])

    async def _carried_out(self, name: str, payload: str) -> Body:
        if len(self.runs) >= self.fails_from:
            return a_run(name, "Error", {"message": "pod deleted"})
        try:
            report = (await curate(self.locks, read_payload(payload))).model_dump_json()
        except StepError as error:
            words = format_failure(Failure(error.reason, str(error)))
            return a_run(name, "Failed", {"message": f"Error (exit code 65): {words}"})
        output = {"name": Output.REPORT.value, "value": report}
        return a_run(name, "Succeeded", {"outputs": {"parameters": [output]}})
