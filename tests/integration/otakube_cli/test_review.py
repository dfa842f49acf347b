# SPDX-License-Identifier: Apache-2.0
"""Answers to the gate against a real API server that stores real Workflows."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from control_plane import ControlPlane
from otakube_api.contract import ReviewOutput
from otakube_cli.cluster import WORKFLOWS, Cluster
from otakube_cli.errors import ConsoleError
from otakube_cli.review import ALREADY_DECIDED, CHANGED, NOT_OPEN, decide
from otakube_cli.run_review import read_review
from workflows import a_review_node, a_workflow, under_review

pytestmark = pytest.mark.usefixtures("argo_crds")

RACES = 200
DIGEST = "d1"


def values(decision: str, reviewer: str) -> dict[ReviewOutput, str]:
    return {ReviewOutput.DECISION: decision, ReviewOutput.NOTE: "seen", ReviewOutput.REVIEWER: reviewer}


def waiting(api: httpx2.Client, namespace: str, name: str) -> str:
    """Store an enrichment and its run at the gate; return the run's path."""
    manifest = {
        "apiVersion": "otakube.dev/v1alpha1",
        "kind": "AnimeEnrichment",
        "metadata": {"name": name},
        "spec": {"anime": {"title": "Frozen Tide"}},
    }
    enrichments = f"/apis/otakube.dev/v1alpha1/namespaces/{namespace}/animeenrichments"
    stored = api.post(enrichments, json=manifest).raise_for_status().json()
    workflow = under_review(DIGEST, f"{name}-1-1", uid=stored["metadata"]["uid"])
    del workflow["metadata"]["resourceVersion"]
    workflows = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/workflows"
    api.post(workflows, json=workflow).raise_for_status()
    return f"{workflows}/{name}-1-1"


def review_in(api: httpx2.Client, path: str) -> dict[str, Any]:
    nodes = api.get(path).raise_for_status().json()["status"]["nodes"]
    return dict(nodes[a_review_node()["id"]])


def outputs(node: dict[str, Any]) -> dict[str, str]:
    return {parameter["name"]: parameter["value"] for parameter in node["outputs"]["parameters"]}


async def test_an_approval_is_stored_as_argo_would_store_it(
    cluster: Cluster, api: httpx2.Client, namespace: str
) -> None:
    path = waiting(api, namespace, "tide")
    await decide(cluster, "tide", values("approve", "ilse"))
    node = review_in(api, path)
    assert node["phase"] == "Succeeded"
    assert outputs(node) == {
        "decision": "approve",
        "note": "seen",
        "reviewer": "ilse",
        "digest": DIGEST,
        "accepted": "[]",
    }
    assert all("valueFrom" not in parameter for parameter in node["outputs"]["parameters"])


async def test_of_two_answers_at_once_exactly_one_counts(
    cluster: Cluster, other: Cluster, api: httpx2.Client, namespace: str
) -> None:
    for race in range(RACES):
        name = f"race-{race}"
        path = waiting(api, namespace, name)
        ilse, oskar = values("approve", "ilse"), values("reject", "oskar")
        answers = [(cluster, ilse), (other, oskar)]
        random.shuffle(answers)
        results = await asyncio.gather(
            *(decide(client, name, answer) for client, answer in answers),
            touch(cluster, f"{name}-1-1"),
            return_exceptions=True,
        )
        winners = [a for (_, a), result in zip(answers, results[:2], strict=True) if result is None]
        losers = [result for result in results[:2] if result is not None]
        assert len(winners) == 1, results
        assert isinstance(losers[0], ConsoleError)
        assert losers[0].code == ALREADY_DECIDED
        assert winners[0][ReviewOutput.REVIEWER] in str(losers[0])
        assert outputs(review_in(api, path)) == winners[0] | {"digest": DIGEST, "accepted": "[]"}


async def touch(cluster: Cluster, workflow: str) -> None:
    """Write to the Workflow while it is answered, as its controller may."""
    for number in range(3):
        operation = {"op": "add", "path": "/metadata/annotations", "value": {"touched": str(number)}}
        await cluster.patch(WORKFLOWS, workflow, [operation])


async def test_a_dry_run_changes_nothing(cluster: Cluster, api: httpx2.Client, namespace: str) -> None:
    path = waiting(api, namespace, "tide")
    await decide(cluster, "tide", values("approve", "ilse"), dry_run=True)
    assert review_in(api, path) == a_review_node()


async def test_another_record_than_the_one_that_was_seen_is_not_decided(
    cluster: Cluster, api: httpx2.Client, namespace: str
) -> None:
    path = waiting(api, namespace, "tide")
    with pytest.raises(ConsoleError, match=f"its digest is {DIGEST}") as refused:
        await decide(cluster, "tide", values("approve", "ilse") | {ReviewOutput.DIGEST: "d0"})
    assert refused.value.code == CHANGED
    assert review_in(api, path) == a_review_node()


async def test_an_answer_of_argo_counts_too(cluster: Cluster, api: httpx2.Client, namespace: str) -> None:
    path = waiting(api, namespace, "tide")
    node = a_review_node(phase="Succeeded", finishedAt="2026-04-01T13:00:00Z")
    merge = {"Content-Type": "application/merge-patch+json"}
    api.patch(path, json={"status": {"nodes": {node["id"]: node}}}, headers=merge).raise_for_status()
    with pytest.raises(ConsoleError, match="decided already") as caught:
        await decide(cluster, "tide", values("approve", "ilse"))
    assert caught.value.code == ALREADY_DECIDED


