# SPDX-License-Identifier: Apache-2.0
"""The commands for people with nothing but a role's token: what docs/security.md gives it is enough for them.

No pod runs here: the test is Argo's controller, and behind the catalogue's Services is a server that knows no
lock. The API server proxies to no loopback address, so it listens on this machine's own.
"""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_httpserver import HTTPServer

from control_plane import ControlPlane
from curation import a_run
from integration.charts.conftest import Installation
from integration.charts.workflow_requests import Body
from otakube_api.contract import Output
from otakube_cli.doctor.diagnosis import DiagnosisState
from workflows import a_review_node, under_review

SECONDS = 120
SERVICES = {"otakube-catalogue": 8080, "otakube-catalogue-internal": 8081}
NO_DRAFT = "there is no such draft"
ADDED = {"added": 1, "unchanged": 0, "removed": 0, "missing": [], "dry_run": False}
PAGES = ("https://myanimelist.net/anime/1", "https://anilist.co/anime/1")

MERGE = {"Content-Type": "application/merge-patch+json"}

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(installation: Installation, with_argo: ControlPlane, tmp_path: Path) -> Run:
    """`otakube` with the token of a role."""

    def command(role: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        token = installation.roles[role].headers["Authorization"].removeprefix("Bearer ")
        login = yaml.safe_load(with_argo.kubeconfig.read_text())
        login["users"] = [{"name": "admin", "user": {"token": token}}]
        kubeconfig = tmp_path / f"{role}.yaml"
        kubeconfig.write_text(yaml.safe_dump(login))
        options = ["--kubeconfig", str(kubeconfig), "--namespace", installation.namespace]
        otakube = str(Path(sys.executable).with_name("otakube"))
        return subprocess.run(
            [otakube, *arguments, *options], capture_output=True, text=True, timeout=SECONDS, check=False
        )

    return command


@pytest.fixture(scope="module", autouse=True)
def catalogue(installation: Installation) -> Iterator[HTTPServer]:
    """What answers behind the catalogue's Services."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))  # nothing is sent
        address = probe.getsockname()[0]
    with HTTPServer(host=address) as server:
        server.expect_request("/locks").respond_with_json({"locks": [], "next": None})
        server.expect_request(re.compile("/drafts/.*")).respond_with_json({"detail": NO_DRAFT}, status=404)
        for name, port in SERVICES.items():
            put_behind(installation, name, port, server)
        yield server


def put_behind(site: Installation, name: str, port: int, server: HTTPServer) -> None:
    """A Service of the chart's name and port; its only endpoint is a pod that has the server's address."""
    core = f"/api/v1/namespaces/{site.namespace}"
    container = {"name": "catalogue", "image": "otakube-catalogue"}
    status = {"phase": "Running", "podIP": server.host, "podIPs": [{"ip": server.host}]}
    address = {"ip": server.host, "targetRef": {"kind": "Pod", "name": name, "namespace": site.namespace}}
    ports = [{"name": "http", "port": server.port}]
    for kind, body in (
        ("services", {"spec": {"ports": [{"name": "http", "port": port}]}}),
        ("pods", {"spec": {"containers": [container]}}),
        ("endpoints", {"subsets": [{"addresses": [address], "ports": ports}]}),
    ):
        made = site.admin.post(f"{core}/{kind}", json={"metadata": {"name": name}, **body})
        assert made.status_code == 201, made.text
    site.admin.patch(f"{core}/pods/{name}/status", json={"status": status}, headers=MERGE).raise_for_status()


@pytest.fixture
def waiting(installation: Installation, request: pytest.FixtureRequest) -> str:
    """An AnimeEnrichment whose run waits for its review; its name."""
    name = f"tide-{abs(hash(request.node.name))}"
    enrichment = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": name},
        "spec": {"anime": {"title": "Frozen Tide"}},
    }
    enrichments = installation.path("animeenrichments", group="otakube.dev/v1alpha1")
    stored = installation.admin.post(enrichments, json=enrichment).raise_for_status().json()
    workflow = under_review("d1", f"{name}-1-1", uid=stored["metadata"]["uid"])
    del workflow["metadata"]["resourceVersion"]
    installation.admin.post(installation.path("workflows"), json=workflow).raise_for_status()
    return name


def review_of(site: Installation, name: str) -> Body:
    answer = site.admin.get(site.path("workflows", f"{name}-1-1")).raise_for_status()
    return dict(answer.json()["status"]["nodes"][a_review_node()["id"]])


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_reviewer_lists_shows_and_answers_with_the_token_alone(
    installation: Installation, run: Run, waiting: str, decision: str
) -> None:
    assert run("reviewer", "review", "list").returncode == 0
    shown = run("reviewer", "review", "show", waiting, "--output", "json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["draft"] == {"unavailable": NO_DRAFT}
    dry = run("reviewer", "review", decision, waiting, "--digest", "d1", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert review_of(installation, waiting) == a_review_node()
    done = run("reviewer", "review", decision, waiting, "--digest", "d1", "--note", "seen")
    assert done.returncode == 0, done.stderr
    given = {one["name"]: one["value"] for one in review_of(installation, waiting)["outputs"]["parameters"]}
    assert (given["decision"], given["note"]) == (decision, "seen")
    second = run("reviewer", "review", "approve", waiting)
    assert second.returncode == 3, "somebody had decided already"


def test_the_list_tells_namesakes_apart_by_the_records_under_review(
    installation: Installation, run: Run, waiting: str, catalogue: HTTPServer
) -> None:
    enrichment = installation.path("animeenrichments", waiting, group="otakube.dev/v1alpha1")
    uid = installation.admin.get(enrichment).raise_for_status().json()["metadata"]["uid"]
    condition = {
        "type": "AwaitingReview",
        "status": "True",
        "reason": "AwaitingDecision",
        "message": "",
        "lastTransitionTime": "2026-04-01T12:00:00Z",
    }
    status = {"conditions": [condition], "workflow": {"name": "run", "generation": 1, "attempt": 1}}
    patched = installation.admin.patch(f"{enrichment}/status", json={"status": status}, headers=MERGE)
    assert patched.status_code == 200, patched.text
    draft = {"explanation": {"fields": [{"field": "season", "value": {"year": 1999}}]}}
    catalogue.expect_oneshot_request(f"/drafts/{uid}/1/1").respond_with_json(draft)
    listed = run("reviewer", "review", "list", "--output", "json")
    assert listed.returncode == 0, listed.stderr
    records = {one["metadata"]["name"]: one["record"] for one in json.loads(listed.stdout)}
    assert records[waiting] == {"year": 1999, "type": None, "pages": []}
    again = run("reviewer", "review", "list", "--no-headers")
    assert waiting in again.stdout, "also where no record is to be had"


def test_a_curator_changes_locks_and_checks_providers_with_the_token_alone(
    installation: Installation, run: Run
) -> None:
    for words, report in (
        (("locks", "set", "same", *PAGES), ADDED),
        (("providers", "check"), []),
    ):
        with ThreadPoolExecutor() as threads:
            called = threads.submit(run, "curator", *words, "--timeout", str(SECONDS))
            end_run(installation, report, called.done)
        done = called.result()
        assert done.returncode == 0, done.stderr
    assert json.loads(run("curator", "locks", "list", "--output", "json").stdout) == []


def end_run(site: Installation, report: Any, over: Callable[[], bool]) -> None:
    """Write the report of the Workflow that a curator submits, as Argo's controller would."""
    output = {"outputs": {"parameters": [{"name": Output.REPORT.value, "value": json.dumps(report)}]}}
    while not over():
        for found in site.admin.get(site.path("workflows")).json()["items"]:
            name = found["metadata"]["name"]
            if name.startswith(("otakube-merge-locks-", "otakube-check-")) and "status" not in found:
                status = a_run(name, "Succeeded", output)["status"]
                path = site.path("workflows", name)
                site.admin.patch(path, json={"status": status}, headers=MERGE).raise_for_status()
                return


@pytest.mark.parametrize(
    ("role", "words", "right"),
    [
        ("curator", ("review", "list"), 'cannot list resource "animeenrichments"'),
        ("curator", ("review", "approve", "tide"), 'cannot get resource "animeenrichments"'),
        ("curator", ("entry", "show", "tide"), 'cannot get resource "animeenrichments"'),
        ("reviewer", ("providers", "check"), 'cannot create resource "workflows"'),
        ("reviewer", ("review", "list", "--all-namespaces"), "at the cluster scope"),
        ("executor", ("locks", "list"), 'cannot get resource "services/proxy"'),
    ],
)
def test_a_command_beyond_the_role_ends_with_the_right_that_it_lacks(
    run: Run, role: str, words: tuple[str, ...], right: str
) -> None:
    done = run(role, *words)
    assert done.returncode == 1
    assert right in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("role", ["reviewer", "curator", "operator"])
def test_the_doctor_with_a_role_s_token_says_what_it_could_not_look_at(run: Run, role: str) -> None:
    done = run(role, "doctor", "--output", "json")
    assert done.returncode == 1
    found = {row["check"]: row for row in json.loads(done.stdout)}
    argo, policy = found["Argo's templateReferencing"], found["admission policy on Workflows"]
    assert (argo["state"], policy["state"]) == (DiagnosisState.FORBIDDEN, DiagnosisState.FORBIDDEN)
    assert 'cannot get resource "configmaps"' in argo["message"]
    assert 'cannot impersonate resource "serviceaccounts"' in policy["message"]
    assert found["rights"]["state"] == DiagnosisState.FORBIDDEN
