# SPDX-License-Identifier: Apache-2.0
"""Runs as read from Workflows, whoever wrote them."""

import base64
import gzip
import json

import pytest

from operator_builders import committed, fetched, gate, imaged, node, results_of, workflow
from otakube_api import labels
from otakube_api.contract import Failure, FailureReason
from otakube_operator.enrichment.observed import GateFailure, StepDuration
from otakube_operator.enrichment.runs import read_run


def test_a_workflow_without_our_labels_is_none_of_ours() -> None:
    body = workflow()
    del body["metadata"]["labels"][labels.ENRICHMENT_UID]
    assert read_run(body) is None


@pytest.mark.parametrize("text", ["", "one", "-1", "1" * 30])
def test_a_workflow_with_a_spoilt_generation_is_none_of_ours(text: str) -> None:
    body = workflow()
    body["metadata"]["labels"][labels.GENERATION] = text
    assert read_run(body) is None


def test_a_workflow_that_argo_has_not_seen_is_pending() -> None:
    body = workflow()
    del body["status"]
    run = read_run(body)
    assert run is not None
    assert (run.phase, run.finished, run.published) == ("", False, False)


def test_spec_and_annotations_tell_how_a_run_is_steered() -> None:
    body = workflow()
    body["spec"] = {"suspend": True, "shutdown": "Stop"}
    body["metadata"]["annotations"] |= {labels.SUPERSEDED: "true", labels.REQUESTED_AT: "today"}
    run = read_run(body)
    assert run is not None
    assert (run.suspended, run.shutdown, run.superseded, run.requested_at) == (True, "Stop", True, "today")


def test_compressed_nodes_are_read_like_plain_ones() -> None:
    nodes = {"0": fetched(), "1": imaged(), "2": committed(3)}
    packed = base64.b64encode(gzip.compress(json.dumps(nodes).encode())).decode()
    run = read_run(workflow(compressedNodes=packed))
    assert run is not None
    assert run.results.publication is not None
    assert run.results.publication.version == 3


@pytest.mark.parametrize("packed", ["!", "aGVsbG8=", base64.b64encode(gzip.compress(b"[", mtime=0)).decode()])
def test_spoilt_compressed_nodes_count_as_none(packed: str) -> None:
    run = read_run(workflow(compressedNodes=packed))
    assert run is not None
    assert not run.published


def test_a_decompression_bomb_is_read_up_to_a_limit() -> None:
    packed = base64.b64encode(gzip.compress(b" " * 100_000_000)).decode()
    run = read_run(workflow(compressedNodes=packed))
    assert run is not None
    assert not run.published


def test_steps_that_succeeded_have_durations_and_the_review_has_none() -> None:
    run = read_run(workflow([fetched(), imaged(), gate("Succeeded"), node("commit", "Running")]))
    assert run is not None
    assert run.durations == (StepDuration("fetch", 1800), StepDuration("assemble", 1800))


@pytest.mark.parametrize(
    "times", [{"finishedAt": None}, {"startedAt": "2027-01-01T12:45:00Z"}, {"startedAt": "x"}]
)
def test_times_that_make_no_sense_are_no_duration(times: dict[str, str | None]) -> None:
    run = read_run(workflow([fetched() | times]))
    assert run is not None
    assert run.durations == ()


@pytest.mark.parametrize("text", ["", "{", "{}", "7", '["a"]', '[{"provider": 7}]', "null"])
def test_spoilt_output_lists_do_no_harm(text: str) -> None:
    results = results_of(
        [
            node("fetch", failed_sources=text, entry_id="ani_1"),
            node("assemble", findings=text, gates=text, review="Skip"),
        ]
    )
    assert results.entry_id == "ani_1"


def test_a_gate_that_this_version_does_not_know_is_left_out() -> None:
    results = results_of([imaged(gates=[("Drift", "the title changed"), ("Taste", "dull")])])
    assert results.gates == (GateFailure("Drift", "the title changed"),)


@pytest.mark.parametrize("version", ["", "one", "-1", "1.0", "9" * 40])
def test_a_commit_without_a_readable_version_publishes_nothing(version: str) -> None:
    assert results_of([node("commit", version=version)]).publication is None


@pytest.mark.parametrize("phase", ["Pending", "Running", "Failed", "Error", "Skipped", "Omitted"])
def test_only_a_commit_that_succeeded_publishes(phase: str) -> None:
    assert results_of([committed() | {"phase": phase}]).publication is None


@pytest.mark.parametrize("phase", ["Pending", "Skipped", "Omitted"])
def test_a_gate_that_was_not_reached_is_no_gate(phase: str) -> None:
    assert results_of([gate() | {"phase": phase}]).review is None


def test_the_failure_is_that_of_the_pod_that_broke_the_run() -> None:
    pod = node("fetch(0)", "Failed", type="Pod") | {"message": "Error (exit code 65): AnimeUnknown: gone"}
    above = node("fetch", "Failed") | {"message": "No more retries left"}
    assert results_of([above, pod]).failure == Failure(FailureReason.ANIME_UNKNOWN, "gone")
