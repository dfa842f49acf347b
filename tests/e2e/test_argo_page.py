# SPDX-License-Identifier: Apache-2.0
"""Argo's own page in a real browser: each answer to a review ends as docs/review.md says.

With OTAKUBE_PICTURES=1 the pictures of that page are made anew.
"""

import os
import random
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from argo_browser import ArgoPage, chromium, running_browser
from e2e import kube, observer
from e2e.people import at_the_gate, otakube
from ports import free_ports

RACES = int(os.environ.get("RACES", "2"))
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


@pytest.mark.parametrize("place", range(RACES))
def test_the_page_and_the_command_line_end_in_one_decision(page: ArgoPage, name: str, place: int) -> None:
    """The page presses while the command is on its way, up to three seconds later; RACES=10 tries more."""
    open_review(page, name)
    page.choose("approve")
    page.write(note="by the page", reviewer="ilse")
    with ThreadPoolExecutor(1) as pool:
        typed = pool.submit(otakube, "review", "reject", name, "--note", "by the command line", check=False)
        time.sleep(random.Random(place).uniform(0, 3))
        pressed = page.press_ok()
        told = typed.result()
    observer.wait(name, lambda body: observer.is_true("Ready")(body) or observer.is_true("Stalled")(body))
    state, ready = observer.status(name)["review"]["state"], observer.condition(name, "Ready")
    print(f"race {place}: the command line ended {told.returncode}, the page {pressed.status}: {state}")
    if told.returncode == 0:
        assert (state, ready["reason"]) == ("Rejected", "ReviewRejected")
        assert "by the command line" in ready["message"]
    else:
        assert told.returncode == 3, told.stderr
        assert "decided already: approve" in told.stderr
        assert pressed.ok
        assert (state, ready["status"]) == ("Approved", "True")
