# SPDX-License-Identifier: Apache-2.0
"""The admission policy on Workflows: each row of docs/security.md, tried with the role's token."""

import time
from collections.abc import Iterator

import httpx2
import pytest

from integration.charts.conftest import Installation
from integration.charts.workflow_requests import (
    RESUME,
    Body,
    Patch,
    changed,
    creations,
    locks,
    patches,
    waiting_run,
)
from security_page import Promise, promises

PATIENCE = 60.0  # seconds until a policy holds; a tenth is enough on an idle machine
DRY = {"dryRun": "All"}
TYPES = {dict: "application/merge-patch+json", list: "application/json-patch+json"}


@pytest.fixture(scope="session")
def site(installation: Installation) -> Installation:
    """The roles, once the API server applies the policy."""
    deadline = time.monotonic() + PATIENCE
    bad = {**locks(), "status": {"phase": "Succeeded"}}
    path = installation.path("workflows")
    while (answer := installation.roles["author"].post(path, json=bad, params=DRY)).status_code == 201:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
    return installation


@pytest.fixture(scope="session")
def waiting(site: Installation) -> Body:
    """A run at its review, stored by cluster-admin, who is no subject of the policy."""
    return stored(site, changed(waiting_run(site.namespace), "metadata.name", "waiting"))


@pytest.fixture(scope="session")
def suspended(site: Installation) -> Body:
    """The same, and suspended."""
    run = changed(waiting_run(site.namespace), "spec.suspend", True)
    return stored(site, changed(run, "metadata.name", "suspended"))


def stored(site: Installation, run: Body) -> Body:
    answer = site.admin.post(site.path("workflows"), json=run)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def verdict(answer: httpx2.Response) -> str:
    """The answer in the words of the page."""
    if answer.status_code in (200, 201):
        return "admitted"
    message = answer.json()["message"]
    if "ValidatingAdmissionPolicy 'otakube-workflows-" in message and "expression" not in message:
        return "refused"
    if answer.status_code == 403 and "cannot" in message:
        return "no right"
    return message


def tried(
    site: Installation, waiting: Body, suspended: Body, promise: Promise
) -> Iterator[tuple[Body | Patch, str]]:
    """Each request that the row speaks of, with its answer."""
    client, path = site.roles[promise.who], site.path("workflows")
    for body in creations(site.namespace).get(promise.does, ()):
        yield body, verdict(client.post(path, json=body, params=DRY))
    target = suspended if promise.does == RESUME else waiting
    here = site.path("workflows", target["metadata"]["name"])
    for patch in patches(waiting).get(promise.does, ()):
        headers = {"Content-Type": TYPES[type(patch)]}
        yield patch, verdict(client.patch(here, json=patch, params=DRY, headers=headers))


@pytest.mark.parametrize("promise", promises(), ids=lambda one: f"{one.who} {one.does}")
def test_each_request_on_a_workflow_is_answered_as_the_page_says(
    site: Installation, waiting: Body, suspended: Body, promise: Promise
) -> None:
    answers = list(tried(site, waiting, suspended, promise))
    assert answers, f"no request is known as {promise.does!r}"
    assert [(body, said) for body, said in answers if said != promise.answer] == []


def test_the_page_says_of_every_request_who_may_send_it(site: Installation, waiting: Body) -> None:
    known = {*creations(site.namespace), *patches(waiting)}
    for who in ("operator", "reviewer", "curator"):
        said = {promise.does for promise in promises() if promise.who == who}
        assert said <= known
    assert known == {promise.does for promise in promises()}
