# SPDX-License-Identifier: Apache-2.0
"""Names and hashes stay what they are: stored objects carry them."""

import re

import pytest

from operator_builders import UID, enrichment
from otakube_operator.enrichment.naming import label_value, workflow_name
from otakube_operator.enrichment.workflows import NewRun, manifest


def test_the_spec_hash_is_pinned() -> None:
    """A change of this value starts every stored enrichment anew after an upgrade."""
    pinned = "effd8b4a10108c5ddc5b3de6e76a868939c86290fc25b7ac89321490676567ef"
    assert enrichment().spec_hash == pinned


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "EpisodeUpdate", "anime": {"id": "ani_01JD3Z5K8Q0000000000000001"}},
        {"providers": ["Jikan"]},
        {"review": {"policy": "Never", "timeout": "72h"}},
        {"review": {"policy": "OnLowConfidence", "timeout": "1h"}},
        {"accelerator": "GPU"},
        {"episode": 8},
        {"episode": 0},
        {"rollbackTo": 3, "anime": {"id": "ani_01JD3Z5K8Q0000000000000001"}},
        {"anime": {"title": "Cowboy Bebop", "year": 1998}},
    ],
)
def test_what_changes_the_run_changes_the_hash(change: dict[str, object]) -> None:
    assert enrichment(**change).spec_hash != enrichment().spec_hash


@pytest.mark.parametrize(
    "change",
    [
        {"suspend": True},
        {"successfulWorkflowsHistoryLimit": 9},
        {"failedWorkflowsHistoryLimit": 0},
        {"providers": ["Kitsu", "AniList", "Jikan"]},
        {"aFieldOfALaterVersion": 1},
    ],
)
def test_what_does_not_change_the_run_keeps_the_hash(change: dict[str, object]) -> None:
    assert enrichment(**change).spec_hash == enrichment().spec_hash


@pytest.mark.parametrize(
    "name", ["a", "cowboy-bebop", "a.b.c", "x" * 253, "y" * 52 + "-z", "z" * 51 + ".-.z"]
)
@pytest.mark.parametrize("generation", [1, 10**9])
def test_a_workflow_name_is_a_label_value_and_a_dns_name(name: str, generation: int) -> None:
    made = workflow_name(name=name, uid=UID, generation=generation, attempt=1, spec_hash="h")
    assert len(made) <= 63
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", made)


def test_each_part_of_the_identity_changes_the_name() -> None:
    def name(**changes: object) -> str:
        given = {"name": "bebop", "uid": UID, "generation": 1, "attempt": 1, "spec_hash": "h"} | changes
        return workflow_name(**given)  # type: ignore[arg-type]  # a table of changes

    names = {name(), name(uid="other"), name(generation=2), name(attempt=2), name(spec_hash="i")}
    assert len(names) == 5


def test_labels_of_the_longest_name_are_admitted() -> None:
    assert len(label_value("x" * 253)) == 63
    assert label_value("x" * 62 + ".y") == "x" * 62


@pytest.mark.parametrize(
    ("accelerator", "gpu", "expected"),
    [("Auto", False, "CPU"), ("Auto", True, "GPU"), ("GPU", False, "GPU"), ("CPU", True, "CPU")],
)
def test_auto_means_what_the_cluster_has(accelerator: str, gpu: bool, expected: str) -> None:
    body = manifest(NewRun(enrichment(accelerator=accelerator), 1), gpu=gpu)
    given = {each["name"]: each["value"] for each in body["spec"]["arguments"]["parameters"]}
    assert given["accelerator"] == expected
