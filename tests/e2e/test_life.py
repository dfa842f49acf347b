# SPDX-License-Identifier: Apache-2.0
"""An AnimeEnrichment's life, as the person who applied it sees it."""

import json
import subprocess
from collections.abc import Callable

import pytest

from e2e import kube, observer, titles
from e2e.people import otakube


def test_a_title_goes_straight_through_and_can_be_read(name: str) -> None:
    kube.apply(name, {"anime": titles.QUARRELLED, "review": {"policy": "Never"}})
    observer.wait(name, observer.is_true("Ready"))
    status = observer.status(name)
    assert status["observedGeneration"] == 1
    assert status["images"]["stored"] > 0
    assert status["images"]["failed"] == 0
    assert len(observer.workflows(name)) == 1
    assert not observer.condition(name, "Stalled")
    entry = json.loads(otakube("entry", "show", status["entryId"], "--output", "json").stdout)
    body = entry["record"]["entry"]
    assert entry["version"] == status["liveVersion"]
    assert body["titles"]["main"] == status["title"]
    found = json.loads(otakube("search", body["synopsis"][:200], "--output", "json").stdout)
    assert found["results"][0]["id"] == status["entryId"]


def test_a_provider_that_is_down_is_named_and_the_record_stands_on_the_others(name: str) -> None:
    kube.apply(name, {"anime": titles.WITH_A_DEAD_PROVIDER, "review": {"policy": "Never"}})
    observer.wait(name, observer.is_true("Ready"))
    failed = observer.condition(name, "SourceFailed")
    assert failed["status"] == "True"
    assert "Kitsu" in failed["message"]
    observer.wait_event(name, "SourceFailed", failed["reason"])


def test_a_year_tells_namesakes_apart(name: str) -> None:
    kube.apply(name, {"anime": titles.NAMESAKE, "review": {"policy": "Never"}})
    observer.wait(name, observer.is_true("Ready"))
    entry = json.loads(otakube("entry", "show", name, "--output", "json").stdout)["record"]["entry"]
    assert entry["aired_from"].startswith("2024-")


def test_hostile_text_is_stored_as_text_and_hostile_images_are_not_stored(names: Callable[[], str]) -> None:
    text, pictures = names(), names()
    kube.apply(text, {"anime": titles.HOSTILE_TEXT, "review": {"policy": "Never"}})
    kube.apply(pictures, {"anime": titles.HOSTILE_IMAGES, "review": {"policy": "Never"}})
    for each in (text, pictures):
        observer.wait(each, observer.is_true("Ready"))
    assert observer.status(pictures)["images"]["failed"] > 0


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
    observer.wait(name, observer.is_true("Stalled"))
    assert observer.condition(name, "Stalled")["reason"] == reason
    observer.wait_event(name, reason)


def test_a_pod_that_is_not_restricted_is_refused_beside_otakube() -> None:
    rooted = ["kubectl", "-n", kube.NAMESPACE, "run", "rooted", "--image=any", "--dry-run=server"]
    refusal = subprocess.run(rooted, capture_output=True, text=True)
    assert refusal.returncode != 0
    assert 'violates PodSecurity "restricted' in refusal.stderr
