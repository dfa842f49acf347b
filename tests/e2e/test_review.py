# SPDX-License-Identifier: Apache-2.0
"""The gate: nothing passes it without one approval."""

from e2e import kube, observer, titles
from e2e.people import at_the_gate, otakube


def test_nothing_commits_without_an_approval_and_then_it_does(name: str) -> None:
    at_the_gate(name)
    assert observer.condition(name, "Ready")["status"] != "True"
    otakube("review", "approve", name, "--note", "seen")
    observer.wait(name, observer.is_true("Ready"))
    assert observer.status(name)["review"]["state"] == "Approved"
    assert not observer.condition(name, "AwaitingReview")


def test_a_rejected_title_is_stalled_and_a_second_answer_does_not_count(name: str) -> None:
    at_the_gate(name)
    otakube("review", "reject", name, "--note", "wrong poster")
    second = otakube("review", "approve", name, "--note", "too late", check=False)
    assert second.returncode != 0
    assert "reject" in second.stderr.lower()
    observer.wait(name, observer.is_true("Stalled"))
    assert observer.condition(name, "Ready")["reason"] == "ReviewRejected"


def test_no_answer_in_time_is_a_reject(name: str) -> None:
    spec = {"anime": titles.SERIES, "review": {"policy": "Required", "timeout": "1m"}}
    kube.apply(name, spec)
    observer.wait(name, observer.is_true("AwaitingReview"))
    observer.wait(name, observer.is_true("Stalled"))
    assert observer.condition(name, "Ready")["reason"] == "ReviewTimedOut"
