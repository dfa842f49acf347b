# SPDX-License-Identifier: Apache-2.0
"""Argo's own server under the chart's policy: a reviewer's token answers a review as Argo's page does."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from argo_controller import running_controller
from argo_pods import MERGE, Pods
from argo_server import ReviewPage, running_server
from control_plane import ControlPlane
from integration.charts.conftest import RIGHTS, Installation, installed
from integration.charts.workflow_requests import Body, changed, run
from otakube_api import labels
from otakube_api.contract import ReviewOutput
from otakube_cli.connection import connected
from otakube_cli.errors import ConsoleError
from otakube_cli.review import ALREADY_DECIDED, decide

RACES = 10
PAGE = {"decision": "approve", "note": "seen", "reviewer": "ilse"}
COMMAND = {
    ReviewOutput.DECISION: "reject",
    ReviewOutput.NOTE: "two series",
    ReviewOutput.REVIEWER: "oskar",
    ReviewOutput.ACCEPTED: "[]",
}


@dataclass(frozen=True, slots=True)
class Site:
    """Argo's controller and server, and Otakube's roles, in one namespace."""

    roles: Installation
    pods: Pods
    server: str

    def page(self, role: str) -> ReviewPage:
        """The page of somebody who has pasted that role's token."""
        login = {"Authorization": self.roles.roles[role].headers["Authorization"]}
        client = httpx2.Client(base_url=self.server, headers=login, timeout=60, trust_env=False)
        return ReviewPage(client, self.roles.namespace)

    def start(self, name: str, uid: str = "u") -> None:
        """Create a run as the operator does, for the enrichment of this uid."""
        body = changed(run(self.roles.namespace), "metadata.name", name)
        body["metadata"]["labels"] |= {labels.ENRICHMENT_UID: uid}
        del body["metadata"]["ownerReferences"]
        self.roles.roles["operator"].post(self.roles.path("workflows"), json=body).raise_for_status()

    def to_the_review(self, name: str) -> str:
        """Start a run and let it come to its review; the node's id."""
        self.start(name)
        return str(self.pods.to_the_review(name)["id"])


