# SPDX-License-Identifier: Apache-2.0
"""Pods of a run, and the attempts that they are."""

from otakube_cli.logs import chosen, read_pod


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
