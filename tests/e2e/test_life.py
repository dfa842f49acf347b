# SPDX-License-Identifier: Apache-2.0
"""An AnimeEnrichment's life, as the person who applied it sees it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e import kube, titles

OTAKUBE = str(Path(sys.executable).with_name("otakube"))


def otakube(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([OTAKUBE, *words], capture_output=True, text=True, timeout=300)
    assert not check or done.returncode == 0, done.stderr
    return done


def at_the_gate(name: str) -> None:
    kube.apply(name, {"anime": titles.SERIES, "review": {"policy": "Required", "timeout": "1h"}})
    kube.wait(name, "condition=AwaitingReview")


def test_a_title_goes_straight_through_and_can_be_read(name: str) -> None:
    kube.apply(name, {"anime": titles.QUARRELLED, "review": {"policy": "Never"}})
    kube.wait(name, "condition=Ready")
    status = kube.get("animeenrichment", name)["status"]
    assert status["observedGeneration"] == 1
    assert status["images"]["stored"] > 0
    assert status["images"]["failed"] == 0
    assert len(kube.workflows(name)) == 1
    assert not kube.condition(name, "Stalled")
    entry = json.loads(otakube("entry", "show", status["entryId"], "--output", "json").stdout)
    body = entry["record"]["entry"]
    assert entry["version"] == status["liveVersion"]
    assert body["titles"]["main"] == status["title"]
    found = json.loads(otakube("search", body["synopsis"][:200], "--output", "json").stdout)
    assert found["results"][0]["id"] == status["entryId"]


def test_nothing_commits_without_an_approval_and_then_it_does(name: str) -> None:
    at_the_gate(name)
    assert kube.condition(name, "Ready")["status"] != "True"
    otakube("review", "approve", name, "--note", "seen")
    kube.wait(name, "condition=Ready")
    assert kube.get("animeenrichment", name)["status"]["review"]["state"] == "Approved"
    assert not kube.condition(name, "AwaitingReview")


def test_a_rejected_title_is_stalled_and_a_second_answer_does_not_count(name: str) -> None:
    at_the_gate(name)
    otakube("review", "reject", name, "--note", "wrong poster")
    second = otakube("review", "approve", name, "--note", "too late", check=False)
    assert second.returncode != 0
    assert "reject" in second.stderr.lower()
    kube.wait(name, "condition=Stalled")
    assert kube.condition(name, "Ready")["reason"] == "ReviewRejected"


def test_no_answer_in_time_is_a_reject(name: str) -> None:
    spec = {"anime": titles.SERIES, "review": {"policy": "Required", "timeout": "1m"}}
    kube.apply(name, spec)
    kube.wait(name, "condition=AwaitingReview")
    kube.wait(name, "condition=Stalled")
    assert kube.condition(name, "Ready")["reason"] == "ReviewTimedOut"


def test_a_provider_that_is_down_is_named_and_the_record_stands_on_the_others(name: str) -> None:
    kube.apply(name, {"anime": titles.WITH_A_DEAD_PROVIDER, "review": {"policy": "Never"}})
    kube.wait(name, "condition=Ready")
    failed = kube.condition(name, "SourceFailed")
    assert failed["status"] == "True"
    assert "Kitsu" in failed["message"]
    assert "SourceFailed" in kube.event_reasons(name) or failed["reason"] in kube.event_reasons(name)


def test_a_suspended_title_waits_and_goes_on_when_resumed(name: str) -> None:
    spec = {"anime": titles.MOVIE, "review": {"policy": "Never"}}
    kube.apply(name, {**spec, "suspend": True})
    kube.wait(name, "jsonpath={.status.conditions[?(@.type=='Ready')].reason}=Suspended")
    assert kube.workflows(name) == []
    kube.apply(name, {**spec, "suspend": False})
    kube.wait(name, "condition=Ready")
    assert len(kube.workflows(name)) == 1


def test_an_edit_at_the_gate_replaces_the_run(name: str) -> None:
    at_the_gate(name)
    kube.apply(name, {"anime": titles.SERIES, "review": {"policy": "Never"}})
    kube.wait(name, "jsonpath={.status.observedGeneration}=2")
    kube.wait(name, "condition=Ready")
    first, second = kube.workflows(name)
    assert first["status"]["phase"] != "Running"
    assert second["metadata"]["labels"]["otakube.dev/generation"] == "2"


def test_a_title_deleted_at_the_gate_leaves_nothing_behind(name: str) -> None:
    at_the_gate(name)
    kube.delete(name)
    assert kube.workflows(name) == []
    assert kube.kubectl("get", "animeenrichment", name, "--ignore-not-found") == ""


def test_a_second_enrichment_of_the_same_anime_becomes_its_next_version(names: Callable[[], str]) -> None:
    first, second = names(), names()
    for each in (first, second):
        kube.apply(each, {"anime": titles.MOVIE, "review": {"policy": "Never"}})
        kube.wait(each, "condition=Ready")
    before, after = (kube.get("animeenrichment", each)["status"] for each in (first, second))
    assert before["entryId"] == after["entryId"]
    assert int(after["liveVersion"]) > int(before["liveVersion"])


def test_a_year_tells_namesakes_apart(name: str) -> None:
    kube.apply(name, {"anime": titles.NAMESAKE, "review": {"policy": "Never"}})
    kube.wait(name, "condition=Ready")
    entry = json.loads(otakube("entry", "show", name, "--output", "json").stdout)["record"]["entry"]
    assert entry["aired_from"].startswith("2024-")


def test_hostile_text_is_stored_as_text_and_hostile_images_are_not_stored(names: Callable[[], str]) -> None:
    text, pictures = names(), names()
    kube.apply(text, {"anime": titles.HOSTILE_TEXT, "review": {"policy": "Never"}})
    kube.apply(pictures, {"anime": titles.HOSTILE_IMAGES, "review": {"policy": "Never"}})
    for each in (text, pictures):
        kube.wait(each, "condition=Ready")
    assert kube.get("animeenrichment", pictures)["status"]["images"]["failed"] > 0


@pytest.mark.parametrize(
    ("anime", "reason"),
    [
        pytest.param(titles.UNKNOWN, "AnimeUnknown", id="a title that nobody knows"),
        pytest.param(titles.AMBIGUOUS, "AnimeAmbiguous", id="a title that two anime share"),
    ],
)
def test_a_title_that_cannot_be_resolved_stalls_with_its_reason(
    name: str, anime: dict[str, str], reason: str
) -> None:
    kube.apply(name, {"anime": anime, "review": {"policy": "Never"}})
    kube.wait(name, "condition=Stalled")
    assert kube.condition(name, "Stalled")["reason"] == reason
    assert reason in kube.event_reasons(name)


def test_every_pod_ran_under_pod_security_restricted() -> None:
    labels = kube.get("namespace", kube.NAMESPACE)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
