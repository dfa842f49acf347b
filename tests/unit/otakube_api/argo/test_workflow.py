# SPDX-License-Identifier: Apache-2.0
"""Workflows as Argo's controller writes them, and as anybody may have spoilt them."""

import base64
import gzip
import json
from typing import Any

import pytest

from otakube_api.argo import FailedTask, failed_task, read_failures, read_workflow
from otakube_api.contract import Failure, FailureReason, Node


def a_node(display_name: str, phase: str = "Failed", message: str = "", **fields: Any) -> dict[str, Any]:
    kind = "Retry" if display_name in set(Node) else "Pod"
    ended = {"finishedAt": "2027-01-01T12:00:00Z"}
    return {"displayName": display_name, "type": kind, "phase": phase, "message": message} | ended | fields


def a_workflow(*nodes: dict[str, Any], **status: Any) -> dict[str, Any]:
    return {"status": {"nodes": {str(number): node for number, node in enumerate(nodes)}} | status}


def failure_of(*nodes: dict[str, Any]) -> FailedTask | None:
    return failed_task(read_workflow(a_workflow(*nodes)).nodes)


def listed(*nodes: dict[str, Any]) -> str:
    """The same nodes as `workflow.failures` lists them: without types."""
    return json.dumps([{key: node[key] for key in node if key != "type"} for node in nodes])


def with_outputs(name: str, phase: str, **values: object) -> dict[str, Any]:
    parameters = [{"name": key, "value": value} for key, value in values.items()]
    return a_node(name, phase, outputs={"parameters": parameters})


def test_a_workflow_that_argo_has_not_seen_has_no_phase_and_no_nodes() -> None:
    seen = read_workflow({"metadata": {"name": "fresh"}})
    assert (seen.phase, seen.finished, seen.nodes, seen.packed) == ("", False, (), False)


def test_spec_tells_how_a_workflow_is_steered() -> None:
    seen = read_workflow({"spec": {"suspend": True, "shutdown": "Stop"}})
    assert (seen.suspended, seen.shutdown) == (True, "Stop")


@pytest.mark.parametrize("phase", ["Pending", "Running", "Failed", "Error", "Skipped", "Omitted"])
def test_only_a_task_that_succeeded_has_outputs(phase: str) -> None:
    seen = read_workflow(a_workflow(with_outputs("fetch", phase, title="Tide")))
    assert seen.outputs("fetch") == {}
    assert read_workflow(a_workflow(with_outputs("fetch", "Succeeded", title="Tide"))).outputs("fetch") == {
        "title": "Tide"
    }


def test_a_task_is_the_node_above_its_attempts() -> None:
    seen = read_workflow(
        a_workflow(a_node("fetch(0)", "Failed"), a_node("fetch", "Running"), a_node("fetch(1)", "Running"))
    )
    task = seen.task("fetch")
    assert task is not None
    assert (task.type, task.phase, [node.task for node in seen.nodes]) == ("Retry", "Running", ["fetch"] * 3)


def test_compressed_nodes_are_read_like_plain_ones() -> None:
    nodes = {"0": with_outputs("commit", "Succeeded", version="3")}
    packed = base64.b64encode(gzip.compress(json.dumps(nodes).encode())).decode()
    seen = read_workflow({"status": {"compressedNodes": packed}})
    assert (seen.packed, seen.outputs("commit")) == (True, {"version": "3"})


NO_JSON = base64.b64encode(gzip.compress(b"[", mtime=0)).decode()


@pytest.mark.parametrize("packed", ["!", 7, "aGVsbG8=", NO_JSON])
def test_spoilt_compressed_nodes_count_as_none(packed: object) -> None:
    assert read_workflow({"status": {"compressedNodes": packed}}).nodes == ()


def test_a_decompression_bomb_is_read_up_to_a_limit() -> None:
    bomb = b" " * 100_000_000 + b'{"a": {"displayName": "commit"}}'
    packed = base64.b64encode(gzip.compress(bomb)).decode()
    assert read_workflow({"status": {"compressedNodes": packed}}).nodes == ()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"status": 7},
        {"status": {"nodes": ["fetch"]}},
        {"status": {"nodes": {"a": None, "b": "fetch"}}},
        {
            "status": {
                "nodes": {"a": {"displayName": 7, "outputs": "none", "startedAt": "2027-01-01T12:00:00"}}
            }
        },
        {"status": {"nodes": {"a": {"outputs": {"parameters": [None, {"value": "x"}, {"name": "y"}]}}}}},
        {"spec": [], "status": {"startedAt": "soon", "phase": None, "message": ["x"]}},
    ],
)
def test_a_spoilt_status_does_no_harm(spoilt: dict[str, Any]) -> None:
    seen = read_workflow(spoilt)
    assert (seen.finished, seen.failure, seen.review, seen.started_at) == (False, None, None, None)
    assert all(node.started_at is None for node in seen.nodes)


