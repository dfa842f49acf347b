# SPDX-License-Identifier: Apache-2.0
"""The admission policy on Workflows: each row of docs/security.md, tried with the role's token.

Under both forms of Argo's definitions: the full ones refuse wrong types before the policy sees them, the
minimal ones leave everything to it.
"""

import re
import time
from collections.abc import Iterator

import httpx2
import pytest

from integration.charts.conftest import Installation
from integration.charts.workflow_requests import (
    DISGUISED,
    LATE,
    RESUME,
    SECOND,
    Body,
    Patch,
    changed,
    creations,
    ended_run,
    locks,
    patches,
    waiting_run,
)
from security_page import Promise, promises

PATIENCE = 60.0  # seconds until a policy holds; a tenth is enough on an idle machine
DRY = {"dryRun": "All"}
POLICY = re.compile("ValidatingAdmissionPolicy 'otakube-(?:workflows|runs)-")
TYPES = {dict: "application/merge-patch+json", list: "application/json-patch+json"}


DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/workflows.argoproj.io"
MERGE = {"Content-Type": TYPES[dict]}
ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


@pytest.fixture(scope="module", params=["full", "minimal"])
def form(request: pytest.FixtureRequest, server: httpx2.Client, installation: Installation) -> Iterator[str]:
    """The form of the definition of Workflows; the full one is put back."""
    if request.param == "full":
        yield "full"
        return
    full = server.get(DEFINITION).raise_for_status().json()["spec"]["versions"]
    properties = {"spec": ANYTHING, "status": ANYTHING, "metadata": {"type": "object"}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": properties}}
    define(installation, [{**version, "schema": schema} for version in full])
    yield "minimal"
    define(installation, full)


def define(site: Installation, versions: list[Body]) -> None:
    """Give Workflows another schema, and wait until the API server judges by it."""
    site.admin.patch(DEFINITION, json={"spec": {"versions": versions}}, headers=MERGE).raise_for_status()
    strict = "properties" in versions[0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    odd = changed(locks(), "spec.arguments.parameters", [{"name": "a", "value": 1}])
    deadline = time.monotonic() + PATIENCE
    while (site.admin.post(site.path("workflows"), json=odd, params=DRY).status_code == 422) is not strict:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def site(installation: Installation, form: str) -> Installation:
    """The roles, once the API server applies the policy."""
    deadline = time.monotonic() + PATIENCE
    bad = {**locks(), "status": {"phase": "Succeeded"}}
    path = installation.path("workflows")
    while (answer := installation.roles["author"].post(path, json=bad, params=DRY)).status_code == 201:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
    return installation


@pytest.fixture(scope="module")
def waiting(site: Installation, form: str) -> Body:
    """A run at its review, stored by cluster-admin, who is no subject of the policy."""
    return stored(site, waiting_run(site.namespace), f"waiting-{form}")


@pytest.fixture(scope="module")
def others(site: Installation, form: str) -> dict[str, Body]:
    """Words of the page -> another run that they speak of."""
    run = changed(waiting_run(site.namespace), "spec.suspend", True)
    suspended = stored(site, run, f"suspended-{form}")
    ended = stored(site, ended_run(site.namespace), f"ended-{form}")
    return {RESUME: suspended, SECOND: ended, LATE: ended, DISGUISED: ended}


def stored(site: Installation, run: Body, name: str) -> Body:
    """The run in the API server, which takes it for one only once it is there."""
    tags, unmarked = run["metadata"]["labels"], changed(run, "metadata.labels", {})
    answer = site.admin.post(site.path("workflows"), json=changed(unmarked, "metadata.name", name))
    assert answer.status_code == 201, answer.text
    path, marks = site.path("workflows", name), {"metadata": {"labels": tags}}
    answer = site.admin.patch(path, json=marks, headers={"Content-Type": TYPES[dict]})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def verdict(answer: httpx2.Response, form: str) -> str:
    """The answer in the words of the page."""
    if answer.status_code in (200, 201):
        return "admitted"
    message = answer.json()["message"]
    if POLICY.search(message) and "expression" not in message:
        return "refused"
    if form == "full" and ("must be of type" in message or "Required value" in message):
        return "refused"
    if answer.status_code == 403 and "cannot" in message:
        return "no right"
    return message


def tried(
    site: Installation, form: str, waiting: Body, others: dict[str, Body], promise: Promise
) -> Iterator[tuple[Body | Patch, str]]:
    """Each request that the row speaks of, with its answer."""
    client, path = site.roles[promise.who], site.path("workflows")
    for body in creations(site.namespace).get(promise.does, ()):
        yield body, verdict(client.post(path, json=body, params=DRY), form)
    target = others.get(promise.does, waiting)
    here = site.path("workflows", target["metadata"]["name"])
    for patch in patches(waiting).get(promise.does, ()):
        headers = {"Content-Type": TYPES[type(patch)]}
        yield patch, verdict(client.patch(here, json=patch, params=DRY, headers=headers), form)


@pytest.mark.parametrize("promise", promises(), ids=lambda one: f"{one.who} {one.does}")
def test_each_request_on_a_workflow_is_answered_as_the_page_says(
    site: Installation, form: str, waiting: Body, others: dict[str, Body], promise: Promise
) -> None:
    answers = list(tried(site, form, waiting, others, promise))
    assert answers, f"no request is known as {promise.does!r}"
    assert [(body, said) for body, said in answers if said != promise.answer] == []


def test_the_page_says_of_every_request_who_may_send_it(site: Installation, waiting: Body) -> None:
    known = {*creations(site.namespace), *patches(waiting)}
    for who in ("operator", "reviewer", "curator"):
        said = {promise.does for promise in promises() if promise.who == who}
        assert said <= known
    assert known == {promise.does for promise in promises()}
