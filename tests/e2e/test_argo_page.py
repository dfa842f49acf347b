# SPDX-License-Identifier: Apache-2.0
"""Argo's own page in a real browser: each answer to a review ends as docs/review.md says.

With OTAKUBE_PICTURES=1 the pictures of that page are made anew.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from argo_browser import ArgoPage, chromium, running_browser
from control_plane import free_ports
from e2e import kube, observer
from e2e.people import at_the_gate, otakube

IMAGES = Path(__file__).parents[2] / "docs/images"

pytestmark = pytest.mark.skipif(chromium() is None, reason="needs Chromium: apt-get install chromium")


def picture(name: str) -> Path | None:
    return IMAGES / f"argo-review-{name}.png" if os.environ.get("OTAKUBE_PICTURES") else None


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page, by the way that the docs show."""
    [port] = free_ports(1)
    command = ["kubectl", "-n", "argo", "port-forward", "service/argo-server", f"{port}:2746"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        assert forward.stdout is not None
        assert "Forwarding from" in forward.stdout.readline()
        yield f"http://localhost:{port}"
        forward.terminate()


@pytest.fixture
def page(address: str) -> Iterator[ArgoPage]:
    """The page, with the token of the demo's reviewer pasted."""
    token = kube.kubectl("create", "token", "otakube-demo", "--duration", "8h").strip()
    with running_browser(address) as page:
        page.log_in(f"Bearer {token}")
        yield page


def open_review(page: ArgoPage, name: str) -> None:
    at_the_gate(name)
    page.open(kube.NAMESPACE, observer.status(name)["workflow"]["name"])
    page.picture(picture("waits"))
    page.select_review()
    page.press_resume()


def test_approve_with_a_note_publishes_the_entry(page: ArgoPage, name: str) -> None:
    open_review(page, name)
    page.choose("approve")
    page.write(note="poster checked", reviewer="ilse")
    page.picture(picture("answer"))
    page.confirm()
    observer.wait(name, observer.is_true("Ready"))
    assert observer.status(name)["review"]["state"] == "Approved"
    assert observer.status(name)["entryId"] in otakube("entry", "show", name).stdout
    page.wait_for_step("commit")
    page.picture(picture("published"))


def test_reject_with_a_note_stalls_and_tells_it(page: ArgoPage, name: str) -> None:
    open_review(page, name)
    page.choose("reject")
    page.write(note="two series in one", reviewer="ilse")
    page.confirm()
    observer.wait(name, observer.is_true("Stalled"))
    ready = observer.condition(name, "Ready")
    assert (ready["reason"], ready["message"]) == ("ReviewRejected", "Rejected by ilse: two series in one")


def test_resume_without_a_choice_is_a_reject(page: ArgoPage, name: str) -> None:
    open_review(page, name)
    page.confirm()
    observer.wait(name, observer.is_true("Stalled"))
    assert observer.condition(name, "Ready")["reason"] == "ReviewRejected"
    assert not observer.status(name).get("liveVersion")
