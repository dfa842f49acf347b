# SPDX-License-Identifier: Apache-2.0
"""Suspending, editing, deleting and repeating do what a person expects."""

from collections.abc import Callable

from e2e import kube, observer, titles
from e2e.people import at_the_gate


def test_a_suspended_title_waits_and_goes_on_when_resumed(name: str) -> None:
    spec = {"anime": titles.MOVIE, "review": {"policy": "Never"}}
    kube.apply(name, {**spec, "suspend": True})
    observer.wait(name, lambda body: observer.condition_in(body, "Ready").get("reason") == "Suspended")
    assert observer.workflows(name) == []
    kube.apply(name, {**spec, "suspend": False})
    observer.wait(name, observer.is_true("Ready"))
    assert len(observer.workflows(name)) == 1


def test_an_edit_at_the_gate_replaces_the_run(name: str) -> None:
    at_the_gate(name)
    kube.apply(name, {"anime": titles.SERIES, "review": {"policy": "Never"}})
    observer.wait(name, lambda body: body["status"]["observedGeneration"] == 2)
    observer.wait(name, observer.is_true("Ready"))
    first, second = observer.workflows(name)
    assert first["status"]["phase"] != "Running"
    assert second["metadata"]["labels"]["otakube.dev/generation"] == "2"


def test_a_title_deleted_at_the_gate_leaves_nothing_behind(name: str) -> None:
    at_the_gate(name)
    kube.delete(name)
    observer.wait_gone(name)


def test_a_second_enrichment_of_the_same_anime_becomes_its_next_version(names: Callable[[], str]) -> None:
    first, second = names(), names()
    for each in (first, second):
        kube.apply(each, {"anime": titles.MOVIE, "review": {"policy": "Never"}})
        observer.wait(each, observer.is_true("Ready"))
    before, after = (observer.status(each) for each in (first, second))
    assert before["entryId"] == after["entryId"]
    assert int(after["liveVersion"]) > int(before["liveVersion"])