@pytest.mark.parametrize(("kind", "found"), [("Suspend", True), ("Skipped", True), ("Pod", False)])
def test_the_review_is_a_suspend_node_or_what_stands_in_its_place(kind: str, found: bool) -> None:
    seen = read_workflow(a_workflow(a_node("review", "Running", type=kind)))
    assert (seen.review is not None) is found


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (["Error (exit code 65): AnimeUnknown: gone"], Failure(FailureReason.ANIME_UNKNOWN, "gone")),
        (["OOMKilled (exit code 137)"], Failure(FailureReason.UNEXPECTED, "OOMKilled (exit code 137)")),
        (
            ["Error (exit code 75): StoreUnavailable: no answer", "pod deleted"],
            Failure(FailureReason.STORE_UNAVAILABLE, "no answer"),
        ),
        (
            ["Error: StoreUnavailable: first", "Error: StoreUnavailable: last"],
            Failure(FailureReason.STORE_UNAVAILABLE, "last"),
        ),
        ([""], Failure(FailureReason.UNEXPECTED, "no message")),
    ],
)
def test_the_last_failure_that_names_its_reason_counts(messages: list[str], expected: Failure) -> None:
    attempts = [
        a_node(f"fetch({number})", message=message, finishedAt=f"2027-01-01T12:00:0{number}Z")
        for number, message in enumerate(messages)
    ]
    above = a_node("fetch", message="No more retries left", finishedAt="2027-01-01T12:01:00Z")
    assert failure_of(above, *reversed(attempts)) == FailedTask("fetch", expected)


def test_a_trouble_that_a_retry_overcame_is_not_what_broke_the_run() -> None:
    overcome = a_node("fetch(0)", message="Error: StoreUnavailable: away", finishedAt="2027-01-01T12:00:00Z")
    killed = a_node("embed(0)", message="OOMKilled (exit code 137)", finishedAt="2027-01-01T12:05:00Z")
    expected = FailedTask("embed", Failure(FailureReason.UNEXPECTED, "OOMKilled (exit code 137)"))
    assert failure_of(killed, overcome, a_node("fetch(1)", "Succeeded")) == expected
    assert failed_task(read_failures(listed(killed, overcome))) == expected


@pytest.mark.parametrize("name", ["conclude", "conclude(0)", "run-1-1.onExit", "run-1-1.onExit(0)"])
def test_a_failed_clean_up_does_not_hide_the_step_that_failed(name: str) -> None:
    step = a_node("commit(0)", message="Error: CommitFenced: newer", finishedAt="2027-01-01T12:00:00Z")
    clean_up = a_node(
        name, message="Error: StoreUnavailable: down", finishedAt="2027-01-01T12:09:00Z", type="Pod"
    )
    assert failure_of(step, clean_up) == FailedTask("commit", Failure(FailureReason.COMMIT_FENCED, "newer"))
    alone = failure_of(clean_up)
    assert alone is not None
    assert alone.failure.reason is FailureReason.STORE_UNAVAILABLE


def test_a_pod_that_has_not_failed_explains_nothing() -> None:
    assert (
        failure_of(a_node("fetch(0)", "Running", "PodInitializing"), a_node("stage(0)", "Succeeded")) is None
    )


@pytest.mark.parametrize("quoted", [False, True])
def test_the_list_of_failures_in_any_order_names_the_same_step_as_the_nodes(quoted: bool) -> None:
    nodes = [
        a_node("run-1-1", message="", finishedAt="2027-01-01T12:02:00Z", type="DAG"),
        a_node("stage", message="No more retries left", finishedAt="2027-01-01T12:01:00Z"),
        a_node("stage(1)", message="pod deleted", finishedAt="2027-01-01T12:01:00Z"),
        a_node("stage(0)", message="Error: RecordInvalid: no title", finishedAt="2027-01-01T12:00:00Z"),
    ]
    expected = FailedTask("stage", Failure(FailureReason.RECORD_INVALID, "no title"))
    text = listed(*nodes)
    assert failed_task(read_failures(json.dumps(text) if quoted else text)) == expected
    assert failure_of(*nodes) == expected


def test_an_attempt_without_a_reason_explains_more_than_the_node_above_it() -> None:
    above = a_node("embed", message="No more retries left", finishedAt="2027-01-01T12:00:01Z")
    killed = a_node("embed(0)", message="OOMKilled (exit code 137)")
    expected = FailedTask("embed", Failure(FailureReason.UNEXPECTED, "OOMKilled (exit code 137)"))
    assert failure_of(above, killed) == expected
    assert failed_task(read_failures(listed(above, killed))) == expected


@pytest.mark.parametrize("text", ["", "[]", "null", '"[]"', '"null"', "7", '["fetch"]'])
def test_a_list_of_failures_without_nodes_is_empty(text: str) -> None:
    assert read_failures(text) == ()


def test_failures_that_are_no_json_are_kept_as_they_are() -> None:
    assert [node.message for node in read_failures("oh no")] == ["oh no"]