@pytest.fixture(scope="module")
def site(
    with_argo: ControlPlane, server: httpx2.Client, helm: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("argo-server")
    with (
        installed(with_argo, server, helm, folder, RIGHTS | {"WorkflowTemplate"}) as roles,
        running_controller(with_argo, folder, roles.namespace),
        running_server(with_argo, folder, roles.namespace) as url,
    ):
        yield Site(roles, Pods(server, roles.namespace), url)


def values(gate: Body) -> dict[str, str]:
    return {each["name"]: each["value"] for each in gate["outputs"]["parameters"] if "value" in each}


@pytest.mark.parametrize(
    ("chosen", "decided"),
    [
        ({"decision": "approve", "note": "seen"}, {"decision": "approve", "note": "seen"}),
        (
            {"note": "two series", "reviewer": "mai"},
            {"decision": "reject", "note": "two series", "reviewer": "mai"},
        ),
        ({}, {"decision": "reject"}),
    ],
    ids=["approve with a note", "reject with a note", "RESUME untouched"],
)
def test_a_reviewer_s_token_answers_as_the_page_does(
    site: Site, chosen: dict[str, str], decided: dict[str, str]
) -> None:
    name = f"answered-{'-'.join(chosen) or 'untouched'}"
    answer = site.page("reviewer").resume(name, site.to_the_review(name), chosen)
    assert answer.status_code == 200, answer.text
    gate = site.pods.node(name, "review", "Succeeded")
    assert values(gate) == decided
    assert "a-reviewer" in gate["message"]


@pytest.mark.parametrize(
    ("role", "words"), [("curator", "cannot update resource"), ("catalogue", "cannot get resource")]
)
def test_whoever_is_no_reviewer_answers_nothing_through_argo(site: Site, role: str, words: str) -> None:
    name = f"refused-{role}"
    answer = site.page(role).resume(name, site.to_the_review(name), {"decision": "approve"})
    assert answer.status_code == 403
    assert words in answer.json()["message"]
    assert values(site.pods.node(name, "review", "Running")) == {}


def test_what_argo_would_evaluate_is_refused_in_the_page_too(site: Site) -> None:
    gate = site.to_the_review("evaluated")
    answer = site.page("reviewer").resume("evaluated", gate, {"note": "{{=toJson(workflow)}}"})
    assert not answer.is_success
    assert "a text that Argo does not evaluate" in answer.json()["message"]
    assert values(site.pods.node("evaluated", "review", "Running")) == {}


def test_a_reviewer_suspends_and_stops_nothing_through_argo(site: Site) -> None:
    gate = site.to_the_review("kept")
    before = site.roles.admin.get(site.roles.path("workflows", "kept")).json()["spec"]
    for action in ("suspend", "stop", "terminate"):
        assert not site.page("reviewer").send(action, "kept", gate).is_success, action
    assert site.roles.admin.get(site.roles.path("workflows", "kept")).json()["spec"] == before


async def test_of_the_page_and_the_command_line_exactly_one_decides(
    site: Site, with_argo: ControlPlane
) -> None:
    names = [f"race-{number}" for number in range(RACES)]
    for name in names:
        path = site.roles.path("animeenrichments", group="otakube.dev/v1alpha1")
        stored = site.roles.admin.post(path, json=enrichment(name)).raise_for_status().json()
        site.start(name, uid=stored["metadata"]["uid"])
    gates = {name: str(site.pods.to_the_review(name)["id"]) for name in names}
    page, kubeconfig = site.page("reviewer"), str(with_argo.kubeconfig)
    async with connected(kubeconfig=kubeconfig, context="", namespace=site.roles.namespace) as cluster:
        for number, (name, gate) in enumerate(gates.items()):
            sent, answered = await asyncio.gather(
                asyncio.to_thread(page.resume, name, gate, PAGE),
                later(number * 0.01, decide(cluster, name, COMMAND)),
                return_exceptions=True,
            )
            assert isinstance(sent, httpx2.Response)
            decided = values(site.pods.node(name, "review", "Succeeded"))
            if sent.is_success:
                assert isinstance(answered, ConsoleError)
                assert answered.code == ALREADY_DECIDED
                assert decided == PAGE
            else:
                assert answered is None
                assert decided == COMMAND | {"digest": "d1"}


async def later(seconds: float, answer: Awaitable[None]) -> None:
    """The answer of somebody who begins so much later: each race has another winner's chance."""
    await asyncio.sleep(seconds)
    await answer


def enrichment(name: str) -> Body:
    spec = {"anime": {"title": "Frozen Tide"}}
    kind = {"apiVersion": "otakube.dev/v1alpha1", "kind": "AnimeEnrichment"}
    return {**kind, "metadata": {"name": name}, "spec": spec}


@pytest.mark.parametrize(
    ("before", "goes_on"), [(timedelta(seconds=1), True), (timedelta(0), False)], ids=["in time", "too late"]
)
def test_an_approval_counts_until_the_deadline_and_not_after_it(
    site: Site, before: timedelta, goes_on: bool
) -> None:
    """As when the run was suspended, and Argo did not look at the clock: cluster-admin puts it forward."""
    name = f"deadline-{goes_on}".lower()
    site.start(name)
    gate = site.pods.to_the_review(name)
    started = datetime.fromisoformat(gate["startedAt"])
    outputs = [
        each | {"value": "approve"} if each["name"] == "decision" else each
        for each in gate["outputs"]["parameters"]
    ]
    answered = {
        "phase": "Succeeded",
        "finishedAt": (started + timedelta(hours=72) - before).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "outputs": {"parameters": outputs},
    }
    site.roles.admin.patch(
        site.roles.path("workflows", name), json={"status": {"nodes": {gate["id"]: answered}}}, headers=MERGE
    ).raise_for_status()
    if goes_on:
        assert site.pods.pod(name, "embed")
    else:
        assert site.pods.node(name, "embed", "Skipped", "Omitted")
        assert site.pods.node(name, "commit", "Omitted", "Skipped")
