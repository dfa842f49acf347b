# SPDX-License-Identifier: Apache-2.0
"""The demo, the commands for people and the documentation's blocks, as a newcomer meets them.

They share the demo's objects, so they stand in one file: one worker runs it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from doc_blocks import Block, Needs, blocks_that_need
from doc_shell import Terminal, copied, terminal
from documents import ROOT
from e2e import kube, observer
from e2e.titles import SERIES
from otakube_cli.demo.report import ARGO, CLUSTER_ENV, NEXT

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


def test_the_demo_awaits_an_episode(demo: str) -> None:
    assert "episode 6 is not out: " in demo
    assert "$ otakube rerun mayonaka-no-panya-ep6-" in demo
    shown = json.loads(output_of("schedule", "show", "mayonaka-no-panya", "-o", "json"))
    [tick] = shown["status"]["recentTicks"]
    assert (tick["episode"], tick["outcome"]) == (6, "Succeeded")
    record = json.loads(output_of("entry", "show", tick["enrichment"], "-o", "json"))["record"]
    assert next(one["title"] for one in record["episodes"] if one["number"] == 6)


def test_the_demo_again_starts_nothing(demo: str) -> None:
    before = {name: [run["metadata"]["uid"] for run in observer.workflows(name)] for name in DEMO}
    again = output_of("demo")
    assert "Ready already" in again
    assert "episode 6 is live already" in again
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


README = ROOT / "README.md"
PAGES = blocks_that_need(Needs.CLUSTER)
REST = {page: blocks for page, blocks in PAGES.items() if page != README}
OBJECTS = ("second-season", "yoake-no-ressha", "blue-bird", "review-required")
LOCKED = ("https://myanimelist.net/anime/457", "Fruits Basket")
"""Of docs/locks.md; the stand-in has neither."""

on_the_local_cluster = pytest.mark.skipif(
    os.environ.get("CLUSTER", "local") != "local", reason="the README's way is the local cluster"
)
a_whole_page = pytest.mark.timeout(2400)  # on a machine that may have other work


@pytest.fixture
def untouched() -> Iterator[None]:
    """As before the documentation was read: none of its objects, none of its locks."""
    forget()
    yield
    forget()


def forget() -> None:
    kube.kubectl("delete", "animeenrichment", *OBJECTS, "--ignore-not-found", "--timeout=300s")
    rows = output_of("locks", "list", "--no-headers").splitlines()
    ours = [row.split()[0] for row in rows if any(word in row for word in LOCKED)]
    if ours:
        output_of("locks", "remove", *ours)


@pytest.fixture
def shell(untouched: None, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in which the README's first line was pasted, with the demo's objects on the cluster."""
    with terminal(tmp_path, copied(tmp_path)) as opened:
        done = opened.paste(f"{CLUSTER_ENV}\notakube demo\n")
        assert not done[-1].status, done[-1]
        yield opened


@on_the_local_cluster
@a_whole_page
@pytest.mark.usefixtures("untouched")
def test_the_readme_works_when_it_is_pasted_by_somebody_who_does_not_wait(tmp_path: Path) -> None:
    with terminal(tmp_path, ROOT) as opened:
        for block in PAGES[README]:
            opened.run(block)


@on_the_local_cluster
@a_whole_page
@pytest.mark.parametrize("blocks", REST.values(), ids=[str(page.relative_to(ROOT)) for page in REST])
def test_the_blocks_of_a_page_work_as_printed(blocks: list[Block], shell: Terminal) -> None:
    for block in blocks:
        shell.run(block)


@on_the_local_cluster
@a_whole_page
def test_what_the_demo_says_to_try_next_works(shell: Terminal) -> None:
    done = shell.paste("\n".join((*NEXT, *ARGO)) + "\n")
    assert not [str(one) for one in done if one.status]
    assert "Bearer ey" in done[-1].shown