async def test_an_enrichment_without_a_run_has_nothing_to_answer(
    cluster: Cluster, api: httpx2.Client, namespace: str
) -> None:
    api.delete(waiting(api, namespace, "tide")).raise_for_status()
    with pytest.raises(ConsoleError, match="has no workflow") as caught:
        await decide(cluster, "tide", values("approve", "ilse"))
    assert caught.value.code == NOT_OPEN


async def test_only_the_newest_run_is_answered(cluster: Cluster, api: httpx2.Client, namespace: str) -> None:
    path = waiting(api, namespace, "tide")
    uid = api.get(path).json()["metadata"]["labels"]["otakube.dev/enrichment-uid"]
    newer = a_workflow("tide-2-1", uid=uid, generation=2)
    del newer["metadata"]["resourceVersion"]
    api.post(path.rpartition("/")[0], json=newer).raise_for_status()
    await decide(cluster, "tide", values("reject", "ilse"))
    assert review_in(api, path)["phase"] == "Running"
    assert read_review(await cluster.get(WORKFLOWS, "tide-2-1")).answers["decision"] == "reject"


def otakube(plane: ControlPlane, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("otakube")), *arguments],
        env={**os.environ, "KUBECONFIG": str(plane.kubeconfig)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command_says_what_it_did_and_who_was_faster(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    waiting(api, namespace, "tide")
    here = ("-n", namespace, "--reviewer", "ilse")
    first = otakube(otakube_api, "review", "approve", "tide", "--note", "poster checked", *here)
    second = otakube(otakube_api, "review", "reject", "tide", *here)
    assert (first.returncode, first.stdout) == (0, "tide is approved (tide-1-1)\n"), first.stderr
    assert second.returncode == ALREADY_DECIDED
    assert second.stderr.startswith("otakube: 'tide' was decided already: approve by ilse at ")
    assert second.stderr.endswith(", note: poster checked. Nothing was changed\n")


def test_a_name_that_does_not_exist_is_named_with_its_namespace(
    otakube_api: ControlPlane, namespace: str
) -> None:
    done = otakube(otakube_api, "review", "show", "nobody", "-n", namespace)
    assert done.returncode == 1
    said = f'animeenrichments.otakube.dev "nobody" not found in namespace "{namespace}"'
    assert done.stderr == f"otakube: Error from server (NotFound): {said}\n"


def test_a_name_with_a_slip_is_answered_with_names_that_are_like_it(
    otakube_api: ControlPlane, api: httpx2.Client, namespace: str
) -> None:
    waiting(api, namespace, "frozen-tide")
    slip = otakube(otakube_api, "review", "show", "frozen-tdie", "-n", namespace)
    assert slip.stderr.endswith("; did you mean frozen-tide?\n")
    elsewhere = otakube(otakube_api, "review", "show", "frozen-tide", "-n", "default")
    assert elsewhere.stderr.endswith(f"; it is in namespace {namespace}: choose it with -n\n")


def test_what_waits_is_listed(otakube_api: ControlPlane, api: httpx2.Client, namespace: str) -> None:
    waiting(api, namespace, "tide")
    status = {
        "title": "Frozen Tide",
        "confidence": "0.62",
        "gates": [{"gate": "Drift", "message": "episodes: 12 -> 6"}],
        "review": {"state": "Waiting", "deadline": "2026-04-04T12:00:00Z", "findings": ["two posters"]},
        "conditions": [
            {
                "type": "AwaitingReview",
                "status": "True",
                "reason": "AwaitingDecision",
                "message": "",
                "lastTransitionTime": "2026-04-01T12:00:00Z",
            }
        ],
    }
    path = f"/apis/otakube.dev/v1alpha1/namespaces/{namespace}/animeenrichments/tide/status"
    merge = {"Content-Type": "application/merge-patch+json"}
    api.patch(path, json={"status": status}, headers=merge).raise_for_status()
    listed = otakube(otakube_api, "review", "list", "-n", namespace).stdout.splitlines()
    assert listed[0].split() == [
        *("NAMESPACE", "NAME", "ANIME", "YEAR", "TYPE", "CONFIDENCE", "DEADLINE", "WHY")
    ]
    waiting_one = [namespace, "tide", "Frozen", "Tide", "0.62", "2026-04-04T12:00:00Z"]
    assert listed[1].split()[:6] == waiting_one
    assert "episodes: 12 -> 6" in listed[1]
    elsewhere = otakube(otakube_api, "review", "list", "-n", "default")
    assert (elsewhere.stdout, elsewhere.stderr) == ("", "Nothing waits for a review in namespace default.\n")
    everywhere = otakube(otakube_api, "review", "list", "-n", "default", "--all-namespaces")
    assert waiting_one in [line.split()[:6] for line in everywhere.stdout.splitlines()]
    shown = otakube(otakube_api, "review", "show", "tide", "-n", namespace)
    assert "two posters" in shown.stdout
    assert "otakube review approve tide" in shown.stdout
    assert "The record cannot be shown: the catalogue in namespace" in shown.stdout
