# SPDX-License-Identifier: Apache-2.0
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from otakube_api.argo import read_workflow
from otakube_api.contract import Node
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment
from otakube_cli.demo import story
from otakube_cli.demo.progress import TitleProgress, changes, progress_of, steps_of, timing
from otakube_cli.demo.screen import Screen, board
from otakube_cli.errors import ConsoleError
from workflows import a_workflow

NOW = datetime(2026, 4, 1, 12, 1, tzinfo=UTC)


def a_node(name: str, phase: str, *, start: int = 0, end: int | None = None) -> dict[str, Any]:
    node = {"displayName": name, "phase": phase, "startedAt": f"2026-04-01T12:00:{start:02}Z"}
    return node | ({"finishedAt": f"2026-04-01T12:00:{end:02}Z"} if end is not None else {})


def an_enrichment(*conditions: tuple[str, str, str], generation: int = 1, **status: Any) -> dict[str, Any]:
    listed = [{"type": t, "status": s, "reason": r, "message": ""} for t, s, r in conditions]
    return {
        "metadata": {"name": "tide", "uid": "uid-1", "generation": generation},
        "status": {"observedGeneration": 1, "conditions": listed, **status},
    }


def progress(*conditions: tuple[str, str, str], **changes: Any) -> TitleProgress:
    return progress_of(an_enrichment(*conditions, **changes), None, now=NOW)


READY = ("Ready", "True", "Published")


def test_steps_are_read_in_their_order_with_their_seconds() -> None:
    nodes = {
        "b": a_node("stage", "Running", start=30),
        "a": a_node("fetch", "Succeeded", start=2, end=9),
        "a0": a_node("fetch(0)", "Succeeded", start=2, end=9),
        "c": a_node("conclude", "Running", start=40),
        "d": {"displayName": "assemble", "phase": "Pending", "startedAt": None},
    }
    steps = steps_of(read_workflow({"status": {"nodes": nodes}}), now=NOW)
    assert list(steps) == [Node.FETCH, Node.STAGE]
    assert steps[Node.FETCH].seconds == 7
    assert steps[Node.STAGE].seconds == 30


def test_conditions_of_an_older_spec_prove_nothing() -> None:
    assert progress(READY).ready
    assert not progress(READY, generation=2).ready
    assert not progress(("Ready", "False", "AnimeUnknown"), generation=2).failed


def test_each_change_is_told_once() -> None:
    before = progress(("Ready", "Unknown", "WorkflowRunning"))
    run = a_workflow(nodes={"a": a_node("fetch", "Succeeded", start=2, end=9)})
    after = progress_of(an_enrichment(("Ready", "Unknown", "WorkflowRunning")), run, now=NOW)
    assert changes(None, before) == ["WorkflowRunning"]
    assert changes(before, after) == ["fetch done (7 s)"]
    assert changes(after, after) == []
    assert changes(None, progress(READY)) == ["Ready already"]


def test_the_times_name_what_was_left_out() -> None:
    nodes = {
        "a": a_node("fetch", "Succeeded", start=2, end=9),
        "r": a_node("review", "Skipped", start=9, end=9),
    }
    done = progress_of(
        an_enrichment(READY, publicationTime="2026-04-01T12:00:40Z"), a_workflow(nodes=nodes), now=NOW
    )
    assert timing([done]) == [("tide", "7 s", "-", "-", "-", "-", "-", "40 s")]


def test_a_title_that_failed_ends_the_demo_with_its_conditions() -> None:
    failed = progress(("Ready", "False", "AnimeUnknown"), ("Stalled", "True", "AnimeUnknown"))
    with pytest.raises(
        ConsoleError, match=r"tide did not become Ready: Ready=False AnimeUnknown; Stalled=True"
    ):
        story.check(failed, expired=False, limit_seconds=60)


def test_a_title_that_takes_too_long_ends_the_demo() -> None:
    slow = progress(("Ready", "Unknown", "WorkflowRunning"))
    story.check(slow, expired=False, limit_seconds=60)
    with pytest.raises(ConsoleError, match="tide is not Ready after 60 s: Ready=Unknown WorkflowRunning"):
        story.check(slow, expired=True, limit_seconds=60)
    story.check(progress(READY), expired=True, limit_seconds=60)


def test_the_manifests_are_what_the_story_speaks_of() -> None:
    bodies = {body["metadata"]["name"]: AnimeEnrichment.model_validate(body) for body in story.manifests()}
    assert set(bodies) == {"hoshi-no-toudaimori", story.REVIEWED, story.PROVIDER_DOWN}
    assert {name for name, body in bodies.items() if body.spec.review.policy == "Required"} == {
        story.REVIEWED
    }


def test_without_a_terminal_there_are_lines_alone() -> None:
    written = io.StringIO()
    screen = Screen(Console(file=written, width=100), clock=iter([10.0, 12.5]).__next__)
    with screen.live():
        screen.update([progress(("Ready", "Unknown", "WorkflowRunning"))])
    assert written.getvalue() == "[   2.5 s] tide: WorkflowRunning\n"


def test_the_board_has_a_row_a_title() -> None:
    assert board([progress(READY), progress(("Ready", "False", "AnimeUnknown"))]).row_count == 2


def test_on_a_terminal_lines_and_board_share_the_screen() -> None:
    written = io.StringIO()
    console = Console(file=written, width=120, force_terminal=True, color_system=None)
    screen = Screen(console, clock=lambda: 0.0)
    with screen.live():
        for phase in ("Running", "Succeeded"):
            run = a_workflow(nodes={"a": a_node("fetch", phase, start=2, end=9)})
            screen.update([progress_of(an_enrichment(("Ready", "Unknown", "Working")), run, now=NOW)])
    assert "[   0.0 s] tide: fetch done (7 s)" in written.getvalue()
    assert "✓ 7 s" in written.getvalue()
    assert "[yellow]" not in written.getvalue()
