# SPDX-License-Identifier: Apache-2.0
"""Which run a Workflow is, after others have laid hands on it."""

import copy
from typing import Any

import pytest

from operator_builders import enrichment, run_of
from otakube_api import labels
from otakube_operator.enrichment.adoption import repairs_of
from otakube_operator.enrichment.identity import RunIdentity
from otakube_operator.enrichment.observed import WorkflowRun
from otakube_operator.enrichment.runs import read_run
from otakube_operator.enrichment.workflows import NewRun, manifest

SEEN = enrichment()
TRUE = RunIdentity(SEEN.uid, 1, 1, SEEN.spec_hash)


def a_run() -> dict[str, Any]:
    """A Workflow as the API server returns it after the operator's creation."""
    body = manifest(NewRun(SEEN, 1), gpu=False)
    body["metadata"] |= {"uid": "w1", "resourceVersion": "9", "creationTimestamp": "2027-01-01T12:00:00Z"}
    return body


def without_labels(body: dict[str, Any]) -> None:
    body["metadata"].pop("labels", None)


def without_owner(body: dict[str, Any]) -> None:
    body["metadata"].pop("ownerReferences", None)


def without_annotations(body: dict[str, Any]) -> None:
    body["metadata"].pop("annotations")


def without_arguments(body: dict[str, Any]) -> None:
    body["spec"].pop("arguments", None)


def of_another_object(body: dict[str, Any]) -> None:
    body["metadata"].setdefault("labels", {})[labels.ENRICHMENT_UID] = "another"
    body["metadata"]["ownerReferences"] = [{"kind": "AnimeEnrichment", "uid": "another"}]


def of_a_later_generation(body: dict[str, Any]) -> None:
    body["metadata"].setdefault("labels", {})[labels.GENERATION] = "99"


def of_a_late_attempt(body: dict[str, Any]) -> None:
    body["metadata"].setdefault("labels", {})[labels.ATTEMPT] = "999999999"


def with_spoilt_arguments(body: dict[str, Any]) -> None:
    body["spec"]["arguments"] = {"parameters": [{"name": "uid", "value": "another"}, 7, {"name": "attempt"}]}


EDITS = [
    without_labels, without_owner, without_arguments, of_another_object, of_a_later_generation,
    of_a_late_attempt, with_spoilt_arguments,
]  # fmt: skip
MARKS = [without_labels, without_owner, of_another_object, of_a_later_generation, of_a_late_attempt]


def read(*edits: Any, known: WorkflowRun | None = None) -> WorkflowRun | None:
    """The run that is left after these edits."""
    body = copy.deepcopy(a_run())
    for edit in edits:
        edit(body)
    return read_run(body, known)


@pytest.mark.parametrize("edit", EDITS)
def test_one_edit_hides_no_run(edit: Any) -> None:
    run = read(edit)
    assert run is not None
    assert run.identity == TRUE


@pytest.mark.parametrize("first", EDITS)
@pytest.mark.parametrize("second", EDITS)
def test_a_run_that_was_known_stays_known_whatever_it_loses(first: Any, second: Any) -> None:
    run = read(first, second, without_annotations, known=read())
    assert run is not None
    assert run.identity == TRUE


def test_a_run_without_labels_and_owner_is_known_by_its_arguments() -> None:
    run = read(without_labels, without_owner)
    assert run is not None
    assert run.identity == TRUE


def test_a_workflow_that_nothing_ties_to_an_object_is_none_of_ours() -> None:
    assert read(without_labels, without_owner, without_arguments) is None


@pytest.mark.parametrize("edit", MARKS)
def test_lost_marks_are_restored_and_a_whole_run_is_left_alone(edit: Any) -> None:
    run = read(edit)
    assert run is not None
    [repair] = repairs_of(SEEN, [run])
    wanted = a_run()["metadata"]
    assert repair.body["metadata"]["labels"] == wanted["labels"]
    assert repair.body["metadata"]["annotations"].items() <= wanted["annotations"].items()
    assert (
        wanted["ownerReferences"][0] in repair.body["metadata"]["ownerReferences"]
        or edit is of_another_object
    )
    whole = read()
    assert whole is not None
    assert repairs_of(SEEN, [whole]) == ()


def test_owners_that_others_set_stay_and_one_controller_is_enough() -> None:
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "u", "controller": True}
    body = a_run()
    body["metadata"]["ownerReferences"] = [theirs]
    run = read_run(body)
    assert run is not None
    [repair] = repairs_of(SEEN, [run])
    owners = repair.body["metadata"]["ownerReferences"]
    assert owners[0] == theirs
    assert [owner["controller"] for owner in owners] == [True, False]


def test_a_repair_holds_only_for_the_version_that_it_was_made_from() -> None:
    run = read(without_owner)
    assert run is not None
    assert repairs_of(SEEN, [run])[0].body["metadata"]["resourceVersion"] == "9"


def test_what_a_known_run_answers_cannot_be_changed_by_an_annotation() -> None:
    body = a_run()
    body["metadata"]["annotations"][labels.REQUESTED_AT] = "tomorrow"
    run = read_run(body, read())
    assert run is not None
    assert run.requested_at is None


def altered(spec: dict[str, str], stored: dict[str, str] | None = None, *, published: bool = False) -> bool:
    """True if a run with these other arguments counts as altered."""
    body = a_run()
    parameters = body["spec"]["arguments"]["parameters"]

    def changed(values: dict[str, str]) -> dict[str, Any]:
        return {
            "parameters": [each | {"value": values.get(each["name"], each["value"])} for each in parameters]
        }

    commit = {
        "displayName": "commit",
        "phase": "Succeeded",
        "outputs": {"parameters": [{"name": "version", "value": "1"}]},
    }
    body["status"] = {"nodes": {"c": commit} if published else {}}
    if stored is not None:
        body["status"]["storedWorkflowTemplateSpec"] = {"arguments": changed(stored)}
    body["spec"]["arguments"] = changed(spec)
    run = read_run(body)
    assert run is not None
    return run.altered


@pytest.mark.parametrize(
    ("spec", "stored", "published", "counts"),
    [
        ({}, None, False, False),
        ({}, {}, False, False),
        ({"title": "Other"}, None, False, True),  # before Argo has taken it up
        ({"title": "Other"}, {}, False, True),  # Argo ends it
        ({}, {"title": "Other"}, False, True),  # taken back after Argo took it up
        ({"title": "Other"}, {}, True, False),  # after the commit: without effect
        ({}, {"title": "Other"}, True, True),  # another anime was published
    ],
)
def test_other_arguments_count_where_they_can_have_an_effect(
    spec: dict[str, str], stored: dict[str, str] | None, published: bool, counts: bool
) -> None:
    assert altered(spec, stored, published=published) == counts


def test_a_run_of_a_release_before_arguments_were_noted_is_not_altered() -> None:
    run = read(without_annotations, with_spoilt_arguments)
    assert run is not None
    assert not run.altered


def test_a_run_that_the_operator_made_is_whole() -> None:
    assert read() is not None
    assert run_of(SEEN).damage is None
