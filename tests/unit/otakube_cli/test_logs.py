# SPDX-License-Identifier: Apache-2.0
"""Pods of a run, and the attempts that they are."""

import json
from collections.abc import AsyncIterator

import pytest

from otakube_cli.logs import StepPod, chosen, print_lines, read_pod


def a_pod(attempt: str, created: str) -> dict[str, object]:
    annotations = {"workflows.argoproj.io/node-name": f"tide-1-1.{attempt}"}
    name = f"tide-1-1-{attempt.strip(')').replace('(', '-')}"
    return {"metadata": {"name": name, "annotations": annotations, "creationTimestamp": created}}


PODS = [a_pod("stage", "12:05"), a_pod("fetch(1)", "12:02"), a_pod("fetch(0)", "12:01")]


def test_attempts_come_in_the_order_in_which_they_began() -> None:
    assert [pod.attempt for pod in chosen(map(read_pod, PODS), "")] == ["fetch(0)", "fetch(1)", "stage"]


def test_a_step_is_all_its_attempts_and_an_attempt_itself_alone() -> None:
    assert [pod.attempt for pod in chosen(map(read_pod, PODS), "fetch")] == ["fetch(0)", "fetch(1)"]
    assert [pod.attempt for pod in chosen(map(read_pod, PODS), "fetch(1)")] == ["fetch(1)"]


class KubeletLog:
    """A pod's log, as the API server passes it on; a real one needs a node."""

    namespace = "anime"

    async def lines(self, path: str, **query: str) -> AsyncIterator[bytes]:
        assert path == "/api/v1/namespaces/anime/pods/tide-1-1-fetch-0/log"
        yield b'time=2026-04-01T12:00:00Z level=INFO msg="capturing logs" argo=true\n'
        yield b'time=2026-04-01T12:00:00Z level=INFO msg="waiting for signals" argo=true signalPath=/a\n'
        yield b'{"event": "asked", "title": "time=1 argo=true "}\n'
        yield b'{"event": "answered"}\n'
        yield b'time=2026-04-01T12:00:09Z level=INFO msg="sub-process exited" argo=true\n'


@pytest.mark.parametrize(
    ("tail", "events"), [(-1, ["asked", "answered"]), (1, ["answered"]), (0, []), (9, ["asked", "answered"])]
)
async def test_the_steps_own_lines_are_printed_and_the_last_ones_counted(
    tail: int, events: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    pod = StepPod("tide-1-1-fetch-0", "fetch(0)", "12:01")
    await print_lines(KubeletLog(), pod, {}, tail=tail)  # type: ignore[arg-type]  # no more of a cluster is used
    printed = capsys.readouterr().out.splitlines()
    assert [json.loads(line.removeprefix("[fetch(0)] "))["event"] for line in printed] == events
