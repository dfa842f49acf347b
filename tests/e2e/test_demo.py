# SPDX-License-Identifier: Apache-2.0
"""The demo and the commands for people, as a newcomer runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from e2e import kube, observer
from e2e.titles import SERIES

DEMO = ("hoshi-no-toudaimori", "kagami-no-kuni", "kasa-no-eki")


def otakube(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("otakube")), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


def output_of(*words: str) -> str:
    done = otakube(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo() -> str:
    """Output of the demo from a clean start; its objects stay, as after `make demo`."""
    output_of("demo", "--delete")
    return output_of("demo", "--timeout", "400")


def test_the_demo_shows_three_courses(demo: str) -> None:
    assert "$ otakube review show kagami-no-kuni" in demo
    assert "kagami-no-kuni is approved" in demo
    assert "not Kitsu" in demo  # who disagrees is part of what a reviewer sees
    for name in DEMO:
        assert observer.condition(name, "Ready")["status"] == "True"
    assert observer.condition("kasa-no-eki", "SourceFailed")["status"] == "True"
    assert observer.condition("hoshi-no-toudaimori", "SourceFailed") == {}


def test_the_demo_again_starts_nothing(demo: str) -> None:
    before = {name: [run["metadata"]["uid"] for run in observer.workflows(name)] for name in DEMO}
    again = output_of("demo")
    assert "Ready already" in again
    assert before == {name: [run["metadata"]["uid"] for run in observer.workflows(name)] for name in DEMO}


@pytest.mark.usefixtures("demo")
def test_what_was_published_is_read_searched_and_explained() -> None:
    [first, *_] = json.loads(output_of("search", "a light that guides lost ships", "-o", "json"))["results"]
    assert first["title"] == "Hoshi no Toudaimori"
    entry = json.loads(output_of("entry", "show", first["id"], "-o", "json"))
    assert entry["id"] == observer.status(DEMO[0])["entryId"]
    explained = output_of("entry", "explain", "kagami-no-kuni", "episode_count")
    assert "not Kitsu" in explained
    images = json.loads(output_of("entry", "images", DEMO[0], "-o", "json"))
    assert any(image["sha256"] for image in images)


@pytest.mark.usefixtures("demo")
def test_a_decision_cannot_be_made_twice() -> None:
    done = otakube("review", "reject", "kagami-no-kuni", "--note", "too late")
    assert done.returncode == 3
    assert "decided already: approve by otakube-demo" in done.stderr


def test_a_reject_publishes_nothing(name: str) -> None:
    kube.apply(name, {"anime": SERIES | {"year": 2023}, "review": {"policy": "Required"}})
    observer.wait(name, observer.is_true("AwaitingReview"))
    assert name in output_of("review", "list")
    assert "is rejected" in output_of(
        "review", "reject", name, "--note", "not this one", "--reviewer", "ilse"
    )
    observer.wait(name, observer.is_true("Stalled"))
    assert observer.condition(name, "Ready")["reason"] == "ReviewRejected"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("entry", "show", "nobody"), '"nobody" not found in namespace "otakube"'),
        (("entry", "show", "ani_1"), "is no entry id"),
        (("entry", "explain", "ani_" + "0" * 26), "the catalogue has no live entry"),
        (("review", "approve", "nobody"), 'animeenrichments.otakube.dev "nobody" not found'),
        (("search", "x", "-n", "default"), "the catalogue in namespace 'default' does not answer"),
    ],
)
def test_a_slip_is_answered_by_one_sentence_with_the_cure(words: tuple[str, ...], message: str) -> None:
    done = otakube(*words)
    assert done.returncode != 0
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
