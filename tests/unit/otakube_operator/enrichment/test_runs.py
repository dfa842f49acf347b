# SPDX-License-Identifier: Apache-2.0
"""What is read off a Workflow, whoever wrote it."""

import base64
import gzip
import json
from typing import Any

import pytest

from operator_builders import committed, fetched, gate, imaged, node, workflow
from otakube_api import labels
from otakube_api.contract import Failure, FailureReason
from otakube_operator.enrichment.observed import GateFailure
from otakube_operator.enrichment.runs import read_results, read_run


def failed(name: str, message: str, at: str = "2027-01-01T12:00:00Z") -> dict[str, Any]:
    return node(name, "Failed", type="Pod") | {"message": message, "finishedAt": at}


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


@pytest.mark.parametrize("text", ["", "{", "{}", "7", '["a"]', '[{"provider": 7}]', "null"])
def test_spoilt_output_lists_do_no_harm(text: str) -> None:
    results = read_results(
        [
            node("fetch", failed_sources=text, entry_id="ani_1"),
            node("assemble", findings=text, gates=text, review="Skip"),
        ]
    )
    assert results.entry_id == "ani_1"


def test_a_gate_that_this_version_does_not_know_is_left_out() -> None:
    results = read_results([imaged(gates=[("Drift", "the title changed"), ("Taste", "dull")])])
    assert results.gates == (GateFailure("Drift", "the title changed"),)


@pytest.mark.parametrize("version", ["", "one", "-1", "1.0", "9" * 40])
def test_a_commit_without_a_readable_version_publishes_nothing(version: str) -> None:
    assert read_results([node("commit", version=version)]).publication is None


@pytest.mark.parametrize("phase", ["Pending", "Running", "Failed", "Error", "Skipped", "Omitted"])
def test_only_a_commit_that_succeeded_publishes(phase: str) -> None:
    assert read_results([committed() | {"phase": phase}]).publication is None


@pytest.mark.parametrize("phase", ["Pending", "Skipped", "Omitted"])
def test_a_gate_that_was_not_reached_is_no_gate(phase: str) -> None:
    assert read_results([gate() | {"phase": phase}]).review is None


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
    ],
)
def test_the_last_failure_that_names_its_reason_is_told(messages: list[str], expected: Failure) -> None:
    nodes = [
        failed(f"fetch({number})", message, f"2027-01-01T12:00:0{number}Z")
        for number, message in enumerate(messages)
    ]
    assert read_results(nodes).failure == expected


def test_a_failed_clean_up_does_not_hide_the_step_that_failed() -> None:
    step = failed("commit(0)", "Error: CommitFenced: newer", "2027-01-01T12:00:00Z")
    conclude = failed("conclude", "Error: StoreUnavailable: down", "2027-01-01T12:09:00Z")
    failure = read_results([step, conclude]).failure
    assert failure is not None
    assert failure.reason is FailureReason.COMMIT_FENCED
