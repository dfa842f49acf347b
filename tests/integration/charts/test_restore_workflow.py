# SPDX-License-Identifier: Apache-2.0
"""A restore by Argo's own controller: the operator's Workflow, the steps' commands, the operator's words.

The pods that the controller makes run here, with the very arguments that it gave them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from typer.testing import CliRunner

from argo_pods import Pods
from control_plane import ControlPlane
from integration.charts.argo_namespace import Argo, ended, served_namespace
from lost_catalogue import FIRST, PAGE, whole_and_lost
from otakube.commands.catalog_restore import app
from otakube_api.contract import RestoreNode
from otakube_operator.catalog_restore.observed import RestoreObject, read_restore
from otakube_operator.catalog_restore.plan import plan
from otakube_operator.catalog_restore.status import describe
from otakube_operator.jobs.job import read_job
from otakube_operator.jobs.manifest import manifest
from otakube_operator.runtime.controller import Observed
from otakube_operator.runtime.objects import UnreadableObject
from snapshot_shop import ENTRIES

UID = "6d9c5a3e-0000-4000-8000-000000000004"


class Site(NamedTuple):
    """A namespace with Argo's controller, and a folder with a lost catalogue."""

    argo: Argo
    pods: Pods
    folder: Path

    def start(self, restore: RestoreObject) -> str:
        """Create the Workflow that the operator would; its path."""
        wanted = plan(Observed(restore)).create
        assert wanted is not None
        body = manifest(wanted)
        del body["metadata"]["ownerReferences"]  # nobody made the owner here
        return self.argo.create(body)

    def run(self, path: str, node: RestoreNode) -> None:
        """Run a step as its pod would."""
        name = path.rpartition("/")[2]
        pod = self.pods.pod(name, node)
        [main] = [each for each in pod["spec"]["containers"] if each["name"] == "main"]
        assert main["image"].startswith("otakube-embed:")
        outputs = self.folder / name / node
        places = [f"--objects=file:{self.folder}/stores", f"--outputs={outputs}"]
        words = [*main["command"], *main["args"]]  # behind Argo's own
        step = words[words.index("catalog-restore") + 1 :]
        done = CliRunner().invoke(app, [*step, *places])
        assert done.exit_code == 0, (done.output, done.exception)
        self.pods.end(name, node, {each.name: each.read_text() for each in outputs.iterdir()})

    def said(self, restore: RestoreObject, path: str) -> dict[str, Any]:
        """The status that the operator makes of the Workflow."""
        job = read_job(self.argo.api.get(path).raise_for_status().json(), UID)
        observed = Observed(restore, (job,))
        return describe(observed, plan(observed), datetime.now(UTC)).to_body()


@pytest.fixture(scope="module")
def site(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("lost")
    whole_and_lost(tmp_path_factory.mktemp("whole"), folder)
    with served_namespace(with_argo, server, helm, tmp_path_factory.mktemp("argo")) as argo:
        yield Site(argo, Pods(server, argo.namespace), folder)


def a_restore(site: Site, name: str, **spec: Any) -> RestoreObject:
    meta = {
        "namespace": site.argo.namespace, "name": name, "uid": UID, "generation": 1, "resourceVersion": "7",
        "creationTimestamp": "2026-11-28T01:00:00Z",
    }  # fmt: skip
    seen = read_restore({"metadata": meta, "spec": spec})
    assert not isinstance(seen, UnreadableObject)
    return seen


def ready(status: dict[str, Any]) -> tuple[str, str]:
    [found] = [each for each in status["conditions"] if each["type"] == "Ready"]
    return found["status"], found["reason"]


def test_a_plan_ends_after_its_step_and_writes_nothing(site: Site) -> None:
    restore = a_restore(site, "plan", entries=[f"{PAGE}/a-title", FIRST])
    path = site.start(restore)
    site.run(path, RestoreNode.PLAN)
    status = site.argo.eventually(path, ended)
    assert status["phase"] == "Succeeded", status
    said = site.said(restore, path)
    assert (ready(said), said["counts"]["restored"]) == (("True", "Planned"), 1)


def test_a_restore_is_planned_carried_out_and_verified(site: Site) -> None:
    restore = a_restore(site, "restore", dryRun=False)
    path = site.start(restore)
    site.run(path, RestoreNode.PLAN)
    site.argo.eventually(path, lambda _: site.said(restore, path)["phase"] == "Restoring")
    site.run(path, RestoreNode.APPLY)
    site.argo.eventually(path, lambda _: site.said(restore, path)["phase"] == "Verifying")
    site.run(path, RestoreNode.VERIFY)
    assert site.argo.eventually(path, ended)["phase"] == "Succeeded"
    said = site.said(restore, path)
    assert (ready(said), said["phase"]) == (("True", "Restored"), "Restored")
    assert said["verification"] == {"matching": ENTRIES, "newer": 0, "differing": 0}
    assert said["counts"]["restored"] == ENTRIES
